"""What there is to be colocated: colocation rooms that can take something in, what stands in them and leaves them, what
moves into them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from inventory.inventory import Inventory
from inventory.kinds.rooms import Asset, Room, RoomIntention, RoomKind, RoomState
from migration.calendar import grid_of
from migration.consolidation.model import Reason
from migration.disposition import dispositions
from migration.plan import Disposition, Plan, item_id
from migration.rooms.colocation_model import Departure
from migration.rooms.transfer import owner_of
from migration.steps import Track
from migration.tracks.rooms import intention_of
from migration.tracks.system_slots import done_on
from migration.tracks.system_tails import last_items

__all__ = ["Equipment", "Target", "equipment_of"]

ENDED = (RoomState.CLOSED,)


@dataclass(frozen=True)
class Target:
    """A colocation room: its racks, all of ``height`` units, its power and cooling in kW."""

    room: str
    racks: tuple[str, ...]
    height: int
    power_kw: float
    cooling_kw: float


@dataclass(frozen=True)
class Equipment:
    """targets: rooms that take equipment in; inside: what stands in them. movers: room -> what moves out of it;
    earliest: room -> first day on which it may. departures: what leaves targets. owner: asset -> department. systems:
    asset -> systems on it. staying: rooms taken over as they are."""

    inventory: Inventory
    targets: Mapping[str, Target]
    unusable: Mapping[str, Reason]
    inside: Mapping[str, tuple[Asset, ...]]
    movers: Mapping[str, tuple[Asset, ...]]
    earliest: Mapping[str, dt.date]
    departures: Mapping[str, Departure]
    owner: Mapping[str, str]
    systems: Mapping[str, tuple[str, ...]]
    staying: tuple[str, ...]

    def reached(self, source: str) -> list[Target]:
        """Targets for a room's equipment: of its own division, then of those above it."""
        line = self.inventory.lineage(self.inventory.rooms[source].division)
        near = {division: place for place, division in enumerate(line)}
        rooms = self.inventory.rooms
        found = [target for target in self.targets.values() if rooms[target.room].division in near]
        return sorted(found, key=lambda target: (near[rooms[target.room].division], target.room))

    def urgency(self, source: str) -> tuple[dt.date, dt.date, str]:
        """Rooms whose lease ends first go first, then those that may be emptied first."""
        return self.inventory.rooms[source].lease_end or dt.date.max, self.earliest[source], source


def equipment_of(inventory: Inventory, plan: Plan | None, now: dt.date, rooms: Collection[str]) -> Equipment:
    """What is to be placed. rooms: rooms whose equipment moves whatever is to become of them."""
    targets, unusable = _targets(inventory, frozenset(rooms))
    carried: dict[str, list[str]] = {}
    for id, system in sorted(inventory.systems.items()):
        for name in dict.fromkeys(name for part in system.components for name in part.assets):
            carried.setdefault(name, []).append(id)
    decided = {id: disposed.disposition for id, disposed in dispositions(inventory).items()}
    owner = {id: owner_of(inventory, asset) for id, asset in inventory.assets.items()}
    inside: dict[str, list[Asset]] = {}
    movers: dict[str, list[Asset]] = {}
    for id, asset in sorted(inventory.assets.items()):
        kinds = [decided[system] for system in carried.get(id, ()) if system in decided]
        source = inventory.rooms[asset.room]
        if asset.room in targets:
            inside.setdefault(asset.room, []).append(asset)
        elif asset.room in rooms or (
            intention_of(source) is RoomIntention.CLOSE and _goes(inventory, owner[id], kinds)
        ):
            movers.setdefault(asset.room, []).append(asset)
    return Equipment(
        inventory=inventory,
        targets=targets,
        unusable=unusable,
        inside={room: tuple(assets) for room, assets in inside.items()},
        movers={room: tuple(assets) for room, assets in movers.items()},
        earliest={room: _earliest(plan, room, now) for room in movers},
        departures=_departures(inventory, plan, inside, carried, owner),
        owner=owner,
        systems={name: tuple(systems) for name, systems in carried.items()},
        staying=tuple(
            id
            for id, room in inventory.rooms.items()
            if intention_of(room) is RoomIntention.COLOCATION
            and room.kind is not RoomKind.COLOCATION
            and id not in rooms
        ),
    )


