"""System track, H9: what a cutover, or the copy before it, waits for in the other tracks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from inventory.estate import DockingGate
from inventory.inventory import Inventory
from inventory.kinds.network import Ipv6Stage
from migration.tracks.retirement import reactivation_of
from migration.work import Need

__all__ = ["Gates", "Waited", "ipv6_needs", "lines_of", "pool_needs", "system_needs"]

REPLACED = ("move", "internal_network")
"""Outcomes of lines after which their traffic takes another path."""


def lines_of(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    """System -> items that make ready the path in place of the dedicated lines that it uses."""
    found: dict[str, list[str]] = {}
    for id, line in inventory.lines.items():
        outcome = line.decisions.outcome
        if not line.classified and outcome is not None and outcome.value.strip().lower() in REPLACED:
            for system in line.systems:
                found.setdefault(system, []).append(f"line/{id}/path_ready")
    return {system: tuple(items) for system, items in found.items()}


def _verified(inventory: Inventory, devices: Iterable[str]) -> tuple[str, ...]:
    """Items of which one must have ended before any of the devices is verified; none where one is, or none exist."""
    known = [device for device in dict.fromkeys(devices) if device in inventory.devices]
    if any(inventory.devices[device].ipv6_stage is Ipv6Stage.VERIFIED for device in known):
        return ()
    return tuple(f"network/{device}/verified" for device in known)


def _attached(inventory: Inventory, system: str) -> list[str]:
    department = inventory.departments[inventory.systems[system].department]
    return [place.device for place in department.attached_to]


def system_needs(inventory: Inventory, system: str, lines: Mapping[str, tuple[str, ...]]) -> tuple[Need, ...]:
    """Gates that hold wherever the system lands: ready paths, its being switched on where it is switched off, and for
    ``needs_ipv6: at_cutover`` its department's devices, any one of them. lines: see ``lines_of``."""
    needs = [Need((item,)) for item in lines.get(system, ())]
    reactivated = reactivation_of(inventory, system)
    if reactivated:
        needs.append(Need((reactivated,)))
    if inventory.systems[system].needs_ipv6 == "at_cutover":
        devices = _verified(inventory, _attached(inventory, system))
        needs += [Need(devices)] if devices else []
    return tuple(needs)


def pool_needs(inventory: Inventory, pool: str, *, ipv6: bool) -> tuple[Need, ...]:
    """Gates of a pool: built, connected, docked where the tier asks for it, and with ipv6 its devices verified."""
    record = inventory.pools[pool]
    cloud = inventory.clouds[record.cloud]
    items = [f"cloud/{pool}/built", f"cloud/{pool}/connected"]
    if inventory.estate.settings.docking.get(cloud.tier, DockingGate.SOFT) is DockingGate.HARD:
        items.append(f"cloud/{cloud.id}/docked")
    needs = [Need((item,)) for item in items]
    devices = _verified(inventory, (place.device for place in record.attachments)) if ipv6 else ()
    return (*needs, Need(devices)) if devices else tuple(needs)


def ipv6_needs(inventory: Inventory, system: str, pool: str) -> tuple[Need, ...]:
    """What a name's AAAA record waits for besides the cutover: devices of the department, devices of the pool."""
    attachments = (place.device for place in inventory.pools[pool].attachments) if pool in inventory.pools else ()
    sets = (_verified(inventory, _attached(inventory, system)), _verified(inventory, attachments))
    return tuple(Need(devices) for devices in sets if devices)


@dataclass(frozen=True, slots=True)
class Waited:
    """What gates leave: ``until`` the last day that must have passed, ``item`` the one that ends on it; ``missing``
    items of a gate that never opens."""

    until: dt.date | None = None
    item: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gates:
    """Items of the other tracks: when those with a place end, and which have none. Others are done or not needed."""

    ends: Mapping[str, dt.date]
    unplanned: Collection[str]

    def wait(self, needs: Iterable[Need]) -> Waited:
        """The day that all gates leave behind, each by the first of its items that ends."""
        found = Waited()
        for need in needs:
            if any(item not in self.ends and item not in self.unplanned for item in need.any_of):
                continue
            placed = [
                (self.ends[item] + dt.timedelta(days=need.lag), item) for item in need.any_of if item in self.ends
            ]
            if not placed:
                return Waited(missing=need.any_of)
            end, item = min(placed)
            if found.until is None or end > found.until:
                found = Waited(end, item)
        return found
