"""A province in small: two pools of one cloud, two departments, systems as asked for, and plans that land them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from migration.plan import Disposed, Disposition, Grid, ItemState, Plan, PlanItem, PlanStatus

__all__ = ["DAY", "EXAMPLE", "SETTINGS", "component", "estate", "plan_of", "plan_of_example", "system"]

DAY = dt.date(2021, 4, 12)
EXAMPLE = Path(__file__).parents[3] / "examples" / "clouds"
SOURCE = {"source": "test"}

SETTINGS: dict[str, Any] = {
    "clouds": [
        {
            "cloud": "yun", "login": "bed", "region": "RegionOne", "external_network": "outside", "key": "ops",
            "dns_zone": "yun.cegn.", "dns_mail": "hostmaster@yun.cegn", "dns_servers": ["10.14.1.53", "3fff:1::53"],
            "pools": [{"pool": "yun-b", "availability_zone": "az-b", **SOURCE}],
            "images": [
                {"image": "plain", **SOURCE},
                {"image": "arm", "technology": "arm", **SOURCE},
                {"image": "database", "role": "database", **SOURCE},
                {"image": "dm", "component_technology": "dm8*", **SOURCE},
            ],
            "flavors": [
                {"name": "large", "vcpu": 8, "memory_gib": 16, **SOURCE},
                {"name": "small", "vcpu": 2, "memory_gib": 4, **SOURCE},
                {"name": "small-wide", "vcpu": 2, "memory_gib": 8, **SOURCE},
                {"name": "arm", "vcpu": 1, "memory_gib": 2, "technology": "arm", **SOURCE},
            ],
            "volume_types": [{"type": "ssd", "role": "database", **SOURCE}],
            **SOURCE,
        }
    ],
    "baseline": [
        {"name": "operators", "protocol": "tcp", "ports": [22, 22], "prefix": "10.255.0.0/24", **SOURCE},
        {"name": "operators", "protocol": "icmp", "prefix": "3fff:f::/64", **SOURCE},
        {"name": "users", "role": "web", "protocol": "tcp", "ports": [443, 443], "prefix": "10.0.0.0/8", **SOURCE},
    ],
    "protected": [{"stack": "system.*", "resource": "volume-db-*", **SOURCE}],
}  # fmt: skip

RECORDS: dict[str, list[dict[str, Any]]] = {
    "division": [{"id": "140000", "level": "province", "code": "140000"}],
    "department": [{"id": "mzt", "division": "140000"}, {"id": "gat", "division": "140000"}],
    "cloud": [{"id": "yun", "tier": "provincial", "division": "140000"}],
    "pool": [
        {"id": "yun-a", "cloud": "yun", "zone": "1", "capacity": [{"vcpu": 64, "memory_gib": 99, "storage_gib": 999}]},
        {"id": "yun-b", "cloud": "yun", "technology": "arm", "capacity": [{"vcpu": 8, "memory_gib": 16}]},
    ],
    "prefix": [
        {"id": "a4", "prefix": "10.128.0.0/16", "purpose": "pool", "division": "140000", "site": "yun-a"},
        {"id": "a6", "prefix": "3fff:a::/56", "purpose": "pool", "division": "140000", "site": "yun-a"},
        {"id": "b4", "prefix": "10.129.0.0/24", "purpose": "pool", "division": "140000", "site": "yun-b"},
        {"id": "users", "prefix": "10.14.0.0/16", "purpose": "users", "division": "140000"},
        {"id": "users-gat", "prefix": "10.15.0.0/24", "purpose": "users", "division": "140000", "department": "gat"},
    ],
    "external_object": [{"id": "population", "addresses": ["10.1.2.3", "population.gov.cn"]}],
}  # fmt: skip


def component(id: str = "web", **more: Any) -> dict[str, Any]:
    """A component of 2 vCPU, 4 GiB and 20 GiB."""
    return {"id": id, "role": "web", "vcpu": 2, "memory_gib": 4, "storage_gib": 20} | more


def system(id: str, *components: dict[str, Any], department: str = "mzt", **more: Any) -> dict[str, Any]:
    """A system of grade 2."""
    return {"id": id, "department": department, "grade": 2, "components": components or (component(),)} | more


def estate(
    systems: Iterable[dict[str, Any]],
    dependencies: Iterable[dict[str, Any]] = (),
    settings: Mapping[str, Any] | None = None,
    **records: list[dict[str, Any]],
) -> Inventory:
    """An inventory with these systems; ``records`` take the place of those of their kind."""
    plain = RECORDS | {"system": list(systems), "dependency": list(dependencies)} | records
    made: dict[str, Any] = {}
    for kind, listed in plain.items():
        found = [KINDS[kind].model_validate(record) for record in listed]
        made[plural(kind)] = {record.id: record for record in found}  # type: ignore[attr-defined]  # every kind has an id
    head = Estate.model_validate(
        {"name": "x", "as_of": "2021-01-04", "settings": {"stacks": SETTINGS if settings is None else settings}}
    )
    return Inventory(estate=head, **made)


def plan_of(pools: Mapping[str, str], *, day: dt.date = DAY, days: Mapping[str, dt.date] | None = None) -> Plan:
    """A plan that lands each system in a pool, on ``day`` or its own of ``days``."""
    grid = Grid(first_day=dt.date(2021, 1, 4), length_days=7, count=52)
    items = []
    for id, pool in sorted(pools.items()):
        on = (days or {}).get(id, day)
        slot = grid.slot_of(on)
        items.append(
            PlanItem(
                id=f"system/{id}/cutover", object=f"system:{id}", slot=slot, slot_label=grid.label(slot), start=on,
                end=on, pool=pool, wave=f"{grid.label(slot)}/yun", state=ItemState.PLANNED,
            )
        )  # fmt: skip
    disposed = tuple(Disposed(system=id, disposition=Disposition.REHOST, rule="default:rehost") for id in sorted(pools))
    return Plan(
        estate="x", as_of=grid.first_day, now=grid.first_day, status=PlanStatus.FEASIBLE, grid=grid,
        items=tuple(items), dispositions=disposed,
    )  # fmt: skip


def plan_of_example(inventory: Inventory) -> Plan:
    """A plan that lands all systems of examples/clouds."""
    return plan_of(dict.fromkeys(inventory.systems, "yun-1401-a"))
