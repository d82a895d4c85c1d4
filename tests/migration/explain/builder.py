"""Plans of any track in code, on the small estate of ``tests.migration.check.builder``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from inventory.inventory import Inventory
from migration.calendar import CHINA_TIME
from migration.plan import Disposed, Disposition, Grid, Plan, PlanItem, PlanStatus, Track, item_id
from tests.migration.check.builder import GRID, MONDAY

DAY = dt.timedelta(days=1)


def day(number: int) -> dt.date:
    """A day counted from the first of the grid, a Monday."""
    return MONDAY + number * DAY


def step(of: str, name: str, first: int, last: int, track: Track = Track.SYSTEM, **fields: Any) -> PlanItem:
    """An item from one day to another, counted from the first of the grid."""
    slot = GRID.slot_of(day(first))
    values: dict[str, Any] = {
        "id": item_id(of.partition(":")[2], name, track),
        "track": track,
        "step": name,
        "object": of,
        "slot": slot,
        "slot_label": GRID.label(slot),
        "start": day(first),
        "end": day(last),
    }
    return PlanItem.model_validate(values | fields)


def cutover(inventory: Inventory, system: str, on: int, pool: str = "city-a", **fields: Any) -> PlanItem:
    """A cutover on a whole day."""
    cloud = inventory.pools[pool].cloud
    label = GRID.label(GRID.slot_of(day(on)))
    window: dict[str, Any] = {
        "window_start": dt.datetime.combine(day(on), dt.time(), CHINA_TIME),
        "window_minutes": 1440,
        "pool": pool,
        "wave": f"{label}/{cloud}",
    }
    return step(f"system:{system}", "cutover", on, on, **(window | fields))


def plan_with(inventory: Inventory, items: Iterable[PlanItem], grid: Grid = GRID, **fields: Any) -> Plan:
    """A plan of these items; every system is rehosted."""
    values: dict[str, Any] = {
        "estate": "test",
        "as_of": MONDAY,
        "now": MONDAY,
        "status": PlanStatus.FEASIBLE,
        "grid": grid,
        "items": tuple(sorted(items, key=lambda item: (item.slot, item.wave, item.id))),
        "dispositions": tuple(
            Disposed(system=system, disposition=Disposition.REHOST, rule="default:moves")
            for system in inventory.systems
        ),
    }
    return Plan.model_validate(values | fields)
