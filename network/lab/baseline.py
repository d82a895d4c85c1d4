"""The configuration that routers of a laboratory begin with."""

from __future__ import annotations

from collections.abc import Iterable

from inventory.inventory import Inventory
from network.addressing.model import Addresses
from network.intent import Intents
from network.intent.model import DeviceIntent, InterfaceRole

__all__ = ["baselines"]


def baselines(inventory: Inventory, devices: Iterable[str]) -> dict[str, str]:
    """The whole IPv4 configuration of each device, as text."""
    intents = Intents(inventory, Addresses())
    return {device: _text(intents[device]) for device in devices}


def _text(intent: DeviceIntent) -> str:
    lines = ["frr defaults traditional", f"hostname {intent.name}", "service integrated-vtysh-config", "!"]
    for vpn in intent.vpns:
        lines += [f"vrf {vpn.name}", "exit-vrf", "!"]
    lines += ["interface lo", f" ip address {intent.loopback.ipv4}/32", " ip ospf area 0.0.0.0", "exit", "!"]
    for port in intent.interfaces:
        lines += [f"interface {port.name}{f' vrf {port.vpn}' if port.vpn else ''}"]
        lines += [f" ip address {address}" for address in port.ipv4]
        lines += [f" ip ospf area {port.area}"]
        if port.role is InterfaceRole.BACKBONE:
            lines += [" ip ospf network point-to-point", f" ip ospf hello-interval {intent.igp.hello_seconds}"]
            lines += [f" ip ospf dead-interval {intent.igp.dead_seconds}", " ip ospf retransmit-interval 1"]
        else:
            lines += [" ip ospf passive"]
        lines += ["exit", "!"]
    for where in ("", *(f" vrf {vpn.name}" for vpn in intent.vpns)):
        lines += [f"router ospf{where}", f" ospf router-id {intent.router_id}", " timers throttle spf 10 50 500"]
        lines += [" timers throttle lsa all 50", " timers lsa min-arrival 20", "exit", "!"]
    if intent.bgp:
        lines += [f"router bgp {intent.bgp.asn}", f" bgp router-id {intent.router_id}", " timers bgp 3 9"]
        for peer in intent.bgp.peers:
            lines += [f" neighbor {peer.ipv4} remote-as {peer.asn}", f" neighbor {peer.ipv4} update-source lo"]
            lines += [f" neighbor {peer.ipv4} timers connect 3"]
        lines += [" address-family ipv4 unicast"]
        lines += [f"  network {network}" for network in intent.bgp.networks_ipv4]
        lines += [f"  neighbor {peer.ipv4} route-reflector-client" for peer in intent.bgp.peers if peer.client]
        lines += [" exit-address-family", "exit", "!"]
    return "\n".join(lines) + "\n"
