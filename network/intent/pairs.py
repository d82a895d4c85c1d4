"""IPv4 things and their IPv6 counterparts, for access lists, static routes and servers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

__all__ = ["PairTable"]

_ALL = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, eq=False)
class PairTable:
    """Pairs of one estate.

    networks: IPv4 network -> IPv6 network of the same segment. of_vpn: VPN instance -> the same, where several VPNs use
    one IPv4 network. hosts: address of a device or a server -> its IPv6 address.

    Only exact pairs count: the half of a paired network has no counterpart, because the whole IPv6 network would permit
    or deny more than the rule that is translated.
    """

    networks: Mapping[IPv4Network, IPv6Network] = field(default_factory=dict)
    of_vpn: Mapping[str, Mapping[IPv4Network, IPv6Network]] = field(default_factory=dict)
    hosts: Mapping[IPv4Address, IPv6Address] = field(default_factory=dict)

    def network(self, network: IPv4Network, vpn: str = "") -> IPv6Network | None:
        """The IPv6 counterpart of a network (a /32: of a host); None without one."""
        if network == _ALL:
            return IPv6Network("::/0")
        found = self.of_vpn.get(vpn, {}).get(network) or self.networks.get(network)
        if found is None and network.prefixlen == 32:
            host = self.hosts.get(network.network_address)
            return None if host is None else IPv6Network(host)
        return found

    def host(self, address: IPv4Address) -> IPv6Address | None:
        """The IPv6 address of the device or server that has an IPv4 address; None without one."""
        return self.hosts.get(address)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all pairs, independent of their order."""
        made = hashlib.sha256()
        for name, table in (("", self.networks), *sorted(self.of_vpn.items())):
            rows = sorted((int(left.network_address), left.prefixlen, str(right)) for left, right in table.items())
            made.update(f"{name} {rows}\n".encode())
        made.update(str(sorted((int(left), str(right)) for left, right in self.hosts.items())).encode())
        return made.hexdigest()
