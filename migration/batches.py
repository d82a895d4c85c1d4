"""Path safety (H13): which devices may be changed on one day.

Two devices conflict when one lies on the other's way to the management root, or when both back each other up. All
changes of one day are one batch: what cuts the way to a device is never changed together with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.inventory import Inventory

__all__ = ["Batches"]


@dataclass
class _Batch:
    """Devices changed on a day, all devices on their ways, their redundancy groups."""

    changed: set[str] = field(default_factory=set)
    ways: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)


class Batches:
    """Devices changed by day. paths: device -> devices to the management root, both included."""

    def __init__(self, inventory: Inventory, paths: Mapping[str, tuple[str, ...]]) -> None:
        self._paths = paths
        self._groups = {id: device.redundancy_group for id, device in inventory.devices.items()}
        self._days: dict[dt.date, _Batch] = {}

    def admits(self, device: str, day: dt.date) -> bool:
        """Whether a device conflicts with none that is changed on a day."""
        batch = self._days.get(day)
        if batch is None:
            return True
        if device in batch.ways or self._groups.get(device, "") in batch.groups:
            return False
        return batch.changed.isdisjoint(self._paths.get(device, ()))

    def add(self, device: str, day: dt.date) -> None:
        """A device is changed on a day."""
        batch = self._days.setdefault(day, _Batch())
        batch.changed.add(device)
        batch.ways.update(self._paths.get(device, (device,)))
        if group := self._groups.get(device, ""):
            batch.groups.add(group)
