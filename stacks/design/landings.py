"""Which systems land where, by the plan: what all designs start from."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.inventory import Inventory, split_ref
from inventory.kinds.systems import Lifecycle, System
from inventory.problems import Problem
from inventory.stack_settings import StackSettings
from migration.plan import Plan, item_id
from stacks.design.findings import finding

__all__ = ["Landing", "Landings", "landings_of"]


@dataclass(frozen=True)
class Landing:
    """A system and the pool it lands in.

    Attributes:
        system: the record.
        pool, cloud: where.
        zone: id of its landing zone, POOL.DEPARTMENT.
        day: first day of its cutover, or the day on which it was moved.
        moved: whether the inventory says that it runs in the pool already.
        wave: of its cutover; empty where it was done before the plan.
    """

    system: System
    pool: str
    cloud: str
    zone: str
    day: dt.date | None
    moved: bool
    wave: str = ""


@dataclass(frozen=True)
class Landings:
    """All systems that land on a cloud that the settings know.

    Attributes:
        of: system -> landing, in the order of the ids.
        zones: landing zone -> its systems, in the order of the ids.
        problems: systems that land where nothing is known of.
    """

    of: Mapping[str, Landing]
    zones: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...] = field(default_factory=tuple)


def landings_of(inventory: Inventory, plan: Plan, settings: StackSettings) -> Landings:
    """Where the plan lands systems. Classified and closed ones, and those without components, have no place."""
    known = {row.cloud for row in settings.clouds}
    moving = sorted(disposed.system for disposed in plan.dispositions if disposed.disposition.moves)
    found: dict[str, Landing] = {}
    unknown: Counter[str] = Counter()
    problems: list[Problem] = []
    for id in moving:
        system = inventory.systems.get(id)
        if system is None or system.classified or system.lifecycle is Lifecycle.CLOSED:
            continue
        landing = _landing(inventory, plan, system)
        if landing is None:
            continue
        if not system.components:
            problems.append(finding(inventory, "stack-no-components", "system", id))
        elif landing.cloud in known:
            found[id] = landing
        else:
            unknown[landing.cloud] += 1
    problems += (
        finding(inventory, "stack-no-cloud", "cloud", cloud, systems=count) for cloud, count in sorted(unknown.items())
    )
    zones: dict[str, list[str]] = {}
    for landing in found.values():
        zones.setdefault(landing.zone, []).append(landing.system.id)
    return Landings(found, {zone: tuple(systems) for zone, systems in sorted(zones.items())}, tuple(problems))


def _landing(inventory: Inventory, plan: Plan, system: System) -> Landing | None:
    item = plan.by_id.get(item_id(system.id))
    kind, place = split_ref(system.runs_in or "")
    there = place if kind == "pool" else ""
    planned = item.pool if item is not None else None
    moved = bool(there) and (system.moved is not None or there == planned)
    pool = planned or (there if moved else "")
    record = inventory.pools.get(pool or "")
    if record is None:
        return None
    day = item.start if item is not None else system.moved
    return Landing(
        system=system,
        pool=record.id,
        cloud=record.cloud,
        zone=f"{record.id}.{system.department}",
        day=day,
        moved=moved,
        wave=item.wave if item is not None else "",
    )