def _targets(inventory: Inventory, leaving: Collection[str]) -> tuple[dict[str, Target], dict[str, Reason]]:
    """Usable colocation rooms, and why others are not."""
    found: dict[str, Target] = {}
    unusable: dict[str, Reason] = {}
    named: dict[str, set[str]] = {}
    for asset in inventory.assets.values():
        if asset.rack:
            named.setdefault(asset.room, set()).add(asset.rack)
    for id, room in inventory.rooms.items():
        if room.kind is not RoomKind.COLOCATION or room.state in ENDED or id in leaving:
            continue
        if intention_of(room) is RoomIntention.CLOSE:
            continue
        fault = _fault(room)
        if fault is not None:
            unusable[id] = fault
            continue
        height = room.rack_units // room.racks
        found[id] = Target(id, _racks(sorted(named.get(id, ())), room.racks), height, room.power_kw, room.cooling_kw)
    return found, unusable


def _fault(room: Room) -> Reason | None:
    if not room.racks or not room.rack_units:
        return Reason(code="no-racks")
    if room.rack_units % room.racks:
        return Reason(code="uneven", data={"rack_units": room.rack_units, "racks": room.racks})
    if not room.power_kw or not room.cooling_kw:
        return Reason(code="no-power")
    return None


def _racks(named: list[str], count: int) -> tuple[str, ...]:
    """Names of ``count`` racks: those on record, then new ones. More may be on record than there are: all count."""
    fresh = (name for name in (f"R{number:02}" for number in range(1, count + len(named) + 1)) if name not in named)
    return (*named, *(next(fresh) for _ in range(count - len(named))))


def _goes(inventory: Inventory, owner: str, kinds: list[Disposition]) -> bool:
    """Whether a piece is colocated: systems on it are; or its owner is a politics-and-law department, unless all
    systems on it leave."""
    if Disposition.COLOCATE in kinds:
        return True
    department = inventory.departments.get(owner)
    politics = department is not None and department.politics_and_law
    return politics and (not kinds or Disposition.RETAIN in kinds)


def _earliest(plan: Plan | None, room: str, now: dt.date) -> dt.date:
    """First day on which a room's equipment may move: the day its emptying starts in the plan."""
    item = plan.by_id.get(item_id(room, "emptied", Track.ROOM)) if plan is not None else None
    return now if item is None else max(now, item.start)


def _departures(
    inventory: Inventory,
    plan: Plan | None,
    inside: Mapping[str, list[Asset]],
    carried: Mapping[str, list[str]],
    owner: Mapping[str, str],
) -> dict[str, Departure]:
    """Equipment of targets whose systems all have a last day in the plan; not that of politics-and-law departments."""
    if plan is None:
        return {}
    decided = dispositions(inventory)
    moved = {id for id in decided if done_on(inventory, inventory.systems[id]) is not None}
    gone = last_items(inventory, decided, moved)[1]
    grid = grid_of(inventory.estate)
    found = {}
    for room, assets in inside.items():
        for asset in assets:
            systems = carried.get(asset.id, [])
            department = inventory.departments.get(owner[asset.id])
            if not systems or (department is not None and department.politics_and_law):
                continue
            items = [plan.by_id.get(gone.get(system) or "") for system in systems]
            days = [item.end for item in items if item is not None]
            if len(days) == len(systems):
                slot = grid.slot_of(max(days)) + 1
                found[asset.id] = Departure(asset=asset.id, room=room, slot=slot, day=max(days), systems=tuple(systems))
    return found
