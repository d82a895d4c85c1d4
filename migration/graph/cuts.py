"""Which relations to relax so that no cycle is left: a feedback arc set of small weight, with a lower bound.

The order comes from the greedy sequence of Eades, Lin and Smyth (A fast and effective heuristic for the feedback arc
set problem, 1993), with weights; arcs that can go back without closing a cycle are put back; cycles without a common
arc bound it from below.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

__all__ = ["Cut", "cut_cycles"]

Arc = tuple[int, int]

SEARCH_BUDGET = 2_000_000
"""Arcs that refining and bounding one component may look at; above, the greedy result stands as it is."""


class Cut(NamedTuple):
    """``arcs`` to remove; ``weight`` of them together; no set has less than ``bound``."""

    arcs: tuple[Arc, ...]
    weight: int
    bound: int

    @property
    def exact(self) -> bool:
        """Whether the set is known to be a smallest one."""
        return self.weight == self.bound


def cut_cycles(weights: Mapping[Arc, int]) -> Cut:
    """Arcs whose removal leaves no cycle; ``weights`` has a positive integer for each arc. Deterministic."""
    layer: nx.DiGraph[int] = nx.DiGraph()
    layer.add_weighted_edges_from((*arc, weight) for arc, weight in sorted(weights.items()))
    chosen: list[Arc] = []
    bound = 0
    for part in sorted(map(sorted, nx.strongly_connected_components(layer))):
        if len(part) > 1:
            inside = {arc: weights[arc] for arc in sorted(layer.subgraph(part).edges)}
            arcs, least = _cut_component(part, inside)
            chosen += arcs
            bound += least
    return Cut(tuple(sorted(chosen)), sum(weights[arc] for arc in chosen), bound)


def _cut_component(nodes: list[int], weights: Mapping[Arc, int]) -> tuple[list[Arc], int]:
    place = {node: number for number, node in enumerate(_sequence(nodes, weights))}
    backward = [arc for arc in weights if place[arc[0]] > place[arc[1]]]
    if len(backward) * len(weights) > SEARCH_BUDGET:
        return backward, 1
    kept: nx.DiGraph[int] = nx.DiGraph(arc for arc in weights if place[arc[0]] < place[arc[1]])
    kept.add_nodes_from(nodes)
    cut: list[Arc] = []
    for arc in sorted(backward, key=lambda arc: (-weights[arc], arc)):
        if nx.has_path(kept, arc[1], arc[0]):
            cut.append(arc)
        else:
            kept.add_edge(*arc)
    return cut, _bound(cut, weights)


def _sequence(nodes: list[int], weights: Mapping[Arc, int]) -> list[int]:
    """All nodes in an order with little weight on arcs that lead back."""
    after: dict[int, dict[int, int]] = {node: {} for node in nodes}
    before: dict[int, dict[int, int]] = {node: {} for node in nodes}
    for (start, end), weight in weights.items():
        after[start][end] = weight
        before[end][start] = weight
    left = set(nodes)
    surplus = {node: sum(after[node].values()) - sum(before[node].values()) for node in nodes}
    heap = [(-surplus[node], node) for node in nodes]
    heapq.heapify(heap)
    ready = [node for node in nodes if not after[node] or not before[node]]
    head: list[int] = []
    tail: list[int] = []

    def take(node: int) -> None:
        left.discard(node)
        for end, weight in after[node].items():
            del before[end][node]
            surplus[end] += weight
            _changed(end)
        for start, weight in before[node].items():
            del after[start][node]
            surplus[start] -= weight
            _changed(start)

    def _changed(node: int) -> None:
        heapq.heappush(heap, (-surplus[node], node))
        if not after[node] or not before[node]:
            ready.append(node)

    while left:
        if ready:
            node = ready.pop()
        else:
            value, node = heapq.heappop(heap)
            if node in left and -value != surplus[node]:
                continue
        if node in left:
            (tail if not after[node] and before[node] else head).append(node)
            take(node)
    return head + tail[::-1]


def _bound(cut: list[Arc], weights: Mapping[Arc, int]) -> int:
    """Weight of cycles that share no arc (arcs of weight w may be in w of them): every set that cuts all cycles has
    as much.
    """
    rest: nx.DiGraph[int] = nx.DiGraph()
    rest.add_edges_from(weights)
    left = dict(weights)
    total = 0
    for arc in cut:
        while rest.has_edge(*arc):
            try:
                way = nx.bidirectional_shortest_path(rest, arc[1], arc[0])
            except nx.NetworkXNoPath:
                break
            cycle = [*pairwise(way), arc]
            least = min(left[step] for step in cycle)
            total += least
            for step in cycle:
                left[step] -= least
                if not left[step]:
                    rest.remove_edge(*step)
    return total
