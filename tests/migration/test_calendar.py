"""Windows, freezes and the slots that hold one (H8). Slots are weeks from Monday 2021-01-04."""

from __future__ import annotations

import datetime as dt

import pytest

from migration.calendar import ChangeCalendar
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
    assert calendar(Draft().system("s").add("window", id="w", **later)).permitted("s") == 0b101010


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
