"""When a change may happen (rule H8): openings of change windows, freezes, holidays, and the slots that hold one.

* A window is an interval of local time in China. It counts on the day it starts, may cross midnight, and is usable when
  that day is not before *now*. One minute in a freeze forbids it.
* The windows of a system are its own (``system.windows``), else those whose selector selects it; those of a device, a
  line, a private network, an internet exit or a room are the ones that select it. What has none may be changed on
  every day from midnight to midnight.
* Freezes bind a change when they select its object; a cutover also when they select the pool it lands in or that
  pool's cloud.
* Nothing opens on a legal holiday, and a window of weekends (``BYDAY=SA,SU``) not on a weekend day that is worked to
  make up for one: whoever works does so by day then (yearly notices of the State Council's office; ``WorkingDays``).
* A recurrence without ``valid_from`` counts from the first day of the grid: it matters for ``INTERVAL`` and ``COUNT``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache

from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.people import Calendar, CalendarBase, Freeze, Window
from inventory.selectors import parse_selector
from migration.errors import CalendarError
from migration.plan import Grid

__all__ = ["CHINA_TIME", "ChangeCalendar", "Opening", "WorkingDays", "grid_of"]

CHINA_TIME = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
"""One zone without summer time since 1992; a fixed offset needs no zone files on the machine."""

DAY_MINUTES = 24 * 60

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})
"""(month, day) of the legal holidays that do not follow the moon (全国年节及纪念日放假办法) and hold in every year."""

SATURDAY = 5


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


class _Legal(Enum):
    """What a holiday notice says of a day."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


class WorkingDays:
    """Who works on which day: the calendars of an inventory, by id.

    ``None`` stands for the estate's calendar (``settings.calendar``), which is China's legal one where none is set. A
    calendar's own ``days_off`` count before its ``working_days``, these before its base. The base ``china`` has the
    weekends and the yearly notices of holidays and make-up working days; a year without a notice has weekends and the
    holidays with a fixed date, and its days are provisional.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._calendars = inventory.calendars
        self._default = inventory.calendars.get(inventory.estate.settings.calendar or "", Calendar(id="china"))
        self._in_week: dict[tuple[str | None, dt.date], int] = {}

    def is_working(self, calendar: str | None, day: dt.date) -> bool:
        """Whether a day is worked by a calendar."""
        found = self._calendar(calendar)
        if day in found.days_off:
            return False
        if day in found.working_days or found.base is CalendarBase.EVERY_DAY:
            return True
        if found.base is CalendarBase.CHINA and (legal := _legal(day)) is not _Legal.ORDINARY:
            return legal is _Legal.MAKE_UP
        return day.weekday() < SATURDAY

    def in_week(self, calendar: str | None, monday: dt.date) -> int:
        """Working days from ``monday`` to the Sunday after it, 0 to 7."""
        key = (calendar, monday)
        if key not in self._in_week:
            days = (monday + dt.timedelta(days=number) for number in range(7))
            self._in_week[key] = sum(self.is_working(calendar, day) for day in days)
        return self._in_week[key]

    def is_holiday(self, calendar: str | None, day: dt.date) -> bool:
        """Whether a day is off by notice or by the calendar's own ``days_off``; ordinary weekends are no holidays."""
        found = self._calendar(calendar)
        if day in found.days_off:
            return True
        return found.base is CalendarBase.CHINA and day not in found.working_days and _legal(day) is _Legal.HOLIDAY

    def is_make_up(self, calendar: str | None, day: dt.date) -> bool:
        """Whether a day of a weekend is worked; of calendars with the base ``china`` only: others have no notices."""
        china = self._calendar(calendar).base is CalendarBase.CHINA
        return china and day.weekday() >= SATURDAY and self.is_working(calendar, day)

    def provisional(self, first_day: dt.date, last_day: dt.date) -> tuple[int, ...]:
        """Years in [first_day, last_day] without a published notice of holidays; empty where no calendar that is used
        has the base ``china``."""
        if all(found.base is not CalendarBase.CHINA for found in (self._default, *self._calendars.values())):
            return ()
        years = range(first_day.year, last_day.year + 1)
        return tuple(year for year in years if _notice(dt.date(year, 1, 1)) is None)

    def _calendar(self, id: str | None) -> Calendar:
        return self._default if id is None else self._calendars.get(id, self._default)


def _legal(day: dt.date) -> _Legal:
    noticed = _notice(day)
    if noticed is None:
        return _Legal.HOLIDAY if (day.month, day.day) in FIXED_HOLIDAYS else _Legal.ORDINARY
    return noticed


@lru_cache(maxsize=8192)
def _notice(day: dt.date) -> _Legal | None:
    """What the notice of the day's year says; None where the library knows no notice."""
    from chinese_calendar import get_holiday_detail

    try:
        off, name = get_holiday_detail(day)
    except NotImplementedError:
        return None
    if name is None:
        return _Legal.ORDINARY
    return _Legal.HOLIDAY if off else _Legal.MAKE_UP


BySlot = Mapping[int, tuple[Opening, ...]]


