"""Colocation (机房托管): equipment of politics-and-law departments goes from rooms that are closed to colocation rooms.

A department's equipment goes together where that is possible: on one night, into one room, into racks of its own. A
colocation room takes in one room's equipment in a slot. Rooms of the same division come first, then those of the
divisions above. Heat is power: a room draws no more than the smaller of its power and its cooling.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from inventory.inventory import Inventory
from inventory.kinds.rooms import Asset
from migration.calendar import ChangeCalendar, Opening
from migration.consolidation.model import Reason
from migration.plan import Plan
from migration.rooms.colocation_model import Colocation, Level, Move
from migration.rooms.equipment import Equipment, Target, equipment_of
from migration.rooms.errors import ColocationError
from migration.rooms.racks import Fit, fit, free_runs

__all__ = ["colocate"]

WATTS = 1000


def colocate(inventory: Inventory, plan: Plan | None, now: dt.date, rooms: Collection[str] = ()) -> Colocation:
    """Place equipment in colocation rooms.

    plan: says when systems leave and rooms are emptied. rooms: rooms whose equipment moves as well, whatever is to
    become of them. ColocationError where no room takes equipment in, UnknownObjectError for a room that is unknown,
    PolicyError and CalendarError as planning.
    """
    for room in rooms:
        inventory.get("room", room)
    found = equipment_of(inventory, plan, now, rooms)
    if not found.targets:
        if found.unusable:
            room, reason = next(iter(found.unusable.items()))
            raise ColocationError(f"colocation-{reason.code}", room=room, **reason.data)
        raise ColocationError("colocation-no-room", path=str(inventory.path))
    placing = _Placing(inventory, ChangeCalendar(inventory, now), found)
    placing.settle()
    for source in sorted(found.movers, key=found.urgency):
        placing.move(source)
    return placing.result()


@dataclass
class _Placing:
    """A placement in the making."""

    inventory: Inventory
    calendar: ChangeCalendar
    found: Equipment
    moves: list[Move] = field(default_factory=list)
    unplaced: dict[str, Reason] = field(default_factory=dict)
    open: dict[str, frozenset[dt.date]] = field(default_factory=dict)

    # ---- what stands where ----

    def _taken(self, target: Target, slot: int) -> dict[str, set[int]]:
        """Rack -> units that are not free from a slot on."""
        taken: dict[str, set[int]] = {}
        for asset in self.found.inside.get(target.room, ()):
            if asset.rack and asset.position is not None and self._is_there(asset, slot):
                taken.setdefault(asset.rack, set()).update(range(asset.position, asset.position + asset.height_units))
        for move in self.moves:
            if move.room == target.room:
                taken.setdefault(move.rack, set()).update(range(move.position, move.position + move.height_units))
        return taken

    def _is_there(self, asset: Asset, slot: int) -> bool:
        leaving = self.found.departures.get(asset.id)
        return leaving is None or leaving.slot > slot

    def _drawn(self, target: Target, slot: int) -> float:
        """Power in W that is drawn in a slot."""
        inside = (asset for asset in self.found.inside.get(target.room, ()) if self._is_there(asset, slot))
        here = sum(asset.power_w for asset in inside)
        return here + sum(
            move.power_w for move in self.moves if move.room == target.room != move.source and move.slot <= slot
        )

    def _owners(self, target: Target, slot: int) -> dict[str, set[str]]:
        """Rack -> departments with equipment in it."""
        owners: dict[str, set[str]] = {}
        for asset in self.found.inside.get(target.room, ()):
            if asset.rack and self._is_there(asset, slot):
                owners.setdefault(asset.rack, set()).add(self.found.owner[asset.id])
        for move in self.moves:
            if move.room == target.room:
                owners.setdefault(move.rack, set()).add(move.department)
        return owners

    # ---- placing ----

    def settle(self) -> None:
        """A place for what stands in colocation rooms without one on record."""
        for target in self.found.targets.values():
            loose = [
                asset for asset in self.found.inside.get(target.room, ()) if not asset.rack or asset.position is None
            ]
            first = self.calendar.first_slot
            for asset in sorted(loose, key=lambda asset: (-asset.height_units, asset.id)):
                fitted = self._fit(target, first, [asset])
                if fitted.places is None:
                    self.unplaced[asset.id] = _reason(fitted, target.room)
                else:
                    self._record(target, first, None, [asset], fitted)

    def move(self, source: str) -> None:
        """Equipment of one room, department by department."""
        by_owner: dict[str, list[Asset]] = {}
        for asset in self.found.movers[source]:
            by_owner.setdefault(self.found.owner[asset.id], []).append(asset)
        for _, assets in sorted(by_owner.items()):
            if not self._together(source, assets):
                self._apart(source, assets)

    def _together(self, source: str, assets: Sequence[Asset]) -> bool:
        """All of them into one room in one slot: the nearest room, there the earliest slot."""
        for target in self.found.reached(source):
            for slot, opening in self._slots(source, target):
                fitted = self._fit(target, slot, assets)
                if fitted.places is not None and self._power(target, slot, assets) is None:
                    self._record(target, slot, opening, assets, fitted)
                    return True
                if not self._can_change(target, slot):
                    break
        return False

    def _apart(self, source: str, assets: Sequence[Asset]) -> None:
        """Each where and when it fits, the highest first."""
        for asset in sorted(assets, key=lambda asset: (-asset.height_units, asset.id)):
            if not self._together(source, [asset]):
                self.unplaced[asset.id] = self._why(source, asset)

    def _slots(self, source: str, target: Target) -> Iterator[tuple[int, Opening]]:
        """Slots with a day that both rooms have open, from the day on which the room may be emptied."""
        days = self._days_of(target.room)
        seen = set[int]()
        for opening in self.calendar.object_openings("room", source):
            slot = self.calendar.grid.slot_of(opening.start.date())
            free = self._may_take(target.room, slot, source)
            if opening.start.date() < self.found.earliest[source] or slot in seen or not free:
                continue
            if opening.start.date() in days:
                seen.add(slot)
                yield slot, opening

    def _days_of(self, room: str) -> frozenset[dt.date]:
        """Days on which a colocation room is open."""
        if room not in self.open:
            self.open[room] = frozenset(opening.start.date() for opening in self.calendar.object_openings("room", room))
        return self.open[room]

    def _may_take(self, room: str, slot: int, source: str) -> bool:
        """Whether a room takes in nothing in a slot, or only what comes from the same room."""
        coming = {move.source for move in self.moves if move.room == room and move.slot == slot and move.source != room}
        return coming <= {source}

    def _can_change(self, target: Target, slot: int) -> bool:
        """Whether a later slot may have more space: something leaves after this one."""
        return any(entry.room == target.room and entry.slot > slot for entry in self.found.departures.values())

    def _fit(self, target: Target, slot: int, assets: Sequence[Asset]) -> Fit:
        owners, owner = self._owners(target, slot), self.found.owner[assets[0].id]
        pieces = {asset.id: asset.height_units for asset in assets}
        taken = self._taken(target, slot)
        own = [rack for rack in target.racks if owners.get(rack) == {owner}]
        empty = [rack for rack in target.racks if not owners.get(rack)]
        alone = fit(pieces, free_runs((*own, *empty), target.height, taken), (*own, *empty))
        if alone.places is not None:
            return alone
        return fit(pieces, free_runs(target.racks, target.height, taken), (*own, *empty))

    def _power(self, target: Target, slot: int, assets: Sequence[Asset]) -> Reason | None:
        """Why the room's power or cooling does not do from a slot on; None where it does."""
        drawn = self._drawn(target, slot) / WATTS
        # What is placed later comes on top: the room is looked at when all of it is there.
        later = sum(move.power_w for move in self.moves if move.room == target.room != move.source and move.slot > slot)
        need = drawn + (later + sum(asset.power_w for asset in assets)) / WATTS
        for code, limit in (("power", target.power_kw), ("cooling", target.cooling_kw)):
            if need > limit + 1e-9:
                return Reason(
                    code=f"too-little-{code}", data={"room": target.room, "need": round(need, 3), "limit": limit}
                )
        return None

    def _why(self, source: str, asset: Asset) -> Reason:
        """Why a piece has no place, in the nearest room."""
        targets = self.found.reached(source)
        if not targets:
            return Reason(code="no-room-in-reach", data={"division": self.inventory.rooms[source].division})
        target = targets[0]
        slots = list(self._slots(source, target))
        if not slots:
            return Reason(code="no-window", data={"room": target.room})
        last = slots[-1][0]
        fitted = self._fit(target, last, [asset])
        if fitted.places is None:
            return _reason(fitted, target.room)
        return self._power(target, last, [asset]) or Reason(code="no-window", data={"room": target.room})

    def _record(self, target: Target, slot: int, opening: Opening | None, assets: Sequence[Asset], fitted: Fit) -> None:
        assert fitted.places is not None
        grid = self.calendar.grid
        for asset in assets:
            rack, position = fitted.places[asset.id]
            self.moves.append(
                Move(
                    asset=asset.id,
                    department=self.found.owner[asset.id],
                    source=asset.room,
                    room=target.room,
                    rack=rack,
                    position=position,
                    height_units=asset.height_units,
                    power_w=asset.power_w,
                    slot=slot,
                    slot_label=grid.label(slot),
                    day=opening.start.date() if opening is not None else max(self.calendar.now, grid.first_day),
                    window_start=None if opening is None else opening.start,
                    window_minutes=None if opening is None else opening.minutes,
                    systems=self.found.systems.get(asset.id, ()) if opening is not None else (),
                )
            )

    # ---- result ----

    def result(self) -> Colocation:
        """The placement as it is now."""
        placed = [*self.found.inside.values(), *self.found.movers.values()]
        unknown = sorted({asset.id for assets in placed for asset in assets if not asset.power_w})
        shared = [
            f"{target.room}/{rack}"
            for target in self.found.targets.values()
            for rack, owners in sorted(self._owners(target, self.calendar.grid.count).items())
            if len(owners) > 1
        ]
        order = sorted(self.moves, key=lambda move: (move.slot, move.room, move.rack, move.position))
        return Colocation(
            moves=tuple(order),
            departures=tuple(sorted(self.found.departures.values(), key=lambda entry: (entry.slot, entry.asset))),
            levels=tuple(level for target in self.found.targets.values() for level in self._levels(target)),
            unplaced=self.unplaced,
            unusable=dict(self.found.unusable),
            staying=self.found.staying,
            shared_racks=tuple(shared),
            unknown_power=tuple(unknown),
        )

    def _levels(self, target: Target) -> Iterator[Level]:
        """A row for the first slot and for each in which something arrives or has left."""
        arriving = [move for move in self.moves if move.room == target.room != move.source]
        leaving = [entry for entry in self.found.departures.values() if entry.room == target.room]
        first = self.calendar.first_slot
        changes = {move.slot for move in arriving} | {entry.slot for entry in leaving}
        inside = self.found.inside.get(target.room, ())
        for slot in sorted({first} | changes):
            there = [asset for asset in inside if self._is_there(asset, slot)]
            come = [move for move in arriving if move.slot <= slot]
            yield Level(
                room=target.room,
                slot=slot,
                slot_label=self.calendar.grid.label(slot),
                arrives=sum(move.slot == slot for move in arriving),
                leaves=sum(entry.slot == slot for entry in leaving),
                units=sum(asset.height_units for asset in there) + sum(move.height_units for move in come),
                units_total=len(target.racks) * target.height,
                power_kw=round(self._drawn(target, slot) / WATTS, 3),
                power_limit_kw=target.power_kw,
                cooling_limit_kw=target.cooling_kw,
            )


def _reason(fitted: Fit, room: str) -> Reason:
    assert fitted.why is not None
    return Reason(code=fitted.why.value, data={"room": room, "need": fitted.need, "free": fitted.free})
