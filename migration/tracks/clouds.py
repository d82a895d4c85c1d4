"""Cloud track: pools built, extended and connected, clouds docked and made dual-stack, resources asked for by form.

Planning contract, section 2: built and connected is a gate of every pool, docking one per tier by setting. The day on
which a capacity step begins was promised by the operator: what makes it ready ends on the day before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.clouds import Access, CapacityStep, Cloud, CloudTier, DockingState, Intention, Pool
from inventory.kinds.network import Ipv6Stage
from migration.plan import Finding, Grid, item_id
from migration.steps import Track
from migration.tracks.making import TrackItems
from migration.work import Need, WorkItem

__all__ = ["Landing", "cloud_items", "lead_days", "requested_items"]

DOCKING_TIERS = (CloudTier.INDUSTRY, CloudTier.CITY)
ONE_DAY = dt.timedelta(days=1)


def cloud_items(inventory: Inventory, now: dt.date, table: EffortTable) -> tuple[WorkItem, ...]:
    """Items of the pools and clouds that systems move to, but for the request forms (``requested_items``)."""
    made = TrackItems(inventory, now, table, Track.CLOUD)
    for id, pool in inventory.pools.items():
        cloud = inventory.clouds[pool.cloud]
        if cloud.intention is Intention.TARGET:
            _pool(made, id, pool, cloud.department)
    for id, cloud in inventory.clouds.items():
        if cloud.intention is Intention.TARGET:
            _cloud(made, id, cloud)
    return tuple(made.items)


def _pool(made: TrackItems, id: str, pool: Pool, department: str | None) -> None:
    # Of two steps that begin on one day the last counts.
    steps = [*{step.start or dt.date.min: step for step in sorted(pool.capacity, key=_start)}.values()]
    is_new = bool(steps) and _start(steps[0]) > made.now
    built = ""
    if is_new:
        built = made.add("pool", id, "built", department, ends_on=_start(steps[0]) - ONE_DAY)
    for before, step in pairwise(steps):
        start = _start(step)
        if start > made.now and _raises(before, step):
            made.add("pool", id, f"extended-{start.isoformat()}", department, ends_on=start - ONE_DAY)
    if is_new or item_id(id, "built", Track.CLOUD) in made.inventory.done or not pool.attachments:
        made.add("pool", id, "connected", department, made.after(built))


def _start(step: CapacityStep) -> dt.date:
    return step.start or dt.date.min


def _raises(before: CapacityStep, after: CapacityStep) -> bool:
    return after.vcpu > before.vcpu or after.memory_gib > before.memory_gib or after.storage_gib > before.storage_gib


def _cloud(made: TrackItems, id: str, cloud: Cloud) -> None:
    if cloud.docking.state is not DockingState.DOCKED and cloud.tier in DOCKING_TIERS:
        made.add("cloud", id, "docked", cloud.department)
    if cloud.ipv6_stage is not Ipv6Stage.VERIFIED:
        made.add("cloud", id, "dual_stack", cloud.department, _dual_stack_needs(made.inventory, id))


def _dual_stack_needs(inventory: Inventory, cloud: str) -> tuple[Need, ...]:
    """Any one device at which the cloud's pools meet the network is verified."""
    attachments = (place for pool in inventory.pools_of.get(cloud, ()) for place in inventory.pools[pool].attachments)
    devices = [name for name in dict.fromkeys(place.device for place in attachments) if name in inventory.devices]
    if not devices or any(inventory.devices[name].ipv6_stage is Ipv6Stage.VERIFIED for name in devices):
        return ()
    return (Need(tuple(item_id(name, "verified", Track.NETWORK) for name in devices)),)


class Landing(NamedTuple):
    """A cutover with its place. ``first``: first day of its ``replicate``, else the slot's first day."""

    system: str
    pool: str
    slot: int
    first: dt.date


def lead_days(inventory: Inventory, pool: str) -> int:
    """Days from a request form to the resources of a pool; 0 where none is asked for."""
    cloud = inventory.clouds[inventory.pools[pool].cloud]
    return cloud.lead_time_days if cloud.access is Access.REQUEST_FORM else 0


def requested_items(
    inventory: Inventory, now: dt.date, table: EffortTable, grid: Grid, landings: Iterable[Landing]
) -> tuple[WorkItem, ...]:
    """One request form for each pool and slot that cutovers land in, where the pool's cloud is reached by forms alone.

    It ends on the day before the first of them needs its resources; one that would have had to be sent before *now* has
    a fault.
    """
    made = TrackItems(inventory, now, table, Track.CLOUD)
    together: dict[tuple[str, int], list[Landing]] = {}
    for landing in landings:
        if lead_days(inventory, landing.pool):
            together.setdefault((landing.pool, landing.slot), []).append(landing)
    for (pool, slot), found in sorted(together.items()):
        first_day = grid.first_day_of(slot)
        step = f"requested-{first_day.isoformat()}"
        ends_on = min(landing.first for landing in found) - ONE_DAY
        late = (now + dt.timedelta(days=lead_days(inventory, pool)) - ONE_DAY - ends_on).days
        fault = Finding(rule="H9", code="request-late", records=(f"pool:{pool}",), data={"pool": pool, "days": late})
        made.add(
            "pool",
            pool,
            step,
            inventory.clouds[inventory.pools[pool].cloud].department,
            ends_on=ends_on,
            fault=fault if late > 0 else None,
            records=tuple(f"system:{system}" for system in sorted(landing.system for landing in found)),
        )
    return tuple(made.items)
