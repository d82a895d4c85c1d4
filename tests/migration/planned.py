"""Plans of small estates, which the checker must find sound, and what tests look at in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from inventory.inventory import Inventory
from migration.plan import Plan, PlanItem, Unplanned, item_id
from migration.planning import make_plan
from migration.tables.causes import CAUSES
from tests.migration.check.builder import Draft

__all__ = ["EFFORT", "causes", "costs", "cutovers", "day", "decide", "lasting", "planned", "slots", "span", "unplanned"]

EFFORT = 2


def day(text: str) -> dt.date:
    """A day of 2021, as MM-DD."""
    return dt.date.fromisoformat(f"2021-{text}")


def planned(draft: Draft | Inventory, **options: Any) -> Plan:
    """The plan, which the checker must find sound."""
    inventory = draft if isinstance(draft, Inventory) else draft.inventory()
    plan = make_plan(inventory, **({"effort": EFFORT} | options))
    assert plan.violations == ()
    for entry in plan.unplanned:
        assert entry.causes, entry.item
        for cause in entry.causes:
            assert CAUSES[cause.code].format(**cause.data)
    return plan


def cutovers(plan: Plan) -> list[PlanItem]:
    """The cutovers of systems, in the plan's order."""
    return [item for item in plan.items if item.is_cutover]


def slots(plan: Plan) -> dict[str, int]:
    """System -> slot of its cutover."""
    return {item.object_id: item.slot for item in cutovers(plan)}


def causes(plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """System without a cutover -> (rule, code) of each cause."""
    found = {entry.item: [(cause.rule, cause.code) for cause in entry.causes] for entry in plan.unplanned}
    return {id.split("/")[1]: causes for id, causes in found.items() if id == item_id(id.split("/")[1])}


def unplanned(plan: Plan, id: str) -> Unplanned:
    """The entry of one item among the unplanned."""
    return next(entry for entry in plan.unplanned if entry.item == id)


def span(plan: Plan, id: str) -> tuple[dt.date, dt.date]:
    """First and last day of an item."""
    return plan.by_id[id].start, plan.by_id[id].end


def costs(plan: Plan) -> dict[str, int]:
    """Name of a cost -> its value."""
    return {cost.name: cost.value for cost in plan.objective}


def decide(value: str, field: str = "slot") -> dict[str, dict[str, str]]:
    """A decision by hand."""
    return {field: {"value": value, "role": "办公室", "reason": "约定"}}


def lasting(draft: Draft, **days: int) -> Draft:
    """The draft, in which some steps of any track last other days."""
    draft.settings["effort"] = [
        row.model_copy(update={"days": days[row.step]}) if row.step in days else row for row in draft.settings["effort"]
    ]
    return draft
