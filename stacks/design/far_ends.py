"""Where the other end of a dependency is: where it stands now, and where it will stand in its landing zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import NamedTuple

from inventory.inventory import End, Inventory
from inventory.kinds.systems import Component, Endpoint
from stacks.design.ground import Ground, Version
from stacks.design.landings import Landings
from stacks.design.systems import fixed_addresses

__all__ = ["FarEnd", "FarEnds", "now_ports", "target_ports"]


class FarEnd(NamedTuple):
    """One place of an end.

    Attributes:
        prefix: its address with the full length, or the narrowest prefix that it is known to be in.
        wider: the prefix of its department or landing zone.
        widest: the prefix of its division or pool.
        landed: whether this is its place in the pool.
    """

    prefix: str
    wider: str
    widest: str
    landed: bool


class FarEnds:
    """Finds the places of ends; those of one end are worked out once.

    A system that has not moved is where its endpoints say and, where the plan lands it, in its landing zone as well:
    both exist around its cutover, and a rollback brings the first one back. One that has moved is in its zone only.
    """

    def __init__(self, inventory: Inventory, ground: Ground, landings: Landings) -> None:
        self._inventory, self._ground, self._landings = inventory, ground, landings
        self._known: dict[tuple[End, Version], tuple[FarEnd, ...]] = {}

    def of(self, end: End, version: Version) -> tuple[FarEnd, ...]:
        """Places of an end in one family; none where nothing is on record."""
        key = (end, version)
        if key not in self._known:
            found = self._external(end, version) if end.external else self._system(end, version)
            self._known[key] = tuple(dict.fromkeys(found))
        return self._known[key]

    def parts(self, end: End) -> tuple[Component, ...]:
        """Components that an end may mean."""
        record = self._inventory.systems.get(end.system)
        parts = record.components if record is not None else ()
        return tuple(part for part in parts if end.component in ("", part.id))

    def _external(self, end: End, version: Version) -> Iterator[FarEnd]:
        record = self._inventory.external_objects.get(end.external)
        for text in record.addresses if record is not None else ():
            try:
                address = ip_address(text)
            except ValueError:  # a name: nothing that a rule could be made of
                continue
            if address.version == version:
                yield FarEnd(_host(text), _host(text), _host(text), landed=False)

    def _system(self, end: End, version: Version) -> Iterator[FarEnd]:
        system = self._inventory.systems.get(end.system)
        if system is None:
            return
        landing = self._landings.of.get(end.system)
        parts = self.parts(end)
        if landing is None or not landing.moved:
            users = self._ground.users(system, version)
            ends = [known for part in parts for known in part.endpoints]
            addresses = list(_of_family(ends, version))
            for address in addresses:
                around = users[0] if users else _host(address)
                yield FarEnd(_host(address), around, around, landed=False)
            if not any(known.address or known.address_v6 for known in ends):
                yield from (FarEnd(prefix, prefix, prefix, landed=False) for prefix in users)
        zone = self._ground.zone(landing.zone, version) if landing is not None else None
        if landing is None or zone is None:
            return
        fixed = [address for part in parts for address in fixed_addresses(self._ground, landing.zone, part)]
        known_here = [address for address in fixed if (":" in address) == (version == 6)]
        own, pool = str(zone), str(next(iter(self._ground.pool(landing.pool, version)), zone))
        if len(known_here) < len(parts) or not parts:
            yield FarEnd(own, own, pool, landed=True)
        else:
            yield from (FarEnd(_host(address), own, pool, landed=True) for address in known_here)


def now_ports(parts: Iterable[Component], port: int | None) -> tuple[int, ...]:
    """Ports on which components are reached where they stand now: the dependency's, else those of the endpoints."""
    if port is not None:
        return (port,)
    return tuple(dict.fromkeys(end.port for part in parts for end in part.endpoints if end.port is not None))


def target_ports(parts: Iterable[Component], port: int | None) -> tuple[int, ...]:
    """Ports on which components are reached in the pool: a target endpoint takes the place of the endpoint at the same
    place of the list, as where a database changes its make; else as now."""
    found: list[int] = []
    given = list(parts)
    for part in given:
        targets = {number: end.port for number, end in enumerate(part.target_endpoints) if end.port is not None}
        for number, end in enumerate(part.endpoints):
            if end.port is not None and port in (None, end.port):
                found.append(targets.get(number, end.port))
        if not part.endpoints and port is None:
            found += targets.values()
    return tuple(dict.fromkeys(found)) or now_ports(given, port)


def _of_family(ends: Iterable[Endpoint], version: Version) -> Iterator[str]:
    for end in ends:
        address = end.address if version == 4 else end.address_v6
        if address:
            yield address


def _host(address: str) -> str:
    return f"{address}/{128 if ':' in address else 32}"
