"""Teams, calendars, windows."""

from __future__ import annotations

import datetime as dt

from inventory.checks.common import Found, about
from inventory.inventory import Inventory

__all__ = ["check_people"]

_TOO_FINE = ("HOURLY", "MINUTELY", "SECONDLY")


def check_people(inventory: Inventory) -> Found:
    """Recurrences that can be read, days that are either worked or free, teams that can do something."""
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
    for id, team in inventory.teams.items():
        if not any(team.skills.values()):
            yield about(inventory, "team-without-skills", "team", id, "skills")


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
