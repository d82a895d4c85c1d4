"""The layer of systems: who depends on whom, as small networkx graphs."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx

from inventory.kinds.systems import DependencyOrder
from migration.graph.model import Edge, EdgeKind, EstateGraph

__all__ = ["is_together", "ordered", "system_layer"]


def system_layer(graph: EstateGraph, wanted: Callable[[Edge], bool], *, externals: bool = False) -> nx.DiGraph[int]:
    """An edge client -> provider for each pair of different systems with a dependency that is ``wanted``.

    Components count as their systems. All systems are nodes; with ``externals`` objects outside the estate as well.
    """
    layer: nx.DiGraph[int] = nx.DiGraph()
    layer.add_nodes_from(graph.of_kind("system", "external_object") if externals else graph.of_kind("system"))
    whole = graph.wholes
    pairs = {
        (whole[edge.source], whole[edge.target]): None
        for edge in graph.of_edge_kind(EdgeKind.DEPENDS_ON)
        if wanted(edge)
    }
    layer.add_edges_from(
        (client, provider) for client, provider in pairs if client != provider and client in layer and provider in layer
    )
    return layer


def ordered(graph: EstateGraph, edge: Edge) -> bool:
    """Whether planning rule H1 holds for a dependency: hard, known to a person, provider first or together."""
    return edge.hard and graph.inventory.dependencies[edge.record_id].order is not DependencyOrder.NONE


def is_together(graph: EstateGraph, edge: Edge) -> bool:
    """Whether an ordered dependency wants both cutovers in the same slot."""
    return edge.hard and graph.inventory.dependencies[edge.record_id].order is DependencyOrder.TOGETHER
