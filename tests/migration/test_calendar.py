"""Windows, freezes, holidays and the slots that hold one (H8). Slots are weeks from Monday 2021-01-04; Spring Festival
is off from Thursday 2021-02-11 to 17, made up for on Sunday 2021-02-07 and Saturday 2021-02-20."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration.calendar import ChangeCalendar, WorkingDays
from migration.errors import CalendarError
from tests.migration.check.builder import MONDAY, SLOTS, Draft

ALL = (1 << SLOTS) - 1
FRIDAY = {"selector": "kind:system", "rule": "FREQ=WEEKLY;BYDAY=FR", "start": "22:00", "duration_minutes": 480}


def calendar(draft: Draft, now: dt.date | None = None) -> ChangeCalendar:
    return ChangeCalendar(draft.inventory(), now)


def starts(found: ChangeCalendar, slot: int, pool: str | None = None) -> list[str]:
    return [f"{opening.start:%m-%d %H:%M}" for opening in found.openings("s", slot, pool)]


def test_without_windows_every_day_is_one() -> None:
    found = calendar(Draft().system("s"))
    assert starts(found, 0) == [f"01-{day:02d} 00:00" for day in range(4, 11)]
    assert {opening.minutes for opening in found.openings("s", 0)} == {24 * 60}
    assert found.permitted("s") == ALL


def test_nothing_opens_before_now_and_the_present_slot_keeps_the_rest_of_its_days() -> None:
    found = calendar(Draft().system("s"), now=dt.date(2021, 1, 16))
    assert starts(found, 1) == ["01-16 00:00", "01-17 00:00"]
    assert found.permitted("s") == ALL & ~1
    assert found.first_slot == 1


def test_a_window_counts_on_the_day_it_starts() -> None:
    friday = calendar(Draft().system("s").add("window", id="w", **FRIDAY), now=dt.date(2021, 1, 9))
    assert starts(friday, 0) == []
    assert starts(friday, 1) == ["01-15 22:00"]


def test_own_windows_replace_selected_ones() -> None:
    draft = Draft().add("window", id="fri", **FRIDAY)
    draft.add("window", id="sat", **(FRIDAY | {"selector": "id:nobody", "rule": "FREQ=WEEKLY;BYDAY=SA"}))
    draft.system("s", windows=["sat"]).system("t")
    found = calendar(draft)
    assert starts(found, 0) == ["01-09 22:00"]
    assert [opening.window for opening in found.openings("t", 0)] == ["fri"]


def test_several_windows_are_open_in_turn() -> None:
    draft = Draft().system("s").add("window", id="fri", **FRIDAY)
    draft.add("window", id="tue", **(FRIDAY | {"rule": "RRULE:FREQ=WEEKLY;BYDAY=TU", "start": "01:00"}))
    assert starts(calendar(draft), 0) == ["01-05 01:00", "01-08 22:00"]


@pytest.mark.parametrize(
    ("start", "end", "open_in_slot_0"),
    [
        ("2021-01-09", "2021-01-09", False),  # Friday's window ends on Saturday morning
        ("2021-01-08", "2021-01-08", False),
        ("2021-01-10", "2021-01-20", True),
        ("2021-01-01", "2021-01-07", True),
    ],
)
def test_one_minute_in_a_freeze_forbids_a_window(start: str, end: str, open_in_slot_0: bool) -> None:
    draft = Draft().system("s").add("window", id="w", **FRIDAY)
    draft.add("freeze", id="f", start=start, end=end)
    assert bool(calendar(draft).permitted("s") & 1) is open_in_slot_0


def test_a_window_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    draft = Draft().system("s").add("window", id="w", **(FRIDAY | {"duration_minutes": 120}))
    draft.add("freeze", id="f", start="2021-01-09", end="2021-01-09")
    assert starts(calendar(draft), 0) == ["01-08 22:00"]


def test_a_freeze_of_one_day_leaves_the_other_days_of_the_slot() -> None:
    draft = Draft().system("s").add("freeze", id="f", start="2021-01-04", end="2021-01-04")
    assert starts(calendar(draft), 0)[0] == "01-05 00:00"


def test_freezes_bind_what_they_select() -> None:
    draft = Draft().system("s").system("t", department="county")
    draft.add("freeze", id="f", selector="kind:system department:county", start="2021-01-04", end="2021-01-10")
    found = calendar(draft)
    assert (found.permitted("s"), found.permitted("t")) == (ALL, ALL & ~1)


@pytest.mark.parametrize("selector", ["kind:cloud id:yun-city", "kind:pool id:city-a"])
def test_a_freeze_of_the_target_binds_cutovers_into_it(selector: str) -> None:
    draft = Draft().system("s").add("freeze", id="f", selector=selector, start="2021-01-04", end="2021-01-10")
    found = calendar(draft)
    assert (found.permitted("s"), found.permitted("s", "city-a"), found.permitted("s", "prov")) == (ALL, ALL & ~1, ALL)
    assert starts(found, 0, "city-a") == []


def test_a_window_holds_while_it_is_valid() -> None:
    window = FRIDAY | {"valid_from": "2021-01-12", "valid_to": "2021-01-22"}
    assert calendar(Draft().system("s").add("window", id="w", **window)).permitted("s") == 0b110


def test_intervals_count_from_the_first_day_of_the_grid_or_of_validity() -> None:
    second = FRIDAY | {"rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"}
    assert calendar(Draft().system("s").add("window", id="w", **second)).permitted("s") == 0b010101
    later = second | {"valid_from": "2021-01-11"}
    assert calendar(Draft().system("s").add("window", id="w", **later)).permitted("s") == 0b001010  # 12 February is off


@pytest.mark.parametrize("rule", ["FREQ=SOMETIMES", "nonsense", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2"])
def test_a_recurrence_that_cannot_be_used_is_an_error(rule: str) -> None:
    found = calendar(Draft().system("s").add("window", id="w", **(FRIDAY | {"rule": rule})), MONDAY)
    with pytest.raises(CalendarError) as caught:
        found.permitted("s")
    assert caught.value.exit_code == 2
    assert "'w'" in caught.value.message or "window w" in caught.value.message


def test_systems_of_one_calendar_share_it() -> None:
    draft = Draft().add("window", id="w", **FRIDAY)
    for number in range(20):
        draft.system(f"s{number}")
    found = calendar(draft)
    assert len({id(found.openings(f"s{number}", 0)) for number in range(20)}) == 1


def test_a_change_needs_an_opening_that_is_long_enough() -> None:
    draft = Draft().system("s").add("window", id="fri", **FRIDAY)
    short = FRIDAY | {"rule": "FREQ=WEEKLY;BYDAY=TU", "duration_minutes": 120, "valid_to": "2021-01-12"}
    found = calendar(draft.add("window", id="tue", **short).add("freeze", id="f", start="2021-01-08", end="2021-01-16"))
    assert [opening.window for opening in found.openings("s", 0)] == ["tue"]
    assert found.openings("s", 0, minutes=121) == ()
    assert found.openings("s", 0, minutes=120) == found.openings("s", 0)
    assert (found.permitted("s") & 0b111, found.permitted("s", minutes=121) & 0b111) == (0b101, 0b100)
    assert found.permitted("s", minutes=481) == 0


# ---- devices, lines and whatever else is changed --------------------------------------------------------------------


def test_every_kind_has_the_windows_and_freezes_that_select_it() -> None:
    draft = Draft().system("s").add("window", id="fri", **FRIDAY)
    draft.add("window", id="night", **(FRIDAY | {"selector": "kind:device level:city", "rule": "FREQ=WEEKLY;BYDAY=TU"}))
    draft.add("freeze", id="f", selector="division:140100", start="2021-01-01", end="2021-01-07")
    found = calendar(draft)
    assert (found.object_windows("system", "s"), found.object_freezes("system", "s")) == (("fri",), ("f",))
    assert (found.object_windows("device", "access"), found.object_freezes("device", "access")) == (("night",), ("f",))
    assert (found.object_windows("device", "edge"), found.object_freezes("device", "edge")) == ((), ())
    assert found.object_freezes("room", "room-1") == ("f",)
    assert f"{found.object_openings('device', 'access')[0].start:%m-%d %H:%M}" == "01-12 22:00"
    assert f"{found.object_openings('device', 'edge')[0].start:%m-%d}" == "01-04"
    assert f"{found.object_openings('room', 'room-1')[0].start:%m-%d}" == "01-08"


def test_the_openings_of_an_object_run_to_the_end_of_the_grid_by_start() -> None:
    draft = Draft().system("s").add("window", id="fri", **FRIDAY)
    draft.add("window", id="tue", **(FRIDAY | {"rule": "FREQ=WEEKLY;BYDAY=TU"}))
    found = calendar(draft, now=dt.date(2021, 1, 7))
    opened = [f"{opening.start:%m-%d}" for opening in found.object_openings("system", "s")]
    assert opened[0] == "01-08"
    assert opened == sorted(opened)
    assert [f"{one.start:%m-%d}" for slot in range(SLOTS) for one in found.openings("s", slot)] == opened


# ---- holidays and working days --------------------------------------------------------------------------------------


def working(**fields: object) -> WorkingDays:
    draft = Draft()
    if fields:
        draft.settings["calendar"] = "own"
        draft.add("calendar", id="own", **fields)
    return WorkingDays(draft.inventory())


@pytest.mark.parametrize(
    ("day", "worked"),
    [("2021-02-11", False), ("2021-02-07", True), ("2021-02-06", False), ("2021-02-10", True), ("2021-02-20", True)],
)
def test_chinas_holidays_and_make_up_days(day: str, worked: bool) -> None:
    assert working().is_working(None, dt.date.fromisoformat(day)) is worked


def test_working_days_of_weeks_with_holidays() -> None:
    found = working()
    assert [found.in_week(None, MONDAY + dt.timedelta(weeks=week)) for week in range(3, 8)] == [5, 6, 3, 3, 5]
    assert [found.in_week(None, dt.date(2021, 9, 27)), found.in_week(None, dt.date(2021, 10, 4))] == [4, 2]


def test_a_calendars_own_days_count_before_its_base() -> None:
    found = working(days_off=["2021-03-08"], working_days=["2021-02-12", "2021-03-13"])
    days = [dt.date(2021, 3, 8), dt.date(2021, 2, 12), dt.date(2021, 3, 13), dt.date(2021, 2, 15)]
    assert [found.is_working(None, day) for day in days] == [False, True, True, False]
    assert [found.is_holiday(None, day) for day in days] == [True, False, False, True]


def test_other_bases_know_no_holidays() -> None:
    weekdays, every_day = working(base="weekdays"), working(base="every_day", days_off=["2021-02-12"])
    saturday, holiday = dt.date(2021, 1, 9), dt.date(2021, 2, 12)
    assert (weekdays.is_working(None, saturday), weekdays.is_working(None, holiday)) == (False, True)
    assert (every_day.is_working(None, saturday), every_day.is_working(None, holiday)) == (True, False)
    assert not every_day.is_make_up(None, saturday)
    assert weekdays.provisional(dt.date(2021, 1, 1), dt.date(2190, 1, 1)) == ()


def test_a_team_has_its_own_calendar_and_else_the_estates() -> None:
    draft = Draft(settings={"calendar": "own"}).add("calendar", id="own", base="weekdays")
    found = WorkingDays(draft.add("calendar", id="shift", base="every_day").inventory())
    assert (found.in_week("shift", MONDAY), found.in_week(None, MONDAY)) == (7, 5)


def test_years_without_a_notice_have_weekends_and_fixed_holidays_and_are_provisional() -> None:
    found = working()
    assert found.provisional(dt.date(2020, 12, 1), dt.date(2022, 1, 1)) == ()
    assert found.provisional(dt.date(2024, 12, 1), dt.date(2151, 1, 1))[-2:] == (2150, 2151)
    days = [dt.date(2150, 1, 1), dt.date(2150, 5, 1), dt.date(2150, 5, 4), dt.date(2150, 10, 2), dt.date(2150, 10, 5)]
    assert [found.is_holiday(None, day) for day in days] == [True, True, False, True, False]


@given(monday=st.integers(0, 4000).map(lambda week: dt.date(2004, 1, 5) + dt.timedelta(weeks=week)))
def test_a_day_is_worked_or_off_by_weekend_or_holiday(monday: dt.date) -> None:
    found = working()
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    assert found.in_week(None, monday) == sum(found.is_working(None, day) for day in days)
    for day in days:
        weekend = day.weekday() >= 5
        assert found.is_working(None, day) is (
            not found.is_holiday(None, day) and (not weekend or found.is_make_up(None, day))
        )


def test_nothing_opens_on_a_legal_holiday() -> None:
    whole_days, fridays = calendar(Draft().system("s")), calendar(Draft().system("s").add("window", id="w", **FRIDAY))
    assert starts(whole_days, 5) == ["02-08 00:00", "02-09 00:00", "02-10 00:00"]
    assert fridays.permitted("s") == ALL & ~(1 << 5)


@pytest.mark.parametrize(("days", "open_on_sunday"), [("SU", False), ("SA,SU", False), ("FR,SU", True)])
def test_weekend_windows_stay_shut_on_make_up_days(days: str, open_on_sunday: bool) -> None:
    weekly = FRIDAY | {"rule": f"FREQ=WEEKLY;BYDAY={days}"}
    found = calendar(Draft().system("s").add("window", id="w", **weekly))
    assert ("02-07 22:00" in starts(found, 4)) is open_on_sunday
    assert "01-31 22:00" in starts(found, 3)


def test_the_estates_own_days_off_close_and_its_working_days_open() -> None:
    draft = Draft(settings={"calendar": "own"}).system("s").add("window", id="w", **FRIDAY)
    draft.add("calendar", id="own", days_off=["2021-01-08"], working_days=["2021-02-12"])
    assert calendar(draft).permitted("s") == ALL & ~1


def test_where_people_work_in_shifts_every_window_opens() -> None:
    draft = Draft(settings={"calendar": "own"}).system("s").add("calendar", id="own", base="every_day")
    draft.add("window", id="w", **(FRIDAY | {"rule": "FREQ=WEEKLY;BYDAY=SU"}))
    assert calendar(draft).permitted("s") == ALL
