"""H5: in every week the work of each team and skill fits what the team gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from inventory.kinds.people import Skill
from migration.check.case import Case, Verdict, breach
from migration.check.days import Days
from migration.plan import ItemState, PlanItem

__all__ = ["teams", "weeks_of"]

TOLERANCE = 1e-6
"""Person-days; sums of decimal fractions are not exact."""
WORKING_WEEK = 5
"""Working days for which a team's person-days a week are given."""

WEEK = dt.timedelta(days=7)


def teams(case: Case) -> Iterator[Verdict]:
    """Breaches of H5, one a team, skill and week (Monday to Sunday).

    The effort of an item is spread evenly over its calendar days. A team gives its person-days a week times the working
    days of that week over five, by its calendar, else the estate's. Work that no team on record does binds nothing.
    """
    weeks: dict[tuple[dt.date, dt.date], list[tuple[dt.date, float]]] = {}
    used: dict[tuple[str, Skill, dt.date], float] = {}
    for item in case.plan.items:
        if item.work and item.state is not ItemState.DONE:
            span = (item.start, item.end)
            shares = weeks.get(span)
            if shares is None:
                shares = weeks[span] = weeks_of(*span)
            for work in item.work:
                for week, share in shares:
                    key = (work.team, work.skill, week)
                    used[key] = used.get(key, 0.0) + work.days * share
    days = Days(case.inventory)
    over = {}
    for (team, skill, week), amount in used.items():
        record = case.inventory.teams.get(team)
        if record is not None:
            given = record.skills.get(skill, 0.0) * days.working_days(record.calendar, week) / WORKING_WEEK
            if amount > given + TOLERANCE:
                over[team, skill, week] = (amount, given)
    taking = _taking(case, over, weeks) if over else {}
    for (team, skill, week), (amount, given) in sorted(over.items()):
        items = taking[team, skill, week]
        yield breach(
            "H5",
            "team-full",
            items,
            [f"team:{team}"],
            fact=not any(item.movable for item in items),
            team=team,
            skill=skill.value,
            week=week.isoformat(),
            used=round(amount, 3),
            given=round(given, 3),
        )


def weeks_of(start: dt.date, end: dt.date) -> list[tuple[dt.date, float]]:
    """(Monday, share of the days from ``start`` to ``end`` that fall in its week)."""
    days = (end - start).days + 1
    monday = start - dt.timedelta(days=start.weekday())
    found = []
    while monday <= end:
        inside = (min(end, monday + WEEK - dt.timedelta(days=1)) - max(start, monday)).days + 1
        found.append((monday, inside / days))
        monday += WEEK
    return found


def _taking(
    case: Case,
    over: dict[tuple[str, Skill, dt.date], tuple[float, float]],
    weeks: dict[tuple[dt.date, dt.date], list[tuple[dt.date, float]]],
) -> dict[tuple[str, Skill, dt.date], list[PlanItem]]:
    found: dict[tuple[str, Skill, dt.date], list[PlanItem]] = {key: [] for key in over}
    for item in case.plan.items:
        if item.state is not ItemState.DONE:
            for work in item.work:
                for week, _ in weeks[item.start, item.end] if work.days else ():
                    if (work.team, work.skill, week) in found:
                        found[work.team, work.skill, week].append(item)
    return found
