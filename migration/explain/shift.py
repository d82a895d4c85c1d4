"""An item in another slot, and what the independent checker says of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.effort import EffortTable
from inventory.inventory import Inventory, end_of, nearest_names
from migration.calendar import ChangeCalendar, Opening
from migration.check.verify import new_violations
from migration.errors import PlanItemError
from migration.explain.network import Network
from migration.graph.paths import NetworkPaths
from migration.plan import Cost, Finding, Grid, Plan, PlanItem, Track, item_id
from migration.tracks.system_copies import Copies

__all__ = ["Moved", "Place", "find_item", "move", "place_of", "why_not"]

_WEEK = re.compile(r"(\d{4})-W(\d{1,2})")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A slot; ``day`` where a day in it was asked for."""

    slot: int
    day: dt.date | None = None


@dataclass(frozen=True)
class Moved:
    """A plan with an item moved. moved: ids of the items that lie elsewhere now. violations: what the checker finds in
    it and did not find before. costs: before and after, where no rule is broken."""

    plan: Plan
    moved: tuple[str, ...]
    violations: tuple[Finding, ...]
    before: tuple[Cost, ...] = ()
    after: tuple[Cost, ...] = ()


def find_item(plan: Plan, text: str) -> PlanItem:
    """The item of an id, or the cutover (else the first item) of a system or another object given by its id.

    PlanItemError ``no-item``.
    """
    if text in plan.by_id:
        return plan.by_id[text]
    bare = text.partition(":")[2] if ":" in text else text
    cutover = plan.by_id.get(item_id(bare))
    if cutover is not None and text in (bare, cutover.object):
        return cutover
    own = [item for item in plan.items if text in (item.object, item.object_id)]
    if own:
        return min(own, key=lambda item: (item.start, item.id))
    known = [*plan.by_id, *(item.object_id for item in plan.items)]
    raise PlanItemError("no-item", item=text, nearest=nearest_names(text, known) or "-")


def place_of(grid: Grid, text: str) -> Place:
    """A slot by its number, its label (2021-W14) or a day in it. PlanItemError ``no-slot``."""
    bare = text.strip()
    week = _WEEK.fullmatch(bare)
    try:
        if bare.isdigit():
            place = Place(int(bare))
        elif week:
            place = Place(grid.slot_of(dt.date.fromisocalendar(int(week[1]), int(week[2]), 1)))
        else:
            day = dt.date.fromisoformat(bare)
            place = Place(grid.slot_of(day), day)
    except ValueError:
        place = Place(-1)
    if not 0 <= place.slot < grid.count:
        raise PlanItemError("no-slot", slot=text, first=grid.label(0), last=grid.label(grid.count - 1))
    return place


def why_not(inventory: Inventory, plan: Plan, item: PlanItem, place: Place, pool: str | None = None) -> Moved:
    """Move an item and let the independent checker judge; where no rule is broken, the costs of both plans.

    pool: of a cutover, where it would land; default where it lands now. PlanItemError ``item-fixed`` for items that are
    done or running, ``no-pool`` for pools that do not exist or items that land in none.
    """
    if not item.movable:
        raise PlanItemError("item-fixed", item=item.id, state=item.state.value)
    if pool is not None and (pool not in inventory.pools or not item.is_cutover):
        nearest = nearest_names(pool, inventory.pools) if item.is_cutover else ""
        raise PlanItemError("no-pool", pool=pool, item=item.id, nearest=nearest or "-")
    moved = move(inventory, plan, item, place, pool)
    found = new_violations(inventory, plan, moved)
    elsewhere = tuple(one.id for one in moved.items if plan.by_id.get(one.id) != one)
    if found:
        return Moved(moved, elsewhere, found)
    from migration.costs import plan_costs

    return Moved(moved, elsewhere, (), plan_costs(inventory, plan), plan_costs(inventory, moved))


