"""The room track: rooms emptied, handed over and closed, or taken over for colocation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from inventory.kinds.lines import LineState
from inventory.kinds.rooms import RoomIntention, RoomState
from inventory.kinds.systems import Lifecycle
from migration.check.tracks.gate import Gate, Step, after, in_turn
from migration.plan import Disposition, Track

if TYPE_CHECKING:
    from migration.check.case import Case

__all__ = ["ENDED", "REACHED", "REMOVED", "TRACK", "gates", "lasting_lines", "staying", "steps"]

TRACK = Track.ROOM
REACHED: Mapping[RoomState, tuple[str, ...]] = {
    RoomState.EMPTY: ("emptied",),
    RoomState.HANDED_OVER: ("emptied", "handed_over"),
}
ENDED = (RoomState.CLOSED, RoomState.COLOCATED)
REMOVED = (Disposition.RETIRE, Disposition.REPURCHASE)


def steps(case: Case) -> Iterator[tuple[str, Sequence[str]]]:
    """Steps by intention, a decision by hand before the record's own."""
    chains = {
        RoomIntention.CLOSE.value: ("emptied", "handed_over", "closed"),
        RoomIntention.COLOCATION.value: ("handed_over", "colocated"),
    }
    for key, room in case.inventory.rooms.items():
        decision = room.decisions.intention
        intention = room.intention.value if decision is None else decision.value.strip().lower()
        if room.state not in ENDED:
            reached = REACHED.get(room.state, ())
            yield f"room:{key}", [step for step in chains.get(intention, ()) if step not in reached]


def _systems(case: Case) -> Mapping[str, list[str]]:
    """Room as room:ID -> unclassified systems with themselves or a part in it; until their last step also the rooms
    that runs have moved them out of."""
    found: dict[str, list[str]] = {}
    declared = case.inventory.declared
    for key, system in case.inventory.systems.items():
        if not system.classified:
            places = [system.runs_in, *(part.runs_in for part in system.components)]
            if declared and (last := _leaves_by(case, key)) is not None and case.wants(*last):
                names = [f"system:{key}", *(f"component:{key}/{part.id}" for part in system.components)]
                places += [declared[name].get("runs_in") for name in names if name in declared]
            for place in dict.fromkeys(places):
                if place is not None and place.startswith("room:"):
                    found.setdefault(place, []).append(key)
    return found


def _leaves_by(case: Case, system: str) -> Step | None:
    """The step after which nothing of a system stands in its room; None where it stays."""
    disposed = case.decided.get(system)
    if disposed is None:
        return None
    if disposed.disposition.moves:
        return f"system:{system}", "cutover" if disposed.direct else "decommission"
    return (f"system:{system}", "remove") if disposed.disposition in REMOVED else None


def staying(case: Case) -> Mapping[str, list[str]]:
    """Room (room:ID) -> systems in service that stay in it, so that it can never be empty."""
    systems = case.inventory.systems
    return {
        room: stay
        for room, found in _systems(case).items()
        if (
            stay := [
                key for key in found if _leaves_by(case, key) is None and systems[key].lifecycle is not Lifecycle.CLOSED
            ]
        )
    }


def _lines(case: Case) -> Mapping[str, list[str]]:
    """Room (room:ID) -> lines that end in it or connect it, but for those that have ended."""
    found: dict[str, dict[str, None]] = {}
    for key, line in case.inventory.lines.items():
        for end in (line.a, line.b):
            if end is not None and end.startswith("room:"):
                found.setdefault(end, {})[key] = None
    for key, room in case.inventory.rooms.items():
        for place in room.attached_to:
            kind, _, name = place.partition(":")
            if kind == "line" and name in case.inventory.lines:
                found.setdefault(f"room:{key}", {})[name] = None
    lines = case.inventory.lines
    return {
        room: [
            key
            for key in keys
            if lines[key].state is not LineState.TERMINATED and case.done(f"line:{key}", "terminated") is None
        ]
        for room, keys in found.items()
    }


def lasting_lines(case: Case) -> Mapping[str, list[str]]:
    """Room (room:ID) -> lines at it that nothing ends, so that it can never be closed."""
    found = {
        room: [key for key in keys if not case.wants(f"line:{key}", "terminated")]
        for room, keys in _lines(case).items()
    }
    return {room: keys for room, keys in found.items() if keys}


def gates(case: Case) -> Iterator[Gate]:
    """Emptied after the last system has left, closed after the last line has ended."""
    systems, lines = _systems(case), _lines(case)
    for name, left in case.wanted.items():
        if name.startswith("room:"):
            yield from in_turn(name, left)
            if "emptied" in left:
                before = [step for key in systems.get(name, ()) if (step := _leaves_by(case, key)) is not None]
                yield from after(case, (name, "emptied"), *before)
            if "closed" in left:
                ended = [(f"line:{key}", "terminated") for key in lines.get(name, ())]
                yield from after(case, (name, "closed"), *ended)
