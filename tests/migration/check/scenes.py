"""Tiny estates of all five tracks and plans of them: one scene is both, in plain numbers.

Days count from Monday 2021-01-04, slots are weeks. A system moves from a room to a pool, a second one is retired, three
devices become dual-stack, one line ends, the pool is built on the way: each as far as the scene has it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from inventory.estate import EffortRow, Estate, Settings, TimeGrid
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from migration.calendar import CHINA_TIME
from migration.plan import (
    CHANGES,
    STEPS,
    Disposed,
    Disposition,
    Finding,
    Grid,
    ItemState,
    Nature,
    Plan,
    PlanItem,
    PlanStatus,
    Track,
    Unplanned,
    item_id,
    slot_label,
)

FIRST = dt.date(2021, 1, 4)
SLOTS = 12
GRID = Grid(first_day=FIRST, length_days=7, count=SLOTS)
ROLLBACK = 30
CHANGE_OUTAGE = 60
WINDOW = 240
BANDWIDTH = 100.0
AREAS = {"root": "province-140000", "mid": "city-140100", "edge": "city-140100"}
TRACKS = {
    "pool": Track.CLOUD,
    "device": Track.NETWORK,
    "line": Track.LINE,
    "system": Track.SYSTEM,
    "room": Track.ROOM,
}
ENDS = {"l1": ("mid", "root"), "l2": ("edge", "mid"), "l3": ("edge", "root")}
Key = tuple[str, str]


@dataclass
class Row:
    """An item: first day, days. links, closes and method as far as it is a copy or a bridge."""

    start: int
    days: int = 1
    links: tuple[str, ...] = ()
    closes: int | None = None
    method: str | None = None

    @property
    def end(self) -> int:
        return self.start + self.days - 1


@dataclass
class Scene:
    """metrics: towards the root, of l1 to l3; back it is 10. built: day from which the pool offers anything. lengths:
    days by step. effort: person-days of each work and change; given: those of the team a week. late: (metric, last
    day) of a hard target. rows: the plan; out: what it lists as unplanned."""

    stages: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, int] = field(default_factory=lambda: {"l1": 10, "l2": 10, "l3": 10})
    twins: bool = False
    line: str = ""
    line_state: str = "in_use"
    notice: int = 0
    built: int | None = None
    moves: bool = True
    data: float = 0.0
    share: float = 0.5
    address: bool = False
    ipv6: str = ""
    ipv6_day: int = 0
    weekend: bool = False
    outage: int = 60
    allowed: int = 120
    vcpu: float = 10.0
    retired: bool = False
    room: bool = False
    lengths: dict[str, int] = field(default_factory=dict)
    effort: float = 0.0
    given: float = 100.0
    changes: int = 60
    pin: int | None = None
    late: tuple[str, int] | None = None
    freeze: tuple[str, int, int] | None = None
    rows: dict[Key, Row] = field(default_factory=dict)
    out: set[Key] = field(default_factory=set)

    def length(self, step: str) -> int:
        return self.lengths.get(step, 1)


BRIDGE_DAYS = 5
COPY_KEEP_DAYS = 20
PARALLEL_RUN_DAYS = 21
IDLE_DAYS = 3
OBSERVED_DAYS = 4
CAPACITY = 12.0


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def is_change(key: Key) -> bool:
    return (TRACKS[key[0].partition(":")[0]], key[1]) in CHANGES


def works(key: Key) -> bool:
    """Whether people work on it."""
    return STEPS[TRACKS[key[0].partition(":")[0]]][key[1]] is not Nature.WAIT


def _effort(scene: Scene) -> list[EffortRow]:
    rows = []
    for track, steps in STEPS.items():
        for step, nature in steps.items():
            change = nature is Nature.CHANGE
            cutover = (track, step) == (Track.SYSTEM, "cutover")
            row = {
                "track": track.value,
                "step": step,
                "days": 1 if change else scene.length(step),
                "skills": {} if nature is Nature.WAIT else {"network": scene.effort},
                "outage_minutes": (scene.outage if cutover else CHANGE_OUTAGE) if change else 0,
                "rollback_minutes": ROLLBACK if change else 0,
            }
            rows.append(EffortRow.model_validate(row))
    return rows


def _network(scene: Scene) -> dict[str, list[dict[str, Any]]]:
    divisions = [
        {"id": "140000", "level": "province", "code": "140000"},
        {"id": "140100", "level": "city", "code": "140100"},
    ]
    devices = [
        {
            "id": name,
            "division": "140000" if name == "root" else "140100",
            "level": "province" if name == "root" else "city",
            "role": "core",
            "ipv6_stage": scene.stages.get(name, "verified"),
            "redundancy_group": "pair" if scene.twins and name != "root" else "",
        }
        for name in AREAS
    ]
    links = [
        {"id": name, "a_device": one, "b_device": other, "bandwidth_mbps": BANDWIDTH, "metric_ab": scene.metrics[name]}
        for name, (one, other) in ENDS.items()
    ]
    return {"division": divisions, "device": devices, "link": links}


def _rest(scene: Scene) -> dict[str, list[dict[str, Any]]]:
    ready = {"ipv6_stage": "verified", "docking": {"state": "docked"}}
    offer: dict[str, Any] = {"vcpu": CAPACITY, "memory_gib": 100, "storage_gib": 100}
    if scene.built is not None:
        offer["from"] = day(scene.built)
    at_room = {"department": "d", "runs_in": "room:r"}
    found: dict[str, list[dict[str, Any]]] = {
        "department": [{"id": "d", "division": "140100", "attached_to": [{"device": "edge"}]}],
        "cloud": [{"id": "c", "tier": "city", "division": "140100", **ready}],
        "pool": [{"id": "p", "cloud": "c", "capacity": [offer], "attachments": [{"device": "root"}]}],
        "room": [
            {
                "id": "r",
                "division": "140100",
                "department": "d",
                "intention": "close" if scene.room else "keep",
                "attached_to": ["device:edge"],
            }
        ],
        "team": [{"id": "t", "skills": {"network": scene.given}}],
    }
    if scene.moves:
        part = {"id": "app", "vcpu": scene.vcpu, "memory_gib": 1, "storage_gib": 1, "data_gib": scene.data}
        pin = {} if scene.pin is None else {"slot": {"value": GRID.label(scene.pin)}}
        ipv6 = {"": None, "by": {"by": day(scene.ipv6_day)}}.get(scene.ipv6, scene.ipv6)
        windows = ["nights"] if scene.weekend else []
        found["system"] = [
            {
                "id": "a",
                "components": [part],
                "decisions": pin,
                "needs_ipv6": ipv6,
                "windows": windows,
                "allowed_outage_minutes": scene.allowed,
                **at_room,
            }
        ]
    if scene.retired:
        found.setdefault("system", []).append({"id": "z", "decisions": {"disposition": {"value": "retire"}}, **at_room})
    if scene.weekend:
        rule = {"selector": "id:nobody", "rule": "FREQ=WEEKLY;BYDAY=SA,SU", "start": "22:00"}
        found["window"] = [{"id": "nights", "duration_minutes": WINDOW, **rule}]
    if scene.address:
        found["external_object"] = [{"id": "x"}]
        found["dependency"] = [{"from": "external_object:x", "to": "a", "reaches_by": "address", "id": "n"}]
    if scene.line:
        line = {"id": "w", "department": "d", "a": "room:r", "systems": ["a"] if scene.moves else []}
        outcome = {"decisions": {"outcome": {"value": scene.line}}, "state": scene.line_state}
        found["line"] = [{**line, **outcome, "notice_days": scene.notice}]
    if scene.late is not None:
        metric, last = scene.late
        found["target"] = [{"id": "t", "metric": metric, "hard": True, "date": day(last)}]
    if scene.freeze is not None:
        selector, first, last = scene.freeze
        found["freeze"] = [{"id": "f", "selector": selector, "start": day(first), "end": day(last)}]
    return found


def estate(scene: Scene) -> Inventory:
    """The inventory of a scene."""
    settings = Settings(
        management_root="root",
        headroom=0.0,
        migration_share=scene.share,
        shipped_effort=False,
        effort=tuple(_effort(scene)),
        bridge_days=BRIDGE_DAYS,
        copy_keep_days=COPY_KEEP_DAYS,
        parallel_run_days=PARALLEL_RUN_DAYS,
        idle_days=IDLE_DAYS,
        switched_off_days=OBSERVED_DAYS,
        network_changes=scene.changes,
    )
    grid = TimeGrid(start=FIRST, length_days=7, count=SLOTS)
    kinds: dict[str, Any] = {}
    for kind, rows in (_network(scene) | _rest(scene)).items():
        records = [KINDS[kind].model_validate(row) for row in rows]
        kinds[plural(kind)] = {getattr(record, "id"): record for record in records}  # noqa: B009 - ids of all kinds
    done = {item_id("a", "prepare"): "2020-12-01T10:00:00+08:00"} if scene.moves else {}
    return Inventory(estate=Estate(name="scene", as_of=FIRST, grid=grid, settings=settings), done=done, **kinds)


def plan(scene: Scene, paths: Mapping[str, tuple[str, ...]]) -> Plan:
    """The plan of a scene, with the management paths of its devices."""
    items = [_item(scene, key, row) for key, row in scene.rows.items()]
    decided = []
    if scene.moves:
        prepared = _item(scene, ("system:a", "prepare"), Row((dt.date(2020, 12, 1) - FIRST).days))
        items.append(prepared.model_copy(update={"state": ItemState.DONE, "work": ()}))
        decided.append(Disposed(system="a", disposition=Disposition.REHOST, rule="default:moves"))
    if scene.retired:
        decided.append(Disposed(system="z", disposition=Disposition.RETIRE, rule="decision"))
    left_out = [item_id(name.partition(":")[2], step, TRACKS[name.partition(":")[0]]) for name, step in scene.out]
    return Plan(
        estate="scene",
        as_of=FIRST,
        now=FIRST,
        status=PlanStatus.FEASIBLE,
        grid=GRID,
        items=tuple(items),
        dispositions=tuple(decided),
        unplanned=tuple(Unplanned(item=item, causes=(Finding(rule="H4", code="capacity"),)) for item in left_out),
        paths=dict(paths),
    )


def _item(scene: Scene, key: Key, row: Row) -> PlanItem:
    name, step = key
    kind, _, id = name.partition(":")
    slot = row.start // 7
    label = slot_label(GRID, slot)
    values: dict[str, Any] = {
        "id": item_id(id, step, TRACKS[kind]),
        "track": TRACKS[kind],
        "step": step,
        "object": name,
        "slot": slot,
        "slot_label": label,
        "start": day(row.start),
        "end": day(row.end),
    }
    if works(key) and scene.effort:
        values["work"] = [{"team": "t", "skill": "network", "days": scene.effort}]
    if is_change(key):
        night = scene.weekend and key == ("system:a", "cutover")
        begin = dt.datetime.combine(day(row.start), dt.time(22 if night else 0), CHINA_TIME)
        values |= {"window_start": begin, "window_minutes": WINDOW if night else 1440, "rollback_minutes": ROLLBACK}
        values["outage_minutes"] = scene.outage if key == ("system:a", "cutover") else CHANGE_OUTAGE
        if kind == "device":
            values["wave"] = f"{label}/{AREAS[id]}"
    if key == ("system:a", "cutover"):
        values |= {"pool": "p", "wave": f"{label}/c"}
    if step == "replicate":
        rate = scene.data * 8589.934592 / (row.days * 86400)
        values |= {"pool": "p", "links": row.links, "rate_mbps": rate if row.links else None}
    if step == "bridge":
        closes = None if row.closes is None else day(row.closes)
        values |= {"bridge": row.method, "closes": closes, "records": ["dependency:n"]}
    return PlanItem.model_validate(values)
