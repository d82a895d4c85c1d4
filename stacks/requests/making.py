"""Which forms are needed: one for each cloud, department and wave, of what has not been delivered yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from inventory.inventory import Inventory
from migration.plan import Plan, item_id
from migration.steps import Track
from stacks.design.model import StackDesign, SystemDesign, Way, ZoneDesign
from stacks.requests.model import DeliveredRow, Delivery, Request
from stacks.requests.sheets import sheets_of

__all__ = ["NEEDING", "requests_of"]

NEEDING = ("prepare", "replicate", "cutover")
"""Steps of a system that need its machines; the first of them says until when they have to be there."""
_Key = tuple[str, str, str]
"""Cloud, department, wave."""


def requests_of(
    inventory: Inventory,
    plan: Plan,
    designs: Iterable[StackDesign],
    zone_of: Callable[[str], ZoneDesign],
    deliveries: Mapping[str, Delivery],
) -> tuple[Request, ...]:
    """The forms for the chosen stacks, the one needed first before the others.

    Args:
        designs: the chosen stacks; those of clouds with an interface are left out.
        zone_of: the design of a landing zone by its id, also of one that was not chosen.
        deliveries: what has been delivered, by stack.

    A landing zone is asked for with the first of its systems, unless it was delivered as it is designed now.
    """
    chosen = [design for design in designs if design.place.way is Way.FORM]
    systems: dict[_Key, list[SystemDesign]] = {}
    for design in chosen:
        if isinstance(design, SystemDesign):
            systems.setdefault((design.place.cloud, design.department, _wave(plan, design.id)), []).append(design)
    inside = {system.zone for members in systems.values() for system in members}
    for design in chosen:
        if isinstance(design, ZoneDesign) and design.id not in inside:
            systems.setdefault((design.place.cloud, design.department, ""), [])
    found: list[Request] = []
    asked = set[str]()
    for key in sorted(systems, key=lambda key: (_needed_by(plan, systems[key]) or dt.date.min, key)):
        members = tuple(sorted(systems[key], key=lambda system: system.id))
        ids = {system.zone for system in members}
        if not members:
            ids = {
                zone.id
                for zone in chosen
                if isinstance(zone, ZoneDesign)
                and zone.id not in inside
                and (zone.place.cloud, zone.department) == key[:2]
            }
        request = _request(inventory, plan, key, members, tuple(zone_of(id) for id in sorted(ids)), deliveries)
        request = _outstanding(request, asked)
        asked |= set(request.asked_zones)
        if request.designs:
            found.append(request)
    return tuple(found)


def _wave(plan: Plan, system: str) -> str:
    item = plan.by_id.get(item_id(system))
    return item.wave if item is not None else ""


def _needed_by(plan: Plan, systems: Iterable[SystemDesign]) -> dt.date | None:
    items = (plan.by_id.get(item_id(system.id, step, Track.SYSTEM)) for system in systems for step in NEEDING)
    return min((item.start for item in items if item is not None), default=None)


def _request(
    inventory: Inventory,
    plan: Plan,
    key: _Key,
    systems: tuple[SystemDesign, ...],
    zones: tuple[ZoneDesign, ...],
    deliveries: Mapping[str, Delivery],
) -> Request:
    cloud, department, wave = key
    record, owner = inventory.clouds[cloud], inventory.departments.get(department)
    slot = wave.partition("/")[0]
    stacks = [*(zone.stack for zone in zones), *(system.stack for system in systems)]
    known: dict[str, DeliveredRow] = {}
    for stack in stacks:
        known |= deliveries[stack].rows if stack in deliveries else {}
    return Request(
        id=f"{cloud}.{department}.{slot}" if slot else f"{cloud}.{department}",
        cloud=cloud,
        cloud_name=record.name,
        operator=record.operator,
        department=department,
        department_name=owner.name if owner is not None else "",
        wave=wave,
        needed_by=_needed_by(plan, systems),
        lead_days=record.lead_time_days,
        zones=zones,
        asked_zones=tuple(zone.id for zone in zones),
        systems=systems,
        known=known,
    )


def _outstanding(request: Request, asked: set[str]) -> Request:
    """Without the stacks that were delivered as they are designed now, and the zones that another form asks for."""
    open_stacks = {
        str(row.asked["stack"])
        for sheet in sheets_of(request)
        for row in sheet.rows
        if row.key not in request.known or request.known[row.key].asked != row.hash
    }
    wanted = [zone for zone in request.zones if zone.stack in open_stacks and zone.id not in asked]
    systems = tuple(system for system in request.systems if system.stack in open_stacks)
    stacks = (*(zone.stack for zone in wanted), *(system.stack for system in systems))
    return request.model_copy(
        update={
            "asked_zones": tuple(zone.id for zone in wanted),
            "systems": systems,
            "known": {
                key: row for key, row in request.known.items() if any(key.startswith(f"{stack}/") for stack in stacks)
            },
        }
    )
