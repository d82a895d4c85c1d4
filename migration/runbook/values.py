"""The values that templates are filled with: what plan and inventory say of an item, its object and its components."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inventory.inventory import Inventory
from inventory.kinds.clouds import Access, Cloud
from inventory.kinds.systems import System, Transfer
from migration.plan import Disposition, Plan, PlanItem
from migration.runbook.hosts import host_name, hosts_of, site_of
from migration.runbook.parts import Lack, Part, Value, is_new, parts_of, records_of
from migration.runbook.results import DAY
from migration.runbook.site_values import SiteValues

__all__ = ["approval_facts", "item_values", "part_values", "system_values"]


def item_values(inventory: Inventory, plan: Plan, item: PlanItem) -> dict[str, Value]:
    """Values of any item."""
    record: Any = inventory.of(item.kind)[item.object_id]
    plain: dict[str, Any] = {
        "item": item.id,
        "object": item.object,
        "kind": item.kind,
        "id": item.object_id,
        "line": item.object_id if item.kind == "line" else "",
        "name": plan.names.get(item.object) or getattr(record, "name", "") or item.object_id,
        "track": item.track.value,
        "step": item.base_step,
        "day": item.start.isoformat(),
        "end": item.end.isoformat(),
        "date": DAY,
        "wave": item.wave,
        "department": item.department,
        "department_name": plan.names.get(f"department:{item.department}", item.department),
        "pool": item.pool or "",
        "site": site_of(inventory, item.kind, item.object_id),
        "approval": approval_facts(inventory, item),
        "bridge": "" if item.bridge is None else item.bridge.value,
        "by_api": getattr(_cloud(inventory, record), "access", None) is Access.API,
    }
    return {name: Value(value) for name, value in plain.items()}


def _cloud(inventory: Inventory, record: Any) -> Any:
    """A cloud, or that of a pool; None for others."""
    return record if isinstance(record, Cloud) else inventory.clouds.get(getattr(record, "cloud", None) or "")


def approval_facts(inventory: Inventory, item: PlanItem) -> dict[str, Any]:
    """What approval policies ask for: ``grade`` where one is on record, ``level`` of the object."""
    record: Any = inventory.of(item.kind)[item.object_id]
    grade = getattr(record, "grade", None)
    level = getattr(record, "level", None)
    if level is None:
        department = inventory.departments.get(getattr(record, "department", None) or "")
        owner = (
            department if department is not None else inventory.clouds.get(getattr(record, "cloud", None) or "", record)
        )
        division = inventory.divisions.get(getattr(owner, "division", None) or "")
        level = None if division is None else division.level
    return {} | ({} if grade is None else {"grade": grade}) | ({} if level is None else {"level": level.value})


def system_values(
    inventory: Inventory, system: System, disposition: Disposition | None, values: SiteValues
) -> tuple[dict[str, Value], tuple[Part, ...]]:
    """Values of a system's item, and its components."""
    parts = parts_of(inventory, system, values)
    new = is_new(system)
    roles = [part for part in parts if not part.by_hand]
    services = [part for part in roles if part.kind == "service"]
    copies = [] if new else [part for part in roles if part.kind != "service"]
    hand = [part for part in parts if part.by_hand]
    stopped = services if hand and not new else []
    records = records_of(inventory, system, values)
    senders = list(dict.fromkeys(record["host"] for record in records.data))
    own, given = {host.name for host in hosts_of(inventory, system.id)}, {host.name for host in values.hosts}
    strangers = [name for name in senders if name not in own | given]
    records = Value(
        records.data, (*records.lacks, *(Lack("system", system.id, f"values:hosts.{one}") for one in strangers))
    )
    plain: dict[str, Any] = {
        "disposition": "" if disposition is None else disposition.value,
        "new": new,
        "shipped": system.transfer is Transfer.SHIPPED,
        "sources": [] if new else _hosts(system, roles, "source"),
        "targets": _hosts(system, roles, "target"),
        "hosts": ([] if new else _hosts(system, roles, "source")) + _hosts(system, roles, "target"),
        "by_hand": ", ".join(part.component.id for part in hand),
        "record_hosts": [name for name in senders if name in own or name in given],
        "senders": [name for name in senders if name not in own and name in given],
        "parts_known": bool(parts),
        "copied_from": _hosts(system, copies, "source"),
        "copied_to": _hosts(system, copies, "target"),
        "copied_on": _hosts(system, copies, "source") + _hosts(system, copies, "target"),
        "stopped_on": _hosts(system, stopped, "source"),
    }
    return {
        **{name: Value(value) for name, value in plain.items()},
        "components": _joined(roles),
        "copies": _joined(copies),
        "stopped_first": _joined(stopped),
        "records": records,
    }, parts


def part_values(system: System, part: Part) -> Mapping[str, Value]:
    """Values of one component, beside those of its system."""
    component = part.component
    source = [] if is_new(system) else [host_name(system.id, component.id, "source")]
    target = host_name(system.id, component.id, "target")
    plain: dict[str, Any] = {
        "component": component.id,
        "component_name": component.name or component.id,
        "technology": component.technology,
        "target_technology": component.target_technology or component.technology,
        "role": component.role.value,
        "data_gib": component.data_gib,
        "source": source,
        "target": target,
        "both": [*source, target],
    }
    return {name: Value(value) for name, value in plain.items()} | {"part": _joined([part])}


def _hosts(system: System, parts: Iterable[Part], side: str) -> list[str]:
    return [host_name(system.id, part.component.id, side) for part in parts]


def _joined(parts: Iterable[Part]) -> Value:
    chosen = tuple(parts)
    return Value([part.value.data for part in chosen], tuple(lack for part in chosen for lack in part.value.lacks))
