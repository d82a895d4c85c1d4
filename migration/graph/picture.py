"""A part of the graph as an SVG picture: columns by kind, systems in the order of their dependencies. No external
program.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

import networkx as nx

from migration.graph.errors import GraphError
from migration.graph.model import Edge, EdgeKind, EstateGraph

__all__ = ["PICTURE_LIMIT", "write_svg"]

PICTURE_LIMIT = 300
"""Objects in one picture; with more nobody finds anything."""

_COLUMNS = (
    ("department", "private_network", "carrier", "internet_exit"),
    ("external_object",),
    ("system", "move_group"),
    ("component",),
    ("asset", "pool"),
    ("room", "cloud", "external"),
    ("line",),
    ("device",),
    ("link",),
)
_SYSTEM_COLUMN = 2
_SYSTEM_DEPTH = 6
"""Columns that systems may take; longer chains share the last."""
_FILLS = {
    "system": "#dbeafe", "component": "#eff6ff", "department": "#fef3c7", "room": "#fee2e2", "cloud": "#dcfce7",
    "pool": "#f0fdf4", "device": "#ede9fe", "link": "#f5f3ff", "line": "#fce7f3", "external_object": "#e5e7eb",
    "external": "#e5e7eb",
}  # fmt: skip
_WIDTH, _HEIGHT, _GAP, _COLUMN = 190, 34, 14, 290
_LABEL = 26
"""Columns of text in a box; wide characters take two."""


def write_svg(graph: EstateGraph, out: TextIO, nodes: Collection[int], *, centre: int | None = None) -> None:
    """Draw some nodes and the edges between them. The same nodes always give the same picture; ``centre`` is marked.

    Hard dependencies are solid, soft ones dashed, all other relations thin. GraphError ``graph-too-large`` above
    PICTURE_LIMIT.
    """
    if len(nodes) > PICTURE_LIMIT:
        raise GraphError("graph-too-large", nodes=len(nodes), limit=PICTURE_LIMIT)
    edges = graph.between(nodes)
    columns = _order(_columns(graph, nodes, edges), edges)
    places = _places(columns)
    width = max((x for x, _ in places.values()), default=0) + _WIDTH + 40
    height = max((y for _, y in places.values()), default=0) + _HEIGHT + 40
    out.write(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="11">\n'
        '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#475569"/></marker></defs>\n'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
    )
    out.writelines(_curve(graph, edge, places) for edge in edges)
    out.writelines(_box(graph, node, place, marked=node == centre) for node, place in places.items())
    out.write("</svg>\n")


def _columns(graph: EstateGraph, nodes: Collection[int], edges: Iterable[Edge]) -> list[list[int]]:
    rank = {kind: number for number, kinds in enumerate(_COLUMNS) for kind in kinds}
    layer: nx.DiGraph[int] = nx.DiGraph()
    layer.add_nodes_from(node for node in nodes if graph.kind(node) == "system")
    for edge in edges:
        ends = graph.wholes[edge.source], graph.wholes[edge.target]
        if edge.kind is EdgeKind.DEPENDS_ON and ends[0] != ends[1] and ends[0] in layer and ends[1] in layer:
            layer.add_edge(*ends)
    whole = nx.condensation(layer)
    depth: dict[int, int] = {}
    for part in nx.topological_sort(whole):
        depth[part] = max((depth[above] + 1 for above in whole.predecessors(part)), default=0)
    of_system = {node: min(depth[whole.graph["mapping"][node]], _SYSTEM_DEPTH - 1) for node in layer}
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for node in sorted(nodes):
        found[rank.get(graph.kind(node), _SYSTEM_COLUMN), of_system.get(node, 0)].append(node)
    return [found[place] for place in sorted(found)]


def _order(columns: list[list[int]], edges: Iterable[Edge]) -> list[list[int]]:
    """Each column by the mean place of its neighbours, swept to and fro: fewer crossings (the barycentre heuristic)."""
    near: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        near[edge.source].append(edge.target)
        near[edge.target].append(edge.source)
    place = {node: float(number) for column in columns for number, node in enumerate(column)}
    for sweep in range(4):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            means = {
                node: sum(place[other] for other in near[node]) / len(near[node]) if near[node] else place[node]
                for node in column
            }
            column.sort(key=lambda node: (means[node], node))
            place.update((node, float(number)) for number, node in enumerate(column))
    return columns


def _places(columns: list[list[int]]) -> dict[int, tuple[int, int]]:
    tallest = max(map(len, columns), default=0)
    step = _HEIGHT + _GAP
    return {
        node: (20 + number * _COLUMN, 20 + (tallest - len(column)) * step // 2 + row * step)
        for number, column in enumerate(columns)
        for row, node in enumerate(column)
    }


def _curve(graph: EstateGraph, edge: Edge, places: Mapping[int, tuple[int, int]]) -> str:
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    y1, y2 = y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
    if x1 == x2:
        bend = 30 + abs(y2 - y1) // 8
        line = f"M{x1 + _WIDTH} {y1}C{x1 + _WIDTH + bend} {y1} {x1 + _WIDTH + bend} {y2} {x1 + _WIDTH} {y2}"
    else:
        start, end = (x1 + _WIDTH, x2) if x2 > x1 else (x1, x2 + _WIDTH)
        middle = (start + end) // 2
        line = f"M{start} {y1}C{middle} {y1} {middle} {y2} {end} {y2}"
    if edge.kind is EdgeKind.DEPENDS_ON:
        style = 'stroke="#1d4ed8" stroke-width="1.4"' + ("" if edge.hard else ' stroke-dasharray="5 3"')
    else:
        style = 'stroke="#94a3b8" stroke-width="0.9"'
    title = escape(f"{graph.names[edge.source]} {edge.kind.value} {graph.names[edge.target]}: {graph.origin(edge)}")
    return f'<path d="{line}" fill="none" {style} marker-end="url(#to)"><title>{title}</title></path>\n'


def _box(graph: EstateGraph, node: int, place: tuple[int, int], *, marked: bool) -> str:
    x, y = place
    kind, id, name = graph.kind(node), graph.id(node), graph.label(node)
    stroke = 'stroke="#dc2626" stroke-width="2.5"' if marked else 'stroke="#64748b"'
    lines = [name, id] if name else [id, kind]
    texts = "".join(
        f'<text x="{x + 8}" y="{y + 14 + 13 * number}"{"" if number == 0 else " fill=" + quoteattr("#64748b")}>'
        f"{escape(_shortened(line))}</text>"
        for number, line in enumerate(lines)
    )
    title = escape(f"{kind} {id} {name}".strip())
    size = f'width="{_WIDTH}" height="{_HEIGHT}" rx="5" fill="{_FILLS.get(kind, "#f8fafc")}"'
    return f'<g><title>{title}</title><rect x="{x}" y="{y}" {size} {stroke}/>{texts}</g>\n'


def _shortened(text: str) -> str:
    """As much as fits into a box, measured in columns of text."""
    taken = 0
    for number, sign in enumerate(text):
        taken += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if taken > _LABEL:
            return text[: max(number - 1, 1)] + "…"
    return text
