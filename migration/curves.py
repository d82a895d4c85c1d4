"""What pools hold and teams do over time, against what they offer: the curves of reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from inventory.inventory import Inventory
from inventory.kinds.people import Skill
from migration.calendar import ChangeCalendar
from migration.placement import demand_of
from migration.plan import Plan, PlanItem, item_id
from migration.teams import SCALE as TEAM_SCALE
from migration.teams import Load, TeamBook
from migration.tracks.system_capacity import SCALE as POOL_SCALE
from migration.tracks.system_capacity import offers

__all__ = ["RESOURCES", "PoolCurve", "TeamCurve", "pool_curves", "team_curves"]

RESOURCES = ("vcpu", "memory_gib", "storage_gib")


@dataclass(frozen=True, slots=True)
class PoolCurve:
    """One resource of a pool by slot, from slot 0 on.

    used: what has landed or is being copied. offered: what the pool has for systems that move, on the scarcest day of
    the slot, after headroom and what does not move. Both in vCPU or GiB.
    """

    pool: str
    resource: str
    used: tuple[float, ...]
    offered: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TeamCurve:
    """One skill of a team by ISO week, in person-days; ``first`` is the Monday of the first week."""

    team: str
    skill: Skill
    first: dt.date
    used: tuple[float, ...]
    capacity: tuple[float, ...]


def pool_curves(inventory: Inventory, plan: Plan) -> tuple[PoolCurve, ...]:
    """Curves of every pool in which something lands, to the slot after the last landing; by pool, then resource."""
    landings = _landings(inventory, plan)
    pools = sorted(landings)
    if not pools:
        return ()
    last = min(plan.grid.count, max(slot for found in landings.values() for _, slot in found) + 2)
    offered = offers(inventory, plan.grid, pools, {})
    curves = []
    for place, pool in enumerate(pools):
        steps = [[0.0] * last for _ in RESOURCES]
        for system, slot in landings[pool]:
            if slot < last:
                for axis, amount in enumerate(demand_of(inventory.systems[system])):
                    steps[axis][max(0, slot)] += amount
        for axis, resource in enumerate(RESOURCES):
            curves.append(
                PoolCurve(
                    pool=pool,
                    resource=resource,
                    used=tuple(round(value, 3) for value in accumulate(steps[axis])),
                    offered=tuple((offered[place, :last, axis] / POOL_SCALE).tolist()),
                )
            )
    return tuple(curves)


def _landings(inventory: Inventory, plan: Plan) -> Mapping[str, list[tuple[str, int]]]:
    """Pool -> (system, slot from which it takes room); what runs moved there before the plan from the start."""
    found: dict[str, list[tuple[str, int]]] = {}
    for item in plan.items:
        if item.is_cutover and item.pool and item.pool in inventory.pools and item.object_id in inventory.systems:
            copy = plan.by_id.get(item_id(item.object_id, "replicate"))
            slot = item.slot if copy is None else min(item.slot, plan.grid.slot_of(copy.start))
            found.setdefault(item.pool, []).append((item.object_id, slot))
    for id, system in inventory.systems.items():
        kind, _, pool = (system.runs_in or "").partition(":")
        moved = system.moved is not None or item_id(id) in inventory.done
        if kind == "pool" and moved and pool in inventory.pools and item_id(id) not in plan.by_id:
            found.setdefault(pool, []).append((id, 0))
    return found


def team_curves(inventory: Inventory, plan: Plan) -> tuple[TeamCurve, ...]:
    """Curves of every team and skill that an item takes, from the week of the first such item to that of the last; by
    team, then skill."""
    book = TeamBook(inventory, ChangeCalendar(inventory, plan.now))
    load = Load(book)
    spans: dict[tuple[str, Skill], tuple[int, int]] = {}
    for item in plan.items:
        known = tuple(work for work in item.work if work.team in inventory.teams and work.days)
        if not known:
            continue
        load.add(known, item.start, _days(item))
        week, end = book.week_of(item.start), book.week_of(item.end)
        for work in known:
            first, last = spans.get((work.team, work.skill), (week, end))
            spans[work.team, work.skill] = min(first, week), max(last, end)
    curves = []
    for (team, skill), (first, last) in sorted(spans.items()):
        start, stop = max(0, first), min(book.weeks, last + 1)
        capacity, left = book.capacity(team, skill), load.left(team, skill)
        curves.append(
            TeamCurve(
                team=team,
                skill=skill,
                first=book.first_monday + dt.timedelta(weeks=start),
                used=tuple((capacity[week] - left[week]) / TEAM_SCALE for week in range(start, stop)),
                capacity=tuple(capacity[week] / TEAM_SCALE for week in range(start, stop)),
            )
        )
    return tuple(curves)


def _days(item: PlanItem) -> int:
    return (item.end - item.start).days + 1
