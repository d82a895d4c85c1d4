"""What depends on a device, from the graph: addresses that it must reach after a change as before."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import TYPE_CHECKING

from inventory.kinds.network import Ipv6Stage
from migration.graph.upstreams import Upstreams
from migration.plan import item_id
from migration.steps import Track
from network.push.state import Probe

if TYPE_CHECKING:
    from inventory.inventory import Inventory
    from inventory.kinds.network import Device
    from network.addressing import Addresses

__all__ = ["Dependents"]

MOST_BELOW = 8
"""Devices behind a device that are pinged; more add time and say nothing new."""
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
        for link in inventory.links.values():
            self._links.setdefault(link.a_device, []).append((link.b_device, link.b_interface))
            self._links.setdefault(link.b_device, []).append((link.a_device, link.a_interface))

    def of(self, device: str) -> tuple[Probe, ...]:
        """The far ends of its links, the devices on its way to the management root, and the nearest devices behind it,
        each in both families as far as an address is known outside of VPNs."""
        found: dict[Probe, None] = {}
        for other, interface in self._links.get(device, ()):
            found |= dict.fromkeys(self._far_end(other, interface))
        near = sorted(self._below.get(device, ()), key=lambda id: len(self._upstreams.path(id)))[:MOST_BELOW]
        for other in (*self._upstreams.path(device)[1:], *near):
            found |= dict.fromkeys(self._loopbacks(other))
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
        record = self._inventory.devices.get(device)
        known = () if record is None else record.interfaces
        there = next((one for one in known if one.name == interface and one.vpn is None), None)
        if there is None:
            return []
        planned = self._addresses.interfaces.get((device, interface), ()) if self._addresses is not None else ()
        addresses = [ip_interface(text).ip for text in there.addresses] + [one.ip for one in planned]
        return [Probe(str(address), device) for address in dict.fromkeys(addresses)]

    def _loopbacks(self, device: str) -> list[Probe]:
        record: Device | None = self._inventory.devices.get(device)
        addresses = [] if record is None else list(record.loopbacks)
        if self._addresses is not None and device in self._addresses.loopbacks:
            addresses.append(str(self._addresses.loopbacks[device]))
        return [Probe(address, device) for address in dict.fromkeys(addresses)]
