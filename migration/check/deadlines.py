"""H10: deadlines marked hard."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from inventory.kinds.policy import Metric, Target
from inventory.selectors import parse_selector
from migration.calendar import CHINA_TIME
from migration.check.case import Case, Cutover, Verdict, breach

__all__ = ["deadlines"]


def deadlines(case: Case) -> Iterator[Verdict]:
    """Breaches of H10, one a hard target that counts moved systems.

    Of the selected systems that move, no more may be late than the target's share, rounded up, leaves over. A cutover
    counts on the day its window ends; without a window, on the last day of its slot. What has no place in the plan is
    not late but unplanned.
    """
    for target in case.inventory.targets.values():
        if target.hard and target.metric is Metric.SYSTEMS_MOVED:
            yield from _target(case, target)


def _target(case: Case, target: Target) -> Iterator[Verdict]:
    selected = [key for key in parse_selector(target.selector).select(case.inventory, "system") if key in case.moving]
    spared = len(selected) - math.ceil(target.value * len(selected) - 1e-9)
    planned = [case.cutovers[key] for key in selected if key in case.cutovers]
    late = [cutover for cutover in planned if _day(case, cutover) > target.date]
    if len(late) > spared:
        yield breach(
            "H10",
            "deadline",
            late,
            [f"target:{target.id}"],
            fact=sum(cutover.movable for cutover in late) <= spared,
            target=target.id,
            date=target.date.isoformat(),
            late=len(late),
            spared=spared,
            count=len(selected),
        )


def _day(case: Case, cutover: Cutover) -> dt.date:
    item = cutover.item
    if item.window_start is None or item.window_minutes is None:
        return case.plan.grid.last_day_of(cutover.slot)
    end = item.window_start + dt.timedelta(minutes=item.window_minutes - 1)
    return end.astimezone(CHINA_TIME).date()
