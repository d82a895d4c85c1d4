"""Room track: rooms emptied, handed over and closed, or taken over as colocation.

Closed only with no systems and no lines left (planning contract, section 2); what stays in a room that is to be closed
makes that impossible and is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from inventory.effort import EffortTable
from inventory.inventory import Inventory, split_ref
from inventory.kinds.rooms import Room, RoomIntention, RoomState
from inventory.kinds.systems import System
from migration.plan import Finding, item_id
from migration.steps import Track
from migration.tracks.lines import termination_of
from migration.tracks.making import TrackItems
from migration.work import WorkItem

__all__ = ["intention_of", "lines_at", "room_items", "systems_in"]

STEPS_OF: Mapping[RoomIntention, tuple[str, ...]] = {
    RoomIntention.CLOSE: ("emptied", "handed_over", "closed"),
    RoomIntention.COLOCATION: ("handed_over", "colocated"),
    RoomIntention.KEEP: (),
}

PASSED: Mapping[RoomState, tuple[str, ...]] = {
    RoomState.EMPTY: ("emptied",),
    RoomState.HANDED_OVER: ("emptied", "handed_over"),
    RoomState.CLOSED: ("emptied", "handed_over", "closed", "colocated"),
    RoomState.COLOCATED: ("emptied", "handed_over", "closed", "colocated"),
}
"""Steps that a state leaves behind."""


def room_items(
    inventory: Inventory, now: dt.date, table: EffortTable, leaves: Mapping[str, str | None]
) -> tuple[WorkItem, ...]:
    """Items of all rooms that are not kept.

    leaves: system -> its last item, after which nothing of it is left in the room; None: it stays. A system that is not
    named has left already.
    """
    made = TrackItems(inventory, now, table, Track.ROOM)
    systems = systems_in(inventory, leaves)
    lines = lines_at(inventory)
    for id, room in inventory.rooms.items():
        before = ""
        for step in STEPS_OF[intention_of(room)]:
            if step in PASSED.get(room.state, ()):
                continue
            gates: list[str] = []
            fault: Finding | None = None
            if step == "emptied":
                gates, fault = _emptied(id, systems.get(id, ()), leaves)
            elif step == "closed":
                gates, fault = _closed(inventory, id, lines.get(id, ()))
            before = made.add("room", id, step, room.department, made.after(before, *gates), fault=fault) or before
    return tuple(made.items)


def intention_of(room: Room) -> RoomIntention:
    """What is to become of a room: the decision by hand, else what the record says."""
    decision = room.decisions.intention
    value = room.intention.value if decision is None else decision.value.strip().lower()
    return RoomIntention(value) if value in list(RoomIntention) else room.intention


def _emptied(room: str, systems: tuple[str, ...], leaves: Mapping[str, str | None]) -> tuple[list[str], Finding | None]:
    """(last items of the systems in the room, what is wrong where some stay)."""
    return _ends(room, "emptied", "room-not-empty", {f"system:{system}": leaves[system] for system in systems})


def _closed(inventory: Inventory, room: str, lines: tuple[str, ...]) -> tuple[list[str], Finding | None]:
    """(items that end the room's lines, what is wrong where some stay)."""
    return _ends(room, "closed", "room-line-stays", {f"line:{line}": termination_of(inventory, line) for line in lines})


def _ends(room: str, step: str, code: str, last: Mapping[str, str | None]) -> tuple[list[str], Finding | None]:
    """last: what is in the room (KIND:ID) -> item after which it is gone; empty: gone already, None: it stays."""
    gates = [item for item in last.values() if item]
    stay = [name for name, item in last.items() if item is None]
    if not stay:
        return gates, None
    return gates, Finding(
        rule="H9",
        code=code,
        items=(item_id(room, step, Track.ROOM),),
        records=(f"room:{room}", *stay),
        data={"count": len(stay), "first": stay[0].partition(":")[2]},
    )


def systems_in(inventory: Inventory, leaves: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
    """Room -> systems of ``leaves`` with themselves or a component in it, by id."""
    found: dict[str, list[str]] = {}
    for id in sorted(leaves.keys() & inventory.systems.keys()):
        system = inventory.systems[id]
        if not system.classified:
            for room in dict.fromkeys(_rooms(inventory, system, leaves[id] is not None)):
                found.setdefault(room, []).append(id)
    return {room: tuple(systems) for room, systems in found.items()}


def _rooms(inventory: Inventory, system: System, leaving: bool) -> Iterator[str]:
    """Rooms that a system stands in; until its last item also those that a run has moved it out of."""
    places = [system.runs_in, *(part.runs_in for part in system.components)]
    if leaving:
        names = [f"system:{system.id}", *(f"component:{system.id}/{part.id}" for part in system.components)]
        places += [inventory.declared[name].get("runs_in") for name in names if name in inventory.declared]
    for place in places:
        kind, room = split_ref(place or "")
        if kind == "room":
            yield room


def lines_at(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    """Room -> lines that end there or that connect it, ended ones included."""
    found: dict[str, dict[str, None]] = {}
    for id, line in inventory.lines.items():
        for end in (line.a, line.b):
            kind, room = split_ref(end or "")
            if kind == "room":
                found.setdefault(room, {})[id] = None
    for id, record in inventory.rooms.items():
        for reference in record.attached_to:
            kind, line_id = split_ref(reference)
            if kind == "line" and line_id in inventory.lines:
                found.setdefault(id, {})[line_id] = None
    return {room: tuple(lines) for room, lines in found.items()}
