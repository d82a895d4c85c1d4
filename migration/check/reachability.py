"""Strongly connected components by two passes of depth-first search (Kosaraju 1978, Sharir 1981)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

__all__ = ["mutually_reachable"]

Node = TypeVar("Node", bound=Hashable)


def mutually_reachable(arcs: Iterable[tuple[Node, Node]]) -> list[list[Node]]:
    """Sets of two and more nodes that all reach each other along the arcs, in the order in which the arcs first name
    them.

    Iterative, so that a cycle of any length is read; nodes of one-node sets are left out.
    """
    forward: dict[Node, list[Node]] = {}
    backward: dict[Node, list[Node]] = {}
    for tail, head in arcs:
        for node in (tail, head):
            forward.setdefault(node, [])
            backward.setdefault(node, [])
        forward[tail].append(head)
        backward[head].append(tail)
    place = {node: position for position, node in enumerate(forward)}
    taken: set[Node] = set()
    found = [
        sorted(_collect(node, backward, taken), key=place.__getitem__)
        for node in reversed(_by_finish(forward))
        if node not in taken
    ]
    return sorted((group for group in found if len(group) > 1), key=lambda group: place[group[0]])


def _by_finish(forward: Mapping[Node, Sequence[Node]]) -> list[Node]:
    """Nodes in the order in which a depth-first search leaves them."""
    finished: list[Node] = []
    seen: set[Node] = set()
    for root in forward:
        if root in seen:
            continue
        seen.add(root)
        trail: list[tuple[Node, Iterator[Node]]] = [(root, iter(forward[root]))]
        while trail:
            node, following = trail[-1]
            step = next((other for other in following if other not in seen), None)
            if step is None:
                finished.append(node)
                trail.pop()
            else:
                seen.add(step)
                trail.append((step, iter(forward[step])))
    return finished


def _collect(root: Node, arcs: Mapping[Node, Sequence[Node]], taken: set[Node]) -> list[Node]:
    """Every node not yet taken that is reached from ``root``; takes them."""
    taken.add(root)
    found = [root]
    for node in found:
        for other in arcs[node]:
            if other not in taken:
                taken.add(other)
                found.append(other)
    return found
