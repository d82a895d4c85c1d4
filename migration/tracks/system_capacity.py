"""System track, H4: demands of systems and what pools offer, in whole thousandths of a unit."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from inventory.inventory import Inventory
from inventory.kinds.clouds import CapacityStep, Pool
from inventory.kinds.systems import System
from migration.placement import demand_of
from migration.plan import Grid

__all__ = ["SCALE", "demands", "landed", "offers"]

SCALE = 1000
"""Counted units in one vCPU or GiB."""
_SLACK = 1e-6
"""Less than this of a counted unit is rounding of decimal fractions."""


def demands(systems: Iterable[System]) -> npt.NDArray[np.int64]:
    """n x 3: vCPU, memory and storage of each system, rounded up."""
    rows = [[math.ceil(amount * SCALE - _SLACK) for amount in demand_of(system)] for system in systems]
    return np.array(rows, np.int64).reshape(-1, 3)


def landed(systems: Iterable[System]) -> dict[str, npt.NDArray[np.int64]]:
    """Pool -> what the systems that run in it take."""
    found: dict[str, npt.NDArray[np.int64]] = {}
    for system in systems:
        kind, _, pool = (system.runs_in or "").partition(":")
        if kind == "pool":
            found[pool] = found.get(pool, np.zeros(3, np.int64)) + demands([system])[0]
    return found


def offers(
    inventory: Inventory, grid: Grid, pools: Iterable[str], taken: Mapping[str, npt.NDArray[np.int64]]
) -> npt.NDArray[np.int64]:
    """P x K x 3: what each pool has for systems that move, on the scarcest day of each slot.

    Capacity steps in force, vCPU times overcommit, less headroom, less what does not move, less what has landed;
    nothing before the first step. Negative where more is used than there is.
    """
    tables = [
        _offer(inventory.pools[pool], inventory.estate.settings.headroom, grid) - taken.get(pool, np.zeros(3, np.int64))
        for pool in pools
    ]
    return np.array(tables, np.int64).reshape(len(tables), grid.count, 3)


def _offer(pool: Pool, headroom: float, grid: Grid) -> npt.NDArray[np.int64]:
    kept = 1.0 - (headroom if pool.headroom is None else pool.headroom)
    steps = sorted(pool.capacity, key=lambda step: step.start or dt.date.min)
    if not steps or steps[0].start is not None:
        steps.insert(0, CapacityStep())
    amounts = [
        (
            _floor(step.vcpu * kept * pool.overcommit - pool.in_use.vcpu),
            _floor(step.memory_gib * kept - pool.in_use.memory_gib),
            _floor(step.storage_gib * kept - pool.in_use.storage_gib),
        )
        for step in steps
    ]
    table = np.empty((grid.count, 3), np.int64)
    for slot in range(grid.count):
        first, last = grid.first_day_of(slot), grid.last_day_of(slot)
        current = max(place for place, step in enumerate(steps) if (step.start or dt.date.min) <= first)
        during = [
            place
            for place, step in enumerate(steps)
            if place > current and step.start is not None and step.start <= last
        ]
        table[slot] = np.min([amounts[place] for place in (current, *during)], axis=0)
    return table


def _floor(amount: float) -> int:
    return math.floor(amount * SCALE + _SLACK)
