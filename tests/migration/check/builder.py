"""Small estates and plans in code, and what the checker says of them.

One province with a city and a county, two departments, two clouds.

Weekly slots from Monday 2021-01-04. Without windows a cutover takes the whole first day of its slot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from inventory.estate import CutoverLimit, Estate, Settings, TimeGrid
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from migration.calendar import CHINA_TIME
from migration.check import check_plan, message
from migration.plan import (
    Disposed,
    Disposition,
    Finding,
    Grid,
    ItemState,
    Plan,
    PlanItem,
    PlanStatus,
    Unplanned,
    item_id,
    slot_label,
)

MONDAY = dt.date(2021, 1, 4)
LATER = dt.date(2021, 1, 18)
"""A day in slot 2, for plans made when something has been done."""
SLOTS = 6
Case = tuple[Inventory, Plan]
GRID = Grid(first_day=MONDAY, length_days=7, count=SLOTS)

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
        {"id": "yun-city", "tier": "city", "division": "140100"},
        {"id": "yun-prov", "tier": "provincial", "division": "140000"},
    ],
    "pool": [
        {"id": "city-a", "cloud": "yun-city", "capacity": [{"vcpu": 100, "memory_gib": 100, "storage_gib": 100}]},
        {"id": "city-b", "cloud": "yun-city", "capacity": [{"vcpu": 100, "memory_gib": 100, "storage_gib": 100}]},
        {"id": "prov", "cloud": "yun-prov", "capacity": [{"vcpu": 100, "memory_gib": 100, "storage_gib": 100}]},
    ],
    "device": [
        {"id": "root", "division": "140000", "level": "province", "role": "core"},
        {"id": "aggregate", "division": "140100", "level": "city", "role": "aggregation"},
        {"id": "access", "division": "140100", "level": "city", "role": "access"},
        {"id": "edge", "division": "140105", "level": "county", "role": "access"},
    ],
    "link": [
        {"id": "l1", "a_device": "access", "b_device": "aggregate", "bandwidth_mbps": 100},
        {"id": "l2", "a_device": "aggregate", "b_device": "root", "bandwidth_mbps": 100},
        {"id": "l3", "a_device": "edge", "b_device": "aggregate", "bandwidth_mbps": 100},
    ],
    "room": [{"id": "room-1", "division": "140100"}, {"id": "room-2", "division": "140105"}],
}


@dataclass
class Draft:
    """An estate in the making; ``inventory()`` builds it."""

    settings: dict[str, Any] = field(default_factory=lambda: {"headroom": 0.0, "management_root": "root"})
    records: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {kind: [dict(row) for row in rows] for kind, rows in BASE.items()}
    )
    done: dict[str, str] = field(default_factory=dict)

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
        return Inventory(estate=estate, done=self.done, **kinds)


def window_of(slot: int, day: int = 0) -> tuple[dt.datetime, int]:
    """The whole of one day of a slot."""
    return dt.datetime.combine(GRID.first_day_of(slot) + dt.timedelta(days=day), dt.time(), CHINA_TIME), 1440


def item_of(inventory: Inventory, system: str, slot: int, pool: str | None, **fields: Any) -> PlanItem:
    """A well-formed cutover."""
    label = slot_label(GRID, slot)
    start, minutes = window_of(slot)
    cloud = inventory.pools[pool].cloud if pool is not None and pool in inventory.pools else ""
    values: dict[str, Any] = {
        "id": item_id(system),
        "object": f"system:{system}",
        "slot": slot,
        "slot_label": label,
        "window_start": start,
        "window_minutes": minutes,
        "pool": pool,
        "wave": f"{label}/{cloud}" if cloud else "",
    }
    return PlanItem.model_validate(values | fields)


def plan_of(
    inventory: Inventory,
    places: Mapping[str, tuple[int, str | None]],
    *,
    now: dt.date = MONDAY,
    unplanned: Iterable[str] = (),
    stay: Iterable[str] = (),
    fields: Mapping[str, Mapping[str, Any]] | None = None,
) -> Plan:
    """A plan with the cutovers ``places`` (system -> slot, pool). Systems in ``stay`` are retained, all others move."""
    items = [
        item_of(inventory, system, slot, pool, **(fields or {}).get(system, {}))
        for system, (slot, pool) in places.items()
    ]
    kept = set(stay)
    return Plan(
        estate="test",
        as_of=MONDAY,
        now=now,
        status=PlanStatus.FEASIBLE,
        grid=GRID,
        items=tuple(sorted(items, key=lambda item: (item.slot, item.wave, item.id))),
        dispositions=tuple(
            Disposed(
                system=system,
                disposition=Disposition.RETAIN if system in kept else Disposition.REHOST,
                rule="default:moves",
            )
            for system, record in inventory.systems.items()
            if not record.classified
        ),
        unplanned=tuple(
            Unplanned(item=item_id(system), causes=(Finding(rule="H4", code="capacity"),)) for system in unplanned
        ),
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
