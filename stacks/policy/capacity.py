"""Pool capacity by day of the plan, counted with the sizes of machines that are really made: these are larger than the
amounts that the plan counted with, because a component gets the smallest size that is large enough.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from inventory.inventory import split_ref
from inventory.kinds.clouds import Pool
from inventory.kinds.systems import System
from inventory.problems import Problem
from migration.placement import demand_of
from stacks.design.designs import Designs
from stacks.design.findings import finding

__all__ = ["check_capacity"]

RESOURCES = ("vcpu", "memory_gib", "storage_gib")
Amounts = tuple[float, float, float]


def check_capacity(designs: Designs, pools: Iterable[str]) -> tuple[Problem, ...]:
    """``stack-capacity`` for the first day on which a pool has too little for what the plan lands in it."""
    landing: dict[str, list[tuple[dt.date, Amounts]]] = {pool: [] for pool in pools}
    for found in designs.landings.of.values():
        if found.pool in landing:
            day = dt.date.min if found.moved or found.day is None else found.day
            landing[found.pool].append((day, _taken(designs, found.system, designs.inventory.pools[found.pool])))
    for system in designs.inventory.systems.values():
        kind, pool = split_ref(system.runs_in or "")
        if kind == "pool" and pool in landing and system.id not in designs.landings.of:
            landing[pool].append((dt.date.min, demand_of(system)))
    return tuple(problem for pool, taken in landing.items() for problem in _pool(designs, pool, taken))


def _taken(designs: Designs, system: System, pool: Pool) -> Amounts:
    vcpu, memory, storage = 0.0, 0.0, 0.0
    for part in system.components:
        flavor = designs.offers.flavor(pool, part)
        vcpu += part.vcpu if flavor is None else flavor.vcpu
        memory += part.memory_gib if flavor is None else flavor.memory_gib
        storage += part.storage_gib
    return vcpu, memory, storage


def _pool(designs: Designs, id: str, taken: list[tuple[dt.date, Amounts]]) -> Iterator[Problem]:
    pool = designs.inventory.pools.get(id)
    if pool is None:
        return
    headroom = designs.inventory.estate.settings.headroom if pool.headroom is None else pool.headroom
    steps = sorted(pool.capacity, key=lambda step: step.start or dt.date.min)
    days = sorted({day for day, _ in taken} | {step.start or dt.date.min for step in steps})
    reported: set[str] = set()
    waiting = sorted(taken, key=lambda found: found[0])
    needed, place = [0.0, 0.0, 0.0], 0
    for day in days:
        while place < len(waiting) and waiting[place][0] <= day:
            needed = [sum(pair) for pair in zip(needed, waiting[place][1], strict=True)]
            place += 1
        step = next((step for step in reversed(steps) if (step.start or dt.date.min) <= day), None)
        have: Mapping[str, float] = {name: getattr(step, name, 0.0) for name in RESOURCES}
        for number, name in enumerate(RESOURCES):
            free = have[name] * (1 - headroom) * (pool.overcommit if name == "vcpu" else 1) - getattr(pool.in_use, name)
            if needed[number] > free + 1e-6 and needed[number] and name not in reported:
                reported.add(name)
                shown = designs.inventory.estate.as_of if day == dt.date.min else day
                yield finding(
                    designs.inventory, "stack-capacity", "pool", id, "capacity", "", what=name, day=shown.isoformat(),
                    needed=round(needed[number], 1), free=round(free, 1),
                )  # fmt: skip
