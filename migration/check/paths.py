"""Ways through the network by shortest routing metric, computed from the links alone (Dijkstra 1959)."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from itertools import pairwise

from inventory.inventory import Inventory
from inventory.kinds.territory import AttachmentRole

__all__ = ["Routes", "department_paths"]


def department_paths(inventory: Inventory) -> Mapping[str, tuple[str, ...]]:
    """Department -> devices from its first primary attachment to the management root, both included.

    A department whose attachment does not reach the root has that device alone; one without attachments, or an estate
    without a management root, has none.
    """
    root = inventory.estate.settings.management_root
    if root is None:
        return {}
    routes = Routes(inventory, root)
    found: dict[str, tuple[str, ...]] = {}
    for key, department in inventory.departments.items():
        primary = [place.device for place in department.attached_to if place.role is AttachmentRole.PRIMARY]
        if primary:
            found[key] = routes.path(primary[0])
    return found


class Routes:
    """Distances of all devices to ``root``: metrics in the direction of travel, of parallel links the smallest."""

    def __init__(self, inventory: Inventory, root: str) -> None:
        self.root = root
        self._onward: dict[str, dict[str, int]] = {device: {} for device in inventory.devices}
        inward: dict[str, dict[str, int]] = {device: {} for device in inventory.devices}
        for link in inventory.links.values():
            for start, end, metric in (
                (link.a_device, link.b_device, link.metric_ab),
                (link.b_device, link.a_device, link.metric_ba),
            ):
                self._onward[start][end] = inward[end][start] = min(metric, inward[end].get(start, metric))
        self.distance = _distances(inward, root) if root in inward else {}

    def upstreams(self, device: str) -> tuple[str, ...]:
        """The next hop towards the root, and the best of the other neighbours that are nearer to it than the device
        (loop-free by the downstream condition of RFC 5286); of equals the smallest id. None of the root, and of devices
        that do not reach it."""
        distance = self.distance
        if device == self.root or device not in distance:
            return ()
        ways = sorted((metric + distance[on], on) for on, metric in self._onward[device].items() if on in distance)
        primary = ways[0][1]
        backup = next((on for _, on in ways[1:] if distance[on] < distance[device]), None)
        return (primary,) if backup is None else (primary, backup)

    def path(self, device: str) -> tuple[str, ...]:
        """Devices from a device over next hops to the root, both included; the device alone where it does not reach
        it."""
        found = [device]
        while above := self.upstreams(found[-1]):
            found.append(above[0])
        return tuple(found)

    def shortest(self, path: Sequence[str]) -> bool:
        """Whether devices are linked in this order up to the root, with no shorter way from the first to it."""
        metrics = [self._onward.get(one, {}).get(other) for one, other in pairwise(path)]
        if not path or path[-1] != self.root or None in metrics:
            return False
        return sum(metric for metric in metrics if metric is not None) == self.distance.get(path[0])


def _distances(inward: Mapping[str, Mapping[str, int]], root: str) -> dict[str, int]:
    found: dict[str, int] = {}
    waiting = [(0, root)]
    while waiting:
        metric, device = heapq.heappop(waiting)
        if device not in found:
            found[device] = metric
            for other, cost in inward[device].items():
                if other not in found:
                    heapq.heappush(waiting, (metric + cost, other))
    return found
