"""Several paths between two devices: the k shortest loop-free ones, and pairs that share no link.

The k shortest paths are found as Yen (1971) does, with Lawler's saving: each further path leaves a known one at a
device. Every search is led by the distances to the end, which are kept for all paths to the same device, so that it
looks at little more than the path that it finds. A pair of the least sum that shares no link is found as Bhandari's
variant of Suurballe's method (1974) does. Parallel links are links of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import combinations, count
from typing import NamedTuple

from inventory.inventory import Inventory
from migration.graph.paths import NetworkPath

__all__ = ["ManyPaths", "PathPair"]

NOWHERE: frozenset[str] = frozenset()

_Way = tuple[tuple[str, int, str], ...]
"""Steps of a path: device left, metric, link."""


class PathPair(NamedTuple):
    """Two paths between the same devices that share no link."""

    primary: NetworkPath
    backup: NetworkPath

    @property
    def metric(self) -> int:
        """Sum of both."""
        return self.primary.metric + self.backup.metric


class ManyPaths:
    """Alternative paths of an inventory's devices and links. Answers are kept; of equally long ones the order is
    always the same."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._from: dict[str, list[tuple[str, int, str]]] = {device: [] for device in sorted(inventory.devices)}
        self._into: dict[str, list[tuple[str, int, str]]] = {device: [] for device in sorted(inventory.devices)}
        self._carrier: dict[str, str | None] = {}
        for id, link in sorted(inventory.links.items()):
            if link.a_device not in self._from or link.b_device not in self._from or link.a_device == link.b_device:
                continue
            self._carrier[id] = link.carrier
            ways = ((link.a_device, link.b_device, link.metric_ab), (link.b_device, link.a_device, link.metric_ba))
            for start, end, metric in ways:
                self._from[start].append((end, metric, id))
                self._into[end].append((start, metric, id))
        self._distances: dict[tuple[str, frozenset[str]], dict[str, int]] = {}
        self._shortest: dict[tuple[str, str, int, frozenset[str]], tuple[NetworkPath, ...]] = {}
        self._pairs: dict[tuple[str, str, int, bool], tuple[PathPair, ...]] = {}

    def carriers(self, links: Iterable[str]) -> frozenset[str]:
        """Carriers of links; what belongs to nobody on record has none."""
        return frozenset(carrier for link in links if (carrier := self._carrier[link]) is not None)

    def shortest(
        self, start: str, end: str, most: int, *, without: frozenset[str] = NOWHERE
    ) -> tuple[NetworkPath, ...]:
        """The ``most`` shortest loop-free paths by metric, or all where there are fewer.

        without: carriers whose links are not used. UnknownObjectError for an unknown device.
        """
        self._known(start, end)
        key = (start, end, most, without)
        if key not in self._shortest:
            self._shortest[key] = tuple(self._yen(start, end, most, without))
        return self._shortest[key]

    def pairs(self, start: str, end: str, most: int, *, other_carrier: bool = False) -> tuple[PathPair, ...]:
        """Up to ``most`` pairs of paths that share no link, those with the least sum of metrics first.

        The first one has the least sum of all. other_carrier: no carrier has links of both paths; what belongs to no
        carrier is open to both, and where there are such links the least sum is not promised.
        UnknownObjectError for an unknown device.
        """
        self._known(start, end)
        key = (start, end, most, other_carrier)
        if key not in self._pairs:
            found = self._by_carriers(start, end, most) if other_carrier else self._disjoint(start, end, most)
            each = {(pair.primary.links, pair.backup.links): pair for pair in found}
            ordered = sorted(each.values(), key=lambda pair: (pair.metric, pair.primary.metric, pair.primary.links))
            self._pairs[key] = tuple(ordered[:most])
        return self._pairs[key]

    def _known(self, *devices: str) -> None:
        for device in devices:
            self._inventory.get("device", device)

    def _to(self, end: str, without: frozenset[str]) -> dict[str, int]:
        """Distance of every device that reaches ``end``."""
        key = (end, without)
        if key not in self._distances:
            found: dict[str, int] = {}
            heap = [(0, end)]
            while heap:
                metric, device = heappop(heap)
                if device in found:
                    continue
                found[device] = metric
                for before, step, link in self._into[device]:
                    if before not in found and self._carrier[link] not in without:
                        heappush(heap, (metric + step, before))
            self._distances[key] = found
        return self._distances[key]

    def _way(
        self,
        start: str,
        end: str,
        without: frozenset[str],
        *,
        passed: frozenset[str] = NOWHERE,
        closed: frozenset[str] = NOWHERE,
        first_not: frozenset[str] = NOWHERE,
    ) -> _Way | None:
        """The shortest way that enters no device of ``passed``, takes no link of ``closed`` and does not begin with one
        of ``first_not``."""
        left = self._to(end, without)
        if start not in left:
            return None
        number = count()
        heap: list[tuple[int, int, int, str, tuple[str, int, str] | None, str]] = [
            (left[start], next(number), 0, start, None, "")
        ]
        came: dict[str, tuple[tuple[str, int, str] | None, str]] = {}
        while heap:
            _, _, metric, device, step, before = heappop(heap)
            if device in came:
                continue
            came[device] = (step, before)
            if device == end:
                return _steps_back(came, end)
            for other, weight, link in self._from[device]:
                if other in came or other in passed or other not in left or link in closed:
                    continue
                if (device == start and link in first_not) or self._carrier[link] in without:
                    continue
                reach = metric + weight
                heappush(heap, (reach + left[other], next(number), reach, other, (device, weight, link), device))
        return None

    def _yen(self, start: str, end: str, most: int, without: frozenset[str]) -> Iterator[NetworkPath]:
        first = self._way(start, end, without)
        if first is None:
            return
        waiting: list[tuple[int, int, int, _Way, int]] = []
        number = count()
        heappush(waiting, (_metric(first), len(first), next(number), first, 0))
        told: list[_Way] = []
        seen = {_links(first)}
        while waiting and len(told) < most:
            _, _, _, way, leaves = heappop(waiting)
            told.append(way)
            yield _path(way, end)
            if len(told) == most:
                return
            for place in range(leaves, len(way)):
                root = _links(way[:place])
                branch = self._way(
                    way[place][0],
                    end,
                    without,
                    passed=frozenset(step[0] for step in way[:place]),
                    first_not=frozenset(
                        other[place][2] for other in told if len(other) > place and _links(other[:place]) == root
                    ),
                )
                if branch is None:
                    continue
                whole = (*way[:place], *branch)
                if _links(whole) not in seen:
                    seen.add(_links(whole))
                    heappush(waiting, (_metric(whole), len(whole), next(number), whole, place))

    def _disjoint(self, start: str, end: str, most: int) -> Iterator[PathPair]:
        if start == end:
            yield PathPair(NetworkPath((start,), (), 0), NetworkPath((start,), (), 0))
            return
        best = self._least_pair(start, end)
        if best is None:
            return
        yield best
        for primary in self.shortest(start, end, most):
            backup = self._way(start, end, NOWHERE, closed=frozenset(primary.links))
            if backup is not None:
                yield _pair(primary, _path(backup, end))

    def _least_pair(self, start: str, end: str) -> PathPair | None:
        """Bhandari: the second path may run back over links of the first; these then carry neither.

        Metrics reduced by the distances to the end are never negative, and 0 along the first path both ways.
        """
        left = self._to(end, NOWHERE)
        first = self._way(start, end, NOWHERE)
        if first is None:
            return None
        devices = [*(step[0] for step in first), end]
        back = {step[2]: (devices[place + 1], step[0]) for place, step in enumerate(first)}
        number = count()
        heap: list[tuple[int, int, str, tuple[str, int, str] | None, str]] = [(0, next(number), start, None, "")]
        came: dict[str, tuple[tuple[str, int, str] | None, str]] = {}
        while heap:
            reach, _, device, step, before = heappop(heap)
            if device in came:
                continue
            came[device] = (step, before)
            if device == end:
                break
            for other, weight, link in self._from[device]:
                if other in came or other not in left or (link in back and back[link] != (device, other)):
                    continue
                reduced = 0 if link in back else weight - left[device] + left[other]
                heappush(heap, (reach + reduced, next(number), other, (device, weight, link), device))
        if end not in came:
            return None
        second = _steps_back(came, end)
        both = {step[2] for step in first} & {step[2] for step in second}
        leaving: dict[str, list[tuple[str, int, str]]] = {}
        following = [*(step[0] for step in second[1:]), end]
        for step, towards in [*zip(first, devices[1:], strict=True), *zip(second, following, strict=True)]:
            if step[2] not in both:
                leaving.setdefault(step[0], []).append((towards, step[1], step[2]))
        return _pair(_follow(leaving, start, end), _follow(leaving, start, end))

    def _by_carriers(self, start: str, end: str, most: int) -> Iterator[PathPair]:
        """One side of the carriers for the primary path, all others for the backup, either of them chosen first."""
        if start == end:
            yield from self._disjoint(start, end, most)
            return
        all_of_them = sorted({carrier for carrier in self._carrier.values() if carrier is not None})
        sides = [frozenset(side) for size in range(len(all_of_them) + 1) for side in combinations(all_of_them, size)]
        for side in sides:
            others = frozenset(all_of_them) - side
            for primary in self.shortest(start, end, 2, without=others):
                backup = self._way(start, end, side, closed=frozenset(primary.links))
                if backup is not None:
                    second = _path(backup, end)
                    yield PathPair(primary, second)
                    yield PathPair(second, primary)


def _metric(way: _Way) -> int:
    return sum(step[1] for step in way)


def _links(way: Sequence[tuple[str, int, str]]) -> tuple[str, ...]:
    return tuple(step[2] for step in way)


def _path(way: _Way, end: str) -> NetworkPath:
    return NetworkPath((*(step[0] for step in way), end), _links(way), _metric(way))


def _pair(one: NetworkPath, other: NetworkPath) -> PathPair:
    """The shorter one first."""
    return PathPair(*sorted((one, other), key=lambda path: (path.metric, path.links)))


def _steps_back(came: dict[str, tuple[tuple[str, int, str] | None, str]], end: str) -> _Way:
    steps = []
    step, before = came[end]
    while step is not None:
        steps.append(step)
        step, before = came[before]
    return tuple(reversed(steps))


def _follow(leaving: dict[str, list[tuple[str, int, str]]], start: str, end: str) -> NetworkPath:
    """One of the two paths, taken out of the links that leave each device."""
    way, device = [], start
    while device != end:
        other, metric, link = leaving[device].pop()
        way.append((device, metric, link))
        device = other
    return _path(tuple(way), end)
