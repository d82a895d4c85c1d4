"""What becomes of dedicated lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from inventory.kinds.lines import Line
from migration.consolidation.decisions import Decider, decide, months_after
from migration.consolidation.looking import demand_of
from migration.errors import PolicyError
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.consolidation.drafts import answer, decided, line, lined

IDLE = {"p95_mbps": 0.016, "peak_mbps": 0.064}


def by_hand(value: str, **fields: Any) -> dict[str, Any]:
    return {"decisions": {"outcome": {"value": value, **fields}}}


def test_a_used_line_within_reach_moves_with_figures() -> None:
    found = decided(line(lined(), contract_end="2021-06-30", notice_days=30))
    assert (found.outcome.value, found.by, found.service_class) == ("move", "default:moves", "standard")
    assert found.demand_mbps == 2.8  # 70 % of the peak of 4, which is more than the 95th percentile of 2
    assert found.reason.code == "moves"
    assert found.reason.data == {
        "demand": 2.8, "fee": 1500, "step": 10, "price": 900, "saved": 600,
        "contract_end": "2021-06-30", "notice_days": 30,
    }  # fmt: skip


def test_a_dearer_circuit_is_a_figure_and_no_refusal() -> None:
    found = decided(line(lined(), fee_yuan_per_month=300))
    assert (found.outcome.value, found.reason.data["saved"]) == ("move", -600)


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (IDLE, ("end", "default:no-use")),
        (IDLE | {"p95_mbps": 0.017}, ("move", "default:moves")),
        (IDLE | {"peak_mbps": 0.065}, ("move", "default:moves")),
        ({"p95_mbps": 0.0, "peak_mbps": None}, ("move", "default:moves")),
        ({"p95_mbps": 0.05, "peak_mbps": 0.06, "idle_floor_kbps": 50}, ("end", "default:no-use")),
        ({"p95_mbps": 0.016, "peak_mbps": 0.06, "idle_floor_kbps": 8}, ("move", "default:moves")),
    ],
)
def test_nobody_uses_what_stays_at_its_idle_floor(use: dict[str, Any], expected: tuple[str, str]) -> None:
    assert answer(line(lined(), **use)) == expected


def test_a_system_that_stays_keeps_an_idle_line_from_ending() -> None:
    draft = line(lined(), systems=["s"], **IDLE).system("s", decisions={"disposition": {"value": "retain"}})
    assert answer(draft) == ("move", "default:moves")
    assert decided(draft).systems == ("s",)


@pytest.mark.parametrize(
    ("fates", "expected"),
    [
        (["retire", "repurchase"], ("end", "default:systems-end")),
        (["retire", "rehost"], ("end", "default:systems-leave")),
        (["retire", "retain"], ("move", "default:moves")),
        (["retire", "colocate"], ("move", "default:moves")),
    ],
)
def test_a_line_ends_with_the_last_of_its_systems(fates: list[str], expected: tuple[str, str]) -> None:
    draft = line(lined(), systems=["s0", "s1"])
    for number, fate in enumerate(fates):
        draft.system(f"s{number}", decisions={"disposition": {"value": fate}})
    assert answer(draft) == expected


def test_equipment_of_politics_and_law_departments_keeps_its_line() -> None:
    draft = line(lined(), systems=["s"]).system("s").change("department", "city", politics_and_law=True)
    assert answer(draft) == ("keep", "default:colocated")
    assert answer(draft.change("department", "city", politics_and_law=False)) == ("end", "default:systems-leave")
    at_room = line(lined(), a="room:room-1").change("department", "city", politics_and_law=True)
    assert answer(at_room) == ("move", "default:moves")
    assert answer(at_room.change("room", "room-1", department="city", intention="colocation"))[0] == "keep"


def test_an_end_outside_the_network_keeps_the_line_until_a_review() -> None:
    found = decided(line(lined(), b="external:协作单位"))
    assert (found.outcome.value, found.reason.code, found.reason.data) == ("keep", "end-outside", {"end": "协作单位"})
    assert found.review == dt.date(2022, 1, 4)
    assert (found.vpn, found.service_class) == (None, "")


def test_an_end_needs_a_device_or_a_carrier() -> None:
    draft = line(lined(), a="department:county").change("department", "county", attached_to=[])
    assert answer(draft) == ("move", "default:moves")
    draft.change("carrier", "first", valid_to="2020-12-31")
    found = decided(draft)
    assert (found.reason.code, found.reason.data) == (
        "no-access", {"end": "department:county", "division": "140105"}
    )  # fmt: skip


def test_a_rooms_own_line_is_not_its_access() -> None:
    draft = line(lined(), a="room:room-1").change("carrier", "first", divisions=["140105"])
    draft.change("carrier", "second", divisions=["140105"])
    assert answer(draft) == ("keep", "default:no-access")
    assert answer(draft.change("room", "room-1", attached_to=["device:access"])) == ("move", "default:moves")


def test_two_networks_that_nothing_joins() -> None:
    draft = line(lined()).add("device", id="alone", division="140000", level="province", role="core")
    assert answer(draft.change("line", "l", b="device:alone")) == ("keep", "default:not-joined")


def test_latency_over_the_fewest_links() -> None:
    draft = line(lined(), max_latency_ms=3)
    assert answer(draft) == ("move", "default:moves")  # two links and one circuit
    found = decided(draft.change("line", "l", max_latency_ms=2.9))
    assert (found.reason.code, found.reason.data) == ("latency", {"most": 2.9, "least": 3, "links": 2})


def test_a_class_that_asks_for_two_ways_makes_the_line_the_backup() -> None:
    draft = line(lined(), a="department:county", b="device:aggregate", availability=0.9995)
    found = decided(draft)
    assert (found.outcome.value, found.reason.code, found.service_class) == ("backup", "single-way", "protected")
    assert found.reason.data == {
        "availability": 0.9995, "class": "protected", "end": "department:county", "ways": 1
    }  # fmt: skip
    assert found.review is not None
    draft.change("carrier", "second", divisions=["140000"])
    assert answer(draft) == ("move", "default:moves")
    assert answer(draft.change("line", "l", availability=0.9999))[0] == "backup"  # links of one carrier at the far end


def test_a_line_without_a_second_way_and_without_such_a_class_moves() -> None:
    assert answer(line(lined(), a="department:county", availability=0.999)) == ("move", "default:moves")


@pytest.mark.parametrize(
    ("valid_to", "contract_end", "expected"),
    [
        ("2021-01-03", None, "default:carrier-withdraws"),
        ("2021-01-04", None, "default:moves"),
        ("2021-05-31", "2021-06-01", "default:carrier-withdraws"),
        ("2021-06-01", "2021-06-01", "default:moves"),
    ],
)
def test_a_carrier_that_withdraws(valid_to: str, contract_end: str | None, expected: str) -> None:
    draft = line(lined(), carrier="gone", contract_end=contract_end).add("carrier", id="gone", valid_to=valid_to)
    assert answer(draft) == ("move", expected)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("path_ready", ("move", "default:under-way")),
        ("cut_over", ("move", "default:under-way")),
        ("notice_given", ("end", "default:notice-given")),
        ("terminated", ("end", "default:terminated")),
    ],
)
def test_what_has_begun_is_not_decided_anew(state: str, expected: tuple[str, str]) -> None:
    assert answer(line(lined(), state=state, b="external:某单位", **IDLE)) == expected


def test_a_decision_by_hand_stands_before_all() -> None:
    hand = by_hand("backup", reason="专项要求", role="省大数据局", date="2020-11-30", until="2021-09-30")
    found = decided(line(lined(), **IDLE, **hand))
    assert (found.outcome.value, found.by, found.role) == ("backup", "decision", "省大数据局")
    assert found.reason.data == {"reason": "专项要求", "role": "省大数据局"}
    assert found.review == dt.date(2021, 9, 30)
    without_day = decided(line(lined(), **by_hand("keep", date="2020-11-30")))
    assert without_day.review == dt.date(2021, 11, 30)
    with pytest.raises(PolicyError):
        decided(line(lined(), **by_hand("burn")))


def test_the_estates_rules_stand_between_hand_and_built_in() -> None:
    rule = {"name": "keep-all", "selector": "bandwidth_mbps<=10", "outcome": "keep", "review_months": 6, "source": "x"}
    other = {"name": "end-all", "selector": "", "outcome": "end", "source": "x"}
    draft = line(line(lined(rules=[rule, other])), "wide", bandwidth_mbps=20)
    found = decided(draft)
    assert (found.outcome.value, found.by, found.reason.data["rule"]) == ("keep", "settings", "keep-all")
    assert found.review == dt.date(2021, 7, 4)
    assert answer(draft, id="wide") == ("end", "settings")
    assert answer(draft.change("line", "l", **by_hand("move"))) == ("move", "decision")


def test_classified_stubs_have_no_decision() -> None:
    draft = lined().add("line", id="stub", department="city", classified=True, count=4)
    assert decide(draft.inventory(), MONDAY) == ()


def test_demand_of_a_line() -> None:
    settings = Draft().inventory().estate.settings.consolidation
    record = Line(id="l", department="city", bandwidth_mbps=10, p95_mbps=3, peak_mbps=4, growth_per_year=0.5)
    assert demand_of(record, settings) == 3
    assert demand_of(record, settings, years=2) == pytest.approx(6.75)
    assert demand_of(Line(id="l", department="city", bandwidth_mbps=10), settings) == 10


def test_vpns_by_the_most_particular_member() -> None:
    draft = line(lined(), private_network="n", systems=[])
    draft.add("private_network", id="n", department="city")
    draft.add("vpn", id="all", members="kind:department")
    assert decided(draft).vpn == "all"
    draft.add("vpn", id="city", members="kind:department city")
    assert decided(draft).vpn == "city"
    draft.add("vpn", id="network", members="kind:private_network n")
    assert decided(draft).vpn == decided(draft, "private_network", "n").vpn == "network"


def test_all_rules_are_looked_at_and_the_first_that_holds_decides() -> None:
    inventory = line(lined(), b="external:某单位", **IDLE).inventory()
    decider = Decider(inventory, MONDAY)
    holding = [each.rule for each in decider.looked("line", "l") if each.holds]
    assert holding == ["default:no-use", "default:end-outside", "default:moves"]
    found = decider.of("line", "l")
    assert found is not None
    assert found.by == holding[0]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2020-01-31", 1, "2020-02-29"),
        ("2020-12-31", 2, "2021-02-28"),
        ("2020-11-30", 13, "2021-12-30"),
        ("2020-11-15", 1, "2020-12-15"),
    ],
)
def test_months_after(day: str, months: int, expected: str) -> None:
    assert months_after(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(expected)
