"""Move groups: systems that must move in one slot, and the fewest relations to relax so that they need not (planning
rule H2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import networkx as nx

from migration.graph.cuts import cut_cycles
from migration.graph.layers import is_together, ordered
from migration.graph.model import Edge, EdgeKind, EstateGraph

__all__ = ["MoveGroups", "SystemGroup", "move_groups"]


@dataclass(frozen=True)
class SystemGroup:
    """One group of at least two systems.

    ``members``: nodes, in the order of the inventory; ``declared``: move groups by hand that it contains; ``edges``:
    the ordered dependencies between the members; ``cut``: dependencies (records) whose order, once relaxed, leaves no
    cycle, so that only declared groups still hold members together (each ``together`` is one of them, since it binds
    both ways by itself); ``exact``: no smaller cut exists; ``bound``: no cut has fewer.
    """

    members: tuple[int, ...]
    declared: tuple[str, ...]
    edges: tuple[Edge, ...]
    cut: tuple[str, ...]
    exact: bool
    bound: int


@dataclass(frozen=True)
class MoveGroups:
    """All groups, the largest first, and the number of systems that move alone."""

    groups: tuple[SystemGroup, ...]
    alone: int


def move_groups(graph: EstateGraph) -> MoveGroups:
    """Strongly connected components over hard dependencies marked provider_first or together, joined with declared
    groups.

    ``together`` binds both ways. Observed dependencies count as soft until they are confirmed.
    """
    layer: nx.DiGraph[int] = nx.DiGraph()
    layer.add_nodes_from(graph.of_kind("system"))
    between: dict[tuple[int, int], list[Edge]] = {}
    for edge in graph.of_edge_kind(EdgeKind.DEPENDS_ON):
        client, provider = graph.wholes[edge.source], graph.wholes[edge.target]
        if client != provider and client in layer and provider in layer and ordered(graph, edge):
            layer.add_edge(client, provider)
            between.setdefault((client, provider), []).append(edge)
            if is_together(graph, edge):
                layer.add_edge(provider, client)
    declared = _declared(graph)
    for members in declared.values():
        layer.add_edges_from(zip(members, (*members[1:], members[0]), strict=True))
    parts = [sorted(part) for part in nx.strongly_connected_components(layer) if len(part) > 1]
    where = {node: number for number, part in enumerate(parts) for node in part}
    inside: list[list[Edge]] = [[] for _ in parts]
    for (client, provider), edges in between.items():
        if client in where and where[client] == where.get(provider):
            inside[where[client]] += edges
    groups = [_group(graph, part, edges, declared) for part, edges in zip(parts, inside, strict=True)]
    groups.sort(key=lambda group: (-len(group.members), group.members))
    return MoveGroups(tuple(groups), layer.number_of_nodes() - len(where))


def _declared(graph: EstateGraph) -> dict[str, tuple[int, ...]]:
    """Declared groups by id -> members that the inventory has, at least two."""
    found: dict[str, list[int]] = {}
    for edge in graph.of_edge_kind(EdgeKind.MOVES_WITH):
        members = found.setdefault(edge.record_id, [])
        if edge.source not in members:
            members.append(edge.source)
    return {id: tuple(members) for id, members in found.items() if len(members) > 1}


def _group(
    graph: EstateGraph, members: Iterable[int], edges: Iterable[Edge], declared: Mapping[str, tuple[int, ...]]
) -> SystemGroup:
    nodes, inner = tuple(members), tuple(edges)
    chosen = set(nodes)
    own = {id: listed for id, listed in declared.items() if chosen.issuperset(listed)}
    lead: dict[int, int] = {}
    for listed in own.values():
        for node in listed:
            _unite(lead, listed[0], node)
    arcs: dict[tuple[int, int], list[str]] = {}
    forced: list[str] = []
    for edge in inner:
        pair = (_lead(lead, graph.wholes[edge.source]), _lead(lead, graph.wholes[edge.target]))
        if pair[0] != pair[1] and is_together(graph, edge):
            forced.append(edge.record_id)
        elif pair[0] != pair[1]:
            arcs.setdefault(pair, []).append(edge.record_id)
    cut = cut_cycles({pair: len(records) for pair, records in arcs.items()})
    records = sorted([*forced, *(record for pair in cut.arcs for record in arcs[pair])])
    return SystemGroup(nodes, tuple(own), inner, tuple(records), cut.exact, cut.bound + len(forced))


def _lead(lead: Mapping[int, int], node: int) -> int:
    while (above := lead.get(node, node)) != node:
        node = above
    return node


def _unite(lead: dict[int, int], one: int, other: int) -> None:
    first, second = _lead(lead, one), _lead(lead, other)
    if first != second:
        lead[second] = first
