"""Match a plan with an inventory: the case that every predicate reads."""

from __future__ import annotations

import dataclasses

from inventory.inventory import Inventory
from migration.check.case import TRACK_OF, Case, Cutover
from migration.check.demands import wanted
from migration.check.progress import settled
from migration.plan import Disposed, Plan, PlanItem, item_id

__all__ = ["read_case"]


def read_case(inventory: Inventory, plan: Plan) -> Case:
    """Match a plan with an inventory. Of several items of one step, and of several dispositions, the first counts; what
    runs have done is done."""
    plan, strayed = settled(inventory, plan)
    decided: dict[str, Disposed] = {}
    for disposed in plan.dispositions:
        system = inventory.systems.get(disposed.system)
        if system is not None and not system.classified:
            decided.setdefault(disposed.system, disposed)
    moving = frozenset(key for key, disposed in decided.items() if disposed.disposition.moves)
    items: dict[tuple[str, str], PlanItem] = {}
    cutovers: dict[str, Cutover] = {}
    for item in plan.items:
        kind, _, key = item.object.partition(":")
        if TRACK_OF.get(kind) is not item.track or item.id != item_id(key, item.step, item.track):
            continue
        items.setdefault((item.object, item.step), item)
        if item.is_cutover and key in moving and key not in cutovers:
            cutovers[key] = Cutover(item, inventory.systems[key], inventory.pools.get(item.pool or ""))
    outcomes: dict[str, str] = {}
    for entry in plan.outcomes:
        outcomes.setdefault(entry.record, entry.outcome)
    case = Case(inventory, plan, decided, moving, items, cutovers, {}, strayed, outcomes)
    return dataclasses.replace(case, wanted=wanted(case))
