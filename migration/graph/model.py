"""The estate as one graph: objects as nodes, each relation an edge that knows its kind and the record it was read from.

Nodes are named ``KIND:ID`` (components ``component:SYSTEM/COMPONENT``, undeclared ends ``external:TEXT``). Nodes and
edges are numbered, and edges lie in flat lists with the numbers of each node's edges beside them: a country's 300,000
systems need about a quarter of what one networkx graph with attributes takes. The algorithms build small networkx
graphs of the layer they ask about.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from inventory.errors import UnknownObjectError
from inventory.inventory import Inventory, nearest_names
from inventory.kinds import KINDS, AnyRecord
from inventory.kinds.systems import Component
from inventory.problems import Origin
from migration.graph.errors import GraphError

__all__ = ["Edge", "EdgeKind", "EstateGraph", "Step"]


class EdgeKind(StrEnum):
    """What an edge says of its two ends (from -> to)."""

    DEPENDS_ON = "depends_on"
    """client -> provider, of a dependency."""
    PART_OF = "part_of"
    """component -> system, pool -> cloud, line -> private network."""
    RUNS_IN = "runs_in"
    """system or component -> room, cloud, pool or external place."""
    RUNS_ON = "runs_on"
    """component -> asset."""
    STANDS_IN = "stands_in"
    """asset or device -> room."""
    ATTACHED_TO = "attached_to"
    """department, room or pool -> device or line."""
    ENDS_AT = "ends_at"
    """link -> device; line -> room, device, cloud, department or external place."""
    CARRIED_BY = "carried_by"
    """link, line or internet exit -> carrier."""
    USES = "uses"
    """system -> line."""
    MOVES_WITH = "moves_with"
    """system -> move group."""
    OWNED_BY = "owned_by"
    """system, room, asset, device, line, private network or internet exit -> department."""


class Edge(NamedTuple):
    """One relation. ``source`` and ``target`` are node numbers; ``record_kind`` and ``record_id`` name the record
    that says it.

    ``hard``: of dependencies, the client does not work without the provider and a person knows it (declared or
    confirmed).
    """

    source: int
    target: int
    kind: EdgeKind
    record_kind: str
    record_id: str
    hard: bool = False


class Step(NamedTuple):
    """An edge walked from one node: forward when it leads from its source to its target."""

    edge: Edge
    node: int
    forward: bool


@dataclass(frozen=True, eq=False)
class EstateGraph:
    """Nodes and edges of an estate. Build it with ``build_graph``; it is never changed."""

    inventory: Inventory
    names: tuple[str, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Node name -> node number."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def _outgoing(self) -> tuple[array[int], array[int]]:
        return _grouped(len(self.names), [edge.source for edge in self.edges])

    @cached_property
    def _incoming(self) -> tuple[array[int], array[int]]:
        return _grouped(len(self.names), [edge.target for edge in self.edges])

    @cached_property
    def _by_kind(self) -> dict[EdgeKind, list[Edge]]:
        found: dict[EdgeKind, list[Edge]] = {kind: [] for kind in EdgeKind}
        for edge in self.edges:
            found[edge.kind].append(edge)
        return found

    @cached_property
    def wholes(self) -> tuple[int, ...]:
        """For each node the system that it is or belongs to; other nodes stand for themselves."""
        whole = list(range(len(self.names)))
        for edge in self.of_edge_kind(EdgeKind.PART_OF):
            if edge.record_kind == "system":
                whole[edge.source] = edge.target
        return tuple(whole)

    def of_edge_kind(self, kind: EdgeKind) -> Sequence[Edge]:
        """All edges of a kind, in the order in which they were read."""
        return self._by_kind[kind]

    def out_edges(self, node: int) -> Iterator[Edge]:
        """Edges that leave a node, in the order in which they were read."""
        starts, order = self._outgoing
        for place in range(starts[node], starts[node + 1]):
            yield self.edges[order[place]]

    def in_edges(self, node: int) -> Iterator[Edge]:
        """Edges that arrive at a node, in the order in which they were read."""
        starts, order = self._incoming
        for place in range(starts[node], starts[node + 1]):
            yield self.edges[order[place]]

    def steps(self, node: int) -> Iterator[Step]:
        """All edges of a node walked away from it, in either direction."""
        for edge in self.out_edges(node):
            yield Step(edge, edge.target, True)
        for edge in self.in_edges(node):
            yield Step(edge, edge.source, False)

    def kind(self, node: int) -> str:
        """Kind of a node: a kind of record, ``component`` or ``external``."""
        return self.names[node].partition(":")[0]

    def id(self, node: int) -> str:
        """Id of a node, without its kind."""
        return self.names[node].partition(":")[2]

    def of_kind(self, *kinds: str) -> Iterator[int]:
        """All nodes of some kinds."""
        wanted = tuple(f"{kind}:" for kind in kinds)
        return (number for number, name in enumerate(self.names) if name.startswith(wanted))

    def record(self, node: int) -> AnyRecord | Component | None:
        """The record of a node; None for places outside the estate."""
        kind, _, id = self.names[node].partition(":")
        if kind == "component":
            system, _, component = id.partition("/")
            return self.inventory.component(system, component)
        return self.inventory.of(kind).get(id) if kind in KINDS else None

    def label(self, node: int) -> str:
        """Name of the object as people write it; empty where it has none."""
        return str(getattr(self.record(node), "name", ""))

    def origin(self, edge: Edge) -> Origin:
        """Where the record was read that says an edge."""
        return self.inventory.origin(edge.record_kind, edge.record_id)

    def resolve(self, text: str) -> int:
        """The node that a person means by ``KIND:ID`` or by an id alone.

        UnknownObjectError or GraphError ``object-not-found`` with the nearest name; GraphError ``ambiguous-object``
        with all candidates,
        ``object-not-in-graph`` for kinds that are no nodes.
        """
        if text in self.numbers:
            return self.numbers[text]
        kind, separator, id = text.partition(":")
        kinds = sorted({name.partition(":")[0] for name in self.names})
        if separator and kind in kinds:
            known = [self.id(node) for node in self.of_kind(kind)]
            raise UnknownObjectError("unknown-object", kind=kind, id=id, nearest=nearest_names(id, known) or "-")
        if separator and kind in KINDS:
            raise GraphError("object-not-in-graph", kind=kind, kinds=", ".join(kinds))
        found = [name for kind in kinds if (name := f"{kind}:{text}") in self.numbers]
        if len(found) == 1:
            return self.numbers[found[0]]
        if found:
            raise GraphError("ambiguous-object", id=text, candidates=", ".join(found))
        nearest = nearest_names(text, {self.id(node) for node in range(len(self.names))})
        raise GraphError("object-not-found", id=text, nearest=nearest or "-")

    def between(self, nodes: Iterable[int]) -> list[Edge]:
        """The edges with both ends among ``nodes``."""
        chosen = set(nodes)
        return [edge for node in sorted(chosen) for edge in self.out_edges(node) if edge.target in chosen]


def _grouped(count: int, keys: list[int]) -> tuple[array[int], array[int]]:
    """Positions of ``keys`` sorted by key (stable), and where each key's begin: starts[key] .. starts[key + 1]."""
    import numpy as np

    numbers = np.asarray(keys, dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(np.bincount(numbers, minlength=count))))
    order = np.argsort(numbers, kind="stable")
    return array("q", starts.astype(np.int64).tobytes()), array("q", order.astype(np.int64).tobytes())
