"""Working days and legal holidays of China, by the estate's calendars.

Years without a published notice (放假通知): weekends and the holidays that stand on a fixed date.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import chinese_calendar

from inventory.inventory import Inventory
from inventory.kinds.people import CalendarBase

__all__ = ["Days"]

FIXED = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})
"""Holidays of the solar calendar (全国年节及纪念日放假办法): New Year, Labour Day, National Day."""
SATURDAY = 5


class Days:
    """Days of the calendars of an inventory; ``calendar`` None is the estate's, without one China's."""

    def __init__(self, inventory: Inventory) -> None:
        self._calendars = inventory.calendars
        self._default = inventory.estate.settings.calendar
        self._weeks: dict[tuple[str | None, dt.date], int] = {}

    def working_days(self, calendar: str | None, monday: dt.date) -> int:
        """Working days of the week that begins on ``monday``."""
        key = (calendar, monday)
        if key not in self._weeks:
            week = (monday + dt.timedelta(days=day) for day in range(7))
            self._weeks[key] = sum(self.works(calendar, day) for day in week)
        return self._weeks[key]

    def works(self, calendar: str | None, day: dt.date) -> bool:
        """Whether a day is worked: the calendar's own exceptions before its base."""
        record = self._calendars.get(calendar or self._default or "")
        if record is None:
            return _works(day)
        if day in record.days_off:
            return False
        if day in record.working_days or record.base is CalendarBase.EVERY_DAY:
            return True
        return day.weekday() < SATURDAY if record.base is CalendarBase.WEEKDAYS else _works(day)

    def holiday(self, day: dt.date) -> bool:
        """Whether the estate's calendar closes a day on which no change begins: a legal holiday, or a day off of its
        own; ordinary weekends do not close."""
        record = self._calendars.get(self._default or "")
        if record is None:
            return _holiday(day)
        if day in record.days_off:
            return True
        return record.base is CalendarBase.CHINA and day not in record.working_days and _holiday(day)

    def made_up(self, day: dt.date) -> bool:
        """Whether a Saturday or Sunday is worked to make up for a holiday (调休), by the estate's calendar; calendars
        that do not start from China's have no such days."""
        record = self._calendars.get(self._default or "")
        china = record is None or record.base is CalendarBase.CHINA
        return china and day.weekday() >= SATURDAY and self.works(None, day)


@cache
def _published(year: int) -> bool:
    """Whether the notice for a year is known."""
    try:
        chinese_calendar.is_workday(dt.date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@cache
def _works(day: dt.date) -> bool:
    if _published(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED


@cache
def _holiday(day: dt.date) -> bool:
    if not _published(day.year):
        return (day.month, day.day) in FIXED
    off, name = chinese_calendar.get_holiday_detail(day)
    return bool(off) and name is not None
