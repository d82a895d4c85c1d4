"""Why an item of the forward tracks starts when it does: the gate, window, team or batch that determines its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from inventory.inventory import Inventory
from migration.batches import Batches
from migration.calendar import ChangeCalendar
from migration.explain.needs import needs_of
from migration.explain.posed import AROUND
from migration.explain.why import Kept
from migration.plan import Finding, Plan, PlanItem, Track, item_id
from migration.teams import SCALE, Load, TeamBook

__all__ = ["BarredDays", "Gate", "WhyItem", "why_item"]

DAY = dt.timedelta(days=1)
PROMISED = ("built", "extended")
"""Steps whose last day the operator has promised."""


@dataclass(frozen=True)
class Gate:
    """A gate or lag: the item that opens it, when that ends, and the first day after it."""

    rule: str
    item: str
    end: dt.date
    opens: dt.date


@dataclass(frozen=True)
class BarredDays:
    """Days ``first`` to ``last`` and what keeps the item from starting on them, nothing where no rule does."""

    first: dt.date
    last: dt.date
    kept: tuple[Kept, ...]


@dataclass(frozen=True)
class WhyItem:
    """follows: the item that it is placed with, at fixed days. gates: all of them, the one that opens last first.
    days: from the last gate (or *now*) to the day before its start. promised: its last day, where that was promised."""

    item: PlanItem
    follows: str
    gates: tuple[Gate, ...]
    days: tuple[BarredDays, ...]
    promised: dt.date | None


def why_item(inventory: Inventory, plan: Plan, item: PlanItem) -> WhyItem:
    """Why an item that is no cutover starts when it does. Errors as those of a plan's making."""
    follows = _follows(plan, item)
    gates = tuple(sorted(_gates(inventory, plan, item), key=lambda one: (one.opens, one.item), reverse=True))
    promised = item.end if item.track is Track.CLOUD and item.base_step in PROMISED else None
    if follows or promised is not None or not item.movable:
        return WhyItem(item, follows, gates, (), promised)
    first = max([plan.now, plan.grid.first_day, *(gate.opens for gate in gates)])
    asking = _Asking(inventory, plan, item)
    days = [(day, asking.day(day)) for day in _days(first, item.start)]
    found = []
    for _, run in groupby(days, key=lambda one: tuple((kept.finding.code, kept.finding.records) for kept in one[1])):
        span = list(run)
        found.append(BarredDays(span[0][0], span[-1][0], span[-1][1]))
    return WhyItem(item, "", gates, tuple(found), None)


def _days(first: dt.date, end: dt.date) -> Iterator[dt.date]:
    while first < end:
        yield first
        first += DAY


def _follows(plan: Plan, item: PlanItem) -> str:
    """The cutover that an item is placed around; of a request the first of those it is for."""
    if item.track is Track.SYSTEM and item.base_step in AROUND:
        cutover = item_id(item.object_id)
        return cutover if cutover in plan.by_id and plan.by_id[cutover].movable and cutover != item.id else ""
    if item.base_step == "requested":
        ids = (item_id(record.partition(":")[2]) for record in item.records)
        return min((id for id in ids if id in plan.by_id), key=lambda id: (plan.by_id[id].start, id), default="")
    return ""


def _gates(inventory: Inventory, plan: Plan, item: PlanItem) -> Iterator[Gate]:
    for need in needs_of(inventory, plan).get(item.id, ()):
        ended = [plan.by_id[other] for other in need.any_of if other in plan.by_id]
        if ended:
            first = min(ended, key=lambda one: (one.end, one.id))
            yield Gate(need.rule, first.id, first.end, first.end + DAY * (1 + need.lag))


class _Asking:
    """One item out of the plan, with all others where they are."""

    def __init__(self, inventory: Inventory, plan: Plan, item: PlanItem) -> None:
        self.inventory, self.plan, self.item = inventory, plan, item
        self.calendar = ChangeCalendar(inventory, plan.now)
        self.book = TeamBook(inventory, self.calendar)
        self.load = Load(self.book)
        self.length = (item.end - item.start).days + 1
        self.minutes = (item.outage_minutes or 0) + (item.rollback_minutes or 0)
        self.device = item.changes and item.track is Track.NETWORK
        self.batches = Batches(inventory, plan.paths)
        self.waves: dict[tuple[int, str], int] = {}
        for other in plan.items:
            if other is item or not other.movable:
                continue
            self.load.add(other.work, other.start, (other.end - other.start).days + 1)
            if other.changes and other.track is Track.NETWORK:
                self.batches.add(other.object_id, other.start)
                self.waves[other.slot, other.cloud] = self.waves.get((other.slot, other.cloud), 0) + 1
        openings = self.calendar.object_openings(item.kind, item.object_id) if item.changes else ()
        self.open = {one.start.date() for one in openings if one.minutes >= self.minutes}

    def day(self, day: dt.date) -> tuple[Kept, ...]:
        """What keeps the item from starting on a day."""
        item = self.item
        if item.changes and day not in self.open:
            return (Kept(self._closed(day)),)
        found = [*self._team(day)]
        if self.device:
            most = self.inventory.estate.settings.network_changes
            taken = self.waves.get((self.plan.grid.slot_of(day), item.cloud), 0)
            if taken >= most:
                finding = Finding(rule="H6", code="network-changes", data={"most": most, "area": item.cloud})
                found.append(Kept(finding, 1, most - taken, "changes"))
            if not self.batches.admits(item.object_id, day):
                conflict = Finding(
                    rule="H13", code="path-safety", records=(item.object,), data={"device": item.object_id}
                )
                found.append(Kept(conflict))
        return tuple(found)

    def _closed(self, day: dt.date) -> Finding:
        kind, id = self.item.kind, self.item.object_id
        freezes = [
            freeze
            for freeze in self.calendar.object_freezes(kind, id)
            if self.inventory.freezes[freeze].start <= day <= self.inventory.freezes[freeze].end
        ]
        if freezes:
            records = tuple(f"freeze:{freeze}" for freeze in freezes)
            return Finding(rule="H8", code="frozen", records=records, data={"freeze": ", ".join(freezes)})
        windows = self.calendar.object_windows(kind, id)
        if windows:
            records = tuple(f"window:{window}" for window in windows)
            return Finding(rule="H8", code="windows", records=records, data={"minutes": self.minutes})
        return Finding(rule="H8", code="holidays")

    def _team(self, day: dt.date) -> Iterator[Kept]:
        binding = self.load.binding(self.item.work, day, self.length)
        if binding is None:
            return
        team, skill = binding
        days = next(one.days for one in self.item.work if (one.team, one.skill) == binding)
        first, last = self.book.week_of(day), self.book.week_of(day + DAY * (self.length - 1))
        left = self.load.left(team, skill)
        free = min((left[week] for week in range(first, last + 1) if 0 <= week < len(left)), default=0)
        finding = Finding(
            rule="H5", code="team-full", records=(f"team:{team}",), data={"team": team, "skill": skill.value}
        )
        yield Kept(finding, days / (last - first + 1), free / SCALE, "person-days")
