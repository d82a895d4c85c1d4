"""Candidates for retirement: by evidence, never by silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.plan import item_id
from migration.rooms.retirement import Candidate, retirement_candidates
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.tracks.making import fresh

OLD, RECENT = "2020-01-01", "2020-12-20"


def draft(**fields: Any) -> Draft:
    return fresh().system("s", **({"registered": True} | fields))


def look(found: Draft, id: str = "s") -> Candidate | None:
    made = retirement_candidates(found.inventory(), MONDAY).candidates
    return next((entry for entry in made if entry.system == id), None)


def told(found: Draft) -> tuple[list[str], str, list[str], list[str]] | None:
    entry = look(found)
    if entry is None:
        return None
    codes = [reason.code for reason in entry.evidence], [reason.code for reason in entry.against]
    return [kind.value for kind in entry.kinds], entry.weight.value, *codes


NO_USE = {"log_ins_90d": 0, "requests_90d": 0, "source": "网关日志"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"registered": None}, None),
        ({"last_used": RECENT}, None),
        ({"last_used": OLD}, (["zombie"], "medium", ["last-used"], [])),
        ({"last_used": OLD, "usage": NO_USE}, (["zombie"], "strong", ["last-used", "no-log-ins", "no-requests"], [])),
        ({"usage": {"log_ins_90d": 0}}, (["zombie"], "medium", ["no-log-ins"], [])),
        ({"usage": {"source": "x"}}, None),
        ({"last_used": RECENT, "usage": {"log_ins_90d": 0}}, (["zombie"], "weak", ["no-log-ins"], ["used-recently"])),
        ({"last_used": OLD, "usage": {"requests_90d": 7}}, (["zombie"], "weak", ["last-used"], ["requests"])),
        ({"last_used": OLD, "registered": None}, (["zombie"], "strong", ["last-used", "register-unknown"], [])),
        ({"registered": False}, (["shadow"], "medium", ["unregistered"], [])),
        ({"registered": False, "last_used": OLD}, (["zombie", "shadow"], "strong", ["last-used", "unregistered"], [])),
        ({"registered": False, "last_used": RECENT}, (["shadow"], "weak", ["unregistered"], ["used-recently"])),
        ({"last_used": OLD, "users": 12}, (["zombie"], "weak", ["last-used"], ["users"])),
        ({"usage": NO_USE, "users": 12}, (["zombie"], "medium", ["no-log-ins", "no-requests"], ["users"])),
        ({"last_used": OLD, "criticality": "critical"}, (["zombie"], "weak", ["last-used"], ["critical"])),
        ({"last_used": OLD, "kind": "shared_platform"}, (["zombie"], "weak", ["last-used"], ["shared-platform"])),
        ({"last_used": OLD, "lifecycle": "closed"}, None),
        ({"last_used": OLD, "lifecycle": "building"}, None),
    ],
)  # fmt: skip
def test_evidence_and_what_speaks_against_it(fields: dict[str, Any], expected: Any) -> None:
    assert told(draft(**fields)) == expected


def test_the_days_without_use_are_a_setting() -> None:
    found = draft(last_used="2020-12-01")
    assert look(found) is None
    found.settings["unused_days"] = 20
    entry = look(found)
    assert entry is not None
    assert entry.evidence[0].data == {"date": "2020-12-01", "days": 34}


def test_a_living_system_that_needs_it_speaks_against_it() -> None:
    found = draft(last_used=OLD, usage=NO_USE).system("user", registered=True).needs("user", "s")
    entry = look(found)
    assert entry is not None
    assert (entry.weight, entry.against[0].code) == ("weak", "needed-hard")
    assert entry.against[0].data == {"count": 1, "first": "user"}


@pytest.mark.parametrize(
    ("client", "fields", "code", "weight"),
    [
        ("user", {"strength": "soft", "order": "none"}, "needed", "medium"),
        ("user", {"source": "observed"}, "needed", "medium"),
        ("external_object:out", {}, "needed-outside", "weak"),
        ("user", {"rejected": True}, "", "strong"),
    ],
)
def test_how_much_a_dependency_weighs(client: str, fields: dict[str, Any], code: str, weight: str) -> None:
    found = draft(last_used=OLD, usage=NO_USE).system("user", registered=True)
    found.add("external_object", id="out").needs(client, "s", **fields)
    entry = look(found)
    assert entry is not None
    assert ([reason.code for reason in entry.against], entry.weight) == ([code] if code else [], weight)


def test_what_it_needs_itself_and_what_retires_with_it_do_not_count() -> None:
    found = draft(last_used=OLD, usage=NO_USE).system("other", registered=True)
    found.system("dying", decisions={"disposition": {"value": "retire"}}, registered=True)
    found.needs("s", "other").needs("dying", "s")
    entry = look(found)
    assert entry is not None
    assert (entry.against, entry.weight) == ((), "strong")


@pytest.mark.parametrize(
    ("seen", "evidence", "against"), [(OLD, ["last-used", "no-flow"], []), (RECENT, ["last-used"], ["recent-flow"])]
)
def test_flows_that_were_seen(seen: str, evidence: list[str], against: list[str]) -> None:
    found = draft(last_used=OLD).system("other", registered=True).needs("s", "other", last_seen=seen)
    entry = look(found)
    assert entry is not None
    assert [reason.code for reason in entry.evidence] == evidence
    assert [reason.code for reason in entry.against] == against


@pytest.mark.parametrize(
    ("other", "against"),
    [
        ({}, []),
        ({"duplicate_of": "s"}, ["mutual"]),
        ({"decisions": {"disposition": {"value": "retire"}}}, ["original-goes"]),
        ({"lifecycle": "closed"}, ["original-goes"]),
    ],
)
def test_a_duplicate_needs_an_original_that_goes_on(other: dict[str, Any], against: list[str]) -> None:
    found = draft(duplicate_of="o").system("o", **({"registered": True} | other))
    entry = look(found)
    assert entry is not None
    assert [kind.value for kind in entry.kinds] == ["shadow"]
    assert [reason.code for reason in entry.evidence] == ["duplicate"]
    assert [reason.code for reason in entry.against] == against


def test_a_decision_to_keep_it_is_told_and_so_is_what_the_plan_does() -> None:
    entry = look(draft(last_used=OLD, usage=NO_USE, decisions={"disposition": {"value": "retain", "role": "局"}}))
    assert entry is not None
    assert (entry.weight, entry.disposition, entry.rule) == ("weak", "retain", "decision")
    assert entry.against[0].data == {"disposition": "retain", "role": "局"}
    assert look(draft(last_used=OLD)).rule == "default:zombie"  # type: ignore[union-attr]


def test_what_is_switched_off_has_the_day_from_which_it_may_be_removed() -> None:
    found = draft(last_used=OLD)
    found.settings["switched_off_days"] = 10
    found.done[item_id("s", "switch_off")] = "2021-01-01T20:00:00+00:00"
    entry = look(found)
    assert entry is not None
    assert (entry.switched_off, entry.removable) == (dt.date(2021, 1, 2), dt.date(2021, 1, 13))


def test_systems_of_unknown_use_are_counted_and_never_zombies() -> None:
    made = retirement_candidates(draft().system("t", registered=True, last_used=RECENT).inventory(), MONDAY)
    assert (made.candidates, made.unknown_use, made.looked_at) == ((), ("s",), 2)


def test_the_strongest_come_first() -> None:
    found = draft(last_used=OLD, users=3)
    found.system("a", registered=False).system("z", registered=True, last_used=OLD, usage=NO_USE)
    made = retirement_candidates(found.inventory(), MONDAY).candidates
    assert [entry.system for entry in made] == ["z", "a", "s"]
