"""`route`: from decisions to paths, circuits, slots and upgrades."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from inventory.inventory import Inventory
from migration.calendar import grid_of
from migration.consolidation.model import ConsolidationPlan, Decided, Outcome, Reason, Route
from migration.graph.paths import NetworkPaths
from migration.plan import Plan, item_id
from migration.steps import Track

__all__ = ["Progress", "route"]

Progress = Callable[[float, float, float], None]
"""Called with the wall seconds so far, the cost of the best plan and the bound, both yuan."""


def route(
    inventory: Inventory,
    decisions: Sequence[Decided],
    *,
    plan: Plan | None = None,
    now: dt.date | None = None,
    time_limit: float = 20,
    threads: int = 2,
    progress: Progress | None = None,
) -> ConsolidationPlan:
    """Routes of all lines whose outcome is move or backup.

    plan: a line starts no earlier than its cutover there, and its copies load their links. now: default the plan's,
    else the estate's as_of. time_limit: wall seconds. threads: of the solver.
    """
    del time_limit, threads, progress
    grid = plan.grid if plan is not None else grid_of(inventory.estate)
    today = now or (plan.now if plan is not None else inventory.estate.as_of)
    paths = NetworkPaths(inventory)
    routes, unplaced = [], {}
    for decided in decisions:
        if decided.kind != "line" or decided.outcome not in (Outcome.MOVE, Outcome.BACKUP):
            continue
        record = inventory.lines[decided.id]
        path = paths.best(record.a, record.b) if record.a and record.b else None
        if path is None:
            unplaced[decided.id] = Reason(code="no-path")
            continue
        item = plan.by_id.get(item_id(decided.id, "cutover", Track.LINE)) if plan is not None else None
        slot = max(0, grid.slot_of(today) if item is None else item.slot)
        routes.append(Route(line=decided.id, slot=slot, links=path.links))
    return ConsolidationPlan(decisions=tuple(decisions), routes=tuple(routes), unplaced=unplaced)
