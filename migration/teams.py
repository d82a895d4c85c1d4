"""Who does the work, and how much of each team's weeks it takes (H5).

* Capacity of a team and skill in an ISO week: its person-days a week times the working days of that week over 5, by the
  team's calendar, else the estate's. Counted in whole thousandths of a person-day, rounded down.
* The effort of an item is spread evenly over its calendar days; what falls in a week is rounded up to thousandths.
  So whatever fits here also fits without rounding.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import NamedTuple

from inventory.effort import Effort
from inventory.inventory import Inventory
from inventory.kinds.people import Skill
from inventory.selectors import parse_selector
from migration.calendar import ChangeCalendar
from migration.plan import Work

__all__ = ["SCALE", "Load", "TeamBook"]

SCALE = 1000
"""Counted units in a person-day."""

WEEK = 7
WORKING_WEEK = 5
"""Working days for which a team's person-days a week are given."""

TAIL_WEEKS = 60
"""Weeks after the grid that are counted as well: what follows a cutover may last beyond the horizon."""

_SLACK = 1e-9
"""Less than this of a counted unit is rounding of decimal fractions."""


class TeamBook:
    """The teams of an inventory: who serves what, and what each gives in each week.

    Weeks are numbered from the ISO week that holds the grid's first day, or *now* where that is sooner: what goes
    before cutovers may.
    """

    def __init__(self, inventory: Inventory, calendar: ChangeCalendar) -> None:
        grid = calendar.grid
        self.inventory = inventory
        first = min(grid.first_day, calendar.now)
        self.first_monday = first - dt.timedelta(days=first.weekday())
        self.weeks = self.week_of(grid.last_day_of(grid.count - 1)) + 1 + TAIL_WEEKS
        self._days = calendar.working_days
        self._serving: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._capacity: dict[tuple[str, Skill], tuple[int, ...]] = {}
        self._works: dict[tuple[tuple[str, ...], tuple[tuple[Skill, float], ...]], tuple[Work, ...]] = {}

    def week_of(self, day: dt.date) -> int:
        """Number of the week that holds a day; negative before the first."""
        return (day - self.first_monday).days // WEEK

    def work(self, kind: str, id: str, effort: Effort) -> tuple[Work, ...]:
        """The effort by team, skills in their order; ``team`` is empty where no team serves the object with a skill."""
        if not effort.skills:
            return ()
        serving = self._serving_of(kind).get(id, ())
        key = (serving, tuple(effort.skills.items()))
        found = self._works.get(key)
        if found is None:
            found = self._works[key] = tuple(
                Work(team=self._pick(serving, skill) or "", skill=skill, days=days)
                for skill, days in effort.skills.items()
                if days > 0
            )
        return found

    def capacity(self, team: str, skill: Skill) -> tuple[int, ...]:
        """Thousandths of a person-day in each week of the grid and of a tail of 60 weeks."""
        key = (team, skill)
        if key not in self._capacity:
            record = self.inventory.teams[team]
            a_day = record.skills.get(skill, 0.0) * SCALE / WORKING_WEEK
            mondays = (self.first_monday + dt.timedelta(days=WEEK * week) for week in range(self.weeks))
            worked = (self._days.in_week(record.calendar, monday) for monday in mondays)
            self._capacity[key] = tuple(math.floor(a_day * days + _SLACK) for days in worked)
        return self._capacity[key]

    def _pick(self, serving: tuple[str, ...], skill: Skill) -> str | None:
        teams = self.inventory.teams
        return next((team for team in serving if teams[team].skills.get(skill, 0.0) > 0), None)

    def _serving_of(self, kind: str) -> Mapping[str, tuple[str, ...]]:
        """Object -> teams that serve it, those of the fewest objects first."""
        if kind not in self._serving:
            selected = [
                (id, parse_selector(team.serves).select(self.inventory, kind))
                for id, team in self.inventory.teams.items()
            ]
            found: dict[str, list[str]] = {}
            for team, objects in sorted(selected, key=lambda entry: (len(entry[1]), entry[0])):
                for id in objects:
                    found.setdefault(id, []).append(team)
            known: dict[tuple[str, ...], tuple[str, ...]] = {}
            self._serving[kind] = {
                id: known.setdefault(teams, teams) for id, teams in ((id, tuple(teams)) for id, teams in found.items())
            }
        return self._serving[kind]


