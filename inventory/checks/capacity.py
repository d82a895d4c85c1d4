"""Capacity of pools: what is used fits what is there, on every day from the estate's as_of on."""

from __future__ import annotations

import datetime as dt

from inventory.checks.common import Found, about, first_of
from inventory.inventory import Inventory
from inventory.kinds.clouds import CapacityStep, Intention, Pool

__all__ = ["check_capacity"]

_RESOURCES = ("vcpu", "memory_gib", "storage_gib")


def check_capacity(inventory: Inventory) -> Found:
    """Pools: steps on different days, use within every step in force, some capacity where systems shall land."""
    for id, pool in inventory.pools.items():
        days = ((step.start, str(number)) for number, step in enumerate(pool.capacity))
        for number, first, day in first_of(days):
            yield about(
                inventory, "capacity-step-twice", "pool", id, f"capacity.{number}.from",
                date=day.isoformat() if day else "-", first=f"capacity.{first}",
            )  # fmt: skip
        cloud = inventory.clouds.get(pool.cloud)
        if cloud is not None and cloud.intention is Intention.TARGET:
            without = [name for name in _RESOURCES if not any(getattr(step, name) for step in pool.capacity)]
            if without:
                yield about(inventory, "zero-capacity", "pool", id, "capacity", what=", ".join(without))
        yield from _use(inventory, id, pool)


def _use(inventory: Inventory, id: str, pool: Pool) -> Found:
    steps = _in_force(pool.capacity, inventory.estate.as_of)
    for name in _RESOURCES:
        used = getattr(pool.in_use, name)
        if not used:
            continue
        for number, step in steps:
            capacity = getattr(step, name) * (pool.overcommit if name == "vcpu" else 1)
            if used > capacity:
                path = f"in_use.{name}" if number is None else f"capacity.{number}.{name}"
                yield about(inventory, "impossible-capacity", "pool", id, path, what=name, used=used, capacity=capacity)
                break


def _in_force(steps: tuple[CapacityStep, ...], as_of: dt.date) -> list[tuple[int | None, CapacityStep]]:
    """(place in the record, step) of the step in force at ``as_of``, whose place is None, and of all later ones."""
    ordered = sorted(enumerate(steps), key=lambda item: item[1].start or dt.date.min)
    present = CapacityStep()
    later: list[tuple[int | None, CapacityStep]] = []
    for number, step in ordered:
        if step.start is None or step.start <= as_of:
            present = step
        else:
            later.append((number, step))
    return [(None, present), *later]
