"""What speaks against decisions."""

from __future__ import annotations

from typing import Any

import pytest

from migration.consolidation.contradictions import CODES, contradictions
from migration.consolidation.decisions import Decider
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.consolidation.drafts import line, lined
from ui.texts import has_text, set_language


def found(draft: Draft) -> dict[str, dict[str, Any]]:
    """Code -> figures."""
    return {each.code: dict(each.data) for each in contradictions(Decider(draft.inventory(), MONDAY))}


def given(value: str, **fields: Any) -> Draft:
    return line(lined(), decisions={"outcome": {"value": value}}, **fields)


def test_nothing_speaks_against_what_the_records_bear_out() -> None:
    assert found(line(lined())) == {}
    assert found(given("move")) == {}
    assert found(given("end", systems=["s"]).system("s")) == {}


def test_a_line_that_ends_although_systems_stay() -> None:
    draft = given("end", systems=["s"]).system("s", decisions={"disposition": {"value": "retain"}})
    assert found(draft) == {"ends-in-use": {"line": "l", "count": 1, "first": "s"}}


def test_a_line_that_ends_although_it_is_used() -> None:
    assert found(given("end")) == {"ends-with-traffic": {"line": "l", "p95": 2, "peak": 4}}
    assert found(given("end", p95_mbps=0, peak_mbps=0.01)) == {}


def test_a_line_that_moves_to_where_nobody_is() -> None:
    assert found(given("move", b="external:某单位")) == {"moves-outside": {"line": "l", "end": "某单位"}}
    draft = given("move", a="department:county").change("department", "county", attached_to=[])
    assert found(draft.change("carrier", "first", divisions=["140100"])) == {
        "moves-unreached": {"line": "l", "end": "department:county"}
    }


def test_a_line_that_is_kept_although_nobody_uses_it() -> None:
    assert found(given("keep", p95_mbps=0, peak_mbps=0)) == {"stays-idle": {"line": "l", "fee": 1500}}


def test_a_line_that_is_kept_longer_than_the_agreement_lasts() -> None:
    draft = given("backup", carrier="short").add("carrier", id="short", valid_to="2021-06-30")
    assert found(draft) == {"stays-past-agreement": {"line": "l", "until": "2021-06-30"}}
    assert found(draft.change("carrier", "short", valid_to="2022-01-04")) == {}


def test_a_line_that_is_kept_in_a_room_that_closes() -> None:
    draft = given("keep", a="room:room-1").change("room", "room-1", department="city")
    assert found(draft) == {}
    draft.change("room", "room-1", intention="close")
    assert found(draft) == {"stays-in-closing-room": {"line": "l", "room": "room-1"}}


def test_a_line_that_outlives_the_lease_of_its_room() -> None:
    draft = line(lined(), a="room:room-1", notice_days=60)
    draft.change("room", "room-1", department="city", intention="close", lease_end="2021-02-03")
    assert found(draft) == {
        "outlives-lease": {"line": "l", "room": "room-1", "lease": "2021-02-03", "ends": "2021-03-05", "days": 30}
    }
    assert found(draft.change("room", "room-1", lease_end="2021-03-05")) == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_has_words(language: str) -> None:
    set_language(language)
    assert [code for code in CODES if not has_text(f"lines.finding.{code}")] == []
    set_language("en")
