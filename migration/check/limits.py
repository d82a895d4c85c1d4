"""H6: how many cutovers, and changes of devices, one slot may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inventory.estate import LimitPer
from inventory.kinds.systems import System
from inventory.selectors import parse_selector
from migration.check.case import Case, Cutover, Verdict, breach, breach_of
from migration.check.paths import department_paths
from migration.check.tracks.network import area
from migration.plan import PlanItem, Track

__all__ = ["limits", "network_changes", "wave_size"]


def limits(case: Case) -> Iterator[Verdict]:
    """Breaches of H6's limits, one a limit, object and slot.

    A cutover counts for the cloud of its pool, for its department, for its department's division and all above it, for
    the rooms that the system's parts stand in, and for every device between its department and the management root.
    """
    for limit in case.inventory.estate.settings.limits:
        counted = parse_selector(limit.selector).select(case.inventory, limit.per.value)
        paths = department_paths(case.inventory) if limit.per is LimitPer.DEVICE else {}
        found: dict[tuple[str, int], list[Cutover]] = {}
        for cutover in case.cutovers.values():
            for key in _counts_for(case, limit.per, cutover, paths):
                if key in counted:
                    found.setdefault((key, cutover.slot), []).append(cutover)
        for (key, _), cutovers in found.items():
            if len(cutovers) > limit.max_cutovers:
                yield _too_many(case, "limit-exceeded", f"{limit.per.value}:{key}", cutovers, limit.max_cutovers)


def wave_size(case: Case) -> Iterator[Verdict]:
    """Breaches of H6's largest wave: cutovers of one slot and one cloud. The smallest size is a wish, not a rule."""
    most = case.inventory.estate.settings.wave_size.max
    found: dict[tuple[str, int], list[Cutover]] = {}
    for cutover in case.cutovers.values():
        if cutover.pool is not None:
            found.setdefault((cutover.pool.cloud, cutover.slot), []).append(cutover)
    for (cloud, _), cutovers in found.items():
        if len(cutovers) > most:
            yield _too_many(case, "wave-too-large", f"cloud:{cloud}", cutovers, most)


def network_changes(case: Case) -> Iterator[Verdict]:
    """Breaches of H6 by changes of devices: those of one slot, level and area."""
    most = case.inventory.estate.settings.network_changes
    found: dict[tuple[str, int], list[PlanItem]] = {}
    for item in case.plan.items:
        device = case.inventory.devices.get(item.object_id) if item.track is Track.NETWORK else None
        if device is not None and item.changes:
            found.setdefault((area(case, device), item.slot), []).append(item)
    for (where, slot), items in found.items():
        if len(items) > most:
            fact = not any(item.movable for item in items)
            data: dict[str, str | int] = {"area": where, "slot": case.label(slot), "count": len(items), "most": most}
            yield breach("H6", "changes-exceeded", items, [], fact=fact, **data)


def _too_many(case: Case, code: str, record: str, cutovers: list[Cutover], most: int) -> Verdict:
    return breach_of(
        "H6",
        code,
        cutovers,
        [record],
        fact=not any(cutover.movable for cutover in cutovers),
        object=record,
        slot=case.label(cutovers[0].slot),
        count=len(cutovers),
        most=most,
    )


def _counts_for(case: Case, per: LimitPer, cutover: Cutover, paths: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Ids of the objects that a cutover counts for."""
    match per:
        case LimitPer.CLOUD:
            return () if cutover.pool is None else (cutover.pool.cloud,)
        case LimitPer.DEPARTMENT:
            return (cutover.system.department,)
        case LimitPer.DIVISION:
            return case.inventory.lineage(case.inventory.departments[cutover.system.department].division)
        case LimitPer.ROOM:
            return _rooms(cutover.system)
        case LimitPer.DEVICE:
            return paths.get(cutover.system.department, ())


def _rooms(system: System) -> tuple[str, ...]:
    """Rooms in which the parts of a system stand now; the system's own where it lists no parts."""
    places = dict.fromkeys([part.runs_in or system.runs_in for part in system.components] or [system.runs_in])
    return tuple(place.removeprefix("room:") for place in places if place is not None and place.startswith("room:"))
