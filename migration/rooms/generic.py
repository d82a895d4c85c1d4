"""Generic products: mail, video conference, office automation, portals. Each department's goes onto one shared product,
with its data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from inventory.base import Struct, field
from inventory.inventory import Inventory
from inventory.kinds.systems import Lifecycle, System, SystemKind
from migration.disposition import dispositions
from migration.plan import Disposed, Disposition, Plan, item_id

__all__ = ["GenericItem", "generic_items"]

GONE = (Disposition.RETIRE, Disposition.REPURCHASE)


class GenericItem(Struct):
    """One department's product of one kind, and the shared one that takes over.

    found_by: duplicate (its record names the shared one), nearest (the product of that kind of the nearest division
    above), or empty where there is none.
    """

    department: str = field("Department", example="140000-mzt")
    kind: SystemKind = field("Kind of product", example="mail")
    systems: tuple[str, ...] = field("Its systems", ())
    data_gib: float = field("Data to take over", 0, unit="GiB", ge=0)
    users: int = field("Users on record", 0, ge=0)
    product: str = field("Shared product that takes over; empty: none is known", "")
    found_by: str = field("How it was found", "", example="nearest")
    rules: tuple[str, ...] = field("Rules or decisions that replace its systems", ())
    missing: tuple[str, ...] = field("What is missing: product, data-volume", ())
    prepared: dt.date | None = field("Last day of taking over its data, by the plan", None)
    switched_off: dt.date | None = field("Day on which the last of its systems is switched off, by the plan", None)


def generic_items(inventory: Inventory, plan: Plan | None = None) -> tuple[GenericItem, ...]:
    """An item for each department and kind of product that is bought anew, by department and kind.

    PolicyError for a disposition that does not exist.
    """
    decided = dispositions(inventory)
    groups: dict[tuple[str, SystemKind], list[System]] = {}
    for id, disposed in decided.items():
        system = inventory.systems[id]
        if disposed.disposition is Disposition.REPURCHASE and system.lifecycle is not Lifecycle.CLOSED:
            groups.setdefault((system.department, system.kind), []).append(system)
    products = _products(inventory, decided)
    return tuple(_item(inventory, decided, products, systems, plan) for _, systems in sorted(groups.items()))


def _products(inventory: Inventory, decided: Mapping[str, Disposed]) -> Mapping[tuple[SystemKind, str], list[str]]:
    """(kind, division) -> systems of the kind there that go on: the shared products."""
    found: dict[tuple[SystemKind, str], list[str]] = {}
    for id, disposed in decided.items():
        system = inventory.systems[id]
        if disposed.disposition not in GONE and system.lifecycle is not Lifecycle.CLOSED:
            department = inventory.departments.get(system.department)
            if department is not None:
                found.setdefault((system.kind, department.division), []).append(id)
    return found


def _item(
    inventory: Inventory,
    decided: Mapping[str, Disposed],
    products: Mapping[tuple[SystemKind, str], list[str]],
    systems: list[System],
    plan: Plan | None,
) -> GenericItem:
    first = systems[0]
    data = sum(part.data_gib for system in systems for part in system.components)
    product, found_by = _product(inventory, decided, products, systems)
    days = {step: [_day(plan, system.id, step) for system in systems] for step in ("prepare", "switch_off")}
    last = {step: max((day for day in found if day), default=None) for step, found in days.items() if all(found)}
    missing = [name for name, lacks in (("product", not product), ("data-volume", not data)) if lacks]
    return GenericItem(
        department=first.department,
        kind=first.kind,
        systems=tuple(system.id for system in systems),
        data_gib=round(data, 3),
        users=sum(system.users or 0 for system in systems),
        product=product,
        found_by=found_by,
        rules=tuple(dict.fromkeys(decided[system.id].rule for system in systems)),
        missing=tuple(missing),
        prepared=last.get("prepare"),
        switched_off=last.get("switch_off"),
    )


def _product(
    inventory: Inventory,
    decided: Mapping[str, Disposed],
    products: Mapping[tuple[SystemKind, str], list[str]],
    systems: list[System],
) -> tuple[str, str]:
    """(shared product, how it was found)."""
    for system in systems:
        other = inventory.systems.get(system.duplicate_of or "")
        if other is not None and other.id in decided and decided[other.id].disposition not in GONE:
            return other.id, "duplicate"
    department = inventory.departments.get(systems[0].department)
    for division in inventory.lineage(department.division) if department is not None else ():
        there = products.get((systems[0].kind, division))
        if there:
            return there[0], "nearest"
    return "", ""


def _day(plan: Plan | None, system: str, step: str) -> dt.date | None:
    item = plan.by_id.get(item_id(system, step)) if plan is not None else None
    return None if item is None else item.end
