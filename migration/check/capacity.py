"""H4: at any time what has landed in a pool fits what the pool offers then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from inventory.kinds.clouds import Pool, Resources
from inventory.kinds.systems import System
from migration.check.case import Case, Cutover, Verdict, breach

__all__ = ["capacity"]

RESOURCES = ("vcpu", "memory_gib", "storage_gib")
TOLERANCE = 1e-6
"""Relative; sums of decimal fractions are not exact."""


def capacity(case: Case) -> Iterator[Verdict]:
    """Breaches of H4, at most one violation and one fact a pool: the first slot and resource that is exceeded.

    From the slot of its cutover on, a system takes the vCPU, memory and storage of its components. On every day a pool
    offers its capacity step in force (vCPU times overcommit) less the headroom's share, less what does not move.
    """
    landed: dict[str, list[Cutover]] = {}
    for cutover in case.cutovers.values():
        if cutover.pool is not None:
            landed.setdefault(cutover.pool.id, []).append(cutover)
    resident = _resident(case)
    for key, cutovers in landed.items():
        yield from _pool(case, case.inventory.pools[key], cutovers, resident.get(key, ()))


def _resident(case: Case) -> Mapping[str, Sequence[System]]:
    """Pool -> systems that runs have moved there and that the plan does not list."""
    found: dict[str, list[System]] = {}
    for key, system in case.inventory.systems.items():
        kind, _, pool = (system.runs_in or "").partition(":")
        if kind == "pool" and key not in case.cutovers and case.done_on(system) is not None:
            found.setdefault(pool, []).append(system)
    return found


def _pool(case: Case, pool: Pool, cutovers: Sequence[Cutover], resident: Sequence[System]) -> Iterator[Verdict]:
    cutovers = sorted(cutovers, key=lambda cutover: cutover.slot)
    used = dict.fromkeys(RESOURCES, 0.0)
    for system in resident:
        _add(used, system)
    seen, fact, told = 0, True, set[bool]()
    for slot in range(case.plan.grid.count):
        while seen < len(cutovers) and cutovers[seen].slot <= slot:
            _add(used, cutovers[seen].system)
            fact = fact and not cutovers[seen].movable
            seen += 1
        if not seen or fact in told:
            continue
        offered = _offered(case, pool, slot)
        short = next((name for name in RESOURCES if used[name] > offered[name] + TOLERANCE * max(1, used[name])), None)
        if short is not None:
            told.add(fact)
            newest = [cutover for cutover in cutovers[:seen] if cutover.slot == cutovers[seen - 1].slot]
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


def _add(used: dict[str, float], system: System) -> None:
    for part in system.components:
        used["vcpu"] += part.vcpu
        used["memory_gib"] += part.memory_gib
        used["storage_gib"] += part.storage_gib


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
