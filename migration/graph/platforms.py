"""Platforms: the systems that most others depend on. They move first and stand still last."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx

from migration.graph.layers import system_layer
from migration.graph.model import EstateGraph

__all__ = ["Platform", "platforms"]

BLOCK = 4096
"""Systems whose followers are counted in one pass; bounds the memory of the bit sets to a half KiB a system."""


class Platform(NamedTuple):
    """One system or external object and how many systems depend on it.

    ``direct``: with any dependency; ``hard``: with a hard one (declared or confirmed); ``transitive``: that stop,
    sooner or later, when it stops, over chains of hard dependencies.
    """

    node: int
    direct: int
    hard: int
    transitive: int


def platforms(graph: EstateGraph) -> tuple[Platform, ...]:
    """Everything that at least one system depends on, by transitive, then hard, then direct dependents."""
    every = system_layer(graph, lambda _edge: True, externals=True)
    hard = system_layer(graph, lambda edge: edge.hard, externals=True)
    behind = _followers(hard)
    found = [Platform(node, direct, hard.in_degree(node), behind[node]) for node, direct in every.in_degree() if direct]
    return tuple(sorted(found, key=lambda item: (-item.transitive, -item.hard, -item.direct, item.node)))


def _followers(layer: nx.DiGraph[int]) -> dict[int, int]:
    """How many other nodes have a path to each node: bit sets of nodes, pushed through the components in topological
    order.
    """
    whole = nx.condensation(layer)
    where = whole.graph["mapping"]
    order = list(nx.topological_sort(whole))
    counts = dict.fromkeys(order, 0)
    nodes = list(layer)
    for start in range(0, len(nodes), BLOCK):
        bits = dict.fromkeys(order, 0)
        for place, node in enumerate(nodes[start : start + BLOCK]):
            bits[where[node]] |= 1 << place
        for part in order:
            own = bits[part]
            if own:
                counts[part] += own.bit_count()
                for following in whole.successors(part):
                    bits[following] |= own
    return {node: counts[where[node]] - 1 for node in nodes}