class _Demand(NamedTuple):
    """What an item asks of one team and skill: thousandths in all, what there is and what is used, by week."""

    amount: float
    capacity: tuple[int, ...]
    used: list[int]
    key: tuple[str, Skill]


class Load:
    """What of the teams' weeks is used; grows and shrinks as items are placed and taken away.

    Work without a team binds nothing. Weeks outside the book's have no capacity.
    """

    def __init__(self, book: TeamBook) -> None:
        self.book = book
        self._used: dict[tuple[str, Skill], list[int]] = {}
        self._demands: dict[tuple[Work, ...], tuple[_Demand, ...]] = {}
        self._closed: dict[tuple[tuple[Work, ...], int], tuple[int, int]] = {}

    def left(self, team: str, skill: Skill) -> tuple[int, ...]:
        """Thousandths of a person-day that are free in each week; negative where more is used than there is."""
        used = self._used.get((team, skill))
        capacity = self.book.capacity(team, skill)
        return capacity if used is None else tuple(has - takes for has, takes in zip(capacity, used, strict=True))

    def fits(self, work: tuple[Work, ...], start: dt.date, days: int) -> bool:
        """Whether every week has what the work takes of it from ``start`` on for ``days`` calendar days."""
        first = self._number(start)
        return self._next(self._demand(work), first, days) == first

    def add(self, work: tuple[Work, ...], start: dt.date, days: int, sign: int = 1) -> None:
        """Take what the work needs (sign 1) or give it back (-1)."""
        first = self._number(start)
        for demand in self._demand(work):
            for week, inside in _weeks(first, days):
                if 0 <= week < len(demand.used):
                    demand.used[week] += sign * _counted(demand.amount, inside, days)
        if sign < 0:
            self._closed.clear()

    def earliest(self, work: tuple[Work, ...], start: dt.date, days: int, last: dt.date) -> dt.date | None:
        """First day from ``start`` to ``last`` on which the work may begin; None where there is none."""
        demand = self._demand(work)
        if not demand:
            return start if start <= last else None
        first = day = self._number(start)
        limit = self._number(last)
        # What did not fit before does not fit after more was taken: spans without a place are remembered.
        low, high = self._closed.get((work, days), (first, first))
        if low <= day < high:
            first, day = low, high
        while day <= limit:
            found = self._next(demand, day, days)
            if found == day:
                break
            day = found
        if day > first:
            self._closed[work, days] = (first, day)
        return self.book.first_monday + dt.timedelta(days=day) if day <= limit else None

    def binding(self, work: tuple[Work, ...], start: dt.date, days: int) -> tuple[str, Skill] | None:
        """A team and skill that a week lacks when the work begins on a day; None where it fits."""
        first = self._number(start)
        return next((one.key for one in self._demand(work) if self._next((one,), first, days) != first), None)

    def _number(self, day: dt.date) -> int:
        return (day - self.book.first_monday).days

    def _demand(self, work: tuple[Work, ...]) -> tuple[_Demand, ...]:
        found = self._demands.get(work)
        if found is None:
            found = self._demands[work] = tuple(
                _Demand(
                    one.days * SCALE,
                    self.book.capacity(one.team, one.skill),
                    self._used.setdefault((one.team, one.skill), [0] * self.book.weeks),
                    (one.team, one.skill),
                )
                for one in work
                if one.team and one.days
            )
        return found

    @staticmethod
    def _next(demands: tuple[_Demand, ...], first: int, days: int) -> int:
        """``first`` where it fits, else a later day before which it does not."""
        for demand in demands:
            capacity, used, amount = demand.capacity, demand.used, demand.amount
            for week, inside in _weeks(first, days):
                free = capacity[week] - used[week] if 0 <= week < len(capacity) else 0
                if _counted(amount, inside, days) > free:
                    # The part in this week shrinks only once the item begins within its last days.
                    possible = min(inside - 1, max(0, math.floor(free * days / amount + _SLACK)))
                    return max(first + 1, WEEK * week + WEEK - possible)
        return first


def _weeks(first: int, days: int) -> list[tuple[int, int]]:
    """(week, days of the item in it)."""
    end = first + days
    if first % WEEK + days <= WEEK:
        return [(first // WEEK, days)]
    return [
        (week, min(end, WEEK * week + WEEK) - max(first, WEEK * week))
        for week in range(first // WEEK, (end - 1) // WEEK + 1)
    ]


def _counted(amount: float, inside: int, days: int) -> int:
    return math.ceil(amount * inside / days - _SLACK)
