"""System track, H6: what the cutovers of one slot may add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.estate import LimitPer
from inventory.inventory import Inventory
from inventory.kinds.systems import System
from inventory.selectors import parse_selector
from migration.plan import Finding
from migration.planner.problem import SlotLimit

__all__ = ["Bounded", "bounded", "limits"]

PathOf = Callable[[str], Sequence[str]]
"""Department -> devices between it and the management root."""


@dataclass(frozen=True)
class Bounded:
    """A limit of the problem and what it says in the words of the estate."""

    limit: SlotLimit
    source: Finding


def bounded(
    inventory: Inventory,
    systems: Sequence[str],
    clouds: Sequence[str],
    path_of: PathOf,
    fixed: Mapping[str, int],
) -> list[Bounded]:
    """All limits of the system track.

    clouds: their numbers are their places. fixed: system -> slot of cutovers that are
    done in a slot that still counts.
    """
    number = {cloud: place for place, cloud in enumerate(clouds)}
    return [
        *limits(inventory, systems, number, path_of, fixed),
        *_started_waves(inventory, number, fixed),
    ]


def limits(
    inventory: Inventory,
    systems: Sequence[str],
    clouds: Mapping[str, int],
    path_of: PathOf,
    fixed: Mapping[str, int],
) -> Iterator[Bounded]:
    """H6: ``settings.limits``, one for each object that it counts by; those that cannot bind are left out.

    A cutover counts for the cloud it lands in, for its department, the division of that and all divisions above, the
    rooms that its parts stand in, and the devices between its department and the management root.
    """
    slots = inventory.estate.grid.count
    for limit in inventory.estate.settings.limits:
        per, most = limit.per, limit.max_cutovers
        counted = parse_selector(limit.selector).select(inventory, per.value)
        taken: dict[str, list[int]] = {}
        for id, slot in fixed.items():
            for name in _objects(inventory, per, inventory.systems[id], path_of):
                taken.setdefault(name, []).append(slot)
        if per is LimitPer.CLOUD:
            for cloud in counted:
                if cloud in clouds:
                    capacity = _left(most, taken.get(cloud, ()), slots)
                    yield Bounded(SlotLimit(capacity, cloud=clouds[cloud]), _source(per, cloud, most))
            continue
        members: dict[str, list[int]] = {}
        for item, id in enumerate(systems):
            for name in _objects(inventory, per, inventory.systems[id], path_of):
                if name in counted:
                    members.setdefault(name, []).append(item)
        for name, items in sorted(members.items()):
            if len(items) > most or name in taken:
                capacity = _left(most, taken.get(name, ()), slots)
                yield Bounded(SlotLimit(capacity, tuple(items)), _source(per, name, most))


def _left(most: int, taken: Sequence[int], slots: int) -> tuple[int, ...]:
    """What is left of a limit in each slot."""
    return tuple(max(0, most - taken.count(slot)) for slot in range(slots)) if taken else (most,) * slots


def _started_waves(inventory: Inventory, clouds: Mapping[str, int], fixed: Mapping[str, int]) -> Iterator[Bounded]:
    """H6: what is left of the largest wave where cutovers of a slot are done already."""
    taken: dict[str, list[int]] = {}
    for id, slot in fixed.items():
        for cloud in _clouds(inventory, inventory.systems[id]):
            taken.setdefault(cloud, []).append(slot)
    most = inventory.estate.settings.wave_size.max
    for cloud, done in taken.items():
        capacity = _left(most, done, inventory.estate.grid.count)
        source = Finding(rule="H6", code="wave-size", records=(f"cloud:{cloud}",), data={"most": most})
        yield Bounded(SlotLimit(capacity, cloud=clouds[cloud]), source)


def _clouds(inventory: Inventory, system: System) -> Sequence[str]:
    """Cloud of the pool that a system runs in."""
    kind, _, place = (system.runs_in or "").partition(":")
    return (inventory.pools[place].cloud,) if kind == "pool" and place in inventory.pools else ()


def _objects(inventory: Inventory, per: LimitPer, system: System, path_of: PathOf) -> Sequence[str]:
    if per is LimitPer.CLOUD:
        return _clouds(inventory, system)
    if per is LimitPer.DEPARTMENT:
        return (system.department,)
    if per is LimitPer.DIVISION:
        return inventory.lineage(inventory.departments[system.department].division)
    if per is LimitPer.ROOM:
        places = dict.fromkeys(part.runs_in or system.runs_in or "" for part in system.components)
        places = places or {system.runs_in or "": None}
        return [place.removeprefix("room:") for place in places if place.startswith("room:")]
    return path_of(system.department)


def _source(per: LimitPer, name: str, most: int) -> Finding:
    return Finding(rule="H6", code="limit", records=(f"{per.value}:{name}",), data={"most": most, "object": name})
