"""Server rooms and hardware: racks, serial numbers, space and power."""

from __future__ import annotations

from collections import defaultdict

from inventory.checks.common import Found, about, first_of
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.rooms import Asset, RoomIntention, RoomState

__all__ = ["check_rooms"]

_WATTS = 1000
_GONE = (RoomState.CLOSED, RoomState.COLOCATED)


def check_rooms(inventory: Inventory) -> Found:
    """Assets that take one place or carry one serial or asset number, rooms that hold more than fits, decisions."""
    yield from _racks(inventory)
    yield from _heights(inventory)
    yield from _serial_numbers(inventory)
    yield from _asset_numbers(inventory)
    yield from _sums(inventory)
    yield from _leases(inventory)
    choices = [intention.value for intention in RoomIntention]
    for id, room in inventory.rooms.items():
        decision = room.decisions.intention
        if decision is not None and decision.value not in choices:
            nearest = nearest_names(decision.value, choices)
            path = "decisions.intention.value"
            yield about(
                inventory, "bad-decision", "room", id, path, nearest, value=decision.value, choices=", ".join(choices)
            )


def _leases(inventory: Inventory) -> Found:
    as_of = inventory.estate.as_of
    for id, room in inventory.rooms.items():
        if room.lease_end is not None and room.lease_end < as_of and room.state not in _GONE:
            date = room.lease_end.isoformat()
            yield about(inventory, "lease-ended", "room", id, "lease_end", date=date, as_of=as_of.isoformat())


def _racks(inventory: Inventory) -> Found:
    taken: dict[tuple[str, str, int], str] = {}
    for id, asset in inventory.assets.items():
        if not asset.rack or asset.position is None:
            continue
        for unit in range(asset.position, asset.position + asset.height_units):
            other = taken.setdefault((asset.room, asset.rack, unit), id)
            if other != id:
                yield about(
                    inventory, "rack-conflict", "asset", id, "position",
                    rack=asset.rack, unit=unit, room=asset.room, other=other,
                )  # fmt: skip
                break


def _heights(inventory: Inventory) -> Found:
    """Assets that are higher than a rack of their room, or stand beyond its highest unit."""
    for id, asset in inventory.assets.items():
        room = inventory.rooms.get(asset.room)
        if room is None or not room.racks or not room.rack_units:
            continue
        height, top = -(-room.rack_units // room.racks), (asset.position or 1) + asset.height_units - 1
        if top > height:
            path = "height_units" if asset.position is None else "position"
            yield about(inventory, "asset-above-rack", "asset", id, path, top=top, height=height, room=asset.room)


def _serial_numbers(inventory: Inventory) -> Found:
    numbered = ((asset.serial_number, id) for id, asset in inventory.assets.items() if asset.serial_number)
    for id, first, number in first_of(numbered):
        room = inventory.assets[first].room
        yield about(
            inventory, "asset-in-two-rooms", "asset", id, "serial_number", serial=number, room=room, other=first
        )


def _asset_numbers(inventory: Inventory) -> Found:
    """Numbers of the books, which each owner gives once; owner is the asset's department, else its room's."""
    numbered = (
        (((asset.department or _owner(inventory, asset.room)), asset.asset_number), id)
        for id, asset in inventory.assets.items()
        if asset.asset_number
    )
    for id, first, (_, number) in first_of(numbered):
        room = inventory.assets[first].room
        yield about(inventory, "asset-number-twice", "asset", id, "asset_number", number=number, room=room, other=first)


def _owner(inventory: Inventory, room: str) -> str:
    record = inventory.rooms.get(room)
    return "" if record is None else record.department or ""


def _sums(inventory: Inventory) -> Found:
    inside: dict[str, list[Asset]] = defaultdict(list)
    for asset in inventory.assets.values():
        inside[asset.room].append(asset)
    for id, room in inventory.rooms.items():
        units = sum(asset.height_units for asset in inside[id] if asset.rack)
        power = sum(asset.power_w for asset in inside[id]) / _WATTS
        for name, used, capacity in (("rack_units", units, room.rack_units), ("power_kw", power, room.power_kw)):
            if capacity and used > capacity:
                yield about(
                    inventory,
                    "impossible-capacity",
                    "room",
                    id,
                    name,
                    what=name,
                    used=round(used, 3),
                    capacity=capacity,
                )
