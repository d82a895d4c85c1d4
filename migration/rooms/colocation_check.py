"""The independent check of a placement: rack units, racks, power, cooling and days are counted again, slot by slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from inventory.inventory import Inventory
from inventory.kinds.rooms import Asset
from migration.plan import Finding, Grid
from migration.rooms.colocation_model import Colocation, Move

__all__ = ["check_colocation"]

TOLERANCE_W = 0.5


def check_colocation(inventory: Inventory, made: Colocation, grid: Grid) -> tuple[Finding, ...]:
    """What is wrong with a placement; nothing where it holds in every slot. Only the inventory and the placement are
    read. Rule H6 stands for a room that takes in two rooms' equipment at once, H8 for days, H4 for space and power."""
    found = [*_moves(inventory, made, grid)]
    for room in sorted({move.room for move in made.moves}):
        found += _room(inventory, made, room)
    return tuple(found)


def _finding(code: str, rule: str, *records: str, **data: str | float) -> Finding:
    return Finding(rule=rule, code=code, records=records, data=dict(data))


def _moves(inventory: Inventory, made: Colocation, grid: Grid) -> Iterator[Finding]:
    for asset, count in Counter(move.asset for move in made.moves).items():
        if count > 1 or asset in made.unplaced:
            yield _finding("placed-twice", "H4", f"asset:{asset}")
    coming: dict[tuple[str, int], set[str]] = {}
    for move in made.moves:
        record = inventory.assets.get(move.asset)
        if record is None or record.room != move.source or record.height_units != move.height_units:
            yield _finding("not-on-record", "H4", f"asset:{move.asset}")
        if move.source != move.room:
            coming.setdefault((move.room, move.slot), set()).add(move.source)
            if grid.slot_of(move.day) != move.slot:
                yield _finding("other-slot", "H8", f"asset:{move.asset}", day=move.day.isoformat())
            for freeze in inventory.freezes.values():
                everything = not freeze.selector
                if everything and freeze.start <= move.day <= freeze.end:
                    yield _finding("in-freeze", "H8", f"asset:{move.asset}", f"freeze:{freeze.id}")
    for (room, slot), sources in coming.items():
        if len(sources) > 1:
            yield _finding("two-rooms-at-once", "H6", f"room:{room}", slot=slot)


def _room(inventory: Inventory, made: Colocation, room: str) -> Iterator[Finding]:
    """Units and watts of one room in every slot in which something changes."""
    record = inventory.rooms[room]
    height = record.rack_units // record.racks if record.racks else 0
    left = {entry.asset: entry.slot for entry in made.departures if entry.room == room}
    standing = [asset for asset in inventory.assets.values() if asset.room == room]
    moves = [move for move in made.moves if move.room == room]
    racks = {move.rack for move in moves} | {asset.rack for asset in standing if asset.rack}
    if len(racks) > record.racks and {move.rack for move in moves} - {asset.rack for asset in standing}:
        yield _finding("too-many-racks", "H4", f"room:{room}", racks=len(racks), limit=record.racks)
    for move in moves:
        if move.position + move.height_units - 1 > height:
            yield _finding("beyond-rack", "H4", f"asset:{move.asset}", rack=move.rack, height=height)
    for slot in sorted({move.slot for move in moves} | set(left.values())):
        there = [asset for asset in standing if left.get(asset.id, slot + 1) > slot]
        come = [move for move in moves if move.slot <= slot]
        yield from _units(room, there, come, slot)
        arrived = sum(move.power_w for move in come if move.source != room)
        watts = arrived + sum(asset.power_w for asset in there)
        for code, limit in (("power", record.power_kw), ("cooling", record.cooling_kw)):
            if watts > limit * 1000 + TOLERANCE_W:
                yield _finding(f"too-little-{code}", "H4", f"room:{room}", slot=slot, watts=watts, limit_kw=limit)


def _units(room: str, there: list[Asset], come: list[Move], slot: int) -> Iterator[Finding]:
    """Two pieces on one unit, of which at least one has been placed."""
    taken: dict[tuple[str, int], str] = {}
    for asset in there:
        if asset.rack and asset.position is not None:
            for unit in range(asset.position, asset.position + asset.height_units):
                taken[asset.rack, unit] = asset.id
    for move in come:
        for unit in range(move.position, move.position + move.height_units):
            other = taken.setdefault((move.rack, unit), move.asset)
            if other != move.asset:
                yield _finding(
                    "unit-taken", "H4", f"asset:{move.asset}", f"asset:{other}", room=room, unit=unit, slot=slot
                )
                break
