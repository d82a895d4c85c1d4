"""Line track: dedicated lines, private networks and internet exits that move to the shared network or end.

Their outcome is what was decided on the record. A line ends only after it has been idle on the old path for
``settings.idle_days`` and after its notice (planning contract, section 2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.lines import InternetExit, Line, LineState, PrivateNetwork
from migration.plan import Finding, Value, item_id
from migration.steps import Track
from migration.tracks.making import TrackItems
from migration.work import Need, WorkItem

__all__ = ["contract_ends", "line_items", "termination_of"]

MOVES = ("move", "internal_network")
"""Outcomes after which the traffic takes another path."""

END = "end"

ON_NEW_PATH = ("path_ready", "parallel_run", "cutover")

PASSED: Mapping[LineState, tuple[str, ...]] = {
    LineState.IN_USE: (),
    LineState.PATH_READY: ("path_ready",),
    LineState.PARALLEL_RUN: ("path_ready",),
    LineState.CUT_OVER: ON_NEW_PATH,
    LineState.NOTICE_GIVEN: (*ON_NEW_PATH, "notice"),
    LineState.TERMINATED: (*ON_NEW_PATH, "notice", "idle", "terminated"),
}
"""Steps that a state leaves behind. ``parallel_run`` says that it has begun, not that it is over."""


def line_items(
    inventory: Inventory, now: dt.date, table: EffortTable, leaves: Mapping[str, str | None]
) -> tuple[WorkItem, ...]:
    """Items of all lines, private networks and exits whose outcome asks for some.

    leaves: system -> item after which it no longer uses the line that it is on (its cutover or switch-off); None: it
    stays, and a line that it uses cannot end. A system that is not named has left already.
    """
    made = TrackItems(inventory, now, table, Track.LINE)
    members: dict[str, list[str]] = {}
    for line in inventory.lines.values():
        left = tuple(last for system in line.systems if (last := leaves.get(system)) is not None)
        staying = tuple(system for system in line.systems if leaves.get(system, "") is None)
        last = "" if line.classified else _record(made, "line", line, left, staying=staying)
        if last and line.private_network is not None:
            members.setdefault(line.private_network, []).append(last)
    for id, network in inventory.private_networks.items():
        if not network.classified:
            _record(made, "private_network", network, (), tuple(members.get(id, ())))
    for way_out in inventory.internet_exits.values():
        _record(made, "internet_exit", way_out, ())
    return tuple(made.items)


def contract_ends(inventory: Inventory, kind: str, now: dt.date) -> dict[str, dt.date]:
    """Lines or internet exits whose contract still runs -> its last day, by which they should have ended (S1)."""
    records = inventory.lines if kind == "line" else inventory.internet_exits
    return {id: end for id, record in records.items() if (end := record.contract_end) is not None and end >= now}


def termination_of(inventory: Inventory, line: str) -> str | None:
    """Item that ends a line; empty when it has ended already, None when nothing ends it."""
    record = inventory.lines[line]
    name = item_id(line, "terminated", Track.LINE)
    if record.state is LineState.TERMINATED or name in inventory.done:
        return ""
    ends = not record.classified and _outcome(record) in (*MOVES, END)
    return name if ends else None


def _outcome(record: Line | PrivateNetwork | InternetExit) -> str:
    decision = record.decisions.outcome
    return "" if decision is None else decision.value.strip().lower()


def _record(
    made: TrackItems,
    kind: str,
    record: Line | PrivateNetwork | InternetExit,
    left: tuple[str, ...],
    members: tuple[str, ...] = (),
    staying: tuple[str, ...] = (),
) -> str:
    """Add the items of one record; the id of its last one, empty where there is none.

    left: items after which a line that ends is unused. members: items that end a private network's lines. staying:
    systems that go on using the line.
    """
    outcome = _outcome(record)
    passed = PASSED[record.state]
    if "terminated" in passed or outcome not in (*MOVES, END):
        return ""
    fault = None
    if staying and outcome == END:
        names = (f"{kind}:{record.id}", *(f"system:{system}" for system in staying))
        data: dict[str, Value] = {"count": len(staying), "first": staying[0]}
        fault = Finding(rule="H9", code="line-in-use", records=names, data=data)
    free = _moved(made, kind, record, passed) if outcome in MOVES else made.after(*left)
    waits = []
    if not isinstance(record, PrivateNetwork):
        waits.append("idle")
        if record.notice_days > 0 and "notice" not in passed:
            waits.append("notice")
    over = made.after(*[made.add(kind, record.id, step, record.department, free, fault=fault) for step in waits])
    return made.add(kind, record.id, "terminated", record.department, (*(over or free), *made.after(*members)))


def _moved(
    made: TrackItems, kind: str, record: Line | PrivateNetwork | InternetExit, passed: tuple[str, ...]
) -> tuple[Need, ...]:
    """Add what brings the traffic onto the new path; the gate of what follows."""
    needs: tuple[Need, ...] = ()
    for step in ON_NEW_PATH:
        if step in passed:
            continue
        name = made.add(kind, record.id, step, record.department, needs)
        most = made.inventory.estate.settings.parallel_run_days if step == "parallel_run" else None
        needs = (Need((name,), most=most),) if name else ()
    return needs
