"""H13: no change cuts off the way to a device that is changed on the same day, nor both of a redundant pair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from migration.check.case import Case, Verdict, breach
from migration.check.paths import Routes
from migration.plan import PlanItem, Track

__all__ = ["safety"]


def safety(case: Case) -> Iterator[Verdict]:
    """Breaches of H13.

    Every path of the plan leads over links from its device to the management root, and none is shorter; devices that
    are changed and reach the root have one. Two devices are not changed on one day when one is on the path of the
    other or both are of one redundancy group: one finding a pair and day.
    """
    root = case.inventory.estate.settings.management_root
    changes = [item for item in case.plan.items if item.track is Track.NETWORK and item.changes]
    if root is not None:
        routes = Routes(case.inventory, root)
        wrong = [
            device
            for device, path in case.plan.paths.items()
            if not path or path[0] != device or not routes.shortest(path)
        ]
        changed = dict.fromkeys(item.object_id for item in changes if item.movable)
        wrong += [device for device in changed if device in routes.distance and device not in case.plan.paths]
        for device in wrong:
            yield breach("H13", "management-path", [], [f"device:{device}"], device=device, root=root)
    days: dict[dt.date, dict[str, list[PlanItem]]] = {}
    for item in changes:
        days.setdefault(item.start, {}).setdefault(item.object_id, []).append(item)
    for day, found in days.items():
        for one, other in _conflicts(case, found):
            items = [*found[one], *found[other]]
            yield breach(
                "H13",
                "changed-together",
                items,
                [f"device:{one}", f"device:{other}"],
                fact=not any(item.movable for item in items),
                one=one,
                other=other,
                day=day.isoformat(),
            )


def _conflicts(case: Case, found: Mapping[str, Sequence[PlanItem]]) -> list[tuple[str, str]]:
    """Pairs of devices, changed on one day, that must not be."""
    pairs: dict[tuple[str, str], None] = {}
    groups: dict[str, list[str]] = {}
    for device in found:
        for on_path in case.plan.paths.get(device, ()):
            if on_path != device and on_path in found:
                pairs[min(device, on_path), max(device, on_path)] = None
        record = case.inventory.devices.get(device)
        if record is not None and record.redundancy_group:
            groups.setdefault(record.redundancy_group, []).append(device)
    for members in groups.values():
        ordered = sorted(members)
        pairs |= dict.fromkeys((one, other) for place, one in enumerate(ordered) for other in ordered[place + 1 :])
    return list(pairs)
