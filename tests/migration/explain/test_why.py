"""What keeps a cutover out of a slot, against the independent checker; and each kind of reason by a small estate."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.check import check_plan
from migration.explain.posed import Posed
from migration.explain.shift import Place, find_item, move
from migration.explain.why import Kept, WhyCutover, _Asking, why_cutover
from migration.plan import Plan
from migration.planning import make_plan
from migration.tables.causes import CAUSES
from tests.migration.check.builder import MONDAY, SLOTS, Draft, plan_of
from tests.migration.explain.test_infeasible import pin, random_draft


def asked(draft: Draft, places: dict[str, tuple[int, str]], system: str) -> WhyCutover:
    """Why a system lies where a sound plan has it."""
    inventory = draft.inventory()
    plan = plan_of(inventory, places)
    assert check_plan(inventory, plan).violations == ()
    return why_cutover(inventory, plan, find_item(plan, system))


def reasons(kept: tuple[Kept, ...]) -> list[tuple[str, str]]:
    for one in kept:
        assert CAUSES[one.finding.code].format(**one.finding.data)
    return [(one.finding.rule, one.finding.code) for one in kept]


def test_nothing_is_earlier_than_the_first_slot() -> None:
    found = asked(Draft().system("s"), {"s": (0, "city-a")}, "s")
    assert (found.earlier, found.binding, found.elsewhere) == ((), (), ())


def test_free_slots_are_compared_by_their_costs() -> None:
    found = asked(Draft().system("s").system("t"), {"s": (3, "city-a"), "t": (0, "city-a")}, "s")
    assert [(one.first, one.last, one.kept) for one in found.earlier] == [(0, 2, ())]
    assert [one.slot for one in found.elsewhere] == [2, 0]
    before = {cost.name: cost.value for cost in found.elsewhere[1].before}
    after = {cost.name: cost.value for cost in found.elsewhere[1].after}
    assert (before["slots"], after["slots"]) == (2, 1)


def test_the_provider_binds() -> None:
    draft = Draft().system("s").system("p").needs("s", "p", id="d")
    found = asked(draft, {"s": (3, "city-a"), "p": (2, "city-a")}, "s")
    assert [(one.first, one.last, reasons(one.kept)) for one in found.earlier] == [
        (0, 1, [("H1", "order")]),
        (2, 2, []),
    ]
    assert found.earlier[0].kept[0].finding.records == ("dependency:d",)


def test_a_freeze_a_window_and_a_pin_are_named() -> None:
    draft = Draft().system("s", windows=["fri"], decisions=pin("2021-W04"))
    draft.add("window", id="fri", rule="FREQ=WEEKLY;BYDAY=FR", start="22:00", duration_minutes=240)
    draft.add("freeze", id="f", selector="", start=MONDAY, end=MONDAY + dt.timedelta(days=6))
    inventory = draft.inventory()
    plan = make_plan(inventory, effort=1)
    found = why_cutover(inventory, plan, find_item(plan, "s"))
    assert [(one.first, one.last, reasons(one.kept)) for one in found.earlier] == [
        (0, 0, [("H8", "frozen"), ("H11", "pinned")]),
        (1, 2, [("H11", "pinned")]),
    ]


def test_full_pools_and_limits_say_how_much_is_left() -> None:
    draft = Draft().system("s", vcpu=60).system("t", vcpu=60).system("u").limit("department", 2)
    draft.change("pool", "city-a", capacity=[
        {"vcpu": 100, "memory_gib": 100, "storage_gib": 100},
        {"from": MONDAY + dt.timedelta(days=14), "vcpu": 200, "memory_gib": 100, "storage_gib": 100},
    ])  # fmt: skip
    found = asked(draft, {"s": (2, "city-a"), "t": (0, "city-a"), "u": (0, "city-b")}, "s")
    (first, second) = found.earlier
    assert (first.first, reasons(first.kept)) == (0, [("H6", "limit"), ("H4", "pool-full")])
    assert [(one.needed, one.free, one.unit) for one in first.kept] == [(1, 0, "cutovers"), (60, 40, "vCPU")]
    assert (second.first, reasons(second.kept), second.pools) == (1, [("H4", "pool-full")], ("city-b", "prov"))


def test_other_pools_say_why_not_or_what_they_cost() -> None:
    draft = Draft().system("s", department="city", technology="x86").change("pool", "city-b", technology="arm")
    draft.change("cloud", "yun-prov", prices={"vcpu": 50})
    found = asked(draft, {"s": (0, "city-a")}, "s")
    prov, other = found.pools
    assert (prov.pool, prov.kept, prov.cost > 0) == ("prov", (), True)
    assert (other.pool, reasons(other.kept)) == ("city-b", [("H3", "technology")])


def test_a_group_is_asked_as_a_whole() -> None:
    draft = Draft().system("s").system("t", decisions=pin("2021-W03")).add("move_group", id="g", systems=["s", "t"])
    found = asked(draft, {"s": (2, "city-a"), "t": (2, "city-a")}, "s")
    assert found.group == ("system/t/cutover",)
    assert reasons(found.binding) == [("H11", "pinned")]


def differing(plan: Plan, inventory: Any) -> list[tuple[str, int, bool, list[str]]]:
    """(item, slot, whether nothing keeps it out, new rules broken there) where the two say different things."""
    posed = Posed(inventory, plan)
    known = check_plan(inventory, plan).violations
    found = []
    for item in plan.items:
        if not item.is_cutover or not item.movable:
            continue
        asking = _Asking(posed, plan, item)
        for slot in range(SLOTS):
            free = not asking.slot(slot).kept
            moved = move(inventory, plan, item, Place(slot))
            broken = sorted({one.rule for one in check_plan(inventory, moved).violations if one not in known})
            if free == bool(broken):
                found.append((item.id, slot, free, broken))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_nothing_keeps_a_cutover_out_exactly_where_the_checker_finds_nothing(seed: int) -> None:
    inventory = random_draft(seed).inventory()
    plan = make_plan(inventory, effort=2)
    assert differing(plan, inventory) == []
