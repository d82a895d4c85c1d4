"""H8: a change uses a window that is open for its object, long enough, on no legal holiday, and that no freeze
touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property

from dateutil.rrule import rrulestr

from inventory.kinds.people import Freeze, Window
from inventory.kinds.systems import System
from inventory.selectors import parse_selector
from migration.calendar import CHINA_TIME
from migration.check.case import Case, Verdict, breach
from migration.check.days import Days
from migration.plan import PlanItem

__all__ = ["windows"]

WHOLE_DAY = 24 * 60
WEEKEND = {"SA", "SU"}


def windows(case: Case) -> Iterator[Verdict]:
    """Breaches of H8, one a change that is neither done nor running: the first of these that is so.

    It names no window; its window starts on another day than the change, or before *now*; that is no opening of the
    object's windows (a system's own, else those that select the object, else any whole day); it begins on a legal
    holiday, or is a weekend's window on a Saturday or Sunday that is worked; interruption and way back take longer than
    the window, or of a system's cutover longer than the outage it allows; a freeze of the object, or of the pool that
    it lands in or that pool's cloud, covers a minute of it.
    """
    slots = case.plan.grid.count
    changes = [
        item
        for item in case.plan.items
        if item.changes and item.movable and 0 <= item.slot < slots and case.wants(item.object, item.step)
    ]
    book = _Book(case, changes)
    for item in changes:
        yield from _window(case, book, item)


def _window(case: Case, book: _Book, item: PlanItem) -> Iterator[Verdict]:
    if item.window_start is None or item.window_minutes is None:
        yield breach("H8", "window-missing", [item], [], slot=case.label(item.slot))
        return
    start, minutes = item.window_start, item.window_minutes
    start = start.replace(tzinfo=CHINA_TIME) if start.tzinfo is None else start.astimezone(CHINA_TIME)
    day = start.date()
    effort = case.effort(item.object, item.step)
    needed, allowed = effort.outage + effort.rollback, _allowed(case, item)
    if day != item.start:
        yield breach("H8", "window-elsewhere", [item], [], day=item.start.isoformat(), start=_told(start))
    elif day < case.plan.now:
        yield breach("H8", "window-past", [item], [], start=_told(start), now=case.plan.now.isoformat())
    elif not (holding := book.opening(item, start, minutes)):
        yield breach("H8", "window-unknown", [item], [item.object], start=_told(start), minutes=minutes)
    elif book.days.holiday(day):
        yield breach("H8", "holiday", [item], [], start=_told(start))
    elif book.days.made_up(day) and all(_weekend_only(window) for window in holding):
        yield breach("H8", "made-up-day", [item], [], start=_told(start))
    elif needed > minutes:
        yield breach("H8", "window-short", [item], [item.object], minutes=minutes, needed=needed)
    elif allowed is not None and needed > allowed:
        yield breach("H8", "outage-long", [item], [item.object], allowed=allowed, needed=needed)
    elif (freeze := book.frozen(item, start, minutes)) is not None:
        yield breach("H8", "freeze", [item], [f"freeze:{freeze.id}"], start=_told(start), freeze=freeze.id)


def _told(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _allowed(case: Case, item: PlanItem) -> int | None:
    """Minutes that the object may be interrupted; None where nobody said."""
    return case.inventory.systems[item.object_id].allowed_outage_minutes if item.is_cutover else None


def _weekend_only(window: Window | None) -> bool:
    """Whether the recurrence names Saturday and Sunday, or one of them, and no other day; a whole day is not meant for
    weekends."""
    if window is None:
        return False
    parts = (part.partition("=") for part in window.rule.upper().removeprefix("RRULE:").split(";"))
    named = next((value for name, _, value in parts if name.strip() == "BYDAY"), "")
    days = {day.strip().lstrip("+-0123456789") for day in named.split(",") if day.strip()}
    return bool(days) and days <= WEEKEND


class _Book:
    """Which windows and freezes hold for what, looked up once."""

    def __init__(self, case: Case, changes: Sequence[PlanItem]) -> None:
        self.case = case
        self.inventory = case.inventory
        self.days = Days(case.inventory)
        self.changed: dict[str, dict[str, None]] = {}
        for item in changes:
            self.changed.setdefault(item.kind, {})[item.object_id] = None
        self._selections: dict[str, list[str]] = {}

    def _chosen(self, selector: str) -> list[str]:
        """Changed objects (KIND:ID) that a selector selects; the same text often stands in many records."""
        if selector not in self._selections:
            parsed = parse_selector(selector)
            self._selections[selector] = [
                f"{kind}:{key}"
                for kind, keys in self.changed.items()
                if kind in parsed.kinds
                for key in keys
                if parsed.matches(self.inventory, kind, self.inventory.of(kind)[key])
            ]
        return self._selections[selector]

    @cached_property
    def selected(self) -> dict[str, list[Window]]:
        """Object (KIND:ID) -> windows whose selector selects it."""
        found: dict[str, list[Window]] = {}
        for window in self.inventory.windows.values():
            for name in self._chosen(window.selector):
                found.setdefault(name, []).append(window)
        return found

    @cached_property
    def freezes(self) -> dict[str, list[Freeze]]:
        """Changed object, pool or cloud (KIND:ID) -> freezes that hold for it."""
        found: dict[str, list[Freeze]] = {}
        for freeze in self.inventory.freezes.values():
            for name in self._chosen(freeze.selector):
                found.setdefault(name, []).append(freeze)
            for kind in ("pool", "cloud"):
                for record in parse_selector(freeze.selector).select(self.inventory, kind):
                    found.setdefault(f"{kind}:{record}", []).append(freeze)
        return found

    @cached_property
    def openings(self) -> dict[str, frozenset[dt.date]]:
        """Window -> days of the horizon on which it opens."""
        return {window.id: _days(window, self.case) for window in self.inventory.windows.values()}

    def opening(self, item: PlanItem, start: dt.datetime, minutes: int) -> list[Window | None]:
        """The object's windows that open at ``start`` for ``minutes``; None stands for a whole day."""
        record = self.inventory.of(item.kind)[item.object_id]
        own = [self.inventory.windows[window] for window in record.windows] if isinstance(record, System) else []
        holding = own or self.selected.get(item.object, [])
        if not holding:
            return [None] if start.time() == dt.time() and minutes == WHOLE_DAY else []
        return [
            window
            for window in holding
            if start.time() == window.start
            and minutes == window.duration_minutes
            and start.date() in self.openings[window.id]
        ]

    def frozen(self, item: PlanItem, start: dt.datetime, minutes: int) -> Freeze | None:
        """The first freeze that covers a minute of ``start`` and the ``minutes`` after it."""
        last = (start + dt.timedelta(minutes=minutes - 1)).date()
        names = [item.object]
        pool = self.inventory.pools.get(item.pool or "") if item.is_cutover else None
        if pool is not None:
            names += [f"pool:{pool.id}", f"cloud:{pool.cloud}"]
        holding = (freeze for name in names for freeze in self.freezes.get(name, ()))
        return next((freeze for freeze in holding if freeze.start <= last and start.date() <= freeze.end), None)


def _days(window: Window, case: Case) -> frozenset[dt.date]:
    """Days of the horizon that the recurrence (RFC 5545) names within the window's validity; none when it cannot be
    read.

    It counts from ``valid_from``, else from the first day of the grid.
    """
    grid = case.plan.grid
    first = window.valid_from or grid.first_day
    last = min(window.valid_to or dt.date.max, grid.last_day_of(grid.count - 1))
    try:
        rule = rrulestr(window.rule.removeprefix("RRULE:"), dtstart=dt.datetime.combine(first, dt.time()))
        found = rule.between(
            dt.datetime.combine(max(first, grid.first_day), dt.time()), dt.datetime.combine(last, dt.time.max), inc=True
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return frozenset()
    return frozenset(moment.date() for moment in found)
