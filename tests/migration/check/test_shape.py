"""Whether the plan is whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inventory.inventory import Inventory
from migration.check import check_plan
from migration.plan import Plan, item_id
from tests.migration.check.builder import (
    GRID,
    Case,
    Draft,
    broken,
    case,
    codes,
    item_of,
    plan_of,
)


def plain() -> Case:
    return case(Draft().system("a").system("b").system("c"), {"a": (1, "city-a"), "b": (2, "prov")}, stay=["c"])


def with_items(inventory: Inventory, plan: Plan, *, drop: str = "", **changed: Any) -> Case:
    """Drop the items of one system, or change fields of the cutover of a."""
    items = [
        item.model_copy(update=changed) if item.id == item_id("a") else item
        for item in plan.items
        if item.object_id != drop
    ]
    return inventory, plan.model_copy(update={"items": tuple(items)})


CHANGES: dict[str, Callable[[Inventory, Plan], Case]] = {
    "": lambda inventory, plan: (inventory, plan),
    "item-missing": lambda inventory, plan: with_items(inventory, plan, drop="a"),
    "item-twice": lambda inventory, plan: (
        inventory,
        plan.model_copy(update={"items": (*plan.items, item_of(inventory, "a", 4, "prov"))}),
    ),
    "item-needless": lambda inventory, plan: (
        inventory,
        plan.model_copy(update={"items": (*plan.items, item_of(inventory, "c", 4, "prov"))}),
    ),
    "item-unknown": lambda inventory, plan: (
        inventory,
        plan.model_copy(update={"items": (*plan.items, item_of(inventory, "x", 4, "prov"))}),
    ),
    "item-unplanned": lambda inventory, plan: (
        inventory,
        plan.model_copy(update={"unplanned": plan_of(inventory, {}, unplanned=["a"]).unplanned}),
    ),
    "unplanned-needless": lambda inventory, plan: (
        inventory,
        plan.model_copy(update={"unplanned": plan_of(inventory, {}, unplanned=["c"]).unplanned}),
    ),
    "wave": lambda inventory, plan: with_items(inventory, plan, wave="2021-W02/yun-prov"),
    "slot-label": lambda inventory, plan: with_items(inventory, plan, slot_label="2021-W03"),
    "pool-missing": lambda inventory, plan: with_items(inventory, plan, pool=None),
    "pool-unknown": lambda inventory, plan: with_items(inventory, plan, pool="x"),
    "slot-outside": lambda inventory, _: (
        inventory,
        plan_of(inventory, {"a": (6, "city-a"), "b": (2, "prov")}, stay=["c"]),
    ),
    "disposition-missing": lambda inventory, plan: (
        inventory,
        plan.model_copy(update={"dispositions": plan.dispositions[:2]}),
    ),
    "disposition-twice": lambda inventory, plan: (
        inventory,
        plan.model_copy(update={"dispositions": (*plan.dispositions, plan.dispositions[0])}),
    ),
    "disposition-unknown": lambda inventory, plan: (inventory.without([("system", "c")]), plan),
}


ALONG = {"disposition-unknown": {"item-unknown"}}
"""What else is wrong then: its preparation was done."""


@pytest.mark.parametrize("code", CHANGES)
def test_the_shape_of_the_plan(code: str) -> None:
    found = CHANGES[code](*plain())
    assert codes(found) - ALONG.get(code, set()) == ({code} if code else set())
    assert broken(found) == (("plan",) if code else ())


def test_another_grid_is_no_plan_of_this_estate() -> None:
    inventory, plan = plain()
    daily = plan.model_copy(update={"grid": plan.grid.model_copy(update={"length_days": 1})})
    assert "grid" in codes((inventory, daily))


def test_a_slot_before_now() -> None:
    inventory, plan = plain()
    late = plan.model_copy(update={"now": GRID.first_day_of(2)})
    assert {"slot-outside"} <= codes((inventory, late))


def test_an_item_that_is_no_cutover() -> None:
    inventory, plan = plain()
    items = [
        item.model_copy(update={"id": "system/a/remove"}) if item.id == item_id("a") else item for item in plan.items
    ]
    changed = plan.model_copy(update={"items": tuple(items)})
    assert {"item-malformed", "item-missing", "gate-missing"} == codes((inventory, changed))


def test_a_decided_disposition_is_honoured() -> None:
    draft = Draft().system("a", decisions={"disposition": {"value": "retain"}})
    assert broken(case(draft, {}, stay=["a"])) == ()
    assert codes(case(draft, {"a": (1, "city-a")})) == {"decision-ignored"}


def test_classified_systems_are_left_alone() -> None:
    draft = Draft().system("a").add("system", id="city-1", department="city", classified=True, count=3)
    assert broken(case(draft, {"a": (1, "city-a")})) == ()
    inventory, plan = case(draft, {"a": (1, "city-a")})
    touched = plan.model_copy(update={"items": (*plan.items, item_of(inventory, "city-1", 1, "prov"))})
    assert codes((inventory, touched)) == {"item-unknown"}


def test_unplanned_items_are_noted() -> None:
    note, *_ = check_plan(*case(Draft().system("a"), {}, unplanned=["a"])).notes
    assert (note.code, note.items, note.data) == ("unplanned", (item_id("a"),), {"rules": "H4"})
