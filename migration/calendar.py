"""When a cutover may happen (rule H8): openings of change windows, freezes, and the slots that hold one.

* A window is an interval of local time in China. It counts on the day it starts, may cross midnight, and is usable when
  that day is not before *now*. One minute in a freeze forbids it.
* The windows of a system are its own (``system.windows``), else those whose selector selects it, else every day of
  the slot from midnight to midnight.
* Freezes bind a cutover when they select the system, the pool it lands in or that pool's cloud.
* A recurrence without ``valid_from`` counts from the first day of the grid: it matters for ``INTERVAL`` and ``COUNT``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.people import Freeze, Window
from inventory.selectors import parse_selector
from migration.errors import CalendarError
from migration.plan import Grid

__all__ = ["CHINA_TIME", "ChangeCalendar", "Opening", "grid_of"]

CHINA_TIME = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
"""One zone without summer time since 1992; a fixed offset needs no zone files on the machine."""

DAY_MINUTES = 24 * 60


@dataclass(frozen=True, order=True)
class Opening:
    """One occurrence of a window: when it opens and for how many minutes. ``window`` is empty for a whole day."""

    start: dt.datetime
    minutes: int
    window: str = ""

    @property
    def end(self) -> dt.datetime:
        """First moment after it."""
        return self.start + dt.timedelta(minutes=self.minutes)


def grid_of(estate: Estate) -> Grid:
    """The time grid of an estate."""
    return Grid(first_day=estate.first_day, length_days=estate.grid.length_days, count=estate.grid.count)


class ChangeCalendar:
    """Openings by slot for every system and pool of an inventory.

    Systems with the same windows and freezes share their openings, so that ten thousand systems cost as much as their
    few different calendars. CalendarError for a recurrence that cannot be read.
    """

    def __init__(self, inventory: Inventory, now: dt.date | None = None) -> None:
        self.inventory = inventory
        self.grid = grid_of(inventory.estate)
        self.now = now or inventory.estate.as_of
        self._by_window: dict[str, Mapping[int, tuple[Opening, ...]]] = {}
        self._free: dict[tuple[tuple[str, ...], tuple[str, ...]], Mapping[int, tuple[Opening, ...]]] = {}
        self._frozen: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._masks: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}

    @property
    def first_slot(self) -> int:
        """The slot that holds *now*, or 0 before the grid; nothing is planned in an earlier one."""
        return max(0, self.grid.slot_of(self.now))

    def windows(self, system: str) -> tuple[str, ...]:
        """Ids of a system's windows; empty when any day will do."""
        return self.inventory.systems[system].windows or self._selected_windows.get(system, ())

    def freezes(self, system: str, pool: str | None = None) -> tuple[str, ...]:
        """Ids of the freezes that bind a system, and its pool and cloud where a pool is given, in order."""
        found = self._freezes_of("system").get(system, ())
        extra = self.pool_freezes(pool) if pool else ()
        return tuple(sorted({*found, *extra})) if extra else found

    def pool_freezes(self, pool: str) -> tuple[str, ...]:
        """Ids of the freezes that bind every cutover into a pool, in order."""
        of_cloud = self._freezes_of("cloud").get(self.inventory.pools[pool].cloud, ())
        return tuple(sorted({*of_cloud, *self._freezes_of("pool").get(pool, ())}))

    def openings(self, system: str, slot: int, pool: str | None = None) -> tuple[Opening, ...]:
        """What is open for a system in a slot, by start; with a pool, also outside that pool's freezes."""
        return self._free_openings(self.windows(system), self.freezes(system, pool)).get(slot, ())

    def permitted(self, system: str, pool: str | None = None) -> int:
        """Bit mask of the slots with an opening for a system (bit k: slot k)."""
        key = (self.windows(system), self.freezes(system, pool))
        mask = self._masks.get(key)
        if mask is None:
            mask = self._masks[key] = sum(1 << slot for slot in self._free_openings(*key))
        return mask

    def _free_openings(self, windows: tuple[str, ...], freezes: tuple[str, ...]) -> Mapping[int, tuple[Opening, ...]]:
        found = self._free.get((windows, freezes))
        if found is not None:
            return found
        closed = [_interval(self.inventory.freezes[freeze]) for freeze in freezes]
        slots: dict[int, list[Opening]] = {}
        for slot, opening in self._occurrences(windows):
            if not any(opening.start < end and opening.end > start for start, end in closed):
                slots.setdefault(slot, []).append(opening)
        found = {slot: tuple(sorted(openings)) for slot, openings in sorted(slots.items())}
        self._free[windows, freezes] = found
        return found

    def _occurrences(self, windows: tuple[str, ...]) -> Iterator[tuple[int, Opening]]:
        if not windows:
            yield from self._days
        for window in windows:
            if window not in self._by_window:
                self._by_window[window] = self._by_slot(_starts(self.inventory.windows[window], self.grid), window)
            for slot, openings in self._by_window[window].items():
                yield from ((slot, opening) for opening in openings)

    @cached_property
    def _days(self) -> tuple[tuple[int, Opening], ...]:
        first = self.grid.first_day
        days = (first + dt.timedelta(days=day) for day in range(self.grid.count * self.grid.length_days))
        return tuple(
            (self.grid.slot_of(day), Opening(dt.datetime.combine(day, dt.time(), CHINA_TIME), DAY_MINUTES))
            for day in days
            if day >= self.now
        )

    def _by_slot(self, starts: Iterable[dt.datetime], window: str) -> Mapping[int, tuple[Opening, ...]]:
        minutes = self.inventory.windows[window].duration_minutes
        found: dict[int, list[Opening]] = {}
        for start in starts:
            slot = self.grid.slot_of(start.date())
            if start.date() >= self.now and 0 <= slot < self.grid.count:
                found.setdefault(slot, []).append(Opening(start, minutes, window))
        return {slot: tuple(openings) for slot, openings in found.items()}

    @cached_property
    def _selected_windows(self) -> Mapping[str, tuple[str, ...]]:
        return _by_object(self.inventory, "system", self.inventory.windows.values())

    def _freezes_of(self, kind: str) -> Mapping[str, tuple[str, ...]]:
        if kind not in self._frozen:
            self._frozen[kind] = _by_object(self.inventory, kind, self.inventory.freezes.values())
        return self._frozen[kind]


