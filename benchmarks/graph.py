"""The graph: building it and asking it, in seconds after loading; the peer is networkx with the same nodes and edges.

The peer answers as plain networkx functions do, on one graph with attributes: a floor for the algorithms, not the same
answers. Its impact knows dependencies only, its groups carry no edges to cut, and its platforms count each system's
followers by a search of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks._estates import cache_at, estate
from benchmarks._measure import Usage, measure, task
from benchmarks._report import Required, note, parser, publish, row

if TYPE_CHECKING:
    import networkx as nx

    from migration.graph.model import EstateGraph

QUERIES = ("impact of a system", "impact of a device, room or carrier", "path", "groups", "platforms", "islands")
ALONE = "platforms"
"""The peer's search for each system may not end; it must not take the other queries with it."""
REQUIRED: Required = {(name, 10_000): {"worst_seconds": 1.0} for name in QUERIES}
PATHS = 10
"""Pairs of objects between which paths are looked for."""


def ours(path: str) -> dict[str, Any]:
    """Seconds of each query, every one on a graph that has answered nothing before."""
    from migration.graph.groups import move_groups
    from migration.graph.impact import impact
    from migration.graph.islands import islands
    from migration.graph.model import EstateGraph
    from migration.graph.path import find_path
    from migration.graph.platforms import platforms

    graph, answer = _built(path)

    def timed(ask: Callable[[EstateGraph], object]) -> float:
        fresh = EstateGraph(graph.inventory, graph.names, graph.edges)
        began = perf_counter()
        ask(fresh)
        return perf_counter() - began

    def stop(kind: str) -> Callable[[EstateGraph], object]:
        node = _busiest(graph, kind)
        return lambda other: impact(other, [node])

    def way(start: int, end: int) -> Callable[[EstateGraph], object]:
        return lambda other: find_path(other, start, end)

    asks: dict[str, list[Callable[[EstateGraph], object]]] = {
        QUERIES[0]: [stop("system")],
        QUERIES[1]: [stop("device"), stop("room"), stop("carrier")],
        "path": [way(start, end) for start, end in _pairs(graph)],
        "groups": [move_groups],
        "platforms": [platforms],
        "islands": [islands],
    }
    answer["queries"] = {name: _of([timed(ask) for ask in asks[name]]) for name in QUERIES}
    return answer


def peer(path: str, queries: list[str]) -> dict[str, Any]:
    """The same with networkx alone."""
    import networkx as nx

    graph, _ = _built(path)
    names = graph.names
    began = perf_counter()
    whole: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for name in names:
        whole.add_node(name, kind=name.partition(":")[0])
    for edge in graph.edges:
        whole.add_edge(names[edge.source], names[edge.target], kind=edge.kind.value, hard=edge.hard)
    either = nx.Graph(whole)
    answer: dict[str, Any] = {"seconds": round(perf_counter() - began, 3)}
    busiest = names[_busiest(graph, "system")]
    asks: dict[str, list[Callable[[], object]]] = {
        QUERIES[0]: [lambda: nx.ancestors(_systems(whole), busiest)],
        "path": [partial(_shortest, either, names[start], names[end]) for start, end in _pairs(graph)],
        "groups": [lambda: list(nx.strongly_connected_components(_systems(whole)))],
        "platforms": [lambda: _followers(_systems(whole))],
        "islands": [lambda: list(nx.weakly_connected_components(_systems(whole)))],
    }
    answer["queries"] = {name: _of([_time(ask) for ask in asks[name]]) for name in queries}
    return answer


def _built(path: str) -> tuple[EstateGraph, dict[str, Any]]:
    from inventory.load import load_estate
    from migration.graph.build import build_graph

    inventory = load_estate(path).inventory
    began = perf_counter()
    graph = build_graph(inventory)
    seconds = round(perf_counter() - began, 3)
    return graph, {"seconds": seconds, "nodes": len(graph.names), "edges": len(graph.edges)}


def _busiest(graph: EstateGraph, kind: str) -> int:
    """The object of a kind that most relations lead to."""
    degree = [0] * len(graph.names)
    for edge in graph.edges:
        degree[graph.wholes[edge.target]] += 1
    return max(graph.of_kind(kind), key=degree.__getitem__)


def _pairs(graph: EstateGraph) -> list[tuple[int, int]]:
    random = Random(1)
    systems, devices = list(graph.of_kind("system")), list(graph.of_kind("device"))
    return [(random.choice(systems), random.choice(devices if turn % 2 else systems)) for turn in range(PATHS)]


def _systems(whole: nx.MultiDiGraph[str]) -> nx.DiGraph[str]:
    """Who hard-depends on whom, components as their systems."""
    import networkx as nx

    edges = list(whole.edges(data=True))
    system = {a: b for a, b, data in edges if data["kind"] == "part_of" and a.startswith("component:")}
    layer: nx.DiGraph[str] = nx.DiGraph()
    layer.add_nodes_from(name for name in whole if name.startswith("system:"))
    layer.add_edges_from((system.get(a, a), system.get(b, b)) for a, b, data in edges if data["hard"])
    return layer


def _shortest(either: nx.Graph[str], start: str, end: str) -> list[str]:
    import networkx as nx

    try:
        return list(nx.shortest_path(either, start, end))
    except nx.NetworkXNoPath:
        return []


def _followers(layer: nx.DiGraph[str]) -> dict[str, int]:
    import networkx as nx

    return {node: len(nx.ancestors(layer, node)) for node, degree in layer.in_degree() if degree}


def _time(ask: Callable[[], object]) -> float:
    began = perf_counter()
    ask()
    return perf_counter() - began


def _of(seconds: list[float]) -> dict[str, float]:
    return {"seconds": round(median(seconds), 4), "worst_seconds": round(max(seconds), 4), "asked": len(seconds)}


TASKS = {"ours": ours, "peer": peer}


def rows(folder: Path, sizes: list[int], longest: float) -> Iterator[dict[str, Any]]:
    at = cache_at(folder / "cache")
    for size in sizes:
        path = str(estate(folder, size))
        measure(task("load", "load", path=path, cache=True), environment=at)
        note(f"build and ask, {size} systems")
        used = measure(task("graph", "ours", path=path), environment=at)
        yield from _rows(used, size, "", QUERIES)
        for queries in ([name for name in QUERIES if name not in (QUERIES[1], ALONE)], [ALONE]):
            note(f"peer: {', '.join(queries)}, {size} systems")
            used = measure(task("graph", "peer", path=path, queries=queries), environment=at, longest=longest)
            yield from _rows(used, size, "peer: ", queries)


def _rows(used: Usage, size: int, who: str, queries: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A row of the process, named after its first work, the building; then the seconds of each query in it."""
    answer = used.answer
    asked = answer.pop("queries", {})
    if ALONE not in queries or not who:
        yield row(f"{who}build", used, size=size, against="build" if who else "", **answer)
    for name in queries:
        own = replace(used, wall=None, cpu=None, rss=None)
        yield row(f"{who}{name}", own, size=size, against=name if who else "", **asked.get(name, {}))


def main() -> None:
    options = parser(__doc__, sizes=(1_000, 10_000, 100_000))
    options.add_argument("--longest", type=float, default=120.0, metavar="S", help="wall seconds that a peer may take")
    chosen = options.parse_args()
    publish("graph", rows(chosen.folder, chosen.systems, chosen.longest), chosen, REQUIRED)


if __name__ == "__main__":
    main()
