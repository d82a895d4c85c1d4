"""Forward scheduling of what is not moved in waves: each item on its earliest day, the most pressing first.

The serial schedule generation scheme (Kolisch 1996, European Journal of Operational Research 90, 320-333): of the items
whose gates are settled the next by due date, then track, then id, gets the first day that its gates, its window and the
rest of the teams' weeks allow. What has been placed stays; only a wait that would begin too long before the change it
leads to (H12) is brought closer to it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from migration.batches import Batches
from migration.calendar import ChangeCalendar, Opening
from migration.plan import Finding, Value, Work
from migration.steps import CHANGES, Nature, Track
from migration.teams import Load, TeamBook
from migration.work import Need, WorkItem

__all__ = ["Forward", "Placed", "forward"]

ONE_DAY = dt.timedelta(days=1)
FORTNIGHT = 14
"""Days among which there is always a working one."""
TURN = {track: number for number, track in enumerate(Track)}
PAUSE_EVERY = 256
"""Items between two calls of ``pause``."""

Span = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Placed:
    """First and last day of an item, the opening that a change takes, and who does it."""

    start: dt.date
    end: dt.date
    window: Opening | None
    work: tuple[Work, ...]


@dataclass(frozen=True)
class Forward:
    """Items with a place, and those without one and why, by id."""

    placed: dict[str, Placed]
    unplanned: dict[str, tuple[Finding, ...]]


def forward(
    items: Iterable[WorkItem],
    *,
    calendar: ChangeCalendar,
    teams: TeamBook,
    load: Load,
    placed: Mapping[str, Span],
    blocked: Mapping[str, object],
    due: Mapping[str, dt.date],
    latest: Mapping[str, tuple[dt.date, tuple[str, ...]]],
    paths: Mapping[str, tuple[str, ...]],
    waves: dict[tuple[int, str], int],
    pause: Callable[[], None],
) -> Forward:
    """Place items from *now* (or the first day of the grid) to the last day of the grid.

    load: what the teams' weeks hold already; grows. placed: first and last days of items that have a place already.
    blocked: items that have none. Other items that gates name are done or not needed. due: days that decide whose turn
    it is. latest: last days of hard targets (H10) and the targets. paths: device -> devices to the management root
    (H13). waves: changes of devices by slot and area (H6); grows. pause: called now and then; what it raises goes
    through.
    """
    schedule = _Schedule(
        calendar=calendar,
        teams=teams,
        load=load,
        placed=placed,
        blocked=blocked,
        latest=latest,
        paths=paths,
        waves=waves,
    )
    schedule.run({item.id: item for item in items}, due, pause)
    return Forward(schedule.placed, schedule.unplanned)


class _Schedule:
    def __init__(
        self,
        *,
        calendar: ChangeCalendar,
        teams: TeamBook,
        load: Load,
        placed: Mapping[str, Span],
        blocked: Mapping[str, object],
        latest: Mapping[str, tuple[dt.date, tuple[str, ...]]],
        paths: Mapping[str, tuple[str, ...]],
        waves: dict[tuple[int, str], int],
    ) -> None:
        grid = calendar.grid
        self.calendar, self.teams, self.load = calendar, teams, load
        self.blocked, self.latest, self.waves = blocked, latest, waves
        self.spans: dict[str, Span] = dict(placed)
        self.first = max(calendar.now, grid.first_day)
        self.last = grid.last_day_of(grid.count - 1)
        self.most = calendar.inventory.estate.settings.network_changes
        self.batches = Batches(calendar.inventory, paths)
        for id, (start, _) in placed.items():
            track, _, rest = id.partition("/")
            device, _, step = rest.rpartition("/")
            if track == Track.NETWORK and (Track.NETWORK, step) in CHANGES:
                self.batches.add(device, start)
        self.items: Mapping[str, WorkItem] = {}
        self.after: dict[str, list[str]] = {}
        self.placed: dict[str, Placed] = {}
        self.unplanned: dict[str, tuple[Finding, ...]] = {}
        self._openings: dict[tuple[int, int], tuple[list[dt.date], list[Opening]]] = {}

    # ---- whose turn it is ---------------------------------------------------------------------------------------

    def run(self, items: Mapping[str, WorkItem], due: Mapping[str, dt.date], pause: Callable[[], None]) -> None:
        """Settle every item, each after all that its gates name."""
        self.items = items
        waiting = {
            id: {other for need in item.needs for other in need.any_of} & items.keys() for id, item in items.items()
        }
        for id, others in waiting.items():
            for other in others:
                self.after.setdefault(other, []).append(id)
        count = {id: len(others) for id, others in waiting.items()}

        def turn(id: str) -> tuple[dt.date, int, str]:
            return due.get(id, dt.date.max), TURN[items[id].track], id

        ready = [turn(id) for id, others in count.items() if not others]
        heapify(ready)
        settled = 0
        while settled < len(items):
            if not ready:
                for id in _cycles(waiting, {id for id, others in count.items() if others}):
                    self.unplanned[id] = (_finding("H9", "gate-cycle", id, item=id),)
                    count[id] = 0
                    ready.append(turn(id))
                heapify(ready)
            id = heappop(ready)[-1]
            if id not in self.unplanned:
                self._settle(id, items[id])
            for other in self.after.get(id, ()):
                count[other] -= 1
                if count[other] == 0:
                    heappush(ready, turn(other))
            settled += 1
            if settled % PAUSE_EVERY == 0:
                pause()

    # ---- one item -----------------------------------------------------------------------------------------------

    def _settle(self, id: str, item: WorkItem) -> None:
        causes = (item.fault,) if item.fault is not None else self._missing(item)
        if not causes:
            start = self._opened(item)
            kind, _, object_id = item.object.partition(":")
            work = self.teams.work(kind, object_id, item.effort)
            if item.nature is Nature.CHANGE:
                found = self._change(item, kind, object_id, start, work)
            elif item.ends_on is not None:
                found = self._promised(item, item.ends_on, start, work)
            else:
                found = self._work(item, start, work)
            causes = self._keep(id, item, found) if isinstance(found, Placed) else found
        if causes:
            self.unplanned[id] = causes

    def _missing(self, item: WorkItem) -> tuple[Finding, ...]:
        """Gates that never open, because all that they name has no place."""
        unplanned, blocked = self.unplanned, self.blocked
        found: tuple[Finding, ...] = ()
        for need in item.needs:
            lost = [id for id in need.any_of if id in unplanned or id in blocked]
            if lost and len(lost) == len(need.any_of):
                found = (*found, _finding(need.rule, "gate-unplanned", *lost, count=len(lost), first=lost[0]))
        return found

    def _opened(self, item: WorkItem) -> dt.date:
        """The first day after all gates. One of which an alternative is done or not needed is open."""
        spans, unplanned, blocked = self.spans, self.unplanned, self.blocked
        start = self.first if item.not_before is None else max(self.first, item.not_before)
        for need in item.needs:
            ends = [spans[id][1] for id in need.any_of if id in spans]
            known = len(ends) == len(need.any_of) or all(
                id in spans or id in unplanned or id in blocked for id in need.any_of
            )
            if known and (day := min(ends) + dt.timedelta(days=need.lag + 1)) > start:
                start = day
        return start

    def _first_of(self, need: Need) -> str:
        """The alternative that ends first."""
        return min((self.spans[id][1], id) for id in need.any_of if id in self.spans)[1]

    def _work(self, item: WorkItem, start: dt.date, work: tuple[Work, ...]) -> Placed | tuple[Finding, ...]:
        length = dt.timedelta(days=item.effort.days - 1)
        found = self.load.earliest(work, start, item.effort.days, self.last - length)
        while found is not None and work and not self._worked(found, item.effort.days):
            found = self.load.earliest(work, found + ONE_DAY, item.effort.days, self.last - length)
        if found is not None:
            return Placed(found, found + length, None, work)
        if start + length > self.last:
            return (self._beyond(item, start + length),)
        return (self._team_full(item, work, start, item.effort.days),)

    def _worked(self, start: dt.date, days: int) -> bool:
        """Whether somebody works on one of the days at least."""
        working = self.calendar.working_days.is_working
        return any(working(None, start + dt.timedelta(days=day)) for day in range(min(days, FORTNIGHT)))

    def _promised(
        self, item: WorkItem, end: dt.date, start: dt.date, work: tuple[Work, ...]
    ) -> Placed | tuple[Finding, ...]:
        if start > end:
            return (_finding("H9", "promised-too-early", item.id, date=end.isoformat(), start=start.isoformat()),)
        if end > self.last:
            return (self._beyond(item, end),)
        start = max(start, end - dt.timedelta(days=item.effort.days - 1))
        days = (end - start).days + 1
        if not self.load.fits(work, start, days):
            return (self._team_full(item, work, start, days),)
        return Placed(start, end, None, work)

    def _change(
        self, item: WorkItem, kind: str, object_id: str, start: dt.date, work: tuple[Work, ...]
    ) -> Placed | tuple[Finding, ...]:
        """The first opening that is long enough, whose week the teams have left (H5), and for a device whose wave is
        not full (H6) and whose batch it may join (H13)."""
        minutes = item.effort.outage + item.effort.rollback
        openings = self.calendar.object_openings(kind, object_id)
        days, fitting = self._fitting(openings, minutes)
        refused: dict[str, Finding] = {}
        place = bisect_left(days, start)
        while place < len(days):
            day = days[place]
            free = self.load.earliest(work, day, 1, self.last)
            if free != day:
                full = self._team_full(item, work, day, 1)
                refused[full.code] = full
                place = len(days) if free is None else bisect_left(days, free, place)
            elif kind == "device" and self._wave_full(item, day):
                slot = self.calendar.grid.slot_of(day)
                refused["network-changes"] = _finding("H6", "network-changes", item.id, most=self.most, area=item.area)
                place = bisect_left(days, self.calendar.grid.first_day_of(slot + 1), place)
            elif kind == "device" and not self.batches.admits(object_id, day):
                refused["path-safety"] = _finding("H13", "path-safety", item.id, device=object_id)
                place = bisect_right(days, day, place)
            else:
                return Placed(day, day, fitting[place], work)
        if refused:
            return tuple(refused.values())
        if days:
            return (self._beyond(item, start),)
        return self._never_open(item, kind, object_id, openings, minutes)

    def _fitting(self, openings: Sequence[Opening], minutes: int) -> tuple[list[dt.date], list[Opening]]:
        """Days and openings of at least so many minutes. Objects of one calendar share them."""
        key = (id(openings), minutes)
        if key not in self._openings:
            fitting = [opening for opening in openings if opening.minutes >= minutes]
            self._openings[key] = ([opening.start.date() for opening in fitting], fitting)
        return self._openings[key]

    def _wave_full(self, item: WorkItem, day: dt.date) -> bool:
        return self.waves.get((self.calendar.grid.slot_of(day), item.area), 0) >= self.most

    # ---- keeping a place ----------------------------------------------------------------------------------------

    def _keep(self, id: str, item: WorkItem, place: Placed) -> tuple[Finding, ...]:
        """Give an item its place; or say why it cannot be kept (H10, H12)."""
        date, targets = self.latest.get(id, (place.end, ()))
        if place.end > date:
            records = tuple(f"target:{target}" for target in targets)
            data = {"date": date.isoformat(), "end": place.end.isoformat()}
            return (_finding("H10", "target-missed", id, records=records, **data),)
        self._take(id, place)
        for need in item.needs:
            if need.most is not None and any(name in self.spans for name in need.any_of):
                other = self._first_of(need)
                if not self._bring_closer(other, need, place.start):
                    self._give_back(id, place)
                    return (_finding("H12", "lag-too-long", id, other, most=need.most, first=other),)
        if item.area:
            wave = (self.calendar.grid.slot_of(place.start), item.area)
            self.waves[wave] = self.waves.get(wave, 0) + 1
            self.batches.add(item.object.partition(":")[2], place.start)
        return ()

    def _take(self, id: str, place: Placed) -> None:
        self.placed[id] = place
        self.spans[id] = (place.start, place.end)
        self.load.add(place.work, place.start, (place.end - place.start).days + 1)

    def _give_back(self, id: str, place: Placed) -> None:
        del self.placed[id], self.spans[id]
        self.load.add(place.work, place.start, (place.end - place.start).days + 1, -1)

    def _bring_closer(self, id: str, need: Need, start: dt.date) -> bool:
        """Let what a gate names begin at most ``need.most`` days before ``start``: as late as the gate allows."""
        assert need.most is not None
        if (start - self.spans[id][0]).days <= need.most:
            return True
        if id not in self.placed or len(self.after[id]) > 1:
            return False
        place = self.placed[id]
        length = place.end - place.start
        begin = start - dt.timedelta(days=need.lag + 1) - length
        if (start - begin).days > need.most or begin + length > self.latest.get(id, (self.last, ()))[0]:
            return False
        self._give_back(id, place)
        fits = self.load.fits(place.work, begin, length.days + 1)
        self._take(id, replace(place, start=begin, end=begin + length) if fits else place)
        return fits

    # ---- why there is no place ----------------------------------------------------------------------------------

    def _beyond(self, item: WorkItem, end: dt.date) -> Finding:
        return _finding("H8", "beyond-horizon", item.id, date=self.last.isoformat(), end=end.isoformat())

    def _team_full(self, item: WorkItem, work: tuple[Work, ...], start: dt.date, days: int) -> Finding:
        team, skill = self.load.binding(work, start, days) or ("", None)
        named = "" if skill is None else skill.value
        return _finding("H5", "team-full", item.id, records=(f"team:{team}",), team=team, skill=named)

    def _never_open(
        self, item: WorkItem, kind: str, id: str, openings: Sequence[Opening], minutes: int
    ) -> tuple[Finding, ...]:
        """Why no opening is long enough: an irreducible set of freezes and windows: without any one, one is."""
        windows, freezes = self.calendar.object_windows(kind, id), self.calendar.object_freezes(kind, id)
        records = tuple(f"window:{name}" for name in windows)
        if openings:
            longest = max(opening.minutes for opening in openings)
            return (_finding("H8", "window-too-short", item.id, records=records, minutes=minutes, longest=longest),)
        needed = freezes
        for freeze in freezes:
            rest = tuple(other for other in needed if other != freeze)
            if not self.calendar.mask(windows, rest, minutes):
                needed = rest
        closed = bool(windows) and bool(self.calendar.mask((), needed, minutes))
        found = []
        for name in needed:
            lifted = self._lifted_with(windows, freezes, name, minutes)
            data: dict[str, Value] = {"freeze": name, "alone": not lifted, "also": ", ".join(lifted)}
            found.append(Finding(rule="H8", code="frozen", items=(item.id,), records=(f"freeze:{name}",), data=data))
        if closed:
            found.append(_finding("H8", "windows", item.id, records=records, minutes=minutes))
        return tuple(found) or (_finding("H8", "never-open", item.id, records=records, windows=len(windows)),)

    def _lifted_with(
        self, windows: tuple[str, ...], freezes: tuple[str, ...], freeze: str, minutes: int
    ) -> tuple[str, ...]:
        """What has to be lifted with a freeze so that a window opens, in words; nothing where it is enough."""
        standing: tuple[str, ...] = ()
        lifted = []
        for other in freezes:
            if other != freeze:
                if self.calendar.mask(windows, (*standing, other), minutes):
                    standing = (*standing, other)
                else:
                    lifted.append(f"H8 freeze:{other}")
        return tuple(lifted)


def _finding(rule: str, code: str, *items: str, records: tuple[str, ...] = (), **data: str | float | None) -> Finding:
    return Finding(rule=rule, code=code, items=items, records=records, data=data)


def _cycles(waiting: Mapping[str, set[str]], left: set[str]) -> list[str]:
    """Of items none of which is ready those on cycles or between them: what nothing left waits for is peeled off."""
    awaited = dict.fromkeys(left, 0)
    for id in left:
        for other in waiting[id] & left:
            awaited[other] += 1
    free = [id for id, count in awaited.items() if not count]
    for id in free:
        for other in waiting[id] & left:
            awaited[other] -= 1
            if not awaited[other]:
                free.append(other)
    return sorted(left - set(free))
