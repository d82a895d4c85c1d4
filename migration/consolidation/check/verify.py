"""`check_routes`: all rules over one result."""

from __future__ import annotations

import datetime as dt

from inventory.inventory import Inventory
from migration.calendar import grid_of
from migration.consolidation.check.case import Case
from migration.consolidation.check.links import loads, upgrades
from migration.consolidation.check.money import money
from migration.consolidation.check.routes import circuits, complete, dates, paths
from migration.consolidation.model import ConsolidationPlan
from migration.plan import Finding, Plan

__all__ = ["check_routes"]

RULES = (complete, dates, paths, circuits, upgrades, loads, money)


def check_routes(
    inventory: Inventory, result: ConsolidationPlan, *, plan: Plan | None = None, now: dt.date | None = None
) -> tuple[Finding, ...]:
    """Every broken rule of a result: H7 paths and links, H9 circuits and gates, H10 dates, H11 pins, S7 the money.

    plan, now: as given to `route`. Empty for a sound result.
    """
    grid = plan.grid if plan is not None else grid_of(inventory.estate)
    today = now or (plan.now if plan is not None else inventory.estate.as_of)
    case = Case(inventory, result, plan, grid, today)
    return tuple(finding for rule in RULES for finding in rule(case))
