"""What depends on a device, from the graph: addresses that it must reach after a change as before."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import TYPE_CHECKING

from inventory.kinds.network import Ipv6Stage
from migration.graph.upstreams import Upstreams
from migration.plan import item_id
from migration.steps import Track
from network.intent import instance_name
from network.push.state import Probe

if TYPE_CHECKING:
    from inventory.inventory import Inventory
    from inventory.kinds.network import Device, Interface
    from network.addressing import Addresses

__all__ = ["Dependents"]

MOST_BELOW = 8
"""Devices behind a device that are pinged; more add time and say nothing new."""
MOST_USERS = 8
"""The same of addresses towards users in a VPN."""
STAGES = tuple(Ipv6Stage)


class Dependents:
    """Probes of all devices of an inventory. ``addresses``: planned IPv6 addresses, which count once they are there."""

    def __init__(self, inventory: Inventory, addresses: Addresses | None = None) -> None:
        self._inventory = inventory
        self._addresses = addresses
        self._upstreams = Upstreams(inventory)
        self._below: dict[str, list[str]] = {}
        for device, path in self._upstreams.paths.items():
            for above in path[1:]:
                self._below.setdefault(above, []).append(device)
        self._links: dict[str, list[tuple[str, str]]] = {}
        self._own_ends: dict[str, set[str]] = {}
        for link in inventory.links.values():
            self._own_ends.setdefault(link.a_device, set()).add(link.a_interface)
            self._own_ends.setdefault(link.b_device, set()).add(link.b_interface)
            self._links.setdefault(link.a_device, []).append((link.b_device, link.b_interface))
            self._links.setdefault(link.b_device, []).append((link.a_device, link.a_interface))

    def of(self, device: str) -> tuple[Probe, ...]:
        """The far ends of its links, the devices on its way to the management root, and the nearest devices behind it,
        each in both families as far as an address is known. Outside of VPNs these are loopbacks; inside of each VPN
        that the device is in, the addresses that devices have towards users there."""
        found: dict[Probe, None] = {}
        for other, interface in self._links.get(device, ()):
            found |= dict.fromkeys(self._far_end(other, interface))
        near = sorted(self._below.get(device, ()), key=lambda id: len(self._upstreams.path(id)))[:MOST_BELOW]
        others = (*self._upstreams.path(device)[1:], *near)
        for other in others:
            found |= dict.fromkeys(self._loopbacks(other))
        for vpn in self._vpns(device):
            users = [probe for other in others for probe in self._users(other, vpn)]
            found |= dict.fromkeys(users[:MOST_USERS])
        return tuple(found)

    def verified(self, device: str, *, carried: bool) -> tuple[Probe, ...]:
        """What it must reach in both families once it is verified. The plan goes top-down, so nothing behind it counts:
        the far ends of its links to its upstreams and to devices that have IPv6 addresses on record, and, where the
        backbone carries IPv6 (``carried``), the devices on its way to the management root. These have their routing
        before it has its own, because ``routing`` waits for both upstreams."""
        found: dict[Probe, None] = {}
        above = self._upstreams.of(device)
        for other, interface in self._links.get(device, ()):
            if other in above or self._has_addresses(other):
                found |= dict.fromkeys(self._far_end(other, interface))
        if carried:
            for other in self._upstreams.path(device)[1:]:
                found |= dict.fromkeys(self._loopbacks(other))
        return tuple(found)

    def _has_addresses(self, device: str) -> bool:
        record = self._inventory.devices.get(device)
        if record is None:
            return False
        there = STAGES.index(record.ipv6_stage) >= STAGES.index(Ipv6Stage.ADDRESSED)
        return there or item_id(device, Ipv6Stage.ADDRESSED, Track.NETWORK) in self._inventory.done

    def _far_end(self, device: str, interface: str) -> list[Probe]:
        """The interface itself and its sub-interfaces, each in its VPN instance."""
        record = self._inventory.devices.get(device)
        known = () if record is None else record.interfaces
        ends = (one for one in known if one.name == interface or one.name.startswith(f"{interface}."))
        return [probe for one in ends for probe in self._at(device, one)]

    def _users(self, device: str, vpn: str) -> list[Probe]:
        """Its interfaces towards users of a VPN."""
        record = self._inventory.devices.get(device)
        linked = self._own_ends.get(device, set())
        return [
            probe
            for one in (() if record is None else record.interfaces)
            if one.vpn == vpn and one.name not in linked and one.name.partition(".")[0] not in linked
            for probe in self._at(device, one)
        ]

    def _vpns(self, device: str) -> tuple[str, ...]:
        record = self._inventory.devices.get(device)
        interfaces = () if record is None else record.interfaces
        return tuple(dict.fromkeys(one.vpn for one in interfaces if one.vpn is not None))

    def _at(self, device: str, interface: Interface) -> list[Probe]:
        known = self._addresses.interfaces if self._addresses is not None else {}
        planned = known.get((device, interface.name), ())
        addresses = [ip_interface(text).ip for text in interface.addresses] + [one.ip for one in planned]
        vpn = instance_name(self._inventory, interface.vpn) if interface.vpn is not None else ""
        return [Probe(str(address), device, vpn) for address in dict.fromkeys(addresses)]

    def _loopbacks(self, device: str) -> list[Probe]:
        record: Device | None = self._inventory.devices.get(device)
        addresses = [] if record is None else list(record.loopbacks)
        if self._addresses is not None and device in self._addresses.loopbacks:
            addresses.append(str(self._addresses.loopbacks[device]))
        return [Probe(address, device) for address in dict.fromkeys(addresses)]
