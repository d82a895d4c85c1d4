"""H10: deadlines marked hard."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from inventory.kinds.policy import Metric, Target
from inventory.selectors import parse_selector
from migration.check.case import Case, Verdict, breach

__all__ = ["deadlines"]


class _Finish(NamedTuple):
    """Kind of the objects, and the steps of which one finishes an object."""

    kind: str
    steps: tuple[str, ...]


FINISH: Mapping[Metric, _Finish] = {
    Metric.SYSTEMS_MOVED: _Finish("system", ("cutover",)),
    Metric.SYSTEMS_RETIRED: _Finish("system", ("switch_off",)),
    Metric.ROOMS_CLOSED: _Finish("room", ("closed", "colocated")),
    Metric.DEVICES_DUAL_STACK: _Finish("device", ("verified",)),
    Metric.LINES_ENDED: _Finish("line", ("terminated",)),
    Metric.PRIVATE_NETWORKS_MERGED: _Finish("private_network", ("cutover",)),
    Metric.CLOUDS_DOCKED: _Finish("cloud", ("docked",)),
}
"""No step of a plan attaches a department."""


def deadlines(case: Case) -> Iterator[Verdict]:
    """Breaches of H10, one a hard target.

    Of the selected objects (of systems to be moved: of those that move; never classified stubs) no more may be late
    than the target's share, rounded up, leaves over. An object counts on the last day of the item that finishes it.
    What has no place in the plan is not late but unplanned.
    """
    for target in case.inventory.targets.values():
        finish = FINISH.get(target.metric)
        if target.hard and finish is not None:
            yield from _target(case, target, finish)


def _target(case: Case, target: Target, finish: _Finish) -> Iterator[Verdict]:
    selected = [
        key
        for key, record in parse_selector(target.selector).select(case.inventory, finish.kind).items()
        if not getattr(record, "classified", False)
        and (target.metric is not Metric.SYSTEMS_MOVED or key in case.moving)
    ]
    spared = len(selected) - math.ceil(target.value * len(selected) - 1e-9)
    late = [
        item
        for key in selected
        for step in finish.steps
        if (item := case.items.get((f"{finish.kind}:{key}", step))) is not None and item.end > target.date
    ]
    if len(late) > spared:
        yield breach(
            "H10",
            "deadline",
            late,
            [f"target:{target.id}"],
            fact=sum(item.movable for item in late) <= spared,
            target=target.id,
            date=target.date.isoformat(),
            late=len(late),
            spared=spared,
            count=len(selected),
        )