def _by_object(
    inventory: Inventory, kind: str, records: Iterable[Window] | Iterable[Freeze]
) -> Mapping[str, tuple[str, ...]]:
    """Object of ``kind`` -> ids of the records whose selector selects it, in order of their ids."""
    found: dict[str, list[str]] = {}
    for selector, record in sorted((record.selector, record.id) for record in records):
        for selected in parse_selector(selector).select(inventory, kind):
            found.setdefault(selected, []).append(record)
    return {selected: tuple(sorted(ids)) for selected, ids in found.items()}


def _interval(freeze: Freeze) -> tuple[dt.datetime, dt.datetime]:
    return (
        dt.datetime.combine(freeze.start, dt.time(), CHINA_TIME),
        dt.datetime.combine(freeze.end + dt.timedelta(days=1), dt.time(), CHINA_TIME),
    )


def _starts(window: Window, grid: Grid) -> Iterator[dt.datetime]:
    """Openings of a window from the first day of the grid to its last, within the window's validity."""
    from dateutil.rrule import rrulestr

    first = max(grid.first_day, window.valid_from or grid.first_day)
    last = min(grid.last_day_of(grid.count - 1), window.valid_to or dt.date.max)
    anchor = dt.datetime.combine(window.valid_from or grid.first_day, window.start)
    try:
        rule = rrulestr(window.rule.removeprefix("RRULE:"), dtstart=anchor)
        fine = any(word in window.rule.upper() for word in ("HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE"))
        if fine:
            raise CalendarError("window-rule", window=window.id, rule=window.rule, reason="finer than a day")
        found = rule.between(
            dt.datetime.combine(first, dt.time()), dt.datetime.combine(last, dt.time(23, 59, 59)), inc=True
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CalendarError("window-rule", window=window.id, rule=window.rule, reason=str(error)) from None
    return (start.replace(tzinfo=CHINA_TIME) for start in found)
