"""H11: done, running and pinned items stay as they are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from inventory.kinds.systems import System
from migration.check.case import Case, Cutover, Verdict, breach
from migration.plan import Grid, ItemState

__all__ = ["pins"]

_WEEK = re.compile(r"(\d{4})-W(\d{1,2})")


def pins(case: Case) -> Iterator[Verdict]:
    """Breaches of H11, at most one a cutover.

    What the inventory records as done stands in the plan as done, in the slot of that day and in the pool where the
    system runs now; nothing else is called done. A slot decided by hand is the slot of the cutover.
    """
    for cutover in case.cutovers.values():
        system, item = cutover.system, cutover.item
        day = case.done_on(system)
        if day is not None:
            yield from _done(case, cutover, day)
        elif item.state is ItemState.DONE:
            yield breach("H11", "done-unrecorded", [cutover], [f"system:{system.id}"], system=system.id)
        elif cutover.movable and (slot := _decided_slot(case.plan.grid, system)) not in (None, cutover.slot):
            assert slot is not None
            label = case.label
            records = [f"system:{system.id}"]
            yield breach("H11", "pinned-slot", [cutover], records, pinned=label(slot), slot=label(cutover.slot))


def _done(case: Case, cutover: Cutover, day: dt.date) -> Iterator[Verdict]:
    grid, system = case.plan.grid, cutover.system
    kind, _, place = (system.runs_in or "").partition(":")
    pool = cutover.item.pool
    if (
        cutover.item.state is not ItemState.DONE
        or cutover.slot != grid.slot_of(day)
        or (kind == "pool" and pool != place)
    ):
        label = grid.label(grid.slot_of(day))
        yield breach("H11", "done-changed", [cutover], [f"system:{system.id}"], system=system.id, slot=label)


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
