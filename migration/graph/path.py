"""How two objects hang together, across the layers."""

from __future__ import annotations

from collections import deque

from migration.graph.model import EdgeKind, EstateGraph, Step

__all__ = ["find_path"]


def find_path(graph: EstateGraph, start: int, end: int) -> tuple[Step, ...] | None:
    """A path with the fewest edges, each walked in either direction; () from an object to itself, None where there is
    none.

    Owners and carriers join what has nothing else in common, so they are walked only where no other path exists. Of
    equally short paths the one whose edges were read first is taken.
    """
    found = _search(graph, start, end, (EdgeKind.OWNED_BY, EdgeKind.CARRIED_BY))
    return _search(graph, start, end, ()) if found is None else found


def _search(graph: EstateGraph, start: int, end: int, avoided: tuple[EdgeKind, ...]) -> tuple[Step, ...] | None:
    arrived: dict[int, tuple[int, Step] | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in arrived:
        node = waiting.popleft()
        for step in graph.steps(node):
            if step.node not in arrived and step.edge.kind not in avoided:
                arrived[step.node] = (node, step)
                waiting.append(step.node)
    if end not in arrived:
        return None
    steps: list[Step] = []
    while (came := arrived[end]) is not None:
        end, step = came
        steps.append(step)
    return tuple(reversed(steps))
