"""What a plan comes to: by track, department and month; IPv6 stages by level and area; lines and rooms."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.inventory import Inventory
from inventory.kinds.lines import InternetExit, Line, LineState, PrivateNetwork
from inventory.kinds.network import Ipv6Stage
from inventory.kinds.rooms import RoomState
from inventory.kinds.territory import Level
from migration.outcomes import with_outcomes
from migration.plan import ItemState, Plan, PlanItem, item_id
from migration.steps import Track

__all__ = [
    "FINISHING",
    "STAGES",
    "DepartmentRow",
    "OutcomeRow",
    "RoomRow",
    "Stage",
    "StageRow",
    "TrackRow",
    "area_of",
    "by_department",
    "by_month",
    "by_outcome",
    "by_track",
    "ipv6_stages",
    "rooms_of",
]

STAGES = tuple(stage for stage in Ipv6Stage if stage is not Ipv6Stage.NONE)

FINISHING: Mapping[tuple[Track, str], str] = {
    (Track.CLOUD, "docked"): "docked",
    (Track.NETWORK, "verified"): "dual_stack",
    (Track.LINE, "cutover"): "line_cutover",
    (Track.LINE, "terminated"): "line_ended",
    (Track.SYSTEM, "cutover"): "moved",
    (Track.SYSTEM, "switch_off"): "switched_off",
    (Track.ROOM, "closed"): "room_closed",
    (Track.ROOM, "colocated"): "room_closed",
}
"""Items by which progress is counted, and what they count as."""


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A track: its items, how many of them are changes and done, first and last day, steps unplanned and skipped."""

    track: Track
    items: int
    changes: int
    done: int
    first: dt.date | None
    last: dt.date | None
    unplanned: int
    skipped: int


def by_track(plan: Plan) -> tuple[TrackRow, ...]:
    """A row for each track, also where there is nothing."""
    items: dict[Track, list[PlanItem]] = {track: [] for track in Track}
    for item in plan.items:
        items[item.track].append(item)
    unplanned = Counter(entry.item.partition("/")[0] for entry in plan.unplanned)
    skipped = Counter(entry.item.partition("/")[0] for entry in plan.skipped)
    return tuple(
        TrackRow(
            track=track,
            items=len(members),
            changes=sum(item.changes for item in members),
            done=sum(item.state is ItemState.DONE for item in members),
            first=min((item.start for item in members), default=None),
            last=max((item.end for item in members), default=None),
            unplanned=unplanned[track.value],
            skipped=skipped[track.value],
        )
        for track, members in items.items()
    )


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department: finished objects by what they count as (values of ``FINISHING``), and the days of its items."""

    department: str
    items: int
    counts: Mapping[str, int]
    first: dt.date
    last: dt.date


def by_department(plan: Plan) -> tuple[DepartmentRow, ...]:
    """Departments with items, by id; items without an owner stand under the empty id."""
    items: dict[str, list[PlanItem]] = {}
    for item in plan.items:
        items.setdefault(item.department, []).append(item)
    return tuple(
        DepartmentRow(
            department=department,
            items=len(members),
            counts=Counter(
                kind for item in members if (kind := FINISHING.get((item.track, item.base_step))) is not None
            ),
            first=min(item.start for item in members),
            last=max(item.end for item in members),
        )
        for department, members in sorted(items.items())
    )


def by_month(plan: Plan) -> Mapping[str, Mapping[str, int]]:
    """Month (``2021-04``) -> what is finished in it (values of ``FINISHING``) -> objects; months in order."""
    found: dict[str, Counter[str]] = {}
    for item in plan.items:
        kind = FINISHING.get((item.track, item.base_step))
        if kind is not None:
            found.setdefault(f"{item.end:%Y-%m}", Counter())[kind] += 1
    return dict(sorted(found.items()))


def area_of(inventory: Inventory, division: str) -> str:
    """The division of level city that a division is or lies in; else the one at the top."""
    lineage = inventory.lineage(division)
    for name in lineage:
        record = inventory.divisions.get(name)
        if record is not None and record.level is Level.CITY:
            return name
    return lineage[-1]


@dataclass(frozen=True, slots=True)
class Stage:
    """One IPv6 stage of some devices: how many had it before the plan, get it in the plan, need it not, and the first
    and last day on which the plan ends it."""

    before: int = 0
    planned: int = 0
    skipped: int = 0
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class StageRow:
    """Devices of one level and area, and their stages in the order of ``STAGES``."""

    level: Level
    area: str
    devices: tuple[str, ...]
    stages: tuple[Stage, ...]


def ipv6_stages(inventory: Inventory, plan: Plan) -> tuple[StageRow, ...]:
    """Rows from the top level down, then by area."""
    members: dict[tuple[Level, str], list[str]] = {}
    for id, device in inventory.devices.items():
        members.setdefault((device.level, area_of(inventory, device.division)), []).append(id)
    skipped = {entry.item for entry in plan.skipped}
    levels = list(Level)
    return tuple(
        StageRow(
            level, area, tuple(sorted(ids)), tuple(_stage(inventory, plan, skipped, ids, stage) for stage in STAGES)
        )
        for (level, area), ids in sorted(members.items(), key=lambda entry: (levels.index(entry[0][0]), entry[0][1]))
    )


def _stage(inventory: Inventory, plan: Plan, skipped: set[str], devices: Iterable[str], stage: Ipv6Stage) -> Stage:
    order = list(Ipv6Stage)
    names = [item_id(device, stage.value, Track.NETWORK) for device in devices]
    ends = [plan.by_id[name].end for name in names if name in plan.by_id]
    return Stage(
        before=sum(
            name not in plan.by_id and order.index(inventory.devices[device].ipv6_stage) >= order.index(stage)
            for device, name in zip(devices, names, strict=True)
        ),
        planned=len(ends),
        skipped=sum(name in skipped for name in names),
        first=min(ends, default=None),
        last=max(ends, default=None),
    )


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """Lines, private networks or internet exits of one outcome (empty: undecided).

    cut_over, ended: how many are, on record or in the plan; last_cutover, last_end: last day of that in the plan.
    fee: yuan a month of all of them.
    """

    kind: str
    outcome: str
    count: int
    cut_over: int
    ended: int
    last_cutover: dt.date | None
    last_end: dt.date | None
    fee: float


_CUT_OVER = (LineState.CUT_OVER, LineState.NOTICE_GIVEN, LineState.TERMINATED)


def by_outcome(inventory: Inventory, plan: Plan) -> tuple[OutcomeRow, ...]:
    """Unclassified lines, private networks and exits, by kind and outcome: by hand, else the plan's."""
    inventory = with_outcomes(inventory, plan.outcomes)
    members: dict[tuple[str, str], list[Line | PrivateNetwork | InternetExit]] = {}
    records: list[tuple[str, Line | PrivateNetwork | InternetExit]] = [
        *(("line", record) for record in inventory.lines.values() if not record.classified),
        *(("private_network", record) for record in inventory.private_networks.values() if not record.classified),
        *(("internet_exit", record) for record in inventory.internet_exits.values()),
    ]
    for kind, record in records:
        decided = record.decisions.outcome
        members.setdefault((kind, decided.value if decided is not None else ""), []).append(record)
    return tuple(_outcome(plan, kind, outcome, found) for (kind, outcome), found in sorted(members.items()))


