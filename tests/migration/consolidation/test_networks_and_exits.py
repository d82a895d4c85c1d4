"""What becomes of private networks and internet exits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.consolidation.exits import merge_exits
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.consolidation.drafts import answer, decided, line, lined


def network(draft: Draft, **fields: Any) -> Draft:
    return draft.add("private_network", id="n", department="city", **fields)


def hand(value: str) -> dict[str, Any]:
    return {"decisions": {"outcome": {"value": value}}}


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((), ("move", "default:network-moves")),
        (("end", "end"), ("end", "default:lines-end")),
        (("keep", "backup"), ("keep", "default:lines-stay")),
        (("keep", "end"), ("move", "default:network-moves")),
        (("move", "end"), ("move", "default:network-moves")),
    ],
)
def test_a_private_network_follows_its_lines(outcomes: tuple[str, ...], expected: tuple[str, str]) -> None:
    draft = network(lined())
    for number, outcome in enumerate(outcomes):
        line(draft, f"l{number}", private_network="n", **hand(outcome))
    line(draft, "other", **hand("end"))
    assert answer(draft, "private_network", "n") == expected


def test_only_the_unclassified_part_of_a_mixed_network_is_decided() -> None:
    draft = line(network(lined(), mixed_classification=True), private_network="n")
    draft.add("private_network", id="stub", department="city", classified=True, count=2)
    assert answer(draft, "private_network", "n") == ("move", "default:unclassified-part")
    assert answer(draft) == ("move", "default:moves")


def test_a_grade_above_the_shared_networks_is_kept() -> None:
    assert answer(network(lined(), grade=3), "private_network", "n")[0] == "move"
    found = decided(network(lined(), grade=4), "private_network", "n")
    assert (found.outcome.value, found.reason.data) == ("keep", {"grade": 4, "most": 3})
    higher = network(lined(grade={"most": 4, "source": "x"}), grade=4)
    assert answer(higher, "private_network", "n")[0] == "move"


def exits(*own: tuple[str, str, float], unified: str = "140100", capacity: float = 100, used: float = 40) -> Draft:
    """A unified exit, which carries 70 % of its bandwidth, and exits of departments (id, department, demand)."""
    draft = lined().add("internet_exit", id="u", division=unified, bandwidth_mbps=capacity, p95_mbps=used)
    for id, department, demand in own:
        draft.add("internet_exit", id=id, department=department, bandwidth_mbps=50, p95_mbps=demand)
    return draft


def test_exits_merge_as_long_as_the_unified_one_has_bandwidth() -> None:
    draft = exits(("a", "city", 10), ("b", "city", 25), ("c", "city", 20))
    draft.change("internet_exit", "b", contract_end="2021-02-01").change(
        "internet_exit", "c", contract_end="2021-03-01"
    )
    assert answer(draft, "internet_exit", "u") == ("keep", "default:unified")
    assert answer(draft, "internet_exit", "a") == ("move", "default:merges")
    full = decided(draft, "internet_exit", "b")
    assert (full.outcome.value, full.reason.code) == ("keep", "exit-full")
    assert full.reason.data["missing"] == 5  # 40 + 10 + 25 against 70
    last = decided(draft, "internet_exit", "c")
    assert (last.outcome.value, last.reason.data["before"]) == ("move", 50)  # b takes nothing


def test_exits_that_people_merge_go_first_whatever_is_missing() -> None:
    draft = exits(("a", "city", 30), ("b", "city", 50)).change("internet_exit", "b", **hand("move"))
    assert answer(draft, "internet_exit", "b") == ("move", "decision")
    found = decided(draft, "internet_exit", "a")
    assert (found.reason.code, found.reason.data["missing"]) == ("exit-full", 50)  # 40 + 50 + 30 against 70


def test_the_unified_exit_of_the_nearest_division_takes_over() -> None:
    draft = exits(("a", "county", 10), unified="140000")
    assert decided(draft, "internet_exit", "a").reason.data["exit"] == "u"
    draft.add("internet_exit", id="own-level", division="140105", bandwidth_mbps=100, p95_mbps=0)
    assert decided(draft, "internet_exit", "a").reason.data["exit"] == "own-level"
    assert answer(exits(("a", "county", 10)), "internet_exit", "a") == ("keep", "default:no-unified-exit")


def test_an_exit_that_nobody_uses_ends_unless_something_is_published_through_it() -> None:
    draft = exits(("a", "city", 0.01))
    assert answer(draft, "internet_exit", "a") == ("end", "default:exit-unused")
    draft.change("internet_exit", "a", public_addresses=["203.0.113.7"])
    assert answer(draft, "internet_exit", "a") == ("move", "default:merges")


def test_what_an_exit_brings_along() -> None:
    draft = exits(("a", "city", 10), ("gone", "city", 10)).change("internet_exit", "gone", state="cut_over")
    draft.change(
        "internet_exit", "a", public_addresses=["203.0.113.7"], rules=["permit tcp any host 203.0.113.7 eq 443"]
    )
    days = {"a": dt.date(2021, 3, 1), "gone": MONDAY}
    merges = merge_exits(draft.inventory(), ["a", "gone"], days)
    assert (merges["gone"].demand_mbps, merges["a"].before_mbps) == (0, 40)  # its traffic is in the readings already
    assert merges["a"].addresses == ("203.0.113.7",)
    assert merges["a"].rules == ("permit tcp any host 203.0.113.7 eq 443",)
    assert (merges["a"].day, merges["a"].capacity_mbps, merges["a"].department) == (dt.date(2021, 3, 1), 70, "city")


def test_demand_without_readings_is_the_bandwidth() -> None:
    draft = exits(("a", "city", 0)).change("internet_exit", "a", p95_mbps=None)
    assert decided(draft, "internet_exit", "a").reason.data["demand"] == 50
