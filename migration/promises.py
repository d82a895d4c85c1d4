"""Phase targets: what each promises, what a plan makes of it, and what misses it.

Which step of which track finishes an object:

* ``systems_moved``: the system's cutover; only selected systems that move count.
* ``systems_retired``: switched off, so that nobody uses it any more; it still has to be observed and removed.
* ``rooms_closed``: closed; of a room that is to be a colocation room, colocated.
* ``devices_dual_stack``: verified. ``lines_ended``: terminated. ``private_networks_merged``: cut over.
* ``clouds_docked``: docked. ``departments_attached``: has an attachment on record; no step of a plan attaches it.

Records that were finished before the plan count from the start. Classified stubs never count.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inventory.inventory import Inventory
from inventory.kinds.clouds import DockingState
from inventory.kinds.lines import LineState
from inventory.kinds.network import Ipv6Stage
from inventory.kinds.policy import Metric, Target
from inventory.kinds.rooms import RoomState
from inventory.kinds.systems import Lifecycle
from inventory.selectors import parse_selector
from migration.plan import Plan, item_id
from migration.steps import Track

__all__ = ["Miss", "Outcome", "Promise", "finishing", "promises"]


class Outcome(StrEnum):
    """met: enough is finished by the date; missed: later; unreachable: never in this plan."""

    MET = "met"
    MISSED = "missed"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Miss:
    """A selected object that is not finished in time.

    object: KIND:ID. item: id of the plan's item that finishes it, empty where it has none. day: when it is finished,
    None for never. unplanned: the plan lists that item as unplanned.
    """

    object: str
    item: str = ""
    day: dt.date | None = None
    unplanned: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """A target and what comes of it.

    selected, needed, done: objects that count, that must be finished (the share rounded up), that are by the date.
    reached: day on which enough are; None for never, and where the records already say so. misses: selected objects
    not finished in time: those the plan could not place, then the latest first, then those that nothing finishes.
    """

    target: Target
    selected: int
    needed: int
    done: int
    reached: dt.date | None
    outcome: Outcome
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class _Finish:
    """Kind of the objects, the steps that finish one, and whether a record says that it is finished."""

    kind: str
    track: Track
    steps: tuple[str, ...]
    on_record: Callable[[Any], bool]


_ENDED = (LineState.TERMINATED,)
_CUT_OVER = (LineState.CUT_OVER, LineState.NOTICE_GIVEN, LineState.TERMINATED)
_FINISH: Mapping[Metric, _Finish] = {
    Metric.SYSTEMS_MOVED: _Finish("system", Track.SYSTEM, ("cutover",), lambda system: system.moved is not None),
    Metric.SYSTEMS_RETIRED: _Finish(
        "system", Track.SYSTEM, ("switch_off",), lambda system: system.lifecycle is Lifecycle.CLOSED
    ),
    Metric.ROOMS_CLOSED: _Finish(
        "room", Track.ROOM, ("closed", "colocated"), lambda room: room.state in (RoomState.CLOSED, RoomState.COLOCATED)
    ),
    Metric.DEVICES_DUAL_STACK: _Finish(
        "device", Track.NETWORK, ("verified",), lambda device: device.ipv6_stage is Ipv6Stage.VERIFIED
    ),
    Metric.LINES_ENDED: _Finish("line", Track.LINE, ("terminated",), lambda line: line.state in _ENDED),
    Metric.PRIVATE_NETWORKS_MERGED: _Finish(
        "private_network", Track.LINE, ("cutover",), lambda network: network.state in _CUT_OVER
    ),
    Metric.CLOUDS_DOCKED: _Finish(
        "cloud", Track.CLOUD, ("docked",), lambda cloud: cloud.docking.state is DockingState.DOCKED
    ),
    Metric.DEPARTMENTS_ATTACHED: _Finish(
        "department", Track.NETWORK, (), lambda department: bool(department.attached_to)
    ),
}


def promises(inventory: Inventory, plan: Plan) -> tuple[Promise, ...]:
    """Every target of the estate, by date and id."""
    moving = frozenset(disposed.system for disposed in plan.dispositions if disposed.disposition.moves)
    left_out = frozenset(entry.item for entry in plan.unplanned)
    ordered = sorted(inventory.targets.values(), key=lambda target: (target.date, target.id))
    return tuple(_promise(inventory, plan, target, moving, left_out) for target in ordered)


def finishing(inventory: Inventory, plan: Plan, target: Target) -> tuple[int, int, tuple[str, ...]]:
    """(objects that count for a target, how many of them are finished on record, items that finish others)."""
    finish = _FINISH[target.metric]
    moving = frozenset(disposed.system for disposed in plan.dispositions if disposed.disposition.moves)
    selected = _selected(inventory, target, moving)
    items = {id: item for id, _ in selected if (item := _item(plan, finish, id))}
    on_record = sum(1 for id, record in selected if id not in items and finish.on_record(record))
    return len(selected), on_record, tuple(items.values())


def _selected(inventory: Inventory, target: Target, moving: frozenset[str]) -> list[tuple[str, Any]]:
    return [
        (id, record)
        for id, record in parse_selector(target.selector).select(inventory, _FINISH[target.metric].kind).items()
        if not getattr(record, "classified", False) and (target.metric is not Metric.SYSTEMS_MOVED or id in moving)
    ]


def _item(plan: Plan, finish: _Finish, id: str) -> str:
    return next((name for step in finish.steps if (name := item_id(id, step, finish.track)) in plan.by_id), "")


def finishing_items(inventory: Inventory, target: Target) -> tuple[tuple[str, ...], ...]:
    """For each object that a target selects the ids of the items of which one finishes it; without those on record."""
    finish = _FINISH[target.metric]
    selected = parse_selector(target.selector).select(inventory, finish.kind)
    return tuple(
        tuple(item_id(id, step, finish.track) for step in finish.steps)
        for id, record in selected.items()
        if not getattr(record, "classified", False) and not finish.on_record(record)
    )


def _promise(
    inventory: Inventory, plan: Plan, target: Target, moving: frozenset[str], left_out: frozenset[str]
) -> Promise:
    finish = _FINISH[target.metric]
    in_time, days, misses = 0, [], []
    selected = _selected(inventory, target, moving)
    for id, record in selected:
        item = _item(plan, finish, id)
        if item:
            day = plan.by_id[item].end
            days.append(day)
            in_time += day <= target.date
            if day > target.date:
                misses.append(Miss(f"{finish.kind}:{id}", item, day))
        elif finish.on_record(record):
            in_time += 1
        else:
            names = (item_id(id, step, finish.track) for step in finish.steps)
            item = next((name for name in names if name in left_out), "")
            misses.append(Miss(f"{finish.kind}:{id}", item, unplanned=bool(item)))
    needed = math.ceil(target.value * len(selected) - 1e-9)
    on_record = len(selected) - len(days) - sum(miss.day is None for miss in misses)
    reached = sorted(days)[needed - on_record - 1] if on_record < needed <= on_record + len(days) else None
    enough = needed <= on_record + len(days)
    outcome = Outcome.MET if in_time >= needed else Outcome.MISSED if enough else Outcome.UNREACHABLE
    return Promise(target, len(selected), needed, in_time, reached, outcome, tuple(sorted(misses, key=_by_gravity)))


def _by_gravity(miss: Miss) -> tuple[int, int, str]:
    if miss.day is None:
        return (0 if miss.unplanned else 2, 0, miss.object)
    return (1, -miss.day.toordinal(), miss.object)
