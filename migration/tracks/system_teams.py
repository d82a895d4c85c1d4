"""System track, H5: the effort of each cutover and its chain, week by week, against what is left of the teams."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

from inventory.kinds.people import Skill
from migration.calendar import ChangeCalendar
from migration.plan import Finding, Value, Work
from migration.planner.problem import Resource, Use
from migration.teams import Load, TeamBook
from migration.tracks.system_chain import Chain

__all__ = ["team_resources"]

SCALE = 1000
"""Counted units in a person-day."""

DAYS_OF_WEEK = 7

Table = tuple[str, object]
"""Names a slot -> week table: from what day of the slot, or of which windows, the weeks are counted."""


class _Weeks:
    """Slot -> week tables. Where slots are whole weeks from Monday on, days of one week share a table."""

    def __init__(self, calendar: ChangeCalendar, book: TeamBook) -> None:
        self.calendar, self.grid, self.book = calendar, calendar.grid, book
        self.whole = self.grid.length_days % DAYS_OF_WEEK == 0 and self.grid.first_day.weekday() == 0
        self.tables: dict[Table, tuple[int, ...]] = {}

    def shares(self, first: int, last: int) -> list[tuple[Table, float]]:
        """How effort from day ``first`` to ``last``, counted from a slot's first day, spreads over tables."""
        days = last - first + 1
        if not self.whole:
            found = [(("day", day), 1 / days) for day in range(first, last + 1)]
        else:
            weeks = range(first // DAYS_OF_WEEK, last // DAYS_OF_WEEK + 1)
            found = [(("day", DAYS_OF_WEEK * week), _inside(week, first, last) / days) for week in weeks]
        for (_, day), _ in found:
            self.day(day)
        return [((kind, day), share) for (kind, day), share in found]

    def day(self, day: int) -> Table:
        """The table of a day counted from a slot's first day."""
        key = ("day", day)
        if key not in self.tables:
            first_days = (self.grid.first_day_of(slot) for slot in range(self.grid.count))
            self.tables[key] = tuple(max(-1, self.book.week_of(first + dt.timedelta(days=day))) for first in first_days)
        return key

    def window(self, system: str, minutes: int, pool: str | None) -> Table:
        """The table of a system's cutover into a pool: the week of its first opening in each slot."""
        if self.grid.length_days == DAYS_OF_WEEK and self.whole:
            return self.day(0)
        key = ("window", (self.calendar.windows(system), self.calendar.freezes(system, pool), minutes))
        if key not in self.tables:
            openings = (self.calendar.openings(system, slot, pool, minutes) for slot in range(self.grid.count))
            self.tables[key] = tuple(self.book.week_of(found[0].start.date()) if found else -1 for found in openings)
        return key


def _inside(week: int, first: int, last: int) -> int:
    return min(last, DAYS_OF_WEEK * week + DAYS_OF_WEEK - 1) - max(first, DAYS_OF_WEEK * week) + 1


Part = tuple[tuple[Work, ...], tuple[tuple[Table, float], ...]]
"""Who works on a step, and how it spreads over tables."""

Amount = tuple[tuple[str, Skill], Table, int]


def team_resources(
    calendar: ChangeCalendar,
    book: TeamBook,
    load: Load,
    systems: Sequence[str],
    chains: Mapping[str, Chain],
    eligible: Sequence[Sequence[str]],
) -> tuple[list[Resource], list[Finding]]:
    """One resource a team and skill, thousandths of a person-day a week, less what ``load`` has taken.

    eligible: pools of each system; their numbers are their places among all by id.
    """
    weeks = _Weeks(calendar, book)
    place = {pool: number for number, pool in enumerate(sorted(calendar.inventory.pools))}
    uses: dict[tuple[str, Skill], dict[tuple[Table, int | None], list[tuple[int, int]]]] = {}
    known: dict[tuple[Part, ...], list[Amount]] = {}

    def use(item: int, parts: tuple[Part, ...], pool: int | None = None) -> None:
        if parts not in known:
            known[parts] = _amounts(parts)
        for team, table, amount in known[parts]:
            uses.setdefault(team, {}).setdefault((table, pool), []).append((item, amount))

    for item, system in enumerate(systems):
        chain = chains[system]
        around = tuple(
            (book.work("system", system, step.effort), tuple(weeks.shares(step.first, step.last)))
            for step in chain.steps
        )
        cutover = book.work("system", system, chain.cutover)
        windows = {pool: weeks.window(system, chain.minutes, pool) for pool in eligible[item]}
        if len(tables := set(windows.values())) == 1:
            use(item, ((cutover, ((tables.pop(), 1.0),)), *around))
        else:
            # Freezes of pools may leave a cutover windows of other weeks.
            use(item, around)
            for pool, table in windows.items():
                use(item, ((cutover, ((table, 1.0),)),), place[pool])
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
                        periods=tuple(week if week < len(left) else -1 for week in weeks.tables[table]),
                        pool=pool,
                    )
                    for (table, pool), pairs in found.items()
                ),
                rule="H5",
            )
        )
        data: dict[str, Value] = {"team": team, "skill": skill.value}
        sources.append(Finding(rule="H5", code="team-full", records=(f"team:{team}",), data=data))
    return resources, sources


def _amounts(parts: Sequence[Part]) -> list[Amount]:
    """What a chain asks of each team and skill by table, in whole thousandths rounded up."""
    found: dict[tuple[tuple[str, Skill], Table], float] = {}
    for works, shares in parts:
        for work in works:
            if work.team and work.days:
                for table, share in shares:
                    key = ((work.team, work.skill), table)
                    found[key] = found.get(key, 0.0) + work.days * share
    return [(team, table, math.ceil(amount * SCALE - 1e-6)) for (team, table), amount in found.items()]
