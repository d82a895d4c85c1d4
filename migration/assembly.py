"""From days and pools to the items of a plan file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypedDict

from inventory.effort import Effort
from inventory.inventory import end_of, split_ref
from migration.calendar import CHINA_TIME, ChangeCalendar, Opening
from migration.forward import Placed
from migration.plan import ItemState, PlanItem, item_id
from migration.steps import STEPS, Nature, Track
from migration.teams import TeamBook
from migration.tracks.system_bridges import method_of
from migration.tracks.system_chain import ChainStep
from migration.tracks.system_scope import Scope
from migration.tracks.system_tails import landed_in
from migration.tracks.systems import SystemTrack
from migration.work import WorkItem

__all__ = ["Assembly"]


class Assembly:
    """Makes plan items; slots and their names are worked out once."""

    def __init__(self, calendar: ChangeCalendar, book: TeamBook) -> None:
        self.calendar, self.book = calendar, book
        self.inventory, self.grid = calendar.inventory, calendar.grid
        self._labels: dict[int, str] = {}

    def label(self, slot: int) -> str:
        """Name of a slot."""
        if slot not in self._labels:
            self._labels[slot] = self.grid.label(slot)
        return self._labels[slot]

    def forward(self, item: WorkItem, placed: Placed) -> PlanItem:
        """An item of the other tracks."""
        slot = self.grid.slot_of(placed.start)
        change = item.nature is Nature.CHANGE
        return PlanItem(
            id=item.id,
            track=item.track,
            step=item.step,
            object=item.object,
            slot=slot,
            slot_label=self.label(slot),
            start=placed.start,
            end=placed.end,
            wave=f"{self.label(slot)}/{item.area}" if change and item.area else "",
            department=item.department,
            work=placed.work,
            records=item.records,
            **_window(item.effort if change else None, placed.window),
        )

    def chain(self, track: SystemTrack, number: int, slot: int, pool: str, closes: dt.date | None) -> list[PlanItem]:
        """The cutover of a system and the steps around it."""
        id = track.systems[number]
        chain = track.chains[id]
        state = ItemState.PINNED if number in track.problem.pinned_slot else ItemState.PLANNED
        opening = self.calendar.openings(id, slot, pool, chain.minutes)[0]
        day = opening.start.date()
        items = [
            PlanItem(
                id=item_id(id),
                object=f"system:{id}",
                slot=slot,
                slot_label=self.label(slot),
                start=day,
                end=day,
                pool=pool,
                wave=f"{self.label(slot)}/{self.inventory.pools[pool].cloud}",
                state=state,
                department=self.inventory.systems[id].department,
                work=self.book.work("system", id, chain.cutover),
                **_window(chain.cutover, opening),
            )
        ]
        items += [self._step(track, id, step, slot, pool, closes, state) for step in chain.steps]
        return items

    def _step(
        self,
        track: SystemTrack,
        id: str,
        step: ChainStep,
        slot: int,
        pool: str,
        closes: dt.date | None,
        state: ItemState,
    ) -> PlanItem:
        first = self.grid.first_day_of(slot)
        start = first + dt.timedelta(days=step.first)
        own = self.grid.slot_of(start)
        copy, bridge = step.step == "replicate", step.step == "bridge"
        links = track.copies.links(id, pool) if copy else ()
        rate = track.copies.rate(id) if links else None
        dependencies = track.scope.bridges.get(id, ()) if bridge else ()
        return PlanItem(
            id=item_id(id, step.step),
            step=step.step,
            object=f"system:{id}",
            slot=own,
            slot_label=self.label(own),
            start=start,
            end=first + dt.timedelta(days=step.last),
            pool=pool if copy else None,
            state=state,
            department=self.inventory.systems[id].department,
            work=self.book.work("system", id, step.effort),
            links=links if rate is not None else (),
            rate_mbps=rate,
            bridge=method_of(track.scope.decided[id]) if bridge else None,
            closes=closes if bridge else None,
            records=tuple(f"dependency:{dependency}" for dependency in dependencies),
        )

    def closing(self, scope: Scope, slots: Mapping[str, int]) -> dict[str, dt.date]:
        """H14: system -> day on which its old address is taken away: ``bridge_days`` after the last day of the latest
        slot in which it or one of the clients that have it written in moves. slots: of all cutovers, done or planned.
        """
        days = dt.timedelta(days=self.inventory.estate.settings.bridge_days)
        found = {}
        for system, dependencies in scope.bridges.items():
            clients = (end_of(self.inventory.dependencies[id].client).system for id in dependencies)
            latest = [slots[id] for id in (system, *clients) if id in slots]
            if latest:
                found[system] = self.grid.last_day_of(max(latest)) + days
        return found

    def done(self, scope: Scope, closing: Mapping[str, dt.date]) -> Iterator[PlanItem]:
        """What runs have finished: cutovers, and every other item that the estate's state names. Bridges keep what they
        bridge and the day on which they are taken away. closing: see there."""
        for id, day in scope.done.items():
            slot = self.grid.slot_of(day)
            pool = landed_in(self.inventory, id)
            kind, place = split_ref(self.inventory.systems[id].runs_in or "")
            cloud = self.inventory.pools[pool].cloud if pool else place if kind == "cloud" else ""
            wave = f"{self.label(slot)}/{cloud}" if cloud else ""
            yield self._done(item_id(id), Track.SYSTEM, "cutover", f"system:{id}", day, pool=pool or None, wave=wave)
        for id, moment in self.inventory.done.items():
            parts = id.split("/")
            if len(parts) != 3 or parts[0] not in self._kinds or (id == item_id(parts[1]) and parts[1] in scope.moving):
                continue
            track = Track(parts[0])
            named = next((kind for kind in self._kinds[parts[0]] if parts[1] in self.inventory.of(kind)), "")
            if named and parts[2].partition("-")[0] in STEPS[track]:
                day = dt.datetime.fromisoformat(moment).astimezone(CHINA_TIME).date()
                item = self._done(id, track, parts[2], f"{named}:{parts[1]}", day)
                if (track, parts[2]) == (Track.SYSTEM, "bridge") and parts[1] in scope.bridges:
                    kept = {
                        "bridge": method_of(scope.decided[parts[1]]),
                        "closes": closing.get(parts[1]),
                        "records": tuple(f"dependency:{dependency}" for dependency in scope.bridges[parts[1]]),
                    }
                    item = item.model_copy(update=kept)
                yield item

    @cached_property
    def _kinds(self) -> dict[str, tuple[str, ...]]:
        return {
            "cloud": ("pool", "cloud"),
            "network": ("device",),
            "line": ("line", "private_network", "internet_exit"),
            "system": ("system",),
            "room": ("room",),
        }

    def _done(
        self, id: str, track: Track, step: str, what: str, day: dt.date, pool: str | None = None, wave: str = ""
    ) -> PlanItem:
        kind, name = split_ref(what)
        record = self.inventory.of(kind)[name]
        slot = self.grid.slot_of(day)
        return PlanItem(
            id=id,
            track=track,
            step=step,
            object=what,
            slot=slot,
            slot_label=self.label(slot),
            start=day,
            end=day,
            pool=pool,
            wave=wave,
            state=ItemState.DONE,
            department=getattr(record, "department", None) or "",
        )


class _Window(TypedDict):
    window_start: dt.datetime | None
    window_minutes: int | None
    outage_minutes: int | None
    rollback_minutes: int | None


def _window(effort: Effort | None, opening: Opening | None) -> _Window:
    if effort is None or opening is None:
        return _Window(window_start=None, window_minutes=None, outage_minutes=None, rollback_minutes=None)
    return _Window(
        window_start=opening.start,
        window_minutes=opening.minutes,
        outage_minutes=effort.outage,
        rollback_minutes=effort.rollback,
    )