def _outcome(plan: Plan, kind: str, outcome: str, records: list[Line | PrivateNetwork | InternetExit]) -> OutcomeRow:
    def ends(step: str) -> list[dt.date]:
        names = (item_id(record.id, step, Track.LINE) for record in records)
        return [plan.by_id[name].end for name in names if name in plan.by_id]

    cut, ended = ends("cutover"), ends("terminated")
    return OutcomeRow(
        kind=kind,
        outcome=outcome,
        count=len(records),
        cut_over=len(cut) + sum(record.state in _CUT_OVER for record in records),
        ended=len(ended) + sum(record.state is LineState.TERMINATED for record in records),
        last_cutover=max(cut, default=None),
        last_end=max(ended, default=None),
        fee=sum(record.fee_yuan_per_month for record in records),
    )


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A server room that is to go: its intention and state, the days of its steps, the end of its lease."""

    room: str
    name: str
    department: str
    intention: str
    state: RoomState
    emptied: dt.date | None
    handed_over: dt.date | None
    finished: dt.date | None
    lease_end: dt.date | None


def rooms_of(inventory: Inventory, plan: Plan) -> tuple[RoomRow, ...]:
    """Rooms that are to be closed or become colocation rooms, by the day they are finished (never last), then id."""
    found = []
    for id, room in inventory.rooms.items():
        intention = room.decisions.intention.value if room.decisions.intention is not None else room.intention.value
        if intention == "keep":
            continue
        days = {
            step: plan.by_id[name].end if (name := item_id(id, step, Track.ROOM)) in plan.by_id else None
            for step in ("emptied", "handed_over", "closed", "colocated")
        }
        found.append(
            RoomRow(
                room=id,
                name=room.name,
                department=room.department or "",
                intention=intention,
                state=room.state,
                emptied=days["emptied"],
                handed_over=days["handed_over"],
                finished=days["closed"] or days["colocated"],
                lease_end=room.lease_end,
            )
        )
    return tuple(sorted(found, key=lambda row: (row.finished is None, row.finished or dt.date.min, row.room)))
