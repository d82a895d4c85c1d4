"""Islands: what hangs together and with nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from migration.graph.layers import system_layer
from migration.graph.model import EdgeKind, EstateGraph

__all__ = ["Islands", "islands"]


@dataclass(frozen=True)
class Islands:
    """``systems``: sets of at least two systems, the largest first; ``alone``: systems without any dependency inside
    the estate;
    ``network``: sets of devices that links and lines join, the largest first (one: the network is whole)."""

    systems: tuple[tuple[int, ...], ...]
    alone: tuple[int, ...]
    network: tuple[tuple[int, ...], ...]


def islands(graph: EstateGraph) -> Islands:
    """Weakly connected components of systems over dependencies of any strength and declared move groups, and of the
    devices.

    Two systems that only share an object outside the estate are not joined by it: moving one does not touch the other.
    """
    layer = system_layer(graph, lambda _edge: True)
    first: dict[int, int] = {}
    for edge in graph.of_edge_kind(EdgeKind.MOVES_WITH):
        layer.add_edge(first.setdefault(edge.target, edge.source), edge.source)
    parts = _parts(layer)
    devices: nx.DiGraph[int] = nx.DiGraph()
    devices.add_nodes_from(graph.of_kind("device"))
    for node in graph.of_kind("link", "line"):
        ends = [edge.target for edge in graph.out_edges(node) if edge.target in devices]
        devices.add_edges_from(pairwise(ends))
    return Islands(
        tuple(part for part in parts if len(part) > 1),
        tuple(part[0] for part in parts if len(part) == 1),
        _parts(devices),
    )


def _parts(layer: nx.DiGraph[int]) -> tuple[tuple[int, ...], ...]:
    parts = [tuple(sorted(part)) for part in nx.weakly_connected_components(layer)]
    return tuple(sorted(parts, key=lambda part: (-len(part), part)))
