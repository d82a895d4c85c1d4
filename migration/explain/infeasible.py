"""Why an item has no place: a set of things of the estate that together leave none, and none of which is superfluous.

An irreducible infeasible set by the deletion filter (Chinneck and Dravnieks 1991): hindrances are taken out one after
the other as long as the rest still leaves no place; what was decided by hand is tried last, so that it stays visible.
Of each that is left the set also says whether lifting it alone makes a place, else what else would have to be lifted
with it: other sets may forbid the same item.

A provider without a place is one hindrance, the dependency; its own set is given with it. Cutovers with a place stay
where they are: that a pool, a limit, a team or a link is full beside them is one hindrance each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from migration.explain.hindrances import Board, Hindrance
from migration.explain.situation import Situation
from migration.explain.usage import Usage
from migration.plan import Finding, item_id
from migration.planner.condense import components
from migration.tracks.systems import SystemTrack

__all__ = ["Conflict", "Conflicts"]

FACTS = ("chain-start",)
"""Codes of hindrances that nobody lifts by changing one record; they are the last to be asked for."""


@dataclass(frozen=True)
class Conflict:
    """hindrances: the irreducible set. also: for each what else would have to be lifted, empty where it is enough."""

    hindrances: tuple[Hindrance, ...]
    also: tuple[tuple[Hindrance, ...], ...]


class Conflicts:
    """Conflicts of the items of a track that have no place, with the others in their slots and pools (-1: none).

    given: causes of items that are known already.
    """

    def __init__(
        self,
        track: SystemTrack,
        slots: Sequence[int],
        pools: Sequence[int],
        given: Mapping[int, tuple[Finding, ...]] | None = None,
    ) -> None:
        self.track = track
        self.given = given or {}
        self.board = Board(track, Usage(track.problem, slots, pools))
        self.slots = slots
        self._known: dict[int, Conflict | None] = {}
        self._freeing: dict[int, frozenset[Hindrance]] = {}

    @cached_property
    def _units(self) -> tuple[list[int], dict[int, tuple[int, ...]]]:
        """(unit of each item, items of each unit)."""
        unit_of, _ = components(self.track.problem)
        members: dict[int, list[int]] = {}
        for item, unit in enumerate(unit_of):
            members.setdefault(unit, []).append(item)
        return unit_of, {unit: tuple(items) for unit, items in members.items()}

    @cached_property
    def _edges(self) -> dict[int, list[tuple[int, int]]]:
        """Item -> (provider, client) pairs of H1 that it stands in."""
        found: dict[int, list[tuple[int, int]]] = {}
        for provider, client in dict.fromkeys(map(tuple, self.track.problem.order.tolist())):
            found.setdefault(provider, []).append((provider, client))
            found.setdefault(client, []).append((provider, client))
        return found

    def unit(self, item: int) -> int:
        """Number of an item's group; providers have lower ones than their clients."""
        return self._units[0][item]

    def group(self, item: int) -> tuple[int, ...]:
        """Items that share the slot of an item, itself included."""
        unit_of, members = self._units
        return members[unit_of[item]]

    def of(self, item: int) -> tuple[Finding, ...]:
        """Causes of an item, with those of the providers that it waits for; empty where a place exists."""
        found: dict[Hindrance | str, Finding] = {}
        waiting: list[tuple[int, tuple[Hindrance, ...]]] = [(item, ())]
        seen = {item}
        while waiting:
            asked, besides = waiting.pop(0)
            found |= {str(finding): finding for finding in self.given.get(asked, ())}
            conflict = None if asked in self.given else self.conflict(asked)
            for hindrance, also in zip(conflict.hindrances, conflict.also, strict=True) if conflict else ():
                others = () if hindrance in self._freeing[item] else (*also, *besides)
                found.setdefault(hindrance, self._cause(hindrance, others, asked))
                if hindrance.finding.code == "provider-unplanned":
                    provider = self._provider(hindrance)
                    if provider not in seen:
                        seen.add(provider)
                        waiting.append((provider, others))
        return tuple(found.values())

    def _cause(self, hindrance: Hindrance, others: tuple[Hindrance, ...], item: int) -> Finding:
        """A hindrance as a cause; ``others`` must be lifted with it."""
        finding = self._with_figures(hindrance.finding, item)
        shown = ", ".join(dict.fromkeys(map(_named, others)))
        return finding.model_copy(update={"data": {**finding.data, "alone": not others, "also": shown}})

    def _provider(self, dependency: Hindrance) -> int:
        """Number of the provider without a place that a hindrance is about."""
        return self.track.scope.number[dependency.key[1]]

    def _with_figures(self, finding: Finding, item: int) -> Finding:
        """What an item asks of a full pool; members of a group share the hindrance."""
        if finding.code != "pool-full":
            return finding
        return finding.model_copy(update={"data": {**finding.data, **self.board.demand(item)}})

    def conflict(self, item: int) -> Conflict | None:
        """The conflict of an item by itself; None where it has a place beside the others."""
        if item not in self._known:
            self._known[item] = self._conflict(item)
        return self._known[item]

    def situation(self, items: Sequence[int]) -> Situation:
        """Items that are to share a slot, with the order of their cutovers against all others."""
        together: dict[Hindrance, int] = {}
        inside = set(items)
        everything = (1 << self.track.problem.slots) - 1

        def put(hindrance: Hindrance, mask: int) -> None:
            if mask:
                together[hindrance] = together.get(hindrance, 0) | mask

        for hindrance, mask in self.board.needed_together(items):
            put(hindrance, mask)
        for item in items:
            for provider, client in self._edges.get(item, ()):
                first, last = self.slots[provider], self.slots[client]
                if client in inside and provider not in inside:
                    mask = everything if first < 0 else (1 << first) - 1
                    put(self.board.dependency(provider, client, first), mask)
                elif provider in inside and client not in inside and last >= 0:
                    put(self.board.dependency(provider, client, last), everything & ~((2 << last) - 1))
        return Situation(self.board, [self.board.member(item) for item in items], together)

    def _conflict(self, item: int) -> Conflict | None:
        items = self.group(item)
        whole, alone = self.situation(items), self.situation((item,))
        tie = self._tie(item, items)
        outside = {found for found in alone.hindrances if not self._within(found, items)}
        universe = [*dict.fromkeys((*((tie,) if len(items) > 1 else ()), *whole.hindrances, *outside))]

        def possible(standing: set[Hindrance]) -> bool:
            if tie in standing or len(items) == 1:
                return whole.possible(standing)
            return alone.possible(standing & outside)

        standing = set(universe)
        if possible(standing):
            return None
        for hindrance in sorted(universe, key=_ease):
            standing.discard(hindrance)
            if possible(standing):
                standing.add(hindrance)
        kept = tuple(hindrance for hindrance in universe if hindrance in standing)
        also = []
        for hindrance in kept:
            rest = set(universe) - {hindrance} - self._freed(universe, hindrance)
            also.append(() if possible(rest) else self._others(universe, hindrance, possible))
        deeper = {one for dependency in _providers(universe) for one in self._frees(dependency)}
        freeing = {one for one in deeper if possible(set(universe) - {one} - self._freed(universe, one))}
        freeing.update(one for one, others in zip(kept, also, strict=True) if not others)
        self._freeing[item] = frozenset(freeing)
        return Conflict(kept, tuple(also))

    def _frees(self, dependency: Hindrance) -> frozenset[Hindrance]:
        """What makes a place for the provider of a dependency when it is lifted alone, as far as that is known."""
        return self._freeing.get(self._provider(dependency), frozenset())

    def _freed(self, universe: Iterable[Hindrance], lifted: Hindrance) -> set[Hindrance]:
        """Dependencies on providers that have a place once a hindrance is lifted that is theirs as well."""
        return {one for one in _providers(universe) if lifted in self._frees(one)}

    @staticmethod
    def _others(universe: Iterable[Hindrance], lifted: Hindrance, possible: object) -> tuple[Hindrance, ...]:
        """A smallest-by-inclusion set that must be lifted besides one hindrance."""
        assert callable(possible)
        standing: set[Hindrance] = set()
        order = [
            one for one in sorted(universe, key=lambda one: (one.finding.code not in FACTS, one.hand)) if one != lifted
        ]
        for one in order:
            standing.add(one)
            if not possible(standing):
                standing.discard(one)
        return tuple(one for one in order if one not in standing)

    def _within(self, hindrance: Hindrance, items: Sequence[int]) -> bool:
        """Whether a hindrance is a dependency between two members of a group."""
        names = {self.track.systems[item] for item in items}
        return hindrance.finding.rule == "H1" and len(hindrance.key) == 3 and set(hindrance.key[1:]) <= names

    def _tie(self, item: int, items: Sequence[int]) -> Hindrance:
        """H2: what ties an item to the others of its group."""
        names = {self.track.systems[one] for one in items}
        own = self.track.systems[item]
        bonds = (f"dependency:{one.dependency}" for one in self.track.bonds if {one.provider, one.client} <= names)
        groups = (
            f"move_group:{id}" for id, one in self.track.inventory.move_groups.items() if names & set(one.systems)
        )
        others = [name for name in sorted(names) if name != own]
        return self.board.make(
            "H2",
            "group",
            (*dict.fromkeys(groups), *dict.fromkeys(bonds)),
            {"count": len(others), "first": others[0] if others else "-"},
            key=("H2", own, *sorted(names)),
            items=tuple(item_id(name) for name in others),
        )


def _providers(universe: Iterable[Hindrance]) -> list[Hindrance]:
    """Dependencies on providers without a place."""
    return [one for one in universe if one.finding.code == "provider-unplanned"]


def _ease(hindrance: Hindrance) -> tuple[bool, bool]:
    """What is taken out of a conflict first: what nobody can lift; last what was decided by hand."""
    return hindrance.hand, hindrance.finding.code not in FACTS


def _named(hindrance: Hindrance) -> str:
    finding = hindrance.finding
    return f"{finding.rule} {finding.records[0] if finding.records else finding.code}"
