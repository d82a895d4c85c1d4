"""Who works and when: teams, calendars, change windows, freezes."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from inventory.base import NonNegative, Record, Ref, SelectorText, Text, Words, field

__all__ = ["Calendar", "CalendarBase", "Freeze", "Skill", "Team", "Window"]


class Skill(StrEnum):
    """What a team can do."""

    NETWORK = "network"
    SYSTEM = "system"
    DATABASE = "database"
    APPLICATION = "application"
    SECURITY = "security"
    FACILITY = "facility"


class CalendarBase(StrEnum):
    """What a calendar starts from."""

    CHINA = "china"
    WEEKDAYS = "weekdays"
    EVERY_DAY = "every_day"


class Calendar(Record):
    """Working days: a base and its exceptions."""

    name: Text = field("Name", "")
    base: CalendarBase = field("china: legal holidays and make-up working days", CalendarBase.CHINA)
    working_days: tuple[dt.date, ...] = field("Days worked in addition to the base", ())
    days_off: tuple[dt.date, ...] = field("Days off in addition to the base", ())
    note: Text = field("Free text", "")


class Team(Record):
    """People who do the work, by skill."""

    name: Text = field("Name", "", example="省级云平台迁移组")
    skills: dict[Skill, NonNegative] = field(
        "Person-days a week by skill", {}, unit="person-days/week", example={"system": 10, "database": 5}
    )
    serves: Annotated[str, SelectorText()] = field("Selector of the objects it works on", "", example="division:1401*")
    calendar: Annotated[str, Ref("calendar")] | None = field("Working days; default the estate's", None)
    note: Text = field("Free text", "")


class Window(Record):
    """A recurring change window of the objects it selects."""

    name: Text = field("Name", "")
    selector: Annotated[str, SelectorText()] = field(
        "Objects it holds for; empty: all", "", example="kind:system grade<3"
    )
    rule: Words = field("Recurrence (iCalendar RRULE)", example="FREQ=WEEKLY;BYDAY=FR")
    start: dt.time = field("Local time it opens (Asia/Shanghai)", example="22:00")
    duration_minutes: int = field("Length", unit="minutes", example=480, gt=0)
    valid_from: dt.date | None = field("First day", None)
    valid_to: dt.date | None = field("Last day", None)
    note: Text = field("Free text", "")


class Freeze(Record):
    """Protection of a major event (封网): nothing of the selected objects is changed."""

    name: Text = field("Name", "", example="两会保障")
    selector: Annotated[str, SelectorText()] = field("Objects it holds for; empty: all", "")
    start: dt.date = field("First day", example="2021-03-01")
    end: dt.date = field("Last day, inclusive", example="2021-03-14")
    reason: Text = field("Why", "")
    note: Text = field("Free text", "")
