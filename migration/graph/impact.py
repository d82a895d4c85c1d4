"""What stops if something stops."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from inventory.kinds.rooms import Asset
from migration.graph.model import Edge, EdgeKind, EstateGraph
from migration.graph.reach import Reach

__all__ = ["Affected", "Effect", "Impact", "impact"]

NETWORK_KINDS = ("device", "link", "line", "department", "room", "cloud", "pool")
"""Kinds of nodes whose loss may change what the network reaches."""


class Effect(StrEnum):
    """What happens to an object."""

    STOPS = "stops"
    """It does not work any more."""
    CUT_OFF = "cut_off"
    """It works, but the core of the network does not reach it: for everybody else it has stopped."""
    LOSES_REDUNDANCY = "loses_redundancy"
    """It works on; more single failures than before would now stop it or cut it off."""
    WEAKENED = "weakened"
    """It works on without something that it uses (a soft or an unconfirmed dependency)."""


class Affected(NamedTuple):
    """One object, what happens to it, and the neighbour and relation through which it happens (the node itself: it
    was asked for).
    """

    node: int
    effect: Effect
    because: int
    edge: Edge | None = None


@dataclass(frozen=True)
class Impact:
    """Everything that is affected, in the order in which it is reached; each object once, with its worst effect."""

    asked: tuple[int, ...]
    affected: tuple[Affected, ...]

    def of(self, *effects: Effect) -> tuple[Affected, ...]:
        """The objects with one of the effects."""
        return tuple(item for item in self.affected if item.effect in effects)


def impact(graph: EstateGraph, nodes: Iterable[int]) -> Impact:
    """What stops, is cut off, loses redundancy or is weakened when all of ``nodes`` stop at once.

    In three passes, because systems never stop the network under them: what stands in or belongs to the places that
    stop; what the core of the network no longer reaches (``Reach``); then the services on both, transitively over
    hard dependencies.
    """
    state = _State(graph, tuple(dict.fromkeys(nodes)))
    state.physical()
    state.network()
    state.services()
    order = {Effect.STOPS: 0, Effect.CUT_OFF: 0, Effect.LOSES_REDUNDANCY: 1, Effect.WEAKENED: 2}
    found = sorted(state.found.values(), key=lambda item: order[item.effect])
    return Impact(state.asked, tuple(found))


@dataclass
class _State:
    graph: EstateGraph
    asked: tuple[int, ...]
    found: dict[int, Affected] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.asked:
            self.found[node] = Affected(node, Effect.STOPS, node)

    def down(self, node: int) -> bool:
        item = self.found.get(node)
        return item is not None and item.effect in (Effect.STOPS, Effect.CUT_OFF)

    def mark(self, node: int, effect: Effect, because: int, edge: Edge | None) -> bool:
        """Record an effect unless the object has one as bad; whether it has now stopped or been cut off for the first
        time.
        """
        if self.down(node):
            return False
        if effect in (Effect.STOPS, Effect.CUT_OFF):
            self.found[node] = Affected(node, effect, because, edge)
            return True
        if effect is Effect.LOSES_REDUNDANCY or node not in self.found:
            self.found[node] = Affected(node, effect, because, edge)
        return False

    def spread(self, follow: Callable[[int], Iterator[Affected]]) -> None:
        """Follow what hangs on everything that is down, until nothing more goes down."""
        waiting = deque(node for node in self.found if self.down(node))
        while waiting:
            for item in follow(waiting.popleft()):
                if self.mark(*item):
                    waiting.append(item.node)

    # ---- places and equipment --------------------------------------------------------------------------------------

    def physical(self) -> None:
        """Equipment of rooms, pools of clouds, lines of private networks, all that a carrier carries."""
        self.spread(self._equipment)

    def _equipment(self, node: int) -> Iterator[Affected]:
        for edge in self.graph.in_edges(node):
            kind = edge.kind
            whole = kind is EdgeKind.PART_OF and edge.record_kind in ("pool", "line")
            if whole or kind in (EdgeKind.STANDS_IN, EdgeKind.CARRIED_BY):
                yield Affected(edge.source, Effect.STOPS, node, edge)
        if self.graph.kind(node) == "pool":
            yield from self._cloud_of(node)

    def _cloud_of(self, pool: int) -> Iterator[Affected]:
        """A cloud stops with the last of its pools."""
        for edge in self.graph.out_edges(pool):
            if edge.kind is EdgeKind.PART_OF:
                pools = [other.source for other in self.graph.in_edges(edge.target) if other.kind is EdgeKind.PART_OF]
                gone = all(self.down(other) for other in pools)
                yield Affected(edge.target, Effect.STOPS if gone else Effect.LOSES_REDUNDANCY, pool, edge)

    # ---- network ---------------------------------------------------------------------------------------------------

    def network(self) -> None:
        """What the core no longer reaches, and what now hangs on more single points than before."""
        lost = {node for node in self.found if self.down(node) and self.graph.kind(node) in NETWORK_KINDS}
        if not lost:
            return
        before = Reach(self.graph)
        after = Reach(self.graph, lost, like=before)
        self._unreached(before, after, lost)
        for node in sorted(lost):
            if self.graph.kind(node) == "line":
                self._systems_on(node, after)

    def _unreached(self, before: Reach, after: Reach, lost: set[int]) -> None:
        """Links and lines say nothing beyond what they join, so only that is listed."""
        silent = ("link", "line")
        for node in sorted(before.reached - after.reached - lost):
            if self.graph.kind(node) not in silent:
                self.mark(node, Effect.CUT_OFF, *self._lost_way(before, after, node))
        for node in sorted(after.reached & before.reached):
            if after.single_points[node] > before.single_points[node] and self.graph.kind(node) not in silent:
                self.mark(node, Effect.LOSES_REDUNDANCY, *self._lost_way(before, after, node))

    def _lost_way(self, before: Reach, after: Reach, node: int) -> tuple[int, Edge | None]:
        """The neighbour through which a node was reached and is not any more; else the first object asked for."""
        still = after.reached
        closed = {
            start for start in before.layer.pred[node] if start not in still or not after.layer.has_edge(start, node)
        }
        if closed:
            for step in self.graph.steps(node):
                if step.node in closed:
                    return step.node, step.edge
                if step.node in self._spans:
                    for edge in self.graph.out_edges(step.node):
                        if edge.kind is EdgeKind.ENDS_AT and edge.target in closed:
                            return (step.node if step.node in after.lost else edge.target), step.edge
        return self.asked[0], None

    @cached_property
    def _spans(self) -> frozenset[int]:
        """Links and lines: what joins two others and is no node of the network's layer where it is the only one."""
        return frozenset(self.graph.of_kind("link", "line"))

    def _systems_on(self, line: int, after: Reach) -> None:
        """Systems on a line that is lost stop, unless another line carries them or its ends are joined in another
        way.
        """
        ends = [edge.target for edge in self.graph.out_edges(line) if edge.kind is EdgeKind.ENDS_AT]
        joined = len(ends) == 2 and after.joined(*ends)
        for edge in self.graph.in_edges(line):
            if edge.kind is EdgeKind.USES:
                others = [use.target for use in self.graph.out_edges(edge.source) if use.kind is EdgeKind.USES]
                safe = joined or any(not self.down(other) for other in others)
                self.mark(edge.source, Effect.LOSES_REDUNDANCY if safe else Effect.STOPS, line, edge)

    # ---- services --------------------------------------------------------------------------------------------------

    def services(self) -> None:
        """Systems and components on what is down, and their clients over hard dependencies; soft ones only weaken."""
        self.spread(self._dependents)

    def _dependents(self, node: int) -> Iterator[Affected]:
        effect = self.found[node].effect
        for edge in self.graph.in_edges(node):
            kind = edge.kind
            if kind is EdgeKind.RUNS_ON:
                yield self._on_assets(edge)
            elif kind is EdgeKind.RUNS_IN or (kind is EdgeKind.PART_OF and edge.record_kind == "system"):
                if not self._lives_on(edge):
                    yield Affected(edge.source, effect, node, edge)
            elif kind is EdgeKind.STANDS_IN and edge.record_kind == "asset":
                yield Affected(edge.source, effect, node, edge)
            elif kind is EdgeKind.DEPENDS_ON:
                client = edge.source if edge.hard else self.graph.wholes[edge.source]
                yield Affected(client, Effect.STOPS if edge.hard else Effect.WEAKENED, node, edge)
        if self.graph.kind(node) == "component":
            for edge in self.graph.out_edges(node):
                if edge.kind is EdgeKind.PART_OF:
                    yield Affected(edge.target, effect, node, edge)

    def _lives_on(self, edge: Edge) -> bool:
        """Whether a system does not feel the loss of the place it runs in: every component of it runs in a place of
        its own.
        """
        if edge.kind is not EdgeKind.RUNS_IN or self.graph.kind(edge.source) != "system":
            return False
        parts = [part.source for part in self.graph.in_edges(edge.source) if part.kind is EdgeKind.PART_OF]
        return bool(parts) and all(self._elsewhere(part) for part in parts)

    def _elsewhere(self, component: int) -> bool:
        return any(edge.kind is EdgeKind.RUNS_IN for edge in self.graph.out_edges(component))

    def _on_assets(self, edge: Edge) -> Affected:
        """A component needs one working piece of each role (server, storage) among its hardware."""
        roles: dict[str, bool] = {}
        for other in self.graph.out_edges(edge.source):
            if other.kind is EdgeKind.RUNS_ON:
                record = self.graph.record(other.target)
                assert isinstance(record, Asset)
                roles[record.role] = roles.get(record.role, False) or not self.down(other.target)
        effect = Effect.LOSES_REDUNDANCY if all(roles.values()) else self.found[edge.target].effect
        return Affected(edge.source, effect, edge.target, edge)
