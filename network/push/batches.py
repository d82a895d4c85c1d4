"""In which order devices are pushed to: rule H13 (docs/rules.md), as batches.

Devices of one batch lie at the same distance from the management root: link metrics are positive, so that of two
devices at the same distance neither lies on the other's shortest way. The deepest batch goes first, since what is
above carries the sessions to what is below; of devices that back each other up only one is in a batch.
"""

from __future__ import annotations

from collections.abc import Iterable

from inventory.inventory import Inventory
from migration.graph.paths import NetworkPaths
from migration.runbook.hosts import site_of

__all__ = ["batches_of", "sites_of"]


def batches_of(inventory: Inventory, devices: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The devices in batches, in the order in which they are pushed to; each batch sorted by id.

    A device whose way to the root is not known goes last and alone: nothing says what it carries. UnknownObjectError.
    """
    chosen = sorted(dict.fromkeys(devices))
    root = inventory.estate.settings.management_root
    paths = NetworkPaths(inventory)
    classes: dict[tuple[int, int], list[str]] = {}
    alone: list[tuple[str, ...]] = []
    seen: dict[tuple[int, str], int] = {}
    for device in chosen:
        record = inventory.get("device", device)
        way = paths.path(device, root) if root in inventory.devices and root is not None else None
        if way is None:
            alone.append((record.id,))
            continue
        place = 0
        if group := inventory.devices[device].redundancy_group:
            place = seen[way.metric, group] = seen.get((way.metric, group), -1) + 1
        classes.setdefault((-way.metric, place), []).append(device)
    return (*(tuple(classes[key]) for key in sorted(classes)), *alone)


def sites_of(inventory: Inventory, devices: Iterable[str]) -> dict[str, str]:
    """Device -> site that its limits count by."""
    return {device: site_of(inventory, "device", device) for device in devices}
