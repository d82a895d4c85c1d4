"""Dependencies between systems, about five a system, most of them to shared platforms.

Hard dependencies that order two cutovers go from later systems to earlier ones, or to platforms, so no large cycle can
arise; small sets of systems of one department that must move together are made on purpose, at most six systems each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from inventory.examples.shape import Part, Plain, SystemDraft, World
from inventory.examples.tables.names import EXTERNAL, PLATFORMS

__all__ = ["dependency_records", "external_records", "move_group_records"]

MAX_GROUP = 6
PEER_KINDS = ("call", "call", "data_feed", "shared_database", "batch", "file", "message")
QUIET = ("zombie", "shadow", "law")
"""Systems that have few dependencies, none of them hard."""


def external_records() -> Iterator[Plain]:
    """Platforms outside the estate that systems depend on."""
    for id, name, owner, address in EXTERNAL:
        yield {"id": id, "name": name, "owner": owner, "addresses": [address]}


@dataclass
class _Scope:
    """What clients of one place can see: platforms by number, and other systems by sector."""

    platforms: list[int] = field(default_factory=list)
    members: list[int] = field(default_factory=list)


def _scopes(world: World) -> dict[str, _Scope]:
    """By city, and by province for provincial departments."""
    scopes: dict[str, _Scope] = {}
    platforms: dict[str, list[int]] = {}
    for index, system in enumerate(world.systems):
        place = system.office.place
        scope = scopes.setdefault(place.city or place.province, _Scope())
        if system.platform >= 0:
            platforms.setdefault(place.city or place.province, []).append(index)
        elif system.fate not in QUIET:
            scope.members.append(index)
    for id, scope in scopes.items():
        province = world.place_of[id].province
        scope.platforms = [*platforms.get(id, []), *([] if id == province else platforms.get(province, []))]
    return scopes


def _groups(world: World) -> dict[int, tuple[int, int]]:
    """Member -> (first, last) of its move group: neighbours of one department that all land."""
    random, found = world.shape.random("groups"), dict[int, tuple[int, int]]()
    index = 0
    while index < len(world.systems):
        wanted = random.choices((1, 2, 3, 4, 5, MAX_GROUP), (940, 28, 15, 8, 5, 4))[0]
        end = index
        while end < min(index + wanted, len(world.systems)) and _may_group(world.systems[end], world.systems[index]):
            end += 1
        if end - index >= 2:
            found |= dict.fromkeys(range(index, end), (index, end - 1))
        index = max(end, index + 1)
    return found


def _may_group(system: SystemDraft, first: SystemDraft) -> bool:
    return system.fate == "moves" and system.platform < 0 and system.office is first.office


def move_group_records(world: World) -> Iterator[Plain]:
    """Some of the move groups are declared as such; the others follow from their dependencies."""
    for first, last in sorted(set(_groups(world).values())):
        if first % 3 == 0:
            systems = [world.systems[index].id for index in range(first, last + 1)]
            yield {
                "id": f"group-{systems[0]}",
                "name": f"{world.systems[first].name}等",
                "systems": systems,
                "reason": "共用一套数据库",
            }


def dependency_records(world: World) -> Iterator[Plain]:
    """All dependencies, by client."""
    random, scopes, groups = world.shape.random("dependencies"), _scopes(world), _groups(world)
    for index, system in enumerate(world.systems):
        scope = scopes[system.office.place.city or system.office.place.province]
        made = _Client(world, random, system)
        if system.platform >= 0:
            _of_platform(made, world, index, scope)
        elif system.fate in QUIET:
            for _ in range(random.choices((0, 1, 2, 3), (40, 30, 20, 10))[0]):
                made.add(random.choice(scope.platforms), hard=0.0)
        else:
            _of_system(made, index, scope, groups)
        yield from made.records


def _of_platform(made: _Client, world: World, index: int, scope: _Scope) -> None:
    own = world.systems[index]
    for provider in scope.platforms:
        other = world.systems[provider]
        if other.office is not own.office and other.platform == own.platform:
            made.add(provider, hard=1.0)
        elif provider != index and made.random.random() < 0.25:
            made.add(provider, hard=0.0)


def _of_system(made: _Client, index: int, scope: _Scope, groups: dict[int, tuple[int, int]]) -> None:
    random = made.random
    for provider in scope.platforms:
        use = (
            (0.55, 0.75, 0.15, 0.12, 0.1, 0.15)[made.world.systems[provider].platform]
            if made.world.systems[provider].platform < 6
            else 0.2
        )
        if random.random() < use:
            made.add(
                provider, hard=(0.35, 0.75, 0.2, 0.1, 0.3, 0.1, 0.15)[min(6, made.world.systems[provider].platform)]
            )
    first, last = groups.get(index, (index, index))
    if index > first:
        made.add(index - 1, hard=1.0, order="together", kind="shared_database")
    elif last > first and index % 2:
        made.add(last, hard=1.0, order="provider_first", kind="shared_database")
    own = made.system.office.systems[0]
    if first > own:
        for _ in range(random.choices((0, 1, 2, 3), (25, 35, 25, 15))[0]):
            made.add(random.randrange(own, first), hard=0.2)
    for _ in range(random.choices((0, 1, 2, 3, 4), (20, 25, 25, 20, 10))[0]):
        provider = random.choice(scope.members)
        if provider != index and not first <= provider <= last:
            made.add(provider, hard=0.15 if provider < first else 0.0)
    if random.random() < 0.12:
        made.add_external(random.choice(EXTERNAL)[0])


class _Client:
    """Collects the dependencies of one system; no two have the same ends, kind and port."""

    def __init__(self, world: World, random: Random, system: SystemDraft) -> None:
        self.world, self.random, self.system = world, random, system
        self.records: list[Plain] = []
        self._seen: set[int] = set()

    def add(self, provider: int, *, hard: float, order: str = "", kind: str = "") -> None:
        """A dependency on another system; ``hard`` is the chance that it is hard and orders the cutovers."""
        if provider in self._seen:
            return
        self._seen.add(provider)
        random, other = self.random, self.world.systems[provider]
        kind = kind or (PLATFORMS[other.platform][2] if other.platform >= 0 else random.choice(PEER_KINDS))
        part = other.parts[-1] if kind == "shared_database" else other.parts[0]
        both = self.system.lands and other.lands
        firm = both and random.random() < hard
        record = self._ends(f"{other.id}/{part.id}" if random.random() < 0.7 else other.id)
        if kind != "call":
            record["kind"] = kind
        if firm:
            record |= {"strength": "hard", "order": order or "provider_first"}
        self._rest(record, part, observed=not firm and random.random() < 0.12)

    def add_external(self, id: str) -> None:
        """A soft dependency on something outside the estate."""
        record = self._ends(f"external_object:{id}") | {"reaches_by": "address", "protocol": "tcp", "port": 443}
        self.records.append(record | {"traffic_mbps": self._traffic()})

    def _ends(self, provider: str) -> Plain:
        client = f"{self.system.id}/{self.system.parts[0].id}" if self.random.random() < 0.7 else self.system.id
        return {"from": client, "to": provider}

    def _traffic(self) -> float:
        return round(self.random.lognormvariate(-0.7, 1.3), 2)

    def _rest(self, record: Plain, part: Part, *, observed: bool) -> None:
        random = self.random
        reaches = random.choices(("name", "address", "unknown"), (60, 28, 12))[0]
        if reaches == "name" and not part.name:
            reaches = "address"
        if reaches != "unknown":
            record["reaches_by"] = reaches
        if observed:
            record["source"] = "observed"
        elif random.random() < 0.15:
            record["source"] = "confirmed"
        traffic = self._traffic()
        record |= {"protocol": "tcp", "port": part.port, "traffic_mbps": traffic}
        if random.random() < 0.06:
            record["max_latency_ms"] = random.choice((10, 20, 50))
        if observed:
            day = self.world.shape.as_of
            record["first_seen"] = (day - dt.timedelta(days=random.randrange(20, 60))).isoformat()
            record["last_seen"] = (day - dt.timedelta(days=random.randrange(0, 10))).isoformat()
            record["bytes_seen"] = round(traffic * 125_000 * 86_400)
        self.records.append(record)
