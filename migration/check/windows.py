"""H8: a cutover uses a window that is open for its system, in its slot, and that no freeze touches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property

from dateutil.rrule import rrulestr

from inventory.kinds.people import Freeze, Window
from inventory.kinds.systems import System
from inventory.selectors import parse_selector
from migration.calendar import CHINA_TIME
from migration.check.case import Case, Cutover, Verdict, breach

__all__ = ["windows"]

WHOLE_DAY = 24 * 60


def windows(case: Case) -> Iterator[Verdict]:
    """Breaches of H8, one a cutover that is neither done nor running: the first of these that is so.

    It names no window; its window starts outside its slot or before *now* (a window counts on the day it starts); that
    is no opening of the system's windows (its own, else those that select it, else any whole day); a freeze of the
    system, the pool or its cloud covers a minute of it.
    """
    book = _Book(case)
    for cutover in case.cutovers.values():
        if cutover.movable and 0 <= cutover.slot < case.plan.grid.count:
            yield from _window(case, book, cutover)


def _window(case: Case, book: _Book, cutover: Cutover) -> Iterator[Verdict]:
    item = cutover.item
    if item.window_start is None or item.window_minutes is None:
        yield breach("H8", "window-missing", [cutover], [], slot=case.label(cutover.slot))
        return
    start, minutes = item.window_start, item.window_minutes
    start = start.replace(tzinfo=CHINA_TIME) if start.tzinfo is None else start.astimezone(CHINA_TIME)
    if case.plan.grid.slot_of(start.date()) != cutover.slot:
        yield breach(
            "H8", "window-outside-slot", [cutover], [], slot=case.label(cutover.slot), start=f"{start:%Y-%m-%d %H:%M}"
        )
    elif start.date() < case.plan.now:
        yield breach("H8", "window-past", [cutover], [], start=f"{start:%Y-%m-%d %H:%M}", now=case.plan.now.isoformat())
    elif not book.opens(cutover.system, start, minutes):
        yield breach("H8", "window-unknown", [cutover], [], start=f"{start:%Y-%m-%d %H:%M}", minutes=minutes)
    elif (freeze := book.frozen(cutover, start, minutes)) is not None:
        yield breach(
            "H8", "freeze", [cutover], [f"freeze:{freeze.id}"], start=f"{start:%Y-%m-%d %H:%M}", freeze=freeze.id
        )


class _Book:
    """Which windows and freezes hold for what, looked up once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.inventory = case.inventory
        self._selections: dict[str, list[str]] = {}

    @cached_property
    def selected(self) -> dict[str, list[Window]]:
        """System -> windows whose selector selects it."""
        found: dict[str, list[Window]] = {}
        for window in self.inventory.windows.values():
            for system in self._planned(window.selector):
                found.setdefault(system, []).append(window)
        return found

    @cached_property
    def freezes(self) -> dict[tuple[str, str], list[Freeze]]:
        """(kind, id) of systems, pools and clouds -> freezes that hold for them."""
        found: dict[tuple[str, str], list[Freeze]] = {}
        for freeze in self.inventory.freezes.values():
            for system in self._planned(freeze.selector):
                found.setdefault(("system", system), []).append(freeze)
            for kind in ("pool", "cloud"):
                for record in parse_selector(freeze.selector).select(self.inventory, kind):
                    found.setdefault((kind, record), []).append(freeze)
        return found

    @cached_property
    def days(self) -> dict[str, frozenset[dt.date]]:
        """Window -> days of the horizon on which it opens."""
        return {window.id: _days(window, self.case) for window in self.inventory.windows.values()}

    def _planned(self, selector: str) -> list[str]:
        """Systems with a cutover that a selector selects; the same text often stands in many freezes."""
        if selector not in self._selections:
            matches = parse_selector(selector).matches
            self._selections[selector] = [
                key for key, cutover in self.case.cutovers.items() if matches(self.inventory, "system", cutover.system)
            ]
        return self._selections[selector]

    def opens(self, system: System, start: dt.datetime, minutes: int) -> bool:
        """Whether one of the system's windows opens at ``start`` for ``minutes``."""
        own = [self.inventory.windows[window] for window in system.windows]
        holding = own or self.selected.get(system.id, [])
        if not holding:
            return start.time() == dt.time() and minutes == WHOLE_DAY
        return any(
            start.time() == window.start and minutes == window.duration_minutes and start.date() in self.days[window.id]
            for window in holding
        )

    def frozen(self, cutover: Cutover, start: dt.datetime, minutes: int) -> Freeze | None:
        """The first freeze that covers a minute of ``start`` and the ``minutes`` after it."""
        last = (start + dt.timedelta(minutes=minutes - 1)).date()
        objects = [("system", cutover.system.id)]
        if cutover.pool is not None:
            objects += [("pool", cutover.pool.id), ("cloud", cutover.pool.cloud)]
        holding = (freeze for named in objects for freeze in self.freezes.get(named, ()))
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
