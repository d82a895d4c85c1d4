"""Working days, holidays and made-up days; weeks of work (H5) and of changes (H8) by them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.check.days import Days
from migration.check.teams import weeks_of
from migration.plan import PlanItem
from tests.migration.check.builder import GRID, Case, Draft, broken, case, codes, plan_of

FEBRUARY = dt.date(2021, 2, 1)


def days(**calendar: Any) -> Days:
    draft = Draft()
    if calendar:
        draft.add("calendar", id="own", **calendar).settings["calendar"] = "own"
    return Days(draft.inventory())


@pytest.mark.parametrize(
    ("monday", "count"),
    [
        (dt.date(2021, 1, 4), 5),
        (dt.date(2021, 2, 1), 6),  # Sunday the 7th made up
        (dt.date(2021, 2, 8), 3),
        (dt.date(2021, 2, 15), 3),  # Spring Festival to Wednesday, Saturday the 20th made up
        (dt.date(2049, 5, 3), 5),
        (dt.date(2049, 9, 27), 4),  # no notice yet: 1 October counts alone
    ],
)
def test_working_days_of_a_week_in_china(monday: dt.date, count: int) -> None:
    assert days().working_days(None, monday) == count


def test_working_days_of_other_calendars() -> None:
    week = dt.date(2021, 2, 8)
    assert days(base="weekdays").working_days(None, week) == 5
    assert days(base="every_day").working_days(None, week) == 7
    assert days(base="every_day", days_off=[week]).working_days(None, week) == 6
    assert days(base="weekdays", working_days=[week + dt.timedelta(days=5)]).working_days(None, week) == 6
    assert days(base="china", working_days=[dt.date(2021, 2, 12)]).working_days(None, week) == 4
    both = days(working_days=[week], days_off=[week])
    assert both.working_days(None, week) == 2, "a day off counts before a working day"


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (dt.date(2021, 2, 11), True),
        (dt.date(2021, 2, 13), True),  # a Saturday of the festival
        (dt.date(2021, 2, 6), False),  # an ordinary Saturday
        (dt.date(2021, 2, 7), False),  # a made-up Sunday
        (dt.date(2049, 10, 3), True),
        (dt.date(2049, 10, 4), False),
    ],
)
def test_legal_holidays(day: dt.date, closed: bool) -> None:
    assert days().holiday(day) is closed
    assert not days(base="weekdays").holiday(day)
    assert days(base="every_day", days_off=[day]).holiday(day)
    assert not days(base="china", working_days=[day]).holiday(day)


def test_days_that_are_made_up() -> None:
    sunday, saturday = dt.date(2021, 2, 7), dt.date(2021, 1, 16)
    assert days().made_up(sunday)
    assert not days().made_up(saturday)
    assert not days().made_up(dt.date(2021, 2, 5))
    assert not days(base="china", days_off=[sunday]).made_up(sunday)
    assert days(base="china", working_days=[saturday]).made_up(saturday)
    assert not days(base="weekdays", working_days=[saturday]).made_up(saturday)


def at(day: dt.date, hour: int) -> dict[str, Any]:
    zone = dt.timezone(dt.timedelta(hours=8))
    return {"window_start": dt.datetime.combine(day, dt.time(hour), zone), "window_minutes": 240}


@pytest.mark.parametrize(
    ("rule", "day", "code"),
    [
        ("FREQ=WEEKLY;BYDAY=SA,SU", dt.date(2021, 2, 6), ""),
        ("FREQ=WEEKLY;BYDAY=SA,SU", dt.date(2021, 2, 7), "made-up-day"),
        ("RRULE:FREQ=MONTHLY;BYDAY=1SU", dt.date(2021, 2, 7), "made-up-day"),
        ("FREQ=WEEKLY;BYDAY=FR,SU", dt.date(2021, 2, 7), ""),
        ("FREQ=DAILY", dt.date(2021, 2, 7), ""),
        ("FREQ=DAILY", dt.date(2021, 2, 12), "holiday"),
        ("FREQ=WEEKLY;BYDAY=SA,SU", dt.date(2021, 2, 13), "holiday"),
    ],
)
def test_windows_and_the_notice(rule: str, day: dt.date, code: str) -> None:
    draft = Draft().system("a").add("window", id="w", rule=rule, start="22:00", duration_minutes=240)
    found = case(draft, {"a": (GRID.slot_of(day), "city-a")}, fields={"a": at(day, 22)})
    assert codes(found) == ({code} if code else set())


@pytest.mark.parametrize(
    ("allowed", "minutes", "code"), [(90, 240, ""), (89, 240, "outage-long"), (90, 89, "window-short")]
)
def test_cutover_and_way_back_fit(allowed: int, minutes: int, code: str) -> None:
    draft = Draft().system("a", allowed_outage_minutes=allowed)
    draft.add("window", id="w", rule="FREQ=DAILY", start="22:00", duration_minutes=minutes)
    window = at(dt.date(2021, 1, 12), 22) | {"window_minutes": minutes}
    assert codes(case(draft, {"a": (1, "city-a")}, fields={"a": window})) == ({code} if code else set())


def test_effort_is_spread_over_calendar_days() -> None:
    monday = dt.date(2021, 1, 4)
    assert weeks_of(monday, monday) == [(monday, 1.0)]
    assert weeks_of(dt.date(2021, 1, 9), dt.date(2021, 1, 18)) == [
        (monday, 0.2),
        (dt.date(2021, 1, 11), 0.7),
        (dt.date(2021, 1, 18), 0.1),
    ]


def worked(draft: Draft, days_of_work: float, team: str = "t", **changed: Any) -> Case:
    """System a in slot 4 of February, with hypercare in the week of 8 February; its work given to a team."""
    effort = [
        row.model_copy(update={"skills": {"network": days_of_work}}) if row.step == "verify" else row
        for row in draft.settings["effort"]
    ]
    draft.settings["effort"] = effort
    inventory = draft.inventory()
    plan = plan_of(inventory, {"a": (4, "city-a")})
    work = [{"team": team, "skill": "network", "days": days_of_work}]
    items = [
        PlanItem.model_validate(item.model_dump() | {"work": work} | changed) if item.step == "verify" else item
        for item in plan.items
    ]
    return inventory, plan.model_copy(update={"items": tuple(items)})


def team(**fields: Any) -> Draft:
    values = {"id": "t", "skills": {"network": 5.0}} | fields
    return Draft().system("a", department="city").add("team", **values)


def test_a_team_gives_what_its_week_has() -> None:
    assert broken(worked(team(), 3.0)) == (), "three working days before Spring Festival"
    assert broken(worked(team(), 3.01)) == ("H5",)
    own = team(calendar="own").add("calendar", id="own", base="weekdays")
    assert broken(worked(own, 5.0)) == ()
    assert broken(worked(own, 5.01)) == ("H5",)


def test_work_goes_to_a_team_that_can_do_it() -> None:
    assert codes(worked(team(serves="division:140105"), 1.0)) == {"work-team"}
    assert codes(worked(team(serves="kind:device"), 1.0)) == {"work-team"}
    assert codes(worked(team(skills={"database": 5}), 1.0)) == {"work-team", "team-full"}
    assert codes(worked(team(), 1.0, team="")) == {"work-team"}, "there is one that could"
    assert codes(worked(team(skills={"database": 5}), 1.0, team="")) == set()
    assert codes(worked(team(), 1.0, team="nobody")) == {"work-team"}
    assert codes(worked(team(), 1.0, work=[])) == {"work-sum"}
    assert codes(worked(team(), 1.0, work=[{"team": "t", "skill": "network", "days": 1.1}])) == {"work-sum"}
