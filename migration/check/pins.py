"""H11: done, running and pinned items stay as they are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from inventory.kinds.systems import System
from migration.check.case import Case, Cutover, Verdict, breach, breach_of
from migration.plan import Grid, ItemState, PlanItem

__all__ = ["pins"]

_WEEK = re.compile(r"(\d{4})-W(\d{1,2})")


def pins(case: Case) -> Iterator[Verdict]:
    """Breaches of H11, at most one an item.

    What the inventory records as done stands in the plan as done, on that day; a cutover also in the pool where the
    system runs now. Nothing else is called done. A slot decided by hand is the slot of the cutover.
    """
    for (name, step), item in case.items.items():
        recorded = item.state is ItemState.DONE or item.id in case.inventory.done
        if (recorded or item.is_cutover) and not (item.is_cutover and item.object_id in case.cutovers):
            yield from _as_recorded(case, name, step, item)
    for cutover in case.cutovers.values():
        system, item = cutover.system, cutover.item
        day = case.done_on(system)
        if day is not None:
            yield from _done(cutover, day)
        elif item.state is ItemState.DONE:
            yield breach("H11", "done-unrecorded", [item], [item.object], object=item.object)
        elif cutover.movable and (slot := _decided_slot(case.plan.grid, system)) not in (None, cutover.slot):
            assert slot is not None
            label = case.label
            records = [f"system:{system.id}"]
            yield breach_of("H11", "pinned-slot", [cutover], records, pinned=label(slot), slot=label(cutover.slot))


def _as_recorded(case: Case, name: str, step: str, item: PlanItem) -> Iterator[Verdict]:
    """An item that is no cutover of a moving system: done on the day of its record, or not done."""
    if name.partition(":")[2] not in case.inventory.of(item.kind):
        return
    day = case.done(name, step)
    if day is None:
        if item.state is ItemState.DONE:
            yield breach("H11", "done-unrecorded", [item], [name], object=name)
    elif item.state is not ItemState.DONE or not item.start == item.end == day:
        yield breach("H11", "done-changed", [item], [name], object=name, day=day.isoformat())


def _done(cutover: Cutover, day: dt.date) -> Iterator[Verdict]:
    system = cutover.system
    kind, _, place = (system.runs_in or "").partition(":")
    pool = cutover.item.pool
    if (
        cutover.item.state is not ItemState.DONE
        or not cutover.item.start == cutover.item.end == day
        or (kind == "pool" and pool != place)
    ):
        name = cutover.item.object
        yield breach("H11", "done-changed", [cutover.item], [name], object=name, day=day.isoformat())


def _decided_slot(grid: Grid, system: System) -> int | None:
    """The slot decided by hand: an ISO week (2021-W14) or a day in the slot; None without a readable decision."""
    decision = system.decisions.slot
    if decision is None:
        return None
    text = decision.value.strip()
    week = _WEEK.fullmatch(text)
    try:
        day = dt.date.fromisocalendar(int(week[1]), int(week[2]), 1) if week else dt.date.fromisoformat(text)
    except ValueError:
        return None
    return grid.slot_of(day)
