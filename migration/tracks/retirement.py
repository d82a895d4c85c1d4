"""System track, systems that do not move: those that retire, and those whose work a bought product takes over.

They are switched off, stay so for ``settings.switched_off_days`` in case somebody misses them, and are then removed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.systems import Lifecycle
from migration.plan import Disposed, Disposition
from migration.steps import Track
from migration.tracks.making import TrackItems
from migration.work import WorkItem

__all__ = ["retirement_items"]

STEPS_OF: Mapping[Disposition, tuple[str, ...]] = {
    Disposition.RETIRE: ("switch_off", "observe", "remove"),
    Disposition.REPURCHASE: ("prepare", "switch_off", "observe", "remove"),
}


def retirement_items(
    inventory: Inventory, now: dt.date, table: EffortTable, dispositions: Mapping[str, Disposed]
) -> tuple[WorkItem, ...]:
    """Items of all systems that retire or are bought anew and are not closed yet, each after the one before."""
    made = TrackItems(inventory, now, table, Track.SYSTEM)
    for id, disposed in dispositions.items():
        system = inventory.systems[id]
        if system.lifecycle is Lifecycle.CLOSED:
            continue
        before = ""
        for step in STEPS_OF.get(disposed.disposition, ()):
            before = made.add("system", id, step, system.department, made.after(before)) or before
    return tuple(made.items)
