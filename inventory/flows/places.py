"""Whose address it is: from addresses and ports to systems, components and objects outside the estate."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from inventory.flows.records import BrokenLineError, address_of
from inventory.inventory import Inventory

__all__ = ["AMBIGUOUS", "Hint", "Places", "special"]

AMBIGUOUS = "?"
"""In place of an end: the address belongs to several systems and the port does not tell which."""

_LIMITED_BROADCAST = "255.255.255.255"


class _Point(NamedTuple):
    system: str
    component: str
    port: int | None


class Hint(NamedTuple):
    """Where an unknown address may belong: the longest declared prefix around it, else only whether it is public.

    ``code``: prefix, public or private; ``prefix``: id of the prefix; ``cidr``, ``purpose``, ``division``, ``site``:
    of it.
    """

    code: str
    prefix: str = ""
    cidr: str = ""
    purpose: str = ""
    division: str = ""
    site: str = ""


@lru_cache(maxsize=1 << 17)
def special(address: str) -> str:
    """ "local" for loopback, link-local and unspecified addresses, "multicast" for these and broadcast, "" for all
    others.
    """
    found = ip_address(address)
    if found.is_loopback or found.is_link_local or found.is_unspecified:
        return "local"
    return "multicast" if found.is_multicast or address == _LIMITED_BROADCAST else ""


class Places:
    """The addresses of an inventory. Ends are written as dependencies write them.

    ``listening``: declared address and port -> the end there.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.points: dict[str, list[_Point]] = {}
        for system in inventory.systems.values():
            for part in system.components:
                for endpoint in part.endpoints:
                    point = _Point(system.id, part.id, endpoint.port)
                    for address in {endpoint.address, endpoint.address_v6, endpoint.public_address} - {None}:
                        if not special(str(address)):
                            self.points.setdefault(address_of(str(address)), []).append(point)
        self.clients = {address: _end(points) for address, points in self.points.items()}
        self.listening = _listening(self.points)
        self.external: dict[str, str] = {}
        networks: list[tuple[IPv4Network | IPv6Network, str]] = []
        for outside in inventory.external_objects.values():
            for text in outside.addresses:
                end = f"external_object:{outside.id}"
                try:
                    self.external.setdefault(address_of(text), end)
                except BrokenLineError:
                    networks += _network(text, end)
        self.external_networks = sorted(networks, key=lambda found: -found[0].prefixlen)
        prefixes = [(ip_network(record.prefix), id) for id, record in inventory.prefixes.items()]
        self.prefixes = _ByLength(prefixes)

    def provider(self, address: str, port: int | None) -> str | None:
        """The end that answers at an address and port; AMBIGUOUS; None where nobody is known."""
        points = self.points.get(address)
        if points is None:
            return self._outside(address)
        found = self.listening.get((address, port))
        return found or _end([point for point in points if point.port is None] or points)

    def client(self, address: str) -> str | None:
        """The end that connects from an address; AMBIGUOUS; None where nobody is known."""
        return self.clients.get(address) or self._outside(address)

    def _outside(self, address: str) -> str | None:
        found = self.external.get(address)
        if found is None and self.external_networks:
            parsed = ip_address(address)
            found = next((end for network, end in self.external_networks if parsed in network), None)
        return found

    def hint(self, address: str) -> Hint:
        """Where an address that nobody has may belong."""
        id = self.prefixes.around(address)
        if id is None:
            return Hint("public" if ip_address(address).is_global else "private")
        record = self.inventory.prefixes[id]
        return Hint("prefix", id, record.prefix, record.purpose.value, record.division or "", record.site)


def _listening(points: dict[str, list[_Point]]) -> dict[tuple[str, int | None], str]:
    found: dict[tuple[str, int | None], list[_Point]] = {}
    for address, listed in points.items():
        for point in listed:
            if point.port is not None:
                found.setdefault((address, point.port), []).append(point)
    return {place: _end(listed) for place, listed in found.items()}


def _network(text: str, end: str) -> list[tuple[IPv4Network | IPv6Network, str]]:
    try:
        return [(ip_network(text, strict=False), end)]
    except ValueError:
        return []  # a name


def _end(points: list[_Point]) -> str:
    systems = {point.system for point in points}
    if len(systems) > 1:
        return AMBIGUOUS
    components = {point.component for point in points}
    system = points[0].system
    return f"{system}/{points[0].component}" if len(components) == 1 else system


class _ByLength:
    """Longest prefix around an address: one dictionary a family and length."""

    def __init__(self, prefixes: list[tuple[IPv4Network | IPv6Network, str]]) -> None:
        self.tables: dict[tuple[int, int], dict[int, str]] = {}
        for network, id in prefixes:
            table = self.tables.setdefault((network.version, network.prefixlen), {})
            table.setdefault(int(network.network_address) >> (network.max_prefixlen - network.prefixlen), id)
        self.lengths = sorted(self.tables, reverse=True)

    def around(self, address: str) -> str | None:
        parsed = ip_address(address)
        value = int(parsed)
        for version, length in self.lengths:
            if version == parsed.version:
                found = self.tables[version, length].get(value >> (parsed.max_prefixlen - length))
                if found is not None:
                    return found
        return None
