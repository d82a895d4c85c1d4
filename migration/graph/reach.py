"""What the network reaches: devices, links and lines from the core outwards, and what is attached to them.

The root of all reach is one artificial node before the *core*: the management root of the estate's settings together
with the core devices of its division and level; without a management root, the core devices of the highest level that
has any; without core devices, all devices of the highest level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property

import networkx as nx

from inventory.kinds.network import DeviceRole
from inventory.kinds.territory import Level
from migration.graph.model import EdgeKind, EstateGraph

__all__ = ["Reach", "core_devices"]

ROOT = -1
_LEVELS = list(Level)


def core_devices(graph: EstateGraph) -> tuple[int, ...]:
    """Nodes of the devices that count as the core; empty without devices."""
    devices = graph.inventory.devices
    root = devices.get(graph.inventory.estate.settings.management_root or "")
    cores = [device for device in devices.values() if device.role is DeviceRole.CORE]
    if root is not None:
        same = [device for device in cores if (device.division, device.level) == (root.division, root.level)]
        chosen = {root.id, *(device.id for device in same)}
    else:
        among = cores or list(devices.values())
        highest = min((_LEVELS.index(device.level) for device in among), default=0)
        chosen = {device.id for device in among if _LEVELS.index(device.level) == highest}
    return tuple(sorted(graph.numbers[f"device:{id}"] for id in chosen))


def _ways(graph: EstateGraph) -> list[tuple[int, int, int]]:
    """All steps that traffic may take, away from the core: (from, to, the link or line between them or -1).

    * Links join devices both ways; so do lines between two devices. Several between the same two ends are nodes of
      their own, so that the loss of one shows; a single one says no more than the device before it.
    * Other lines lead from devices to departments, rooms and clouds, and join these with each other; they never carry
      the backbone's traffic from one device to another through somebody's room.
    * Departments, rooms and pools hang on what they are attached to. A cloud is reached through its pools; a pool
      without an attachment of its own through its cloud; a room without attachment or line of its own through its
      department.
    """
    ways: list[tuple[int, int, int]] = []
    own: set[int] = set()
    devices = set(graph.of_kind("device"))
    for edge in graph.of_edge_kind(EdgeKind.ATTACHED_TO):
        own.add(edge.source)
        if graph.kind(edge.target) == "device":
            ways.append((edge.target, edge.source, -1))
    spans: dict[tuple[int, int], list[int]] = {}
    for node, ends in _ends(graph).items():
        own.update(ends)
        if len(ends) == 2:
            spans.setdefault((min(ends), max(ends)), []).append(node)
    for (one, other), between in spans.items():
        both = (one in devices) == (other in devices)
        for start, end in ((one, other), (other, one)):
            if both or start in devices:
                ways += [(start, end, by) for by in between]
    for edge in graph.of_edge_kind(EdgeKind.PART_OF):
        if edge.record_kind == "pool":
            ways.append((edge.source, edge.target, -1))
            if edge.source not in own:
                ways.append((edge.target, edge.source, -1))
    for edge in graph.of_edge_kind(EdgeKind.OWNED_BY):
        if edge.record_kind == "room" and edge.source not in own:
            ways.append((edge.target, edge.source, -1))
    return ways


def _ends(graph: EstateGraph) -> dict[int, list[int]]:
    """Ends of each link and line. A room or department that names a line as its attachment is an end of it as well."""
    found: dict[int, list[int]] = {}
    for kind in (EdgeKind.ENDS_AT, EdgeKind.ATTACHED_TO):
        for edge in graph.of_edge_kind(kind):
            node, end = (edge.source, edge.target) if kind is EdgeKind.ENDS_AT else (edge.target, edge.source)
            if kind is EdgeKind.ENDS_AT or (graph.kind(node) == "line" and len(found.get(node, ())) < 2):
                ends = found.setdefault(node, [])
                if end not in ends:
                    ends.append(end)
    return found


class Reach:
    """The network layer of a graph, without the nodes in ``lost``."""

    def __init__(self, graph: EstateGraph, lost: Collection[int] = (), *, like: Reach | None = None) -> None:
        """``like``: another ``Reach`` of the same graph, whose preparation is used again."""
        self.graph = graph
        self.lost = frozenset(lost)
        self.ways: list[tuple[int, int, int]] = _ways(graph) if like is None else like.ways
        self.layer: nx.DiGraph[int] = nx.DiGraph()
        self.layer.add_node(ROOT)
        gone = self.lost
        self.layer.add_nodes_from(node for node in graph.of_kind("device") if node not in gone)
        self.open = [
            (start, end) for start, end, by in self.ways if start not in gone and end not in gone and by not in gone
        ]
        self.layer.add_edges_from(self.open)
        self.layer.add_edges_from((ROOT, core) for core in self._living_core(self.layer))

    def _living_core(self, layer: nx.DiGraph[int]) -> list[int]:
        """The core devices that still stand together: where the core has fallen apart, the largest part of it counts.

        Of equal parts the one with more devices, then the management root's, then the first.
        """
        standing = [node for node in core_devices(self.graph) if node not in self.lost]
        root = self.graph.numbers.get(f"device:{self.graph.inventory.estate.settings.management_root}", -1)
        devices = set(self.graph.of_kind("device"))
        best: tuple[tuple[int, int, bool], list[int]] = ((0, 0, False), [])
        seen: set[int] = set()
        for core in standing:
            if core in seen:
                continue
            part = nx.descendants(layer, core) | {core}
            seen |= part
            together = [node for node in standing if node in part]
            rank = (len(together), len(devices & part), root in together)
            if rank > best[0]:
                best = (rank, together)
        return best[1]

    @cached_property
    def reached(self) -> frozenset[int]:
        """Nodes that the core reaches."""
        return frozenset(self.single_points)

    @cached_property
    def single_points(self) -> dict[int, int]:
        """For each node that is reached, how many single points of failure lie before it: nodes and ways whose loss
        cuts it off.

        The nodes are its dominators seen from the core. A way is one where it is the only way into the node or into
        one of its dominators, ways that come back from behind left out.
        """
        dominators = {node: above for node, above in nx.immediate_dominators(self.layer, ROOT).items() if node != ROOT}
        below: dict[int, list[int]] = {ROOT: []}
        for node, above in dominators.items():
            below.setdefault(above, []).append(node)
        order, last = _preorder(below)
        first = {node: place for place, node in enumerate(order)}
        ways = Counter(end for start, end in self.open if start in first and not first[end] <= first[start] < last[end])
        points = {ROOT: -1}
        for node in order[1:]:
            alone = ways[node] == 1 and not self.layer.has_edge(ROOT, node)
            points[node] = points[dominators[node]] + 1 + alone
        del points[ROOT]
        return points

    def joined(self, one: int, other: int) -> bool:
        """Whether traffic still finds a way between two nodes of the layer, seen from either."""
        if one not in self.layer or other not in self.layer:
            return False
        return other in self._behind(one) or one in self._behind(other)

    def _behind(self, node: int) -> Collection[int]:
        """All that traffic reaches from a node, itself included; worked out once for nodes that reach each other."""
        part = self._parts[node]
        if part not in self._known_behind:
            self._known_behind[part] = nx.descendants(self.layer, node) | {node}
        return self._known_behind[part]

    @cached_property
    def _parts(self) -> dict[int, int]:
        """Node -> number of its strongly connected component."""
        parts = nx.strongly_connected_components(self.layer)
        return {node: number for number, part in enumerate(parts) for node in part}

    @cached_property
    def _known_behind(self) -> dict[int, Collection[int]]:
        return {}


def _preorder(below: Mapping[int, list[int]]) -> tuple[list[int], dict[int, int]]:
    """Nodes of a tree from the root down, and the place after the last node under each."""
    order: list[int] = []
    last: dict[int, int] = {}
    waiting = [(ROOT, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            last[node] = len(order)
            continue
        order.append(node)
        waiting.append((node, True))
        waiting += [(child, False) for child in below.get(node, ())]
    return order, last
