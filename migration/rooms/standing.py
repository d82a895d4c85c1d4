"""What still stands in each room, and why: systems, lines, assets, decisions of people; the state that follows.

A room closes only with no systems, no lines and no assets left (planning contract, section 2). What has left is judged
by what runs have recorded, never by what records do not say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from inventory.inventory import Inventory, split_ref
from inventory.kinds.rooms import Asset, AssetRole, Room, RoomIntention
from inventory.kinds.systems import System
from migration.calendar import CHINA_TIME
from migration.consolidation.decisions import decide
from migration.consolidation.model import Reason
from migration.disposition import DECISION, dispositions
from migration.outcomes import outcome_entries, with_outcomes
from migration.plan import Disposed, Disposition, Plan, item_id
from migration.rooms.lease import lease_of
from migration.rooms.model import Missing, Standing, Stands
from migration.rooms.state import derived_state, state_difference
from migration.steps import Track
from migration.tracks.lines import termination_of
from migration.tracks.rooms import intention_of, lines_at, systems_in
from migration.tracks.system_slots import done_on
from migration.tracks.system_tails import last_items

__all__ = ["standing"]

MACHINES = (AssetRole.SERVER, AssetRole.STORAGE)
"""Hardware that systems run on."""


def standing(
    inventory: Inventory, plan: Plan | None, now: dt.date, *, quarantined: Collection[tuple[str, str]] = ()
) -> tuple[Standing, ...]:
    """Every room, in the order of the files. plan: gives the days and what becomes of lines; without it only items are
    named, and lines are decided on as planning would. quarantined: (kind, id) of records left out for errors in them.

    PolicyError for a disposition or an outcome that does not exist.
    """
    outcomes = outcome_entries(decide(inventory, now, quarantined=quarantined)) if plan is None else plan.outcomes
    by_hand = frozenset(id for id, line in inventory.lines.items() if line.decisions.outcome is not None)
    seen = _View(with_outcomes(inventory, outcomes), plan, now, by_hand)
    return tuple(_room(seen, room) for room in inventory.rooms.values())


@dataclass
class _View:
    """What all rooms are looked at with."""

    inventory: Inventory
    plan: Plan | None
    now: dt.date
    lines_by_hand: frozenset[str]
    decided: Mapping[str, Disposed] = field(init=False)
    gone: Mapping[str, str | None] = field(init=False)

    def __post_init__(self) -> None:
        systems = self.inventory.systems
        self.decided = dispositions(self.inventory)
        moved = {id for id in self.decided if done_on(self.inventory, systems[id]) is not None}
        self.gone = last_items(self.inventory, self.decided, moved)[1]

    @cached_property
    def systems(self) -> Mapping[str, tuple[str, ...]]:
        """Room -> systems that have not left it."""
        return systems_in(self.inventory, self.gone)

    @cached_property
    def lines(self) -> Mapping[str, tuple[str, ...]]:
        """Room -> lines at it, ended ones included."""
        return lines_at(self.inventory)

    @cached_property
    def assets(self) -> Mapping[str, list[Asset]]:
        """Room -> hardware in it."""
        found: dict[str, list[Asset]] = {}
        for _, asset in sorted(self.inventory.assets.items()):
            found.setdefault(asset.room, []).append(asset)
        return found

    @cached_property
    def carried(self) -> Mapping[str, list[tuple[str, str]]]:
        """Asset -> (system, component) that runs on it and has not left."""
        found: dict[str, list[tuple[str, str]]] = {}
        for id in sorted(self.gone):
            for part in self.inventory.systems[id].components:
                for asset in part.assets:
                    found.setdefault(asset, []).append((id, part.id))
        return found

    @cached_property
    def emptied_of(self) -> frozenset[str]:
        """Rooms that runs have taken a system or an asset out of, or have cut over or switched off a system in."""
        found = set[str]()
        for name, fields in self.inventory.declared.items():
            for changed in ("runs_in", "room"):
                value = str(fields.get(changed) or "")
                kind, place = split_ref(value if changed == "runs_in" else f"room:{value}")
                if value and kind == "room" and self._place_now(name, changed) != value:
                    found.add(place)
        for room, systems in self.systems.items():
            steps = [item_id(id, step) for id in systems for step in ("cutover", "switch_off")]
            moved = any(self.inventory.systems[id].moved is not None for id in systems)
            if moved or any(step in self.inventory.done for step in steps):
                found.add(room)
        return frozenset(found)

    def _place_now(self, name: str, changed: str) -> str | None:
        kind, id = split_ref(name)
        if kind == "component":
            system, _, part = id.partition("/")
            record: object = self.inventory.component(system, part)
        else:
            record = self.inventory.of(kind).get(id)
        return getattr(record, changed, None)

    def day(self, item: str) -> tuple[dt.date | None, Reason | None]:
        """Last day of an item in the plan, or why it has none; neither without a plan."""
        if self.plan is None:
            return None, None
        found = self.plan.by_id.get(item)
        if found is not None:
            return found.end, None
        rule = self._unplanned.get(item)
        if rule is not None:
            return None, Reason(code="unplanned", data={"item": item, "rule": rule})
        return None, Reason(code="not-in-plan", data={"item": item})

    @cached_property
    def _unplanned(self) -> Mapping[str, str]:
        """Items without a place in the plan -> the first rule that keeps them out."""
        return {} if self.plan is None else {entry.item: entry.causes[0].rule for entry in self.plan.unplanned}

    def done_day(self, item: str) -> dt.date | None:
        """The day in China on which a run has finished an item."""
        moment = self.inventory.done.get(item)
        return None if moment is None else dt.datetime.fromisoformat(moment).astimezone(CHINA_TIME).date()


def _room(view: _View, room: Room) -> Standing:
    intention = intention_of(room)
    systems = [_system(view, room, id) for id in view.systems.get(room.id, ())]
    lines = [found for id in view.lines.get(room.id, ()) if (found := _line(view, id)) is not None]
    assets = [_asset(view, room, intention, asset) for asset in view.assets.get(room.id, ())]
    idle = [
        asset.id for asset in view.assets.get(room.id, ()) if asset.role in MACHINES and not view.carried.get(asset.id)
    ]
    stands = (*systems, *lines, *assets)
    state = derived_state(
        room,
        intention,
        view.inventory.done,
        systems=bool(systems),
        rest=bool(lines or assets),
        unknown=bool(idle),
        begun=room.id in view.emptied_of,
    )
    made = Standing(
        room=room.id,
        name=room.name,
        department=room.department or "",
        division=room.division,
        intention=intention,
        state=state,
        recorded=room.state,
        difference=state_difference(state, room.state, stands),
        stands=stands,
        missing=tuple(_missing(view, room, idle)) if intention is RoomIntention.CLOSE else (),
    )
    last = item_id(room.id, "colocated" if intention is RoomIntention.COLOCATION else "closed", Track.ROOM)
    free = view.done_day(last) or view.day(last)[0]
    return made.model_copy(update={"lease": lease_of(room, made, free, view.now, planned=view.plan is not None)})


def _system(view: _View, room: Room, id: str) -> Stands:
    system, last = view.inventory.systems[id], view.gone[id]
    day, reason = view.day(last) if last is not None else (None, _why_it_stays(view.decided[id]))
    return Stands(
        kind="system",
        id=id,
        name=system.name,
        department=system.department,
        parts=_parts_in(system, room.id),
        after=last or "",
        gone=day,
        stays=last is None,
        reason=reason,
    )


def _parts_in(system: System, room: str) -> tuple[str, ...]:
    place = f"room:{room}"
    return tuple(part.id for part in system.components if (part.runs_in or system.runs_in) == place)


def _why_it_stays(disposed: Disposed) -> Reason:
    code = "colocated" if disposed.disposition is Disposition.COLOCATE else "retained"
    return Reason(code=code, data={"rule": disposed.rule, "reason": disposed.reason, "role": disposed.role})


def _line(view: _View, id: str) -> Stands | None:
    """A line at a room; None where it has ended."""
    line, last = view.inventory.lines[id], termination_of(view.inventory, id)
    if last == "":
        return None
    if last is not None:
        day, reason = view.day(last)
    else:
        decision = line.decisions.outcome
        day = None
        if line.classified:
            reason = Reason(code="classified")
        elif decision is None:
            reason = Reason(code="line-undecided")
        else:
            by_hand = id in view.lines_by_hand
            by, why = (DECISION, decision.reason) if by_hand else (decision.reason, "")
            reason = Reason(code="line-kept", data={"outcome": decision.value, "by": by, "reason": why})
    return Stands(
        kind="line",
        id=id,
        name=line.name,
        department=line.department,
        after=last or "",
        gone=day,
        stays=last is None,
        reason=reason,
    )


def _asset(view: _View, room: Room, intention: RoomIntention, asset: Asset) -> Stands:
    """Hardware goes with the hand-over, unless a system on it stays or its owner's equipment is colocated."""
    on_it = view.carried.get(asset.id, ())
    owner = asset.department or room.department or ""
    staying = sorted({system for system, _ in on_it if view.gone[system] is None})
    department = view.inventory.departments.get(owner)
    after, day, reason = "", None, None
    if intention is not RoomIntention.CLOSE:
        reason = Reason(code=f"room-{intention.value}")
    elif staying:
        reason = Reason(code="carries", data={"count": len(staying), "first": staying[0]})
    elif department is not None and department.politics_and_law:
        reason = Reason(code="to-colocate")
    else:
        after = item_id(room.id, "handed_over", Track.ROOM)
        day, reason = (view.done_day(after), None) if after in view.inventory.done else view.day(after)
    return Stands(
        kind="asset",
        id=asset.id,
        name=asset.name or asset.model,
        department=owner,
        parts=tuple(f"{system}/{part}" for system, part in on_it),
        after=after,
        gone=day,
        stays=not after,
        reason=reason,
    )


def _missing(view: _View, room: Room, idle: list[str]) -> Iterator[Missing]:
    """Decisions that only people can take, for a room that is to be closed."""
    if room.department is None:
        yield Missing(record=f"room:{room.id}", reason=Reason(code="room-no-owner"))
    for id in view.systems.get(room.id, ()):
        if view.gone[id] is None:
            disposed = view.decided[id]
            reason = Reason(
                code="system-or-room", data={"disposition": disposed.disposition.value, "rule": disposed.rule}
            )
            yield Missing(record=f"system:{id}", reason=reason)
    for id in view.lines.get(room.id, ()):
        if termination_of(view.inventory, id) is None:
            code = "line-or-room" if id in view.lines_by_hand else "line-undecided"
            yield Missing(record=f"line:{id}", reason=Reason(code=code))
    if room.department is None:
        for asset in view.assets.get(room.id, ()):
            if asset.department is None:
                yield Missing(record=f"asset:{asset.id}", reason=Reason(code="asset-no-owner"))
    if idle:
        reason = Reason(code="asset-use-unknown", data={"count": len(idle), "first": idle[0]})
        yield Missing(record=f"room:{room.id}", reason=reason)
