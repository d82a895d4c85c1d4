"""The line track: dedicated lines, private networks and internet exits on their way out: as decided by
hand, else as the plan says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from inventory.kinds.lines import InternetExit, Line, LineState, PrivateNetwork
from inventory.kinds.systems import Lifecycle
from migration.check.tracks.gate import Gate, after
from migration.plan import Disposition, Track

if TYPE_CHECKING:
    from migration.check.case import Case

__all__ = ["LEAVING", "REACHED", "REPLACED", "TRACK", "gates", "outcome_of", "steps", "used"]

TRACK = Track.LINE
REPLACED = ("move", "internal_network")
"""Outcomes after which the traffic takes another path."""
LEAVING = (*REPLACED, "end")
"""Outcomes after which the record ends."""
STAYING = (Disposition.RETAIN, Disposition.COLOCATE)
REACHED: Mapping[LineState, tuple[str, ...]] = {
    LineState.IN_USE: (),
    LineState.PATH_READY: ("path_ready",),
    LineState.PARALLEL_RUN: ("path_ready",),
    LineState.CUT_OVER: ("path_ready", "parallel_run", "cutover"),
    LineState.NOTICE_GIVEN: ("path_ready", "parallel_run", "cutover", "notice"),
    LineState.TERMINATED: ("path_ready", "parallel_run", "cutover", "idle", "notice", "terminated"),
}
"""Steps that a state says are done."""

AnyLine = Line | PrivateNetwork | InternetExit


def outcome_of(case: Case, name: str, record: AnyLine) -> str:
    """What was decided by hand, else what the plan says; empty for classified stubs, and where neither says anything.

    name: the record as KIND:ID.
    """
    if not isinstance(record, InternetExit) and record.classified:
        return ""
    decision = record.decisions.outcome
    return case.outcomes.get(name, "") if decision is None else decision.value.strip().lower()


def _records(case: Case) -> Iterator[tuple[str, AnyLine]]:
    inventory = case.inventory
    kinds: tuple[tuple[str, Iterable[AnyLine]], ...] = (
        ("line", inventory.lines.values()),
        ("private_network", inventory.private_networks.values()),
        ("internet_exit", inventory.internet_exits.values()),
    )
    for kind, records in kinds:
        yield from ((f"{kind}:{record.id}", record) for record in records)


def steps(case: Case) -> Iterator[tuple[str, Sequence[str]]]:
    """Steps by outcome, without those that the state says are done."""
    for name, record in _records(case):
        outcome = outcome_of(case, name, record)
        if outcome not in LEAVING:
            continue
        found = ["path_ready", "parallel_run", "cutover"] if outcome in REPLACED else []
        if not isinstance(record, PrivateNetwork):
            found.append("idle")
            if record.notice_days > 0:
                found.append("notice")
        found.append("terminated")
        yield name, [step for step in found if step not in REACHED[record.state]]


def used(case: Case) -> Iterator[tuple[str, str]]:
    """(line:ID, system:ID) of lines that are to end and a system in service that stays and uses them, the first one."""
    for key, line in case.inventory.lines.items():
        if outcome_of(case, f"line:{key}", line) == "end":
            stay = next((system for system in line.systems if _stays(case, system)), None)
            if stay is not None:
                yield f"line:{key}", f"system:{stay}"


def _stays(case: Case, system: str) -> bool:
    disposed = case.decided.get(system)
    closed = disposed is not None and case.inventory.systems[system].lifecycle is Lifecycle.CLOSED
    return disposed is not None and disposed.disposition in STAYING and not closed


def gates(case: Case) -> Iterator[Gate]:
    """The new path before all else; idle days and notice after the cutover, or of lines that end after their systems
    have left; the end after both, and of a private network after the end of its lines."""
    networks: dict[str, list[str]] = {}
    for key, line in case.inventory.lines.items():
        networks.setdefault(line.private_network or "", []).append(f"line:{key}")
    for name, record in _records(case):
        if name not in case.wanted:
            continue
        yield from after(case, (name, "parallel_run"), (name, "path_ready"))
        used = record.systems if isinstance(record, Line) and outcome_of(case, name, record) == "end" else ()
        leaving = [(f"system:{system}", step) for system in used for step in ("cutover", "switch_off")]
        for step in ("idle", "notice"):
            if case.wants(name, step):
                yield from after(case, (name, step), (name, "cutover"), *leaving)
        members = networks.get(record.id, ()) if isinstance(record, PrivateNetwork) else ()
        before = [(name, step) for step in ("cutover", "idle", "notice")]
        yield from after(case, (name, "terminated"), *before, *((line, "terminated") for line in members))
