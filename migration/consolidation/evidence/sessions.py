"""Session logs of a line: which of its days had flows that are an application's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from inventory.flows.records import BrokenLineError, Connection
from inventory.flows.source import FlowSource
from migration.consolidation.evidence.errors import EvidenceError
from migration.consolidation.evidence.model import Flow, Marked, midnight
from migration.consolidation.evidence.tables import CONTROL_PORTS

__all__ = ["ReadSessions", "read_sessions"]


@dataclass(frozen=True)
class ReadSessions:
    """Flows of a log in its order; ``control``: lines of protocols that keep the network going, left out; ``marked``:
    rows that cannot be read, of which each stands for a flow on its day."""

    flows: tuple[Flow, ...]
    control: int
    marked: tuple[Marked, ...]
    rows: int


def read_sessions(path: Path) -> ReadSessions:
    """Any list of connections that ``flows import`` reads. OSPF, BFD, BGP, ICMP and the like are no application.

    FileError and FlowError as ``FlowSource``; EvidenceError ``evidence-nothing``: it has no days.
    """
    flows: list[Flow] = []
    marked: list[Marked] = []
    control = rows = 0
    day: dt.date | None = None
    early: list[tuple[int, str]] = []
    for number, found in FlowSource(path).connections():
        rows += 1
        if found is None or (isinstance(found, Connection) and _is_control(found)):
            control += 1
            continue
        if isinstance(found, BrokenLineError) or (found.first is None and found.last is None):
            early.append((number, str(found) if isinstance(found, BrokenLineError) else "time"))
        else:
            first, last = found.first or found.last, found.last or found.first
            assert first is not None
            assert last is not None
            day = max(first, last)
            made = Flow(
                min(first, last), day, found.protocol, found.port, found.source, found.target, path.name, number
            )
            flows.append(made)
        if day is not None:
            _unreadable(path, early, day, flows, marked)
    if early:
        first_row, reason = early[0]
        raise EvidenceError("evidence-nothing", path=str(path), rows=rows, row=first_row, reason=reason)
    return ReadSessions(tuple(flows), control, tuple(marked), rows)


def _is_control(found: Connection) -> bool:
    return found.port in CONTROL_PORTS or (not found.directed and found.source_port in CONTROL_PORTS)


def _unreadable(
    path: Path, early: list[tuple[int, str]], day: dt.date, flows: list[Flow], marked: list[Marked]
) -> None:
    """Rows that cannot be read stand on the day of the row beside them."""
    for number, reason in early:
        flows.append(Flow(day, day, "", None, "", "", path.name, number, "unreadable"))
        start = midnight(day)
        marked.append(Marked(start, start, "unreadable", path.name, number, {"reason": reason}))
    early.clear()
