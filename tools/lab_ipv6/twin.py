"""The twin in its laboratory: estate with the routers' host keys, users in the VPNs, their addresses and pings."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product
from pathlib import Path

from inventory.load import load_estate
from network.lab import Lab, LabHost, Ping, build, reached
from tools.example_twin import Size, write_twin

__all__ = ["DAYS_BEFORE", "Reached", "Twin", "twin_of"]

DAYS_BEFORE = 55
"""Days from the estate's day to the retrofit: by then all items of its plan have come, and the windows of their
changes, sixty days long, are open."""
PATIENCE = 30.0
"""Seconds that IPv6 may take to be complete after the last change."""


@dataclass(frozen=True)
class Reached:
    """Pairs of users, in order: how many there are inside of VPNs, how many of them reach each other, and how many do
    so across VPNs, which they shall not."""

    pairs: int
    reached: int
    across: int


@dataclass(frozen=True)
class Twin:
    """A laboratory of a twin. ``estate``: its folder, with the host keys of the routers."""

    lab: Lab
    estate: Path

    @property
    def routers(self) -> list[LabHost]:
        """All routers."""
        return [host for host in self.lab.hosts.values() if host.kind == "router"]

    @cached_property
    def users(self) -> dict[str, list[LabHost]]:
        """VPN, or empty, -> the users' machines in it."""
        inventory = load_estate(self.estate, cache=False).inventory
        vpn_of = {
            f"{device.id}.{port.name}": port.vpn or ""
            for device in inventory.devices.values()
            for port in device.interfaces
        }
        found: dict[str, list[LabHost]] = {}
        for host in self.lab.hosts.values():
            if host.name in vpn_of:
                found.setdefault(vpn_of[host.name], []).append(host)
        return found

    def ring(self) -> list[Ping]:
        """IPv4: each user to the next one and to the one on the other side of its VPN."""
        found: dict[Ping, None] = {}
        for hosts in self.users.values():
            for number, host in enumerate(hosts):
                for step in (1, len(hosts) // 2):
                    other = hosts[(number + step) % len(hosts)]
                    if other is not host:
                        found[Ping(host.name, other.addresses[0])] = None
        return list(found)

    def ipv6(self) -> dict[str, str]:
        """The IPv6 address that each user's machine has made itself from what its router advertises."""
        found = {}
        for hosts in self.users.values():
            for host in hosts:
                said = self.lab.run(host.name, ["ip", "-json", "-6", "address", "show", "dev", "eth0"]).stdout
                own = [one for port in json.loads(said or "[]") for one in port.get("addr_info", ())]
                usable = [one["local"] for one in own if one.get("scope") == "global"]
                if usable:
                    found[host.name] = usable[0]
        return found

    def reach(self, addresses: dict[str, str], seconds: float = PATIENCE) -> Reached:
        """Who reaches whom at these addresses, by name; users without one reach nobody and are reached by nobody."""
        vpns = {vpn: hosts for vpn, hosts in self.users.items() if vpn}
        inside = [pair for hosts in vpns.values() for pair in permutations(hosts, 2)]
        across = [pair for a, b in permutations(self.users, 2) for pair in product(self.users[a], self.users[b])]
        wanted = _pings(inside, addresses)
        return Reached(
            len(inside),
            len(reached(self.lab, wanted, seconds=seconds)),
            len(reached(self.lab, _pings(across, addresses), seconds=2)),
        )


def _pings(pairs: list[tuple[LabHost, LabHost]], addresses: dict[str, str]) -> list[Ping]:
    return [Ping(a.name, addresses[b.name]) for a, b in pairs if a.name in addresses and b.name in addresses]


@contextmanager
def twin_of(size: Size, folder: Path, name: str, as_of: dt.date) -> Iterator[Twin]:
    """The twin of a size while the block runs, with its estate in the new ``folder``."""
    write_twin(folder, size, as_of=as_of)
    with build(load_estate(folder, cache=False).inventory, name=name, owned=True) as lab:
        keys = {host.name: host.host_key for host in lab.hosts.values() if host.kind == "router"}
        write_twin(folder, size, as_of=as_of, host_keys=keys)
        yield Twin(lab, folder)
