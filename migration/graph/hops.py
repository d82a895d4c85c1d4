"""Fewest links between devices: no path has a latency below what they take."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from inventory.inventory import Inventory

__all__ = ["Hops"]


class Hops:
    """Number of links between devices, whatever the routing metrics. Asking again to the same device costs nothing."""

    def __init__(self, inventory: Inventory) -> None:
        self._layer: nx.Graph[str] = nx.Graph()
        self._layer.add_nodes_from(inventory.devices)
        devices = inventory.devices
        self._layer.add_edges_from(
            (link.a_device, link.b_device)
            for link in inventory.links.values()
            if link.a_device in devices and link.b_device in devices
        )
        self._from: dict[str, dict[str, int]] = {}
        parts = enumerate(nx.connected_components(self._layer))
        self._part = {device: number for number, found in parts for device in found}

    def joined(self, one: Iterable[str], other: Iterable[str]) -> bool:
        """Whether some device of one end and some of the other are joined by links, or are the same."""
        parts = {self._part.get(device) for device in one} - {None}
        return any(self._part.get(device) in parts for device in other)

    def least(self, one: Iterable[str], other: Iterable[str]) -> int | None:
        """Fewest links between any device of one end and any of the other; None where nothing joins them."""
        ends = tuple(one)
        found: int | None = None
        for device in other:
            if device not in self._layer:
                continue
            if device not in self._from:
                self._from[device] = nx.single_source_shortest_path_length(self._layer, device)
            counts = self._from[device]
            for end in ends:
                count = counts.get(end)
                if count is not None and (found is None or count < found):
                    found = count
        return found
