"""Prefixes on record, by who uses them: pools, landing zones, departments and divisions."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from inventory.inventory import Inventory
from inventory.kinds.network import Prefix, PrefixPurpose
from inventory.kinds.systems import System

__all__ = ["VERSIONS", "Ground", "Network", "Version", "dynamic_of", "first_host", "host_v6", "is_inside", "network_of"]

Version = Literal[4, 6]
Network = IPv4Network | IPv6Network
VERSIONS: tuple[Version, ...] = (4, 6)

_DYNAMIC_V6 = (0x2, 0xFF)
"""Host numbers of IPv6 addresses that the cloud gives away itself; machines have four groups of digits and more."""


@lru_cache(maxsize=1 << 15)
def network_of(text: str) -> Network:
    """A prefix on record as a network."""
    return ip_network(text)


@lru_cache(maxsize=1 << 17)
def is_inside(address: str, prefix: Network) -> bool:
    """Whether an address of the same family lies in a prefix."""
    return ip_address(address) in prefix


def first_host(prefix: IPv4Network) -> int:
    """Number, in a landing zone, of the first address that a machine can have: those before it are for the network, its
    gateway and what the cloud puts there itself (name and address service), at most nine."""
    return min(10, prefix.num_addresses // 4 + 1)


def dynamic_of(prefix: Network) -> tuple[str, str]:
    """First and last address that the cloud gives away itself; the gateway is the first address of the prefix."""
    if isinstance(prefix, IPv6Network):
        return str(prefix[_DYNAMIC_V6[0]]), str(prefix[_DYNAMIC_V6[1]])
    return str(prefix[2]), str(prefix[first_host(prefix) - 1])


def host_v6(prefix: IPv6Network, address: IPv4Address) -> IPv6Address:
    """The IPv6 address whose last four groups read like the IPv4 address: 10.128.3.10 is ::10:128:3:10."""
    groups = (int(part, 16) for part in str(address).split("."))
    return prefix[sum(group << shift for group, shift in zip(groups, (48, 32, 16, 0), strict=True))]


class Ground:
    """Prefix records, indexed once."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._pools: dict[tuple[str, Version], list[Network]] = defaultdict(list)
        self._zones: dict[tuple[str, Version], Network] = {}
        self._users: dict[tuple[str, Version], list[str]] = defaultdict(list)
        self.records: dict[tuple[str, Version], Prefix] = {}
        for record in inventory.prefixes.values():
            if record.purpose is PrefixPurpose.POOL and record.site:
                self._add_pool(record)
            elif record.purpose is PrefixPurpose.USERS and not record.aggregate:
                owner = f"department:{record.department}" if record.department else f"division:{record.division}"
                self._users[owner, _version(record.prefix)].append(record.prefix)

    def _add_pool(self, record: Prefix) -> None:
        version = _version(record.prefix)
        if record.department:
            zone = f"{record.site}.{record.department}"
            self._zones.setdefault((zone, version), network_of(record.prefix))
        else:
            self._pools[record.site, version].append(network_of(record.prefix))
            self.records.setdefault((record.site, version), record)

    def zone(self, zone: str, version: Version) -> Network | None:
        """Prefix of a landing zone."""
        return self._zones.get((zone, version))

    def zones_of(self, pool: str, version: Version) -> tuple[Network, ...]:
        """Prefixes of all landing zones of a pool."""
        start = f"{pool}."
        return tuple(found for (zone, own), found in self._zones.items() if own == version and zone.startswith(start))

    def pool(self, pool: str, version: Version) -> tuple[Network, ...]:
        """Prefixes of a pool, in the order of the files."""
        return tuple(self._pools.get((pool, version), ()))

    def users(self, system: System, version: Version) -> tuple[str, ...]:
        """Prefixes in which a system's machines stand before it moves: its department's, else those of the division, or
        of the nearest one above that has any."""
        own = self._users.get((f"department:{system.department}", version))
        if own:
            return tuple(own)
        department = self._inventory.departments.get(system.department)
        for division in self._inventory.lineage(department.division) if department is not None else ():
            found = self._users.get((f"division:{division}", version))
            if found:
                return tuple(found)
        return ()


def _version(prefix: str) -> Version:
    return 6 if ":" in prefix else 4