class ChangeCalendar:
    """Openings by slot for whatever is changed: systems, pools they land in, devices, lines, rooms.

    Objects with the same windows and freezes share their openings, so that fifty thousand of them cost as much as
    their few different calendars. CalendarError for a recurrence that cannot be read.
    """

    def __init__(self, inventory: Inventory, now: dt.date | None = None) -> None:
        self.inventory = inventory
        self.grid = grid_of(inventory.estate)
        self.now = now or inventory.estate.as_of
        self.working_days = WorkingDays(inventory)
        self._by_window: dict[str, BySlot] = {}
        self._free: dict[tuple[tuple[str, ...], tuple[str, ...], int], BySlot] = {}
        self._flat: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Opening, ...]] = {}
        self._selected: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._frozen: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._masks: dict[tuple[tuple[str, ...], tuple[str, ...], int], int] = {}

    @property
    def first_slot(self) -> int:
        """The slot that holds *now*, or 0 before the grid; nothing is planned in an earlier one."""
        return max(0, self.grid.slot_of(self.now))

    def object_windows(self, kind: str, id: str) -> tuple[str, ...]:
        """Ids of an object's windows; empty when any day will do."""
        own: tuple[str, ...] = self.inventory.systems[id].windows if kind == "system" else ()
        if kind not in self._selected:
            self._selected[kind] = _by_object(self.inventory, kind, self.inventory.windows.values())
        return own or self._selected[kind].get(id, ())

    def object_freezes(self, kind: str, id: str) -> tuple[str, ...]:
        """Ids of the freezes that bind an object, in order."""
        return self._freezes_of(kind).get(id, ())

    def object_openings(self, kind: str, id: str) -> Sequence[Opening]:
        """What is open for an object from *now* to the end of the grid, by start."""
        key = (self.object_windows(kind, id), self.object_freezes(kind, id))
        found = self._flat.get(key)
        if found is None:
            by_slot = self._free_openings(*key)
            found = self._flat[key] = tuple(opening for slot in sorted(by_slot) for opening in by_slot[slot])
        return found

    def windows(self, system: str) -> tuple[str, ...]:
        """Ids of a system's windows; empty when any day will do."""
        return self.object_windows("system", system)

    def freezes(self, system: str, pool: str | None = None) -> tuple[str, ...]:
        """Ids of the freezes that bind a system, and its pool and cloud where a pool is given, in order."""
        found = self.object_freezes("system", system)
        extra = self.pool_freezes(pool) if pool else ()
        return tuple(sorted({*found, *extra})) if extra else found

    def pool_freezes(self, pool: str) -> tuple[str, ...]:
        """Ids of the freezes that bind every cutover into a pool, in order."""
        of_cloud = self.object_freezes("cloud", self.inventory.pools[pool].cloud)
        return tuple(sorted({*of_cloud, *self.object_freezes("pool", pool)}))

    def openings(self, system: str, slot: int, pool: str | None = None, minutes: int = 0) -> tuple[Opening, ...]:
        """What is open for a system in a slot for at least ``minutes``, by start; with a pool, also outside that
        pool's freezes."""
        return self._free_openings(self.windows(system), self.freezes(system, pool), minutes).get(slot, ())

    def permitted(self, system: str, pool: str | None = None, minutes: int = 0) -> int:
        """Bit mask of the slots with an opening of at least ``minutes`` for a system (bit k: slot k)."""
        return self.mask(self.windows(system), self.freezes(system, pool), minutes)

    def mask(self, windows: tuple[str, ...], freezes: tuple[str, ...], minutes: int = 0) -> int:
        """Bit mask of the slots with an opening of at least ``minutes`` in some windows outside some freezes."""
        key = (windows, freezes, minutes)
        mask = self._masks.get(key)
        if mask is None:
            mask = self._masks[key] = sum(1 << slot for slot in self._free_openings(*key))
        return mask

    def _free_openings(self, windows: tuple[str, ...], freezes: tuple[str, ...], minutes: int = 0) -> BySlot:
        found = self._free.get((windows, freezes, minutes))
        if found is None:
            if minutes:
                found = _long_enough(self._free_openings(windows, freezes), minutes)
            else:
                found = self._unfrozen(windows, freezes)
            self._free[windows, freezes, minutes] = found
        return found

    def _unfrozen(self, windows: tuple[str, ...], freezes: tuple[str, ...]) -> BySlot:
        closed = [_interval(self.inventory.freezes[freeze]) for freeze in freezes]
        slots: dict[int, list[Opening]] = {}
        for slot, opening in self._occurrences(windows):
            if not any(opening.start < end and opening.end > start for start, end in closed):
                slots.setdefault(slot, []).append(opening)
        return {slot: tuple(sorted(openings)) for slot, openings in sorted(slots.items())}

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
            if day >= self.now and not self.working_days.is_holiday(None, day)
        )

    def _by_slot(self, starts: Iterable[dt.datetime], window: str) -> BySlot:
        record = self.inventory.windows[window]
        weekends = _names_only_weekends(record.rule)
        found: dict[int, list[Opening]] = {}
        for start in starts:
            day = start.date()
            slot = self.grid.slot_of(day)
            if day < self.now or not 0 <= slot < self.grid.count or self.working_days.is_holiday(None, day):
                continue
            if not (weekends and self.working_days.is_make_up(None, day)):
                found.setdefault(slot, []).append(Opening(start, record.duration_minutes, window))
        return {slot: tuple(openings) for slot, openings in found.items()}

    def _freezes_of(self, kind: str) -> Mapping[str, tuple[str, ...]]:
        if kind not in self._frozen:
            self._frozen[kind] = _by_object(self.inventory, kind, self.inventory.freezes.values())
        return self._frozen[kind]


def _long_enough(openings: BySlot, minutes: int) -> BySlot:
    kept = {slot: tuple(one for one in found if one.minutes >= minutes) for slot, found in openings.items()}
    return {slot: found for slot, found in kept.items() if found}


def _names_only_weekends(rule: str) -> bool:
    """Whether a recurrence (RFC 5545) names days of the week, and of these Saturday and Sunday alone."""
    named = re.search(r"BYDAY=([^;]+)", rule.upper())
    return named is not None and all(day.strip()[-2:] in ("SA", "SU") for day in named[1].split(","))


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
