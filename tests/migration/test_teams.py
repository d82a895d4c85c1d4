"""Who does the work and what of the teams' weeks is left (H5). Weeks are counted from Monday 2021-01-04."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.effort import Effort
from inventory.kinds.people import Skill
from migration.calendar import ChangeCalendar
from migration.plan import Work
from migration.teams import TAIL_WEEKS, Load, TeamBook
from tests.migration.check.builder import MONDAY, SLOTS, Draft

NETWORK, SYSTEM = Skill.NETWORK, Skill.SYSTEM


def book(draft: Draft) -> TeamBook:
    inventory = draft.inventory()
    return TeamBook(inventory, ChangeCalendar(inventory))


def team(draft: Draft, key: str, serves: str = "", **skills: float) -> Draft:
    return draft.add("team", id=key, serves=serves, skills=skills)


def effort(**skills: float) -> Effort:
    return Effort({Skill(name): days for name, days in skills.items()}, 1, 0, 0, ())


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def one_team(days_a_week: float = 5, **fields: Any) -> TeamBook:
    return book(Draft().add("team", id="t", skills={"network": days_a_week}, **fields))


def network(days: float) -> tuple[Work, ...]:
    return (Work(team="t", skill=NETWORK, days=days),)


def test_the_team_of_the_fewest_objects_works_then_the_smallest_id() -> None:
    draft = Draft()
    team(draft, "all", network=5)
    team(draft, "city", "level:city", network=5)
    team(draft, "also-city", "level:city", network=5)
    found = book(draft)
    works = [found.work("device", id, effort(network=2)) for id in ("root", "access")]
    assert [[work.team for work in one] for one in works] == [["all"], ["also-city"]]


def test_only_a_team_that_has_the_skill_works() -> None:
    draft = team(Draft(), "all", network=5, system=5)
    team(draft, "city", "level:city", network=5, system=0)
    found = book(draft)
    assert found.work("device", "access", effort(network=2, system=1)) == (
        Work(team="city", skill=NETWORK, days=2),
        Work(team="all", skill=SYSTEM, days=1),
    )


def test_work_that_nobody_serves_has_no_team() -> None:
    found = book(team(Draft(), "city", "level:city", network=5))
    assert found.work("device", "root", effort(network=2)) == (Work(team="", skill=NETWORK, days=2),)
    assert found.work("device", "access", effort(network=2, system=1)) == (
        Work(team="city", skill=NETWORK, days=2),
        Work(team="", skill=SYSTEM, days=1),
    )


def test_no_effort_is_no_work() -> None:
    found = one_team()
    assert found.work("device", "root", effort()) == found.work("device", "root", effort(network=0)) == ()


def test_capacity_follows_the_working_days_of_each_week() -> None:
    # 2021-02-07 is a Sunday that is worked, 2021-02-11 to 17 is Spring Festival, 2021-02-20 a Saturday that is worked.
    assert one_team().capacity("t", NETWORK)[:7] == (5000, 5000, 5000, 5000, 6000, 3000, 3000)


def test_a_team_with_a_calendar_of_its_own_works_by_it() -> None:
    draft = Draft().add("calendar", id="daily", base="every_day", days_off=["2021-01-04"])
    draft.add("team", id="t", skills={"network": 1}, calendar="daily")
    assert book(draft).capacity("t", NETWORK)[:2] == (1200, 1400)


def test_there_is_a_tail_after_the_grid() -> None:
    assert len(one_team().capacity("t", NETWORK)) == SLOTS + TAIL_WEEKS


def test_weeks_start_on_the_monday_before_the_grid() -> None:
    inventory = Draft().inventory()
    grid = inventory.estate.grid.model_copy(update={"start": dt.date(2021, 1, 7), "length_days": 1, "count": 5})
    inventory = inventory.replace(estate=inventory.estate.model_copy(update={"grid": grid}))
    found = TeamBook(inventory, ChangeCalendar(inventory))
    assert [found.week_of(dt.date(2021, 1, number)) for number in (3, 4, 7, 10, 11)] == [-1, 0, 0, 0, 1]
    assert found.weeks == 2 + TAIL_WEEKS


def test_effort_is_spread_evenly_and_rounded_up() -> None:
    load = Load(one_team())
    load.add(network(1), day(5), 3)  # Saturday, Sunday | Monday
    assert load.left("t", NETWORK)[:3] == (5000 - 667, 5000 - 334, 5000)


def test_what_is_given_back_is_free_again() -> None:
    load = Load(one_team(1))
    load.add(network(1), day(0), 1)
    assert load.earliest(network(1), day(0), 1, day(20)) == day(7)
    load.add(network(1), day(0), 1, -1)
    assert load.earliest(network(1), day(0), 1, day(20)) == day(0)


def test_a_full_week_is_jumped_over() -> None:
    load = Load(one_team(1))
    load.add(network(0.5), day(0), 1)
    assert load.fits(network(0.5), day(0), 1)
    assert not load.fits(network(0.501), day(0), 1)
    assert load.binding(network(0.501), day(0), 1) == ("t", NETWORK)
    assert load.binding(network(0.5), day(0), 1) is None
    # 0.7 over 7 days: at most five of them in the first week.
    assert load.earliest(network(0.7), day(0), 7, day(20)) == day(2)


def test_work_without_a_team_binds_nothing() -> None:
    load = Load(one_team(0))
    free = (Work(team="", skill=NETWORK, days=99),)
    load.add(free, day(3), 1)
    assert load.fits(free, day(3), 1)
    assert load.earliest(free, day(3), 1, day(2)) is None
    assert load.earliest(network(0.001), day(0), 1, day(400)) is None


def test_there_is_no_capacity_beyond_the_weeks() -> None:
    load = Load(one_team())
    assert not load.fits(network(0.1), day(-1), 1)
    assert load.fits(network(0.1), day(7 * (SLOTS + TAIL_WEEKS) - 1), 1)
    assert not load.fits(network(0.1), day(7 * (SLOTS + TAIL_WEEKS)), 1)


@given(st.lists(st.tuples(st.floats(0.01, 6), st.integers(0, 40), st.integers(1, 30)), max_size=25))
def test_the_earliest_day_is_the_first_that_fits_and_nothing_is_overrun(wanted: list[tuple[float, int, int]]) -> None:
    found = one_team()
    load, twin = Load(found), Load(found)
    real = [0.0] * found.weeks
    last = day(7 * SLOTS)
    for amount, release, days in wanted:
        work = network(amount)
        start = load.earliest(work, day(release), days, last)
        assert start == next(
            (day(number) for number in range(release, 7 * SLOTS + 1) if twin.fits(work, day(number), days)),
            None,
        )
        if start is None:
            continue
        for one in (load, twin):
            one.add(work, start, days)
        for number in range(days):
            real[found.week_of(start + dt.timedelta(days=number))] += amount / days
    capacity = found.capacity("t", NETWORK)
    assert all(left >= 0 for left in load.left("t", NETWORK))
    assert all(takes * 1000 <= has + 1e-6 for takes, has in zip(real, capacity, strict=True))
    assert all(
        has - left >= math.floor(takes * 1000)
        for has, left, takes in zip(capacity, load.left("t", NETWORK), real, strict=True)
    )


@pytest.mark.parametrize(("release", "last", "expected"), [(0, 3, 3), (0, 2, None), (4, 9, 4)])
def test_the_last_day_binds(release: int, last: int, expected: int | None) -> None:
    load = Load(one_team(1))
    load.add(network(0.5), day(0), 1)
    found = load.earliest(network(0.875), day(release), 7, day(last))
    assert found == (None if expected is None else day(expected))
