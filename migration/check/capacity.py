"""H4: at any time what has landed in a pool, or is on its way there, fits what the pool offers then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from inventory.kinds.clouds import Pool, Resources
from inventory.kinds.systems import System
from migration.check.case import Case, Verdict, breach
from migration.plan import PlanItem

__all__ = ["capacity"]

RESOURCES = ("vcpu", "memory_gib", "storage_gib")
TOLERANCE = 1e-6
"""Relative; sums of decimal fractions are not exact."""


class _Stay(NamedTuple):
    """A system takes room in a pool in these slots, both included; ``item`` brings it there, None: it stands there."""

    first: int
    last: int
    system: System
    item: PlanItem | None


def capacity(case: Case) -> Iterator[Verdict]:
    """Breaches of H4, at most one violation and one fact a pool: the first slot and resource that is exceeded.

    From the slot in which its copy starts on, or without a copy that of its cutover, a system takes the vCPU, memory
    and storage of its components; one that leaves a pool takes them there as well, up to the slot in which its
    decommissioning ends. On every day a pool offers its capacity step in force (vCPU times overcommit) less the
    headroom's share, less what does not move.
    """
    stays: dict[str, list[_Stay]] = {}
    for cutover in case.cutovers.values():
        if cutover.pool is not None:
            copy = case.items.get((cutover.item.object, "replicate"))
            first = cutover.slot if copy is None else min(cutover.slot, case.plan.grid.slot_of(copy.start))
            stays.setdefault(cutover.pool.id, []).append(
                _Stay(first, case.plan.grid.count, cutover.system, cutover.item)
            )
    for key, found in _standing(case).items():
        if key in stays:
            stays[key] += found
    for key, found in stays.items():
        if key in case.inventory.pools:
            yield from _pool(case, case.inventory.pools[key], found)


def _standing(case: Case) -> Mapping[str, list[_Stay]]:
    """Pool -> systems that stand there now and do not stand still: moved there by runs and not listed in the plan, or
    to move away."""
    found: dict[str, list[_Stay]] = {}
    grid = case.plan.grid
    for key, system in case.inventory.systems.items():
        kind, _, pool = (system.runs_in or "").partition(":")
        if kind != "pool":
            continue
        moved = case.done_on(system) is not None
        if moved and key not in case.cutovers:
            found.setdefault(pool, []).append(_Stay(0, grid.count, system, None))
        elif not moved and key in case.moving:
            freed = case.items.get((f"system:{key}", "decommission"))
            last = grid.count if freed is None else grid.slot_of(freed.end)
            found.setdefault(pool, []).append(_Stay(0, last, system, None))
    return found


def _pool(case: Case, pool: Pool, stays: Sequence[_Stay]) -> Iterator[Verdict]:
    coming = sorted(stays, key=lambda stay: stay.first)
    leaving = sorted(stays, key=lambda stay: stay.last)
    used = dict.fromkeys(RESOURCES, 0.0)
    came, left, fact, told = 0, 0, True, set[bool]()
    newest: list[PlanItem] = []
    for slot in range(case.plan.grid.count):
        arrived: list[PlanItem] = []
        while came < len(coming) and coming[came].first <= slot:
            _add(used, coming[came].system)
            item = coming[came].item
            if item is not None:
                arrived.append(item)
                fact = fact and not item.movable
            came += 1
        while left < len(leaving) and leaving[left].last < slot:
            _add(used, leaving[left].system, -1)
            left += 1
        newest = arrived or newest
        if not newest or fact in told:
            continue
        offered = _offered(case, pool, slot)
        short = next((name for name in RESOURCES if used[name] > offered[name] + TOLERANCE * max(1, used[name])), None)
        if short is not None:
            told.add(fact)
            yield breach(
                "H4",
                "capacity-exceeded",
                newest,
                [f"pool:{pool.id}"],
                fact=fact,
                pool=pool.id,
                slot=case.label(slot),
                resource=short,
                used=round(used[short], 3),
                offered=round(offered[short], 3),
            )


def _add(used: dict[str, float], system: System, sign: int = 1) -> None:
    for part in system.components:
        used["vcpu"] += sign * part.vcpu
        used["memory_gib"] += sign * part.memory_gib
        used["storage_gib"] += sign * part.storage_gib


def _offered(case: Case, pool: Pool, slot: int) -> dict[str, float]:
    """What the pool has for systems that move, on the scarcest day of a slot; nothing before its first step."""
    grid, settings = case.plan.grid, case.inventory.estate.settings
    kept = 1.0 - (settings.headroom if pool.headroom is None else pool.headroom)
    first, last = grid.first_day_of(slot), grid.last_day_of(slot)
    days = {first} | {step.start for step in pool.capacity if step.start is not None and first < step.start <= last}
    steps = [_in_force(pool, day) for day in days]
    return {
        name: min(getattr(step, name) for step in steps) * kept * (pool.overcommit if name == "vcpu" else 1.0)
        - getattr(pool.in_use, name)
        for name in RESOURCES
    }


def _in_force(pool: Pool, day: dt.date) -> Resources:
    started = [step for step in pool.capacity if step.start is None or step.start <= day]
    return max(started, key=lambda step: step.start or dt.date.min, default=Resources())
