"""System track, systems that do not move: those that retire, and those whose work a bought product takes over.

They are switched off, stay so for ``settings.switched_off_days`` in case somebody misses them, and are then removed.
Until then a decision by hand for anything else brings them back: they are switched on again at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.systems import Lifecycle
from migration.plan import Disposed, Disposition, item_id
from migration.steps import Track
from migration.tracks.making import TrackItems
from migration.work import WorkItem

__all__ = ["reactivation_of", "retirement_items"]

STEPS_OF: Mapping[Disposition, tuple[str, ...]] = {
    Disposition.RETIRE: ("switch_off", "observe", "remove"),
    Disposition.REPURCHASE: ("prepare", "switch_off", "observe", "remove"),
}


def retirement_items(
    inventory: Inventory, now: dt.date, table: EffortTable, dispositions: Mapping[str, Disposed]
) -> tuple[WorkItem, ...]:
    """Items of all systems that retire or are bought anew and are not closed yet, each after the one before; and the
    item that switches those on again that are switched off and neither retire nor are bought anew."""
    made = TrackItems(inventory, now, table, Track.SYSTEM)
    for id, disposed in dispositions.items():
        system = inventory.systems[id]
        if system.lifecycle is Lifecycle.CLOSED:
            continue
        before = ""
        for step in STEPS_OF.get(disposed.disposition, ()):
            before = made.add("system", id, step, system.department, made.after(before)) or before
        if disposed.disposition not in STEPS_OF and reactivation_of(inventory, id):
            made.add("system", id, "reactivate", system.department)
    return tuple(made.items)


def reactivation_of(inventory: Inventory, system: str) -> str:
    """The item that switches on again what runs have switched off and not removed; empty for any other system.

    What has become of the state after it has ended, see ``inventory.state``: the system counts as never switched off.
    """
    done = inventory.done
    off = item_id(system, "switch_off") in done and item_id(system, "remove") not in done
    return item_id(system, "reactivate") if off else ""
