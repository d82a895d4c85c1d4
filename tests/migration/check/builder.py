"""Small estates and plans in code, and what the checker says of them.

One province with a city and a county, two departments, two clouds.

Weekly slots from Monday 2021-01-04. Without windows a cutover takes the whole first day of its slot. Network, clouds
and rooms have nothing left to do; systems are prepared, so that what is left of each is cutover, hypercare and
decommissioning, of two days each and of no effort.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from inventory.effort import EffortTable
from inventory.estate import CutoverLimit, EffortRow, Estate, Settings, TimeGrid
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from migration.calendar import CHINA_TIME
from migration.check import check_plan, message
from migration.plan import (
    CHANGES,
    STEPS,
    Disposed,
    Disposition,
    Finding,
    Grid,
    ItemState,
    Plan,
    PlanItem,
    PlanStatus,
    Track,
    Unplanned,
    item_id,
    slot_label,
)

MONDAY = dt.date(2021, 1, 4)
LATER = dt.date(2021, 1, 18)
"""A day in slot 2, for plans made when something has been done."""
SLOTS = 6
PREPARED = "2020-12-01T10:00:00+08:00"
Case = tuple[Inventory, Plan]
GRID = Grid(first_day=MONDAY, length_days=7, count=SLOTS)

READY = {"ipv6_stage": "verified"}
READY_CLOUD = {"ipv6_stage": "verified", "docking": {"state": "docked"}}
PLENTY = {"vcpu": 100, "memory_gib": 100, "storage_gib": 100}
DAYS = 2
"""How long every step lasts that is no change."""
EFFORT = [
    {"track": track.value, "step": step, "days": DAYS, "outage_minutes": 60, "rollback_minutes": 30}
    if (track, step) in CHANGES
    else {"track": track.value, "step": step, "days": DAYS}
    for track, steps in STEPS.items()
    for step in steps
]

BASE: dict[str, list[dict[str, Any]]] = {
    "division": [
        {"id": "140000", "level": "province", "code": "140000"},
        {"id": "140100", "level": "city", "code": "140100"},
        {"id": "140105", "level": "county", "code": "140105"},
    ],
    "department": [
        {"id": "city", "division": "140100", "sector": "health", "attached_to": [{"device": "access"}]},
        {"id": "county", "division": "140105", "sector": "finance", "attached_to": [{"device": "edge"}]},
    ],
    "cloud": [
        {"id": "yun-city", "tier": "city", "division": "140100", **READY_CLOUD},
        {"id": "yun-prov", "tier": "provincial", "division": "140000", **READY_CLOUD},
    ],
    "pool": [
        {"id": "city-a", "cloud": "yun-city", "capacity": [PLENTY], "attachments": [{"device": "aggregate"}]},
        {"id": "city-b", "cloud": "yun-city", "capacity": [PLENTY], "attachments": [{"device": "aggregate"}]},
        {"id": "prov", "cloud": "yun-prov", "capacity": [PLENTY], "attachments": [{"device": "root"}]},
    ],
    "device": [
        {"id": "root", "division": "140000", "level": "province", "role": "core", **READY},
        {"id": "aggregate", "division": "140100", "level": "city", "role": "aggregation", **READY},
        {"id": "access", "division": "140100", "level": "city", "role": "access", **READY},
        {"id": "edge", "division": "140105", "level": "county", "role": "access", **READY},
    ],
    "link": [
        {"id": "l1", "a_device": "access", "b_device": "aggregate", "bandwidth_mbps": 100},
        {"id": "l2", "a_device": "aggregate", "b_device": "root", "bandwidth_mbps": 100},
        {"id": "l3", "a_device": "edge", "b_device": "aggregate", "bandwidth_mbps": 100},
    ],
    "room": [
        {"id": "room-1", "division": "140100", "intention": "keep"},
        {"id": "room-2", "division": "140105", "intention": "keep"},
    ],
}


@dataclass
class Draft:
    """An estate in the making; ``inventory()`` builds it."""

    settings: dict[str, Any] = field(
        default_factory=lambda: {
            "headroom": 0.0,
            "management_root": "root",
            "shipped_effort": False,
            "evidence": (),
            "effort": [EffortRow.model_validate(row) for row in EFFORT],
        }
    )
    records: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {kind: [dict(row) for row in rows] for kind, rows in BASE.items()}
    )
    done: dict[str, str] = field(default_factory=dict)
    prepared: bool = True

    def add(self, kind: str, /, **fields: Any) -> Draft:
        """One more record."""
        self.records.setdefault(kind, []).append(fields)
        return self

    def system(self, key: str, /, *, vcpu: float = 1, department: str = "city", **fields: Any) -> Draft:
        """A system of one component."""
        part = {"id": "app", "vcpu": vcpu, "memory_gib": 1, "storage_gib": 1}
        return self.add("system", id=key, **({"department": department, "components": [part]} | fields))

    def needs(self, client: str, provider: str, **fields: Any) -> Draft:
        """A hard dependency, provider first."""
        ends = {"from": client, "to": provider, "strength": "hard", "order": "provider_first"}
        return self.add("dependency", **(ends | fields))

    def change(self, kind: str, key: str, /, **fields: Any) -> Draft:
        """Other values in a record that is there."""
        next(row for row in self.records[kind] if row["id"] == key).update(fields)
        return self

    def limit(self, per: str, most: int, selector: str = "") -> Draft:
        """One more limit of cutovers a slot."""
        self.settings.setdefault("limits", []).append(
            CutoverLimit.model_validate({"per": per, "max_cutovers": most, "selector": selector})
        )
        return self

    def inventory(self) -> Inventory:
        """The records, validated."""
        estate = Estate(
            name="test",
            as_of=MONDAY,
            grid=TimeGrid(start=MONDAY, length_days=7, count=SLOTS),
            settings=Settings.model_validate(self.settings),
        )
        kinds: dict[str, Any] = {}
        for kind, rows in self.records.items():
            found = [KINDS[kind].model_validate(row) for row in rows]
            kinds[plural(kind)] = {getattr(record, "id"): record for record in found}  # noqa: B009 - ids of all kinds
        systems = [key for key, system in kinds.get("systems", {}).items() if not system.classified]
        ready = {item_id(key, "prepare"): PREPARED for key in systems} if self.prepared else {}
        return Inventory(estate=estate, done=ready | self.done, **kinds)


def window_of(slot: int, day: int = 0) -> tuple[dt.datetime, int]:
    """The whole of one day of a slot."""
    return dt.datetime.combine(GRID.first_day_of(slot) + dt.timedelta(days=day), dt.time(), CHINA_TIME), 1440


KINDS_OF = {
    Track.CLOUD: ("pool", "cloud"),
    Track.NETWORK: ("device",),
    Track.LINE: ("line",),
    Track.SYSTEM: ("system",),
    Track.ROOM: ("room",),
}


def step_of(inventory: Inventory, name: str, step: str, start: dt.date, **fields: Any) -> PlanItem:
    """A well-formed step of an object (KIND:ID) that begins on a day; a change takes the whole day."""
    kind, _, key = name.partition(":")
    track = next(track for track, kinds in KINDS_OF.items() if kind in kinds)
    effort = EffortTable(inventory).of(track.value, step.partition("-")[0], kind, key)
    slot = fields.get("slot", GRID.slot_of(start))
    change = (track, step) in CHANGES
    values: dict[str, Any] = {
        "id": item_id(key, step, track),
        "track": track,
        "step": step,
        "object": name,
        "slot": slot,
        "slot_label": slot_label(GRID, slot),
        "start": start,
        "end": start if change else start + dt.timedelta(days=effort.days - 1),
    }
    if change:
        begin = dt.datetime.combine(start, dt.time(), CHINA_TIME)
        values |= {"window_start": begin, "window_minutes": 1440}
        values |= {"outage_minutes": effort.outage, "rollback_minutes": effort.rollback}
    return PlanItem.model_validate(values | fields)


def item_of(inventory: Inventory, system: str, slot: int, pool: str | None, **fields: Any) -> PlanItem:
    """A well-formed cutover, on the day of its window in the slot."""
    label = slot_label(GRID, slot)
    cloud = inventory.pools[pool].cloud if pool is not None and pool in inventory.pools else ""
    window = fields.get("window_start") or window_of(slot)[0]
    start = window.astimezone(CHINA_TIME).date()
    if GRID.slot_of(start) != slot:
        start = GRID.first_day_of(slot)
    known = system in inventory.systems
    like = inventory if known else inventory.replace(systems={system: next(iter(inventory.systems.values()))})
    values = {"pool": pool, "wave": f"{label}/{cloud}" if cloud else ""}
    return step_of(like, f"system:{system}", "cutover", start, **(values | fields))


def chain_of(inventory: Inventory, system: str, cutover: PlanItem | None, now: dt.date) -> list[PlanItem]:
    """What goes with a cutover: preparation that is done, hypercare and decommissioning from the next slot on."""
    name, found = f"system:{system}", []
    if item_id(system, "prepare") in inventory.done:
        found.append(done_step(inventory, name, "prepare"))
    if cutover is not None:
        start = max(now, GRID.first_day_of(cutover.slot + 1))
        found.append(step_of(inventory, name, "verify", start))
        found.append(step_of(inventory, name, "decommission", start + dt.timedelta(days=DAYS)))
    return found


def extended(inventory: Inventory, now: dt.date) -> list[PlanItem]:
    """Later capacity of pools that offers more, up to the day before it is there."""
    found = []
    for pool in inventory.pools.values():
        for sooner, later in pairwise(pool.capacity):
            more = any(getattr(later, name) > getattr(sooner, name) for name in ("vcpu", "memory_gib", "storage_gib"))
            if later.start is not None and later.start > now and more:
                end = later.start - dt.timedelta(days=1)
                step, start = f"extended-{later.start.isoformat()}", max(now, end - dt.timedelta(days=DAYS - 1))
                found.append(step_of(inventory, f"pool:{pool.id}", step, start, end=end))
    return found


def done_step(inventory: Inventory, name: str, step: str) -> PlanItem:
    """A step that a run has done, on its day."""
    kind, _, key = name.partition(":")
    track = next(track for track, kinds in KINDS_OF.items() if kind in kinds)
    moment = dt.datetime.fromisoformat(inventory.done[item_id(key, step, track)])
    day = moment.astimezone(CHINA_TIME).date()
    return step_of(inventory, name, step, day, **done(end=day))


def plan_of(
    inventory: Inventory,
    places: Mapping[str, tuple[int, str | None]],
    *,
    now: dt.date = MONDAY,
    unplanned: Iterable[str] = (),
    stay: Iterable[str] = (),
    fields: Mapping[str, Mapping[str, Any]] | None = None,
    extra: Iterable[PlanItem] = (),
) -> Plan:
    """A plan with the cutovers ``places`` (system -> slot, pool) and what goes with them, and ``extra`` items. Systems
    in ``stay`` are retained, all others move."""
    items = {
        system: item_of(inventory, system, slot, pool, **(fields or {}).get(system, {}))
        for system, (slot, pool) in places.items()
    }
    kept = set(stay)
    left_out = set(unplanned)
    systems = [key for key, system in inventory.systems.items() if not system.classified]
    chains = [
        item for key in systems for item in chain_of(inventory, key, None if key in kept else items.get(key), now)
    ]
    out = [item_id(key, step) for key in systems if key in left_out for step in ("cutover", "verify", "decommission")]
    return Plan(
        estate="test",
        as_of=MONDAY,
        now=now,
        status=PlanStatus.FEASIBLE,
        grid=GRID,
        items=tuple(
            sorted(
                (*items.values(), *chains, *extended(inventory, now), *extra),
                key=lambda item: (item.slot, item.wave, item.id),
            )
        ),
        dispositions=tuple(
            Disposed(
                system=system,
                disposition=Disposition.RETAIN if system in kept else Disposition.REHOST,
                rule="default:moves",
            )
            for system in systems
        ),
        unplanned=tuple(Unplanned(item=item, causes=(Finding(rule="H4", code="capacity"),)) for item in out),
    )


def done(**fields: Any) -> dict[str, Any]:
    """What makes an item a done one."""
    return {"state": ItemState.DONE, "window_start": None, "window_minutes": None, **fields}


def broken(case: Case) -> tuple[str, ...]:
    """Rule ids of the violations; every finding also has to make a sentence."""
    result = check_plan(*case)
    for finding in (*result.violations, *result.facts, *result.notes):
        assert message(finding)
    return result.rules


def codes(case: Case) -> set[str]:
    return {finding.code for finding in check_plan(*case).violations}


def facts(case: Case) -> set[tuple[str, str]]:
    return {(finding.rule, finding.code) for finding in check_plan(*case).facts}


def case(draft: Draft, places: Mapping[str, tuple[int, str | None]], **rest: Any) -> Case:
    inventory = draft.inventory()
    return inventory, plan_of(inventory, places, **rest)
