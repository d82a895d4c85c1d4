"""Which devices carry a device's management and routing: its way to the management root and its upstreams.

Shortest paths by the metrics in the direction of travel, from each device to ``settings.management_root``. Of equally
short ways the one over the next hop of smallest id counts, at every hop.
"""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from inventory.inventory import Inventory
from migration.graph.paths import NetworkPaths

__all__ = ["Upstreams"]


class Upstreams:
    """Ways to the root and upstreams of all devices of an inventory, found at once.

    ``paths``: device -> devices to the root, both included, for every device that reaches it, nearest first.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.paths: Mapping[str, tuple[str, ...]] = {}
        self._of: dict[str, tuple[str, ...]] = {}
        root = inventory.estate.settings.management_root
        if root is None or root not in inventory.devices:
            return
        layer = NetworkPaths(inventory).layer
        backward = layer.reverse(copy=False)
        distance: dict[str, float] = nx.single_source_dijkstra_path_length(backward, root, weight="metric")
        paths: dict[str, tuple[str, ...]] = {root: (root,)}
        for device in sorted(distance, key=lambda id: (distance[id], id)):
            if device == root:
                continue
            # Metrics are positive, so what is nearer to the root has its path already.
            own = distance[device]
            ways = sorted(
                (edge["metric"] + distance[other], other)
                for other, edge in layer.adj[device].items()
                if distance.get(other, own) < own
            )
            paths[device] = (device, *paths[ways[0][1]])
            self._of[device] = tuple(other for _, other in ways[:2])
        self.paths = paths

    def path(self, device: str) -> tuple[str, ...]:
        """Devices from a device to the root, both included; () where it does not reach the root."""
        return self.paths.get(device, ())

    def of(self, device: str) -> tuple[str, ...]:
        """Upstreams: the next hop to the root, then, where there is one, the backup.

        The backup is the nearest way over another neighbour that lies itself nearer to the root than the device does
        (RFC 5286: the downstream condition, which excludes loops); of equal ones the smallest id. The root and what
        does not reach it have no upstreams.
        """
        return self._of.get(device, ())
