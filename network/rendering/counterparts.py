"""IPv6 counterparts of what one device's running configuration names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from network.intent import DeviceIntent, InterfaceIntent
from network.rendering.running import Running, RunningInterface

__all__ = ["Counterparts"]


@dataclass(frozen=True, eq=False)
class Counterparts:
    """Looks first at the device's own interfaces and BGP peers, then at the pairs of the estate."""

    intent: DeviceIntent
    running: Running
    unprinted: bool = False
    """Whether an interface may be there without a line in the configuration."""

    def network(self, network: IPv4Network, vpn: str = "") -> IPv6Network | None:
        """The IPv6 network for a network that the configuration names; None without one."""
        found = self._own_networks.get((vpn, network))
        return found if found is not None else self.intent.pairs.network(network, vpn)

    def host(self, address: IPv4Address) -> IPv6Address | None:
        """The IPv6 address of a neighbour or a server; None without one."""
        return self._peers.get(address) or self.intent.pairs.host(address)

    @cached_property
    def interfaces(self) -> list[tuple[InterfaceIntent, RunningInterface]]:
        """Interfaces with planned IPv6 that the device has, under the name that the device uses.

        An interface that the configuration does not name as the inventory does is found by its IPv4 address.
        """
        by_address = {address: one for one in self.running.interfaces.values() for address in one.ipv4}
        found = []
        for interface in self.intent.interfaces:
            if not interface.ipv6:
                continue
            there = self.running.interfaces.get(interface.name) or next(
                (by_address[address] for address in interface.ipv4 if address in by_address), None
            )
            if there is None and self.unprinted and not interface.vpn:
                there = RunningInterface(interface.name, f"interface {interface.name}")
            if there is not None:
                found.append((interface, there))
        return found

    def loopback(self, default: str) -> str:
        """Name of the interface that has the IPv4 loopback address; the default's where none has it."""
        wanted = self.intent.loopback.ipv4
        for name, interface in self.running.interfaces.items():
            if any(address.ip == wanted for address in interface.ipv4):
                return name
        return default

    @cached_property
    def _own_networks(self) -> dict[tuple[str, IPv4Network], IPv6Network]:
        found = {}
        for interface, there in self.interfaces:
            own = there.ipv4 or interface.ipv4
            if own:
                found[there.vpn, own[0].network] = interface.ipv6[0].network
        loopback = self.intent.loopback
        if loopback.ipv4 and loopback.ipv6:
            found["", IPv4Network(loopback.ipv4)] = IPv6Network(loopback.ipv6)
        return found

    @cached_property
    def _peers(self) -> dict[IPv4Address, IPv6Address]:
        peers = self.intent.bgp.peers if self.intent.bgp else ()
        return {peer.ipv4: peer.ipv6 for peer in peers if peer.ipv4 and peer.ipv6}
