"""The graph, or a part of it, as GraphML, JSON and DOT."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterator
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from migration.graph.model import Edge, EdgeKind, EstateGraph

__all__ = ["FORMAT", "neighbourhood", "write_dot", "write_graphml", "write_json"]

FORMAT = 1
"""Version of the JSON form."""


def neighbourhood(graph: EstateGraph, centre: int, depth: int) -> tuple[int, ...]:
    """The nodes at most ``depth`` edges from a node, in either direction, nearest first.

    Owners and carriers join what has nothing else in common, so what they own or carry is only followed from the
    centre itself.
    """
    distance = {centre: 0}
    waiting = deque([centre])
    while waiting:
        node = waiting.popleft()
        if distance[node] == depth:
            continue
        for step in graph.steps(node):
            wide = step.edge.kind in (EdgeKind.OWNED_BY, EdgeKind.CARRIED_BY) and not step.forward
            if step.node not in distance and (node == centre or not wide):
                distance[step.node] = distance[node] + 1
                waiting.append(step.node)
    return tuple(distance)


def _edges(graph: EstateGraph, nodes: Collection[int] | None) -> Iterator[Edge]:
    if nodes is None:
        return iter(graph.edges)
    return iter(graph.between(nodes))


def _nodes(graph: EstateGraph, nodes: Collection[int] | None) -> Iterator[int]:
    return iter(range(len(graph.names)) if nodes is None else nodes)


def write_json(graph: EstateGraph, out: TextIO, nodes: Collection[int] | None = None) -> None:
    """{"format": 1, "nodes": [{id, kind, name}], "edges": [{from, to, kind, hard, record, origin}]}, one a line.

    ``nodes``: only these and the edges between them; default all.
    """
    out.write(f'{{"format": {FORMAT},\n"nodes": [')
    for count, node in enumerate(_nodes(graph, nodes)):
        entry = {"id": graph.names[node], "kind": graph.kind(node), "name": graph.label(node)}
        out.write((",\n" if count else "\n") + json.dumps(entry, ensure_ascii=False))
    out.write('],\n"edges": [')
    for count, edge in enumerate(_edges(graph, nodes)):
        answer = {
            "from": graph.names[edge.source],
            "to": graph.names[edge.target],
            "kind": edge.kind.value,
            "hard": edge.hard,
            "record": f"{edge.record_kind}:{edge.record_id}",
            "origin": str(graph.origin(edge)),
        }
        out.write((",\n" if count else "\n") + json.dumps(answer, ensure_ascii=False))
    out.write("]}\n")


_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_KEYS = (
    ("kind", "node", "string"), ("name", "node", "string"), ("relation", "edge", "string"), ("hard", "edge", "boolean"),
    ("record", "edge", "string"), ("origin", "edge", "string"),
)  # fmt: skip


def write_graphml(graph: EstateGraph, out: TextIO, nodes: Collection[int] | None = None) -> None:
    """GraphML as yEd, Gephi and networkx read it; edges are numbered, so that several may join the same two nodes."""
    out.write(f'<?xml version="1.0" encoding="utf-8"?>\n<graphml xmlns="{_GRAPHML}">\n')
    out.writelines(
        f'<key id="{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>\n' for name, place, kind in _KEYS
    )
    out.write('<graph id="estate" edgedefault="directed">\n')
    for node in _nodes(graph, nodes):
        data = _data(kind=graph.kind(node), name=graph.label(node))
        out.write(f"<node id={quoteattr(graph.names[node])}>{data}</node>\n")
    for number, edge in enumerate(_edges(graph, nodes)):
        ends = f"source={quoteattr(graph.names[edge.source])} target={quoteattr(graph.names[edge.target])}"
        record, hard = f"{edge.record_kind}:{edge.record_id}", "true" if edge.hard else "false"
        data = _data(relation=edge.kind.value, hard=hard, record=record, origin=str(graph.origin(edge)))
        out.write(f'<edge id="e{number}" {ends}>{data}</edge>\n')
    out.write("</graph>\n</graphml>\n")


def _data(**values: str) -> str:
    """Values without control characters, which XML does not allow."""
    plain = {name: "".join(sign for sign in value if sign >= " " or sign in "\t\n") for name, value in values.items()}
    return "".join(f'<data key="{name}">{escape(value)}</data>' for name, value in plain.items())


_SHAPES = {
    "system": "box", "component": "component", "department": "house", "room": "folder", "cloud": "ellipse",
    "pool": "cylinder", "device": "hexagon", "link": "plain", "line": "plain", "asset": "box3d",
    "external_object": "octagon", "external": "octagon",
}  # fmt: skip


def write_dot(graph: EstateGraph, out: TextIO, nodes: Collection[int] | None = None) -> None:
    """DOT for Graphviz: hard dependencies are solid, everything else is dashed."""
    out.write("digraph estate {\n  rankdir=LR;\n  node [fontname=sans];\n")
    for node in _nodes(graph, nodes):
        label = "\n".join(filter(None, (graph.label(node), graph.names[node])))
        out.write(
            f"  {_quoted(graph.names[node])} [label={_quoted(label)}, shape={_SHAPES.get(graph.kind(node), 'box')}];\n"
        )
    for edge in _edges(graph, nodes):
        ends = f"{_quoted(graph.names[edge.source])} -> {_quoted(graph.names[edge.target])}"
        style = "solid" if edge.hard else "dashed"
        out.write(f"  {ends} [label={_quoted(edge.kind.value)}, style={style}];\n")
    out.write("}\n")


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'
