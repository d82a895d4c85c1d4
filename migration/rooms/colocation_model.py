"""What is said of colocation: where equipment goes, when, and how full the rooms are that take it in."""

from __future__ import annotations

import datetime as dt

from pydantic import AwareDatetime

from inventory.base import Struct, field
from migration.consolidation.model import Reason

__all__ = ["Colocation", "Departure", "Level", "Move"]


class Move(Struct):
    """One piece of hardware that goes to a colocation room. ``source`` is the same room: it only gets a place."""

    asset: str = field("Asset", example="gat-fwq-1")
    department: str = field("Owner", example="140000-gat")
    source: str = field("Room it stands in", example="gat-1")
    room: str = field("Room it goes to", example="dsjj-1")
    rack: str = field("Rack", example="A03")
    position: int = field("Lowest rack unit it takes", example=1, ge=1)
    height_units: int = field("Height", 1, unit="U", ge=1)
    power_w: float = field("Power drawn", 0, unit="W", ge=0)
    slot: int = field("Slot in which it moves", example=12)
    slot_label: str = field("Name of the slot", "")
    day: dt.date = field("Day on which it moves", example="2021-04-09")
    window_start: AwareDatetime | None = field("Start of the window; absent: it only gets a place", None)
    window_minutes: int | None = field("Length of the window", None, unit="minutes")
    systems: tuple[str, ...] = field("Systems that stand still meanwhile", ())


class Departure(Struct):
    """Hardware of a colocation room whose systems have all left."""

    asset: str = field("Asset", example="zc-0001")
    room: str = field("Room", example="dsjj-1")
    slot: int = field("First slot in which its place is free", example=20)
    day: dt.date = field("Last day of the last of its systems", example="2021-04-09")
    systems: tuple[str, ...] = field("Its systems", ())


class Level(Struct):
    """How full a colocation room is from a slot on, until the next such row."""

    room: str = field("Room", example="dsjj-1")
    slot: int = field("Slot", example=0)
    slot_label: str = field("Name of the slot", "")
    arrives: int = field("Assets that arrive in it", 0)
    leaves: int = field("Assets that have left by it", 0)
    units: int = field("Rack units taken", 0, unit="U")
    units_total: int = field("Rack units there are", 0, unit="U")
    power_kw: float = field("Power drawn, which is the heat to be cooled", 0, unit="kW")
    power_limit_kw: float = field("Power there is", 0, unit="kW")
    cooling_limit_kw: float = field("Cooling there is", 0, unit="kW")


class Colocation(Struct):
    """A placement. Moves by slot, room, rack and position."""

    moves: tuple[Move, ...] = field("What moves, or gets a place", ())
    departures: tuple[Departure, ...] = field("What leaves colocation rooms", ())
    levels: tuple[Level, ...] = field("How full the rooms are over time", ())
    unplaced: dict[str, Reason] = field("Equipment without a place -> why", {})
    unusable: dict[str, Reason] = field("Colocation rooms that can take nothing in -> why", {})
    staying: tuple[str, ...] = field("Rooms that are taken over for colocation with what stands in them", ())
    shared_racks: tuple[str, ...] = field("Racks (ROOM/RACK) with equipment of several departments", ())
    unknown_power: tuple[str, ...] = field("Equipment whose power is not on record; it counts as nothing", ())
