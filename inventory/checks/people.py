"""Teams, calendars, windows, freezes."""

from __future__ import annotations

import datetime as dt

from inventory.checks.common import Found, about
from inventory.errors import SelectorError
from inventory.inventory import Inventory
from inventory.kinds.people import Calendar, Freeze
from inventory.selectors import parse_selector

__all__ = ["check_people"]

_TOO_FINE = ("HOURLY", "MINUTELY", "SECONDLY")


def check_people(inventory: Inventory) -> Found:
    """Recurrences that can be read, days that are worked or free and in the horizon, freezes that leave something,
    teams that can do something."""
    for id, window in inventory.windows.items():
        if not _is_recurrence(window.rule):
            yield about(inventory, "bad-recurrence", "window", id, "rule", value=window.rule)
    for id, calendar in inventory.calendars.items():
        off = set(calendar.days_off)
        for number, day in enumerate(calendar.working_days):
            if day in off:
                yield about(
                    inventory, "calendar-day-twice", "calendar", id, f"working_days.{number}", date=day.isoformat()
                )
        yield from _years(inventory, id, calendar)
    for id, freeze in inventory.freezes.items():
        yield from _everything(inventory, id, freeze)
    for id, team in inventory.teams.items():
        if not any(team.skills.values()):
            yield about(inventory, "team-without-skills", "team", id, "skills")


def _years(inventory: Inventory, id: str, calendar: Calendar) -> Found:
    """The first of a calendar's days in a year of which the time grid has no day."""
    first, last = inventory.estate.first_day.year, inventory.estate.last_day.year
    for name in ("working_days", "days_off"):
        for number, day in enumerate(getattr(calendar, name)):
            if not first <= day.year <= last:
                path = f"{name}.{number}"
                yield about(
                    inventory, "calendar-year-outside", "calendar", id, path,
                    date=day.isoformat(), first=first, last=last,
                )  # fmt: skip
                return


def _everything(inventory: Inventory, id: str, freeze: Freeze) -> Found:
    """A freeze of all systems that leaves no day of the time grid from ``as_of`` on."""
    estate = inventory.estate
    start, end = max(estate.first_day, estate.as_of), estate.last_day
    if freeze.start > start or freeze.end < end:
        return
    try:
        selected = parse_selector(freeze.selector).select(inventory, "system")
    except SelectorError:
        return  # reported where selectors are checked
    if len(selected) == len(inventory.systems) and selected:
        yield about(
            inventory, "freeze-everything", "freeze", id, "selector", start=start.isoformat(), end=end.isoformat()
        )


def _is_recurrence(rule: str) -> bool:
    """Whether dateutil reads it as an iCalendar rule (RFC 5545) of days or longer."""
    from dateutil.rrule import rrulestr

    if any(f"FREQ={name}" in rule.upper() for name in _TOO_FINE) or "FREQ=" not in rule.upper():
        return False
    try:
        rrulestr(rule, dtstart=dt.datetime(2020, 1, 1))  # noqa: DTZ001 - rules are read in local time, without a zone
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        return False
    return True