def move(inventory: Inventory, plan: Plan, item: PlanItem, place: Place, pool: str | None = None) -> Plan:
    """A copy of the plan with an item in another slot: a cutover with its move group and the steps around each."""
    mover = _Mover(inventory, plan)
    changed = mover.cutovers(item, place, pool) if item.is_cutover else {item.id: mover.single(item, place)}
    kept = [one for one in plan.items if one.id not in changed]
    items = [*kept, *(one for one in changed.values() if one is not None)]
    values = {name: getattr(plan, name) for name in Plan.model_fields}
    ordered = tuple(sorted(items, key=lambda one: (one.slot, one.wave, one.id)))
    return Plan.model_construct(**(values | {"items": ordered}))


class _Mover:
    def __init__(self, inventory: Inventory, plan: Plan) -> None:
        self.inventory, self.plan, self.grid = inventory, plan, plan.grid
        self.calendars = (
            ChangeCalendar(inventory, plan.now),
            ChangeCalendar(inventory.replace(freezes={}), plan.now),
        )

    def cutovers(self, item: PlanItem, place: Place, pool: str | None) -> Mapping[str, PlanItem | None]:
        """Changed items by id; None for requests that are not needed any more."""
        network = Network(self.inventory, self.plan)
        group = [self.plan.by_id[id] for id in network.group_of[item.id]]
        found: dict[str, PlanItem | None] = {}
        for member in group:
            into = pool if pool is not None and member.id == item.id else member.pool
            cutover = self._cutover(member, place if member is item else Place(place.slot), into)
            found[member.id] = cutover
            delta = DAY * self.grid.length_days * (place.slot - member.slot)
            for step in self._around(member):
                found[step.id] = self._step(step, delta, cutover)
        found.update(self._requests(group, found))
        found.update(self._bridges(found))
        return found

    def single(self, item: PlanItem, place: Place) -> PlanItem:
        """An item by itself: a change in a window of the slot, all else with its days moved."""
        offset = item.start - self.grid.first_day_of(item.slot)
        start = place.day or self.grid.first_day_of(place.slot) + offset
        if not item.changes:
            return self._dated(item, start)
        opening = self._opening(item, place, None)
        return self._dated(item, opening.start.date(), opening) if opening else self._shifted(item, start)

    def _cutover(self, item: PlanItem, place: Place, pool: str | None) -> PlanItem:
        opening = self._opening(item, place, pool)
        start = place.day or self.grid.first_day_of(place.slot) + (item.start - self.grid.first_day_of(item.slot))
        moved = self._dated(item, opening.start.date(), opening) if opening else self._shifted(item, start)
        cloud = self.inventory.pools[pool].cloud if pool is not None and pool in self.inventory.pools else item.cloud
        return moved.model_copy(update={"pool": pool, "wave": f"{moved.slot_label}/{cloud}"})

    def _opening(self, item: PlanItem, place: Place, pool: str | None) -> Opening | None:
        """The first window of the slot that fits; where none does, one that is in a freeze or too short."""
        needed = (item.outage_minutes or 0) + (item.rollback_minutes or 0)
        known = pool if pool in self.inventory.pools else None
        for minutes in dict.fromkeys((needed, 0)):
            for calendar in self.calendars:
                if item.is_cutover:
                    openings: Iterable[Opening] = calendar.openings(item.object_id, place.slot, known, minutes)
                else:
                    openings = calendar.object_openings(item.kind, item.object_id)
                for one in openings:
                    day = one.start.date()
                    here = self.grid.slot_of(day) == place.slot and place.day in (None, day)
                    if here and one.minutes >= minutes:
                        return one
        return None

    def _dated(self, item: PlanItem, start: dt.date, opening: Opening | None = None) -> PlanItem:
        slot = self.grid.slot_of(start)
        label = self.grid.label(slot)
        values: dict[str, object] = {
            "start": start,
            "end": start + (item.end - item.start),
            "slot": slot,
            "slot_label": label,
            "wave": f"{label}/{item.cloud}" if item.wave else "",
        }
        if opening is not None:
            values |= {"window_start": opening.start, "window_minutes": opening.minutes}
        return item.model_copy(update=values)

    def _shifted(self, item: PlanItem, start: dt.date) -> PlanItem:
        """A change for which no window opens there: at the same time of day."""
        moved = self._dated(item, start)
        if item.window_start is None:
            return moved
        return moved.model_copy(update={"window_start": item.window_start + (start - item.start)})

    def _around(self, cutover: PlanItem) -> Iterable[PlanItem]:
        """Movable items of the same system."""
        return (
            item
            for item in self.plan.items
            if item.object == cutover.object and item.track is Track.SYSTEM and item is not cutover and item.movable
        )

    def _step(self, step: PlanItem, delta: dt.timedelta, cutover: PlanItem) -> PlanItem:
        if step.step == "ipv6_record" and step.start > cutover.end:
            return step
        moved = self._dated(step, step.start + delta)
        if step.step == "replicate" and step.pool != cutover.pool:
            copies = Copies(self.inventory, EffortTable(self.inventory), NetworkPaths(self.inventory))
            links = copies.links(step.object_id, cutover.pool or "") if step.rate_mbps is not None else ()
            moved = moved.model_copy(update={"pool": cutover.pool, "links": links})
        return moved

    def _bridges(self, changed: Mapping[str, PlanItem | None]) -> Mapping[str, PlanItem]:
        """H14: bridges of what moved or is a client there; they close some days after the last of their cutovers."""
        days = dt.timedelta(days=self.inventory.estate.settings.bridge_days)
        systems = {one.object_id for one in changed.values() if one is not None and one.is_cutover}
        found = {}
        for item in self.plan.items:
            if item.bridge is None or not item.movable:
                continue
            ends = {item.object_id}
            for record in item.records:
                dependency = self.inventory.dependencies.get(record.removeprefix("dependency:"))
                ends |= {end_of(dependency.client).system} if dependency is not None else set()
            if not ends & systems:
                continue
            cutovers = (changed.get(item_id(end)) or self.plan.by_id.get(item_id(end)) for end in ends)
            last = max(self.grid.last_day_of(one.slot) for one in cutovers if one is not None)
            bridge = changed.get(item.id) or item
            found[item.id] = bridge.model_copy(update={"closes": last + days})
        return found

    def _requests(
        self, group: Iterable[PlanItem], changed: Mapping[str, PlanItem | None]
    ) -> Mapping[str, PlanItem | None]:
        """Requests of resources for the pools and slots that a group leaves and enters."""
        cutovers = {item.id: changed.get(item.id) or item for item in self.plan.items if item.is_cutover}
        touched = {(item.pool, item.slot) for member in group for item in (member, cutovers[member.id])}
        found: dict[str, PlanItem | None] = {}
        for pool, slot in sorted((pool, slot) for pool, slot in touched if pool is not None):
            if pool not in self.inventory.pools:
                continue
            here = [one for one in cutovers.values() if (one.pool, one.slot) == (pool, slot) and one.movable]
            id = item_id(pool, f"requested-{self.grid.first_day_of(slot)}", Track.CLOUD)
            known = self.plan.by_id.get(id)
            if known is not None and not known.movable:
                continue
            request = self._request(pool, id, known, here, changed)
            if request is not None or known is not None:
                found[id] = request
        return found

    def _request(
        self,
        pool: str,
        id: str,
        known: PlanItem | None,
        cutovers: list[PlanItem],
        changed: Mapping[str, PlanItem | None],
    ) -> PlanItem | None:
        cloud = self.inventory.clouds[self.inventory.pools[pool].cloud]
        if not cutovers or cloud.access.value != "request_form" or not cloud.lead_time_days:
            return None
        copies = (item_id(one.object_id, "replicate") for one in cutovers)
        starts = [(changed.get(id) or self.plan.by_id[id]).start for id in copies if id in self.plan.by_id]
        starts += [self.grid.first_day_of(one.slot) for one in cutovers]
        end = min(starts) - DAY
        start = end - DAY * (cloud.lead_time_days - 1)
        slot = self.grid.slot_of(start)
        values: dict[str, object] = {
            "id": id, "track": Track.CLOUD, "step": id.rsplit("/", 1)[1], "object": f"pool:{pool}",
            "slot": slot, "slot_label": self.grid.label(slot), "start": start, "end": end,
            "records": tuple(sorted(one.object for one in cutovers)), "department": cloud.department or "",
        }  # fmt: skip
        return PlanItem.model_validate(values) if known is None else known.model_copy(update=values)
