"""An item in another slot: what moves with it, and what the checker says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.check import check_plan
from migration.errors import PlanItemError
from migration.explain.shift import Place, find_item, move, place_of, why_not
from migration.plan import ItemState, Plan
from migration.planning import make_plan
from tests.migration.check.builder import GRID, MONDAY, Draft, done, plan_of
from tests.migration.explain.test_infeasible import random_draft


def test_items_are_found_by_id_system_and_object() -> None:
    inventory = Draft().system("s").inventory()
    plan = plan_of(inventory, {"s": (1, "city-a")})
    for name in ("system/s/cutover", "s", "system:s"):
        assert find_item(plan, name).id == "system/s/cutover"
    assert find_item(plan, "system/s/verify").step == "verify"
    with pytest.raises(PlanItemError) as raised:
        find_item(plan, "system/s/cutver")
    assert raised.value.data["nearest"] == "system/s/cutover"


@pytest.mark.parametrize(
    ("text", "place"),
    [("3", Place(3)), ("2021-W02", Place(1)), ("2021-01-13", Place(1, dt.date(2021, 1, 13)))],
)
def test_slots_are_given_by_number_week_or_day(text: str, place: Place) -> None:
    assert place_of(GRID, text) == place


@pytest.mark.parametrize("text", ["9", "2020-W50", "2021-W60", "soon", "2022-01-01"])
def test_other_slots_are_refused(text: str) -> None:
    with pytest.raises(PlanItemError):
        place_of(GRID, text)


def test_a_cutover_takes_its_chain_along() -> None:
    inventory = Draft().system("s").system("t").inventory()
    plan = plan_of(inventory, {"s": (1, "city-a"), "t": (1, "city-a")})
    found = why_not(inventory, plan, find_item(plan, "s"), Place(3), "prov")
    assert found.violations == ()
    assert set(found.moved) == {f"system/s/{step}" for step in ("cutover", "verify", "decommission")}
    moved = found.plan.by_id
    assert (moved["system/s/cutover"].slot_label, moved["system/s/cutover"].wave) == ("2021-W04", "2021-W04/yun-prov")
    for step in ("verify", "decommission"):
        assert moved[f"system/s/{step}"].start - plan.by_id[f"system/s/{step}"].start == dt.timedelta(days=14)
    assert [cost.name for cost in found.before] == [cost.name for cost in found.after]
    assert found.before != found.after


def test_a_move_group_moves_whole() -> None:
    inventory = Draft().system("s").system("t").add("move_group", id="g", systems=["s", "t"]).inventory()
    plan = plan_of(inventory, {"s": (1, "city-a"), "t": (1, "city-a")})
    moved = move(inventory, plan, find_item(plan, "s"), Place(2))
    assert {item.object_id: item.slot for item in moved.items if item.is_cutover} == {"s": 2, "t": 2}


def test_only_what_is_new_is_broken() -> None:
    draft = Draft().system("s").system("p").needs("s", "p").system("odd", decisions={"slot": {"value": "2021-W06"}})
    inventory = draft.inventory()
    plan = plan_of(inventory, {"s": (3, "city-a"), "p": (2, "city-a"), "odd": (0, "city-a")})
    assert [one.rule for one in check_plan(inventory, plan).violations] == ["H11"]
    found = why_not(inventory, plan, find_item(plan, "s"), Place(0))
    assert [(one.rule, one.code) for one in found.violations] == [("H1", "order-provider-first")]
    assert (found.before, found.after) == ((), ())


def test_a_frozen_slot_names_the_freeze_and_a_closed_one_the_window() -> None:
    draft = Draft().system("s", windows=["fri"])
    draft.add("window", id="fri", rule="FREQ=WEEKLY;BYDAY=FR;COUNT=3", start="22:00", duration_minutes=240)
    draft.add("freeze", id="f", selector="", start=MONDAY, end=MONDAY + dt.timedelta(days=6))
    inventory = draft.inventory()
    plan = make_plan(inventory, effort=1)
    item = find_item(plan, "s")
    frozen = why_not(inventory, plan, item, Place(0)).violations
    assert [(one.rule, one.records) for one in frozen] == [("H8", ("freeze:f",))]
    assert [one.rule for one in why_not(inventory, plan, item, Place(4)).violations] == ["H8"]


def test_what_is_done_cannot_be_moved_and_pools_must_exist() -> None:
    inventory = Draft().system("s").inventory()
    plan = plan_of(inventory, {"s": (1, "city-a")})
    with pytest.raises(PlanItemError, match="cannot land"):
        why_not(inventory, plan, find_item(plan, "s"), Place(1), "nowhere")
    fixed = plan_of(inventory, {"s": (1, "city-a")}, fields={"s": done(state=ItemState.DONE)})
    with pytest.raises(PlanItemError):
        why_not(inventory, fixed, find_item(fixed, "s"), Place(2))


def test_requests_follow_the_cutovers() -> None:
    target: dict[str, Any] = {"decisions": {"target": {"value": "pool:city-a"}}}
    draft = Draft().system("s", **target).system("t", **target)
    draft.change("cloud", "yun-city", access="request_form", lead_time_days=3)
    inventory = draft.inventory()
    plan = make_plan(inventory, effort=1)
    (request,) = (item for item in plan.items if item.base_step == "requested")
    assert len(request.records) == 2
    item = find_item(plan, "s")
    found = why_not(inventory, plan, item, Place(item.slot + 1))
    assert found.violations == ()
    requests = {item.id: item.records for item in found.plan.items if item.base_step == "requested"}
    assert sorted(requests.values()) == [("system:s",), ("system:t",)]


def same(plan: Plan, other: Plan) -> bool:
    return [item.model_dump() for item in plan.items] == [item.model_dump() for item in other.items]


@pytest.mark.parametrize("seed", range(15))
def test_moving_to_its_own_slot_changes_nothing(seed: int) -> None:
    inventory = random_draft(seed).inventory()
    plan = make_plan(inventory, effort=1)
    for item in plan.items:
        if item.movable and item.is_cutover:
            assert same(plan, move(inventory, plan, item, Place(item.slot)))
