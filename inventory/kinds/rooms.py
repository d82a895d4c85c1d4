"""Where systems come from: server rooms and the hardware in them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from inventory.base import Record, Ref, Struct, Text, TypedRef, field

__all__ = ["Asset", "AssetRole", "Room", "RoomDecisions", "RoomIntention", "RoomKind", "RoomState"]

from inventory.kinds.decisions import Decision


class RoomKind(StrEnum):
    """What kind of room it is."""

    DEPARTMENT = "department"
    COLOCATION = "colocation"
    CARRIER = "carrier"
    CLOUD = "cloud"


class RoomIntention(StrEnum):
    """What is to become of a room."""

    CLOSE = "close"
    KEEP = "keep"
    COLOCATION = "colocation"


class RoomState(StrEnum):
    """How far a room is on its way."""

    FULL = "full"
    EMPTYING = "emptying"
    EMPTY = "empty"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    COLOCATED = "colocated"


class RoomDecisions(Struct):
    """Decisions taken by hand."""

    intention: Decision | None = field("close, keep or colocation", None)


class Room(Record):
    """A server room (机房)."""

    name: Text = field("Name", "", example="民政厅机房")
    department: Annotated[str, Ref("department")] | None = field("Owner", None)
    division: Annotated[str, Ref("division")] = field("Division", example="140000")
    kind: RoomKind = field("Kind", RoomKind.DEPARTMENT)
    racks: int = field("Racks", 0, ge=0)
    rack_units: int = field("Rack units in all", 0, unit="U", ge=0)
    power_kw: float = field("Power", 0, unit="kW", ge=0)
    cooling_kw: float = field("Cooling", 0, unit="kW", ge=0)
    fee_yuan_per_year: float = field("Rent and running cost", 0, unit="yuan/year", ge=0)
    lease_end: dt.date | None = field("End of the lease", None)
    intention: RoomIntention = field("What is to become of it", RoomIntention.CLOSE)
    attached_to: tuple[Annotated[str, TypedRef(("device", "line"))], ...] = field(
        "Devices or lines that connect it", (), example=["device:ty-access-3"]
    )
    state: RoomState = field("State", RoomState.FULL)
    decisions: RoomDecisions = field("Decisions by hand", RoomDecisions())
    note: Text = field("Free text", "")


class AssetRole(StrEnum):
    """What a piece of hardware does."""

    SERVER = "server"
    STORAGE = "storage"
    NETWORK = "network"
    OTHER = "other"


class Asset(Record):
    """A piece of hardware."""

    name: Text = field("Name", "")
    room: Annotated[str, Ref("room")] = field("Room it stands in", example="mzt-1")
    department: Annotated[str, Ref("department")] | None = field("Owner; default the room's", None)
    rack: Text = field("Rack", "", example="A03")
    position: int | None = field("Lowest rack unit it takes", None, unit="U", ge=1)
    height_units: int = field("Height", 1, unit="U", ge=1)
    serial_number: Text = field("Serial number", "")
    asset_number: Text = field("Asset number of the owner's books", "")
    model: Text = field("Model", "")
    power_w: float = field("Power drawn", 0, unit="W", ge=0)
    role: AssetRole = field("Role", AssetRole.SERVER)
    note: Text = field("Free text", "")
