"""The cloud track: pools built, extended, connected and requested; clouds docked and dual-stack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from inventory.kinds.clouds import Access, CloudTier, DockingState, Intention, Pool
from inventory.kinds.network import Ipv6Stage
from migration.check.tracks.gate import Gate, after, any_verified
from migration.plan import ItemState, Track, item_id

if TYPE_CHECKING:
    from migration.check.case import Case, Cutover

__all__ = ["TRACK", "gates", "promised_end", "requests", "steps"]

TRACK = Track.CLOUD
DOCKED_TIERS = (CloudTier.INDUSTRY, CloudTier.CITY)
"""Tiers of the "N" of 1+N, which are docked to the provincial cloud."""
RESOURCES = ("vcpu", "memory_gib", "storage_gib")


def steps(case: Case) -> Iterator[tuple[str, Sequence[str]]]:
    """Steps of target clouds and their pools."""
    inventory = case.inventory
    for key, cloud in inventory.clouds.items():
        if cloud.intention is Intention.TARGET:
            found = []
            if cloud.docking.state is not DockingState.DOCKED and cloud.tier in DOCKED_TIERS:
                found.append("docked")
            if cloud.ipv6_stage is not Ipv6Stage.VERIFIED:
                found.append("dual_stack")
            yield f"cloud:{key}", found
    asked = requests(case)
    for key, pool in inventory.pools.items():
        if inventory.clouds[pool.cloud].intention is Intention.TARGET:
            yield f"pool:{key}", [*_of_pool(case, pool), *asked.get(key, {})]


def _of_pool(case: Case, pool: Pool) -> list[str]:
    """Built when nothing is offered yet, then each later step that offers more of anything; of two of one day the last
    counts."""
    by_day = {step.start or dt.date.min: step for step in pool.capacity}
    order = [by_day[day] for day in sorted(by_day)]
    first = order[0].start if order else None
    built = first is not None and first > case.plan.now
    found = ["built"] if built else []
    for sooner, later in pairwise(order):
        more = any(getattr(later, name) > getattr(sooner, name) for name in RESOURCES)
        if later.start is not None and later.start > case.plan.now and more:
            found.append(f"extended-{later.start.isoformat()}")
    if built or not pool.attachments or item_id(pool.id, "built", TRACK) in case.inventory.done:
        found.append("connected")
    return found


def requests(case: Case) -> Mapping[str, Mapping[str, list[Cutover]]]:
    """Pool -> step ``requested-DATE`` -> the cutovers of that slot, where resources are had by request form only."""
    found: dict[str, dict[str, list[Cutover]]] = {}
    for cutover in case.cutovers.values():
        if cutover.pool is None or cutover.item.state is ItemState.DONE:
            continue
        cloud = case.inventory.clouds[cutover.pool.cloud]
        if cloud.access is Access.REQUEST_FORM and cloud.lead_time_days > 0:
            step = f"requested-{case.plan.grid.first_day_of(cutover.slot).isoformat()}"
            found.setdefault(cutover.pool.id, {}).setdefault(step, []).append(cutover)
    return found


def promised_end(pool: Pool, step: str) -> dt.date | None:
    """The day before the capacity that a step stands for is offered; None for other steps."""
    base, _, date = step.partition("-")
    if base == "built":
        starts = [offer.start for offer in pool.capacity if offer.start is not None]
        return min(starts) - dt.timedelta(days=1) if starts else None
    return dt.date.fromisoformat(date) - dt.timedelta(days=1) if base == "extended" else None


def gates(case: Case) -> Iterator[Gate]:
    """Connected after built; dual-stack after one of the devices of the cloud's pools."""
    inventory = case.inventory
    for name, left in case.wanted.items():
        kind, _, key = name.partition(":")
        if kind == "pool" and "connected" in left:
            yield from after(case, (name, "connected"), (name, "built"))
        elif kind == "cloud" and "dual_stack" in left:
            pools = (inventory.pools[pool] for pool in inventory.pools_of.get(key, ()))
            devices = [place.device for pool in pools for place in pool.attachments]
            yield from any_verified(case, (name, "dual_stack"), devices)
