"""System track, H1 to H3 of S: which cutovers order each other, which go together, and what talks to what."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from inventory.inventory import Inventory, end_of
from inventory.kinds.systems import Dependency, DependencyOrder, DependencySource, Strength
from migration.planner.condense import strongly_connected

__all__ = ["Bond", "binding", "links_of", "orders", "tied", "traffic", "unions"]


@dataclass(frozen=True, slots=True)
class Bond:
    """What ties two systems: ``provider`` moves no later than ``client``; ``together``: in the same slot."""

    dependency: str
    client: str
    provider: str
    together: bool


def binding(dependency: Dependency) -> bool:
    """Whether a dependency orders cutovers: hard, ordered, declared or confirmed, and not rejected."""
    return (
        dependency.strength is Strength.HARD
        and dependency.order is not DependencyOrder.NONE
        and dependency.source is not DependencySource.OBSERVED
        and not dependency.rejected
    )


def links_of(inventory: Inventory) -> Iterator[tuple[Dependency, str, str]]:
    """(dependency, client system, provider system) of all that hold between two different systems."""
    for dependency in inventory.dependencies.values():
        if dependency.rejected:
            continue
        client, provider = end_of(dependency.client).system, end_of(dependency.provider).system
        if client and provider and client != provider:
            yield dependency, client, provider


def orders(links: Iterable[tuple[Dependency, str, str]]) -> list[Bond]:
    """H1: the bonds among links."""
    return [
        Bond(dependency.id, client, provider, dependency.order is DependencyOrder.TOGETHER)
        for dependency, client, provider in links
        if binding(dependency)
    ]


def unions(
    inventory: Inventory, bonds: Sequence[Bond], moving: frozenset[str], done: Mapping[str, int]
) -> list[list[str]]:
    """H2: systems that share one slot, done ones included, beyond what the order of those left says by itself.

    Pairs bound ``together``, declared groups, and groups with a done member as they were before: without it a cycle no
    longer closes, but the rest still moves at once.
    """
    sets = [[bond.client, bond.provider] for bond in bonds if bond.together]
    sets += [
        [system for system in dict.fromkeys(group.systems) if system in moving]
        for group in inventory.move_groups.values()
    ]
    if done:
        sets += [members for members in _groups(bonds, sets) if any(member in done for member in members)]
    return [members for members in sets if len(members) > 1]


def tied(bonds: Iterable[Bond], sets: Iterable[Sequence[str]], fixed: Mapping[str, int], slots: int) -> dict[str, int]:
    """H1 and H2 against what is done in a slot that still counts: system -> bit mask of the slots left to it."""
    masks: dict[str, int] = {}

    def narrow(system: str, mask: int) -> None:
        if system not in fixed:
            masks[system] = masks.get(system, (1 << slots) - 1) & mask

    for bond in bonds:
        if bond.client in fixed:
            narrow(bond.provider, (2 << fixed[bond.client]) - 1)
        if bond.provider in fixed:
            narrow(bond.client, -1 << fixed[bond.provider])
    for members in sets:
        for member in members:
            if member in fixed:
                for other in members:
                    narrow(other, 1 << fixed[member])
    return masks


def _groups(bonds: Sequence[Bond], sets: Sequence[Sequence[str]]) -> list[list[str]]:
    """Systems that hang together by cycles of order and by sets."""
    arcs = [(bond.provider, bond.client) for bond in bonds]
    arcs += [arc for members in sets for arc in pairwise((*members, *members[:1]))]
    names = list(dict.fromkeys(name for arc in arcs for name in arc))
    number = {name: position for position, name in enumerate(names)}
    after: list[list[int]] = [[] for _ in names]
    for first, second in arcs:
        after[number[first]].append(number[second])
    component, _ = strongly_connected(after)
    found: dict[int, list[str]] = {}
    for name, which in zip(names, component, strict=True):
        found.setdefault(which, []).append(name)
    return list(found.values())


def traffic(links: Iterable[tuple[Dependency, str, str]], number: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """S3: (item, item, weight) of every pair of items that talk; whole Mbit/s rounded up, at least 1 a dependency."""
    weights: dict[tuple[int, int], int] = {}
    for dependency, client, provider in links:
        if client in number and provider in number:
            ends = number[client], number[provider]
            pair = (min(ends), max(ends))
            weights[pair] = weights.get(pair, 0) + max(1, math.ceil(dependency.traffic_mbps))
    return [(first, second, weight) for (first, second), weight in sorted(weights.items())]
