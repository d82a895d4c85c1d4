"""Shortest paths of the network by routing metric, each direction of a link with its own."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

from inventory.inventory import Inventory, split_ref

__all__ = ["NetworkPath", "NetworkPaths"]


class NetworkPath(NamedTuple):
    """Devices from one end to the other, the links between them (one fewer), and the sum of the metrics that way."""

    devices: tuple[str, ...]
    links: tuple[str, ...]
    metric: int


class NetworkPaths:
    """All shortest paths of an inventory's devices and links.

    Of parallel links the one with the smaller metric that way counts, then the smaller id. Of equally short paths the
    same one is always taken. Asking again for a path to the same device costs nothing.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._towards: dict[str, dict[str, list[str]]] = {}

    @cached_property
    def layer(self) -> nx.DiGraph[str]:
        """Devices; an edge for each direction of each pair, with ``metric`` and ``link``."""
        layer: nx.DiGraph[str] = nx.DiGraph()
        layer.add_nodes_from(sorted(self.inventory.devices))
        for id, link in sorted(self.inventory.links.items()):
            ways = ((link.a_device, link.b_device, link.metric_ab), (link.b_device, link.a_device, link.metric_ba))
            for start, end, metric in ways:
                if start not in layer or end not in layer:
                    continue
                if not layer.has_edge(start, end) or layer[start][end]["metric"] > metric:
                    layer.add_edge(start, end, metric=metric, link=id)
        return layer

    def path(self, start: str, end: str) -> NetworkPath | None:
        """The shortest path between two devices; None where there is none. UnknownObjectError for an unknown device."""
        for device in (start, end):
            self.inventory.get("device", device)
        if end not in self._towards:
            backward = self.layer.reverse(copy=False)
            self._towards[end] = nx.single_source_dijkstra_path(backward, end, weight="metric")
        ways = self._towards[end]
        if start not in ways:
            return None
        devices = tuple(reversed(ways[start]))
        steps = [self.layer[one][other] for one, other in pairwise(devices)]
        return NetworkPath(devices, tuple(step["link"] for step in steps), sum(step["metric"] for step in steps))

    def attachments(self, reference: str) -> tuple[str, ...]:
        """Devices at which ``device:ID``, ``department:ID``, ``room:ID``, ``pool:ID`` or ``cloud:ID`` meets the
        network.

        Primary attachments of departments stand first. A room is attached to its devices and to the devices at the far
        end of its lines; without any, where its department is. A cloud is attached where its pools are.
        """
        kind, id = split_ref(reference)
        inventory = self.inventory
        if kind == "device":
            found = [inventory.get(kind, id).id]
        elif kind == "department":
            listed = inventory.departments[id].attached_to
            found = [item.device for item in sorted(listed, key=lambda item: item.role != "primary")]
        elif kind == "pool":
            found = [item.device for item in inventory.pools[id].attachments]
        elif kind == "cloud":
            found = [
                item.device for pool in inventory.pools_of.get(id, ()) for item in inventory.pools[pool].attachments
            ]
        elif kind == "room":
            found = self._of_room(id)
        else:
            found = []
        return tuple(dict.fromkeys(device for device in found if device in inventory.devices))

    def _of_room(self, id: str) -> list[str]:
        room = self.inventory.rooms[id]
        own = [split_ref(reference) for reference in room.attached_to]
        found = [name for kind, name in own if kind == "device"]
        lines = {name for kind, name in own if kind == "line"} | set(self._lines_of_rooms.get(id, ()))
        for line in sorted(lines & self.inventory.lines.keys()):
            record = self.inventory.lines[line]
            ends = [split_ref(end) for end in (record.a, record.b) if end]
            found += [name for kind, name in ends if kind == "device"]
        return found or list(self.attachments(f"department:{room.department}"))

    @cached_property
    def _lines_of_rooms(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in self.inventory.lines.values():
            for end in (line.a, line.b):
                if end and end.startswith("room:"):
                    found.setdefault(end.removeprefix("room:"), []).append(line.id)
        return found

    def best(self, start: str, end: str) -> NetworkPath | None:
        """The shortest path between two objects over all their attachments; None where there is none."""
        found = [
            path
            for one in self.attachments(start)
            for other in self.attachments(end)
            if (path := self.path(one, other)) is not None
        ]
        return min(found, key=lambda path: path.metric, default=None)
