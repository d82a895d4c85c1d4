"""What each item of a plan waits for, as the tracks say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from migration.calendar import ChangeCalendar
from migration.graph.upstreams import Upstreams
from migration.outcomes import with_outcomes
from migration.plan import Plan, PlanItem, Track, item_id
from migration.tracks.clouds import cloud_items
from migration.tracks.lines import line_items
from migration.tracks.network import network_items
from migration.tracks.retirement import retirement_items
from migration.tracks.rooms import room_items
from migration.tracks.system_gates import lines_of, pool_needs, system_needs
from migration.tracks.system_scope import scope_of
from migration.tracks.system_tails import ipv6_records, last_items, left_over
from migration.work import Need, WorkItem

__all__ = ["needs_of"]


def needs_of(inventory: Inventory, plan: Plan) -> Mapping[str, tuple[Need, ...]]:
    """Item -> its gates (H9) and lags (H12) to other items, the steps around a cutover left out.

    Items of which the tracks know none are left out. Errors as those of making a plan.
    """
    inventory = with_outcomes(inventory, plan.outcomes)
    lines = lines_of(inventory)
    found: dict[str, list[Need]] = {work.id: list(work.needs) for work in _work(inventory, plan)}
    for item in plan.items:
        if item.track is Track.SYSTEM and item.object_id in inventory.systems:
            found.setdefault(item.id, []).extend(_landing(inventory, item, lines))
        elif item.base_step == "requested":
            for record in item.records:
                system = record.partition(":")[2]
                copy = item_id(system, "replicate")
                waiting = copy if copy in plan.by_id else item_id(system)
                found.setdefault(waiting, []).append(Need((item.id,)))
    return {id: tuple(needs) for id, needs in found.items() if needs}


def _work(inventory: Inventory, plan: Plan) -> Iterator[WorkItem]:
    """Items of the forward tracks."""
    now, table = plan.now, EffortTable(inventory)
    scope = scope_of(inventory, ChangeCalendar(inventory, now))
    unused, gone = last_items(inventory, scope.decided, scope.done)
    pools = {item.object_id: item.pool or "" for item in plan.items if item.is_cutover}
    yield from cloud_items(inventory, now, table)
    yield from network_items(inventory, now, table, Upstreams(inventory))[0]
    yield from line_items(inventory, now, table, unused)
    yield from retirement_items(inventory, now, table, scope.decided)
    yield from left_over(inventory, scope, table)
    yield from room_items(inventory, now, table, gone)
    yield from ipv6_records(inventory, scope, table, pools)


def _landing(inventory: Inventory, item: PlanItem, lines: Mapping[str, tuple[str, ...]]) -> Iterator[Need]:
    """Gates of a cutover and of the copy before it."""
    if item.step not in ("cutover", "replicate"):
        return
    yield from system_needs(inventory, item.object_id, lines)
    if item.pool is not None and item.pool in inventory.pools:
        yield from pool_needs(inventory, item.pool, ipv6=inventory.systems[item.object_id].needs_ipv6 == "at_cutover")
