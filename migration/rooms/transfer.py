"""Asset transfer lists (资产划转清单): who hands over which hardware to whom, and how a filled-in list differs from
what is on record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import orjson

from inventory.base import Struct, field
from inventory.inventory import Inventory, nearest_names, split_ref
from inventory.kinds.rooms import Asset, RoomIntention
from migration.rooms.errors import TransferError
from migration.tracks.rooms import intention_of

__all__ = ["Receiver", "TransferList", "TransferRow", "list_again", "receiver_of", "row_of", "transfer_lists"]

DIGITS = 16
"""Hex digits of a hash that people compare."""


class Receiver(Struct):
    """Who takes the assets over, or the room that they go to."""

    department: str = field("Department; empty: a room without an owner", "")
    room: str = field("Room; empty: they change hands where they are", "")

    @property
    def ref(self) -> str:
        """department:ID or room:ID."""
        return f"room:{self.room}" if self.room else f"department:{self.department}"


class TransferRow(Struct):
    """One asset as it is on record."""

    asset: str = field("Asset", example="gat-fwq-1")
    asset_number: str = field("Number in the owner's books", "")
    serial_number: str = field("Serial number", "")
    name: str = field("Name", "")
    model: str = field("Model", "")
    role: str = field("What it does", "")
    room: str = field("Room it stands in", example="mzt-1")
    rack: str = field("Rack", "")
    position: int | None = field("Lowest rack unit it takes", None)
    height_units: int = field("Height", 1, unit="U")
    note: str = field("Remark on record", "")


class TransferList(Struct):
    """What one department hands over. ``rows`` by room, rack, position and id."""

    giver: str = field("Department that hands over", example="140000-mzt")
    receiver: Receiver = field("Who or where to", example={"department": "140000-dsjj"})
    rooms: tuple[str, ...] = field("Rooms that the list covers", ())
    rows: tuple[TransferRow, ...] = field("Assets", ())

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of all that the list says: what the form carries."""
        content = orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(content).hexdigest()[:DIGITS]


def receiver_of(inventory: Inventory, to: str) -> Receiver:
    """The receiver named by department:ID, room:ID or a bare id (departments first). TransferError ``transfer-to``."""
    kind, id = split_ref(to) if ":" in to else ("", to)
    if kind in ("", "department") and id in inventory.departments:
        return Receiver(department=id)
    if kind in ("", "room") and id in inventory.rooms:
        return Receiver(department=inventory.rooms[id].department or "", room=id)
    known = [*inventory.departments, *inventory.rooms]
    raise TransferError("transfer-to", name=to, nearest=nearest_names(id or to, known) or "-")


def transfer_lists(
    inventory: Inventory, to: Receiver, *, room: str | None = None, department: str | None = None
) -> tuple[tuple[TransferList, ...], tuple[str, ...]]:
    """(a list for each department that hands something over, by id; assets without an owner, which are on none).

    room: only what stands in it; department: only what it owns; without both the assets of all rooms that are to be
    closed. What the receiver has already is left out. UnknownObjectError for a room or a department that is unknown.
    """
    if room is not None:
        inventory.get("room", room)
    if department is not None:
        inventory.get("department", department)
    rooms = {room} if room is not None else _rooms(inventory, department)
    found: dict[str, list[Asset]] = {}
    unowned = []
    for id, asset in sorted(inventory.assets.items()):
        if asset.room not in rooms:
            continue
        owner = owner_of(inventory, asset)
        if not owner:
            unowned.append(id)
        elif (department is None or owner == department) and not _has(to, owner, asset):
            found.setdefault(owner, []).append(asset)
    return tuple(_list(giver, to, assets) for giver, assets in sorted(found.items())), tuple(unowned)


def list_again(inventory: Inventory, giver: str, to: Receiver, rooms: Sequence[str]) -> TransferList:
    """The list of a department for the same rooms as it would be now."""
    left = [asset for asset in on_record(inventory, giver, rooms) if not _has(to, giver, asset)]
    return _list(giver, to, left)


def owner_of(inventory: Inventory, asset: Asset) -> str:
    """The department that owns an asset: its own, else the room's; empty where neither is on record."""
    return asset.department or inventory.rooms[asset.room].department or ""


def row_of(asset: Asset) -> TransferRow:
    """An asset as lists give it."""
    return TransferRow(
        asset=asset.id,
        asset_number=asset.asset_number,
        serial_number=asset.serial_number,
        name=asset.name,
        model=asset.model,
        role=asset.role.value,
        room=asset.room,
        rack=asset.rack,
        position=asset.position,
        height_units=asset.height_units,
        note=asset.note,
    )


def _rooms(inventory: Inventory, department: str | None) -> set[str]:
    """Rooms to be closed; of one department's assets all rooms."""
    if department is not None:
        return set(inventory.rooms)
    return {id for id, room in inventory.rooms.items() if intention_of(room) is RoomIntention.CLOSE}


def _has(to: Receiver, owner: str, asset: Asset) -> bool:
    return asset.room == to.room if to.room else owner == to.department


def _list(giver: str, to: Receiver, assets: Sequence[Asset]) -> TransferList:
    ordered = sorted(assets, key=lambda asset: (asset.room, asset.rack, -(asset.position or 0), asset.id))
    return TransferList(
        giver=giver,
        receiver=to,
        rooms=tuple(dict.fromkeys(asset.room for asset in ordered)),
        rows=tuple(row_of(asset) for asset in ordered),
    )


def serials(inventory: Inventory) -> Mapping[str, str]:
    """Serial number -> asset, of those that have one; the first of several."""
    return dict(reversed([(asset.serial_number, id) for id, asset in inventory.assets.items() if asset.serial_number]))


def numbers(inventory: Inventory) -> Mapping[str, str]:
    """Asset number -> asset, of those that have one; the first of several."""
    return dict(reversed([(asset.asset_number, id) for id, asset in inventory.assets.items() if asset.asset_number]))


def on_record(inventory: Inventory, giver: str, rooms: Sequence[str]) -> Iterator[Asset]:
    """What a department owns in rooms, by id."""
    for _, asset in sorted(inventory.assets.items()):
        if asset.room in rooms and owner_of(inventory, asset) == giver:
            yield asset
