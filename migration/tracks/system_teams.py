"""System track, H5: the effort of each cutover and its chain, week by week, against what is left of the teams."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence

from inventory.effort import Effort
from inventory.kinds.people import Skill
from migration.plan import Finding, Grid, Work
from migration.planner.problem import Resource, Use
from migration.teams import Load, TeamBook
from migration.tracks.system_chain import Chain

__all__ = ["team_resources"]

SCALE = 1000
"""Counted units in a person-day."""

Share = tuple[tuple[str, int], float]
"""A slot -> week table, named by what it counts from, and the part of the effort that falls in its week."""


class _Weeks:
    """Slot -> week tables. Where slots are whole weeks from Monday on, days of one week share a table."""

    def __init__(self, grid: Grid, book: TeamBook) -> None:
        self.grid, self.book = grid, book
        self.whole = grid.length_days % 7 == 0 and grid.first_day.weekday() == 0
        self._periods: dict[tuple[str, int], tuple[int, ...]] = {}

    def shares(self, first: int, last: int) -> list[Share]:
        """How the effort from day ``first`` to ``last`` of a slot spreads over tables."""
        days = last - first + 1
        if not self.whole:
            return [(("day", day), 1 / days) for day in range(first, last + 1)]
        found = []
        for week in range(first // 7, last // 7 + 1):
            inside = min(last, 7 * week + 6) - max(first, 7 * week) + 1
            found.append((("day", 7 * week), inside / days))
        return found

    def periods(self, key: tuple[str, int]) -> tuple[int, ...]:
        """The week that a table's day lies in, for each slot; -1 before the first week."""
        if key not in self._periods:
            weeks = (
                self.book.week_of(self.grid.first_day_of(slot) + dt.timedelta(days=key[1]))
                for slot in range(self.grid.count)
            )
            self._periods[key] = tuple(max(-1, week) for week in weeks)
        return self._periods[key]


def team_resources(
    grid: Grid,
    book: TeamBook,
    load: Load,
    systems: Sequence[str],
    chains: Mapping[str, Chain],
    cutover_weeks: Callable[[str], tuple[int, ...]],
) -> tuple[list[Resource], list[Finding]]:
    """One resource a team and skill, thousandths of a person-day a week, less what ``load`` has taken.

    cutover_weeks: for a system the week of its window in each slot, -1 where it has none.
    """
    weeks = _Weeks(grid, book)
    tables: dict[tuple[object, ...], tuple[int, ...]] = {}
    uses: dict[tuple[str, Skill], dict[tuple[object, ...], list[tuple[int, int]]]] = {}
    for item, system in enumerate(systems):
        chain = chains[system]
        amounts: dict[tuple[str, Skill, tuple[object, ...]], float] = {}

        def count(effort: Effort, key: tuple[object, ...], share: float) -> None:
            for work in _work(book, system, effort):  # noqa: B023 - called in the same turn
                place = (work.team, work.skill, key)
                amounts[place] = amounts.get(place, 0.0) + work.days * share  # noqa: B023

        own = cutover_weeks(system)
        first_days = weeks.periods(("day", 0))
        same = all(week in (-1, first) for week, first in zip(own, first_days, strict=True))
        cutover_key: tuple[object, ...] = ("day", 0) if same else ("window", own)
        tables[cutover_key] = first_days if same else own
        count(chain.cutover, cutover_key, 1.0)
        for step in chain.steps:
            for key, share in weeks.shares(step.first, step.last):
                tables.setdefault(key, weeks.periods(key))
                count(step.effort, key, share)
        for (team, skill, table), amount in amounts.items():
            counted = math.ceil(amount * SCALE - 1e-6)
            if counted:
                uses.setdefault((team, skill), {}).setdefault(table, []).append((item, counted))
    resources, sources = [], []
    for (team, skill), found in sorted(uses.items()):
        left = load.left(team, skill)
        resources.append(
            Resource(
                capacity=tuple(max(0, amount) for amount in left),
                uses=tuple(
                    Use(
                        items=tuple(item for item, _ in pairs),
                        amounts=tuple(amount for _, amount in pairs),
                        periods=tuple(week if week < len(left) else -1 for week in tables[table]),
                    )
                    for table, pairs in found.items()
                ),
                rule="H5",
            )
        )
        data = {"team": team, "skill": skill.value}
        sources.append(Finding(rule="H5", code="team-full", records=(f"team:{team}",), data=data))
    return resources, sources


def _work(book: TeamBook, system: str, effort: Effort) -> list[Work]:
    return [work for work in book.work("system", system, effort) if work.team and work.days]
