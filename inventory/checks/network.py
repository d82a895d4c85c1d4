"""Devices and links: interfaces, addresses, IPv6 stages."""

from __future__ import annotations

from collections.abc import Iterator

from inventory.checks.common import Found, about, first_of
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.network import Ipv6Capability, Ipv6Stage
from inventory.kinds.systems import Endpoint

__all__ = ["check_network"]

_ON_PAPER = (Ipv6Stage.NONE, Ipv6Stage.ASSESSED, Ipv6Stage.ADDRESSED)
"""Stages that change nothing on the device itself."""


def check_network(inventory: Inventory) -> Found:
    """Links that end on declared, free interfaces; addresses used once; IPv6 stages that a device can reach."""
    yield from _interfaces(inventory)
    yield from _link_ends(inventory)
    yield from _device_addresses(inventory)
    yield from _endpoint_addresses(inventory)
    for id, device in inventory.devices.items():
        if device.ipv6_capability is Ipv6Capability.REPLACE and device.ipv6_stage not in _ON_PAPER:
            yield about(inventory, "ipv6-impossible", "device", id, "ipv6_stage", stage=device.ipv6_stage.value)


def _interfaces(inventory: Inventory) -> Found:
    for id, device in inventory.devices.items():
        named = ((interface.name, str(number)) for number, interface in enumerate(device.interfaces))
        for number, first, name in first_of(named):
            yield about(
                inventory, "duplicate-interface", "device", id, f"interfaces.{number}.name",
                interface=name, first=f"interfaces.{first}",
            )  # fmt: skip


def _link_ends(inventory: Inventory) -> Found:
    """Interfaces are looked up where the device lists its interfaces; without a name there is nothing to check."""
    names = {
        id: {interface.name for interface in device.interfaces}
        for id, device in inventory.devices.items()
        if device.interfaces
    }
    used: dict[tuple[str, str], str] = {}
    for id, link in inventory.links.items():
        a, b = (link.a_device, link.a_interface), (link.b_device, link.b_interface)
        if a == b:
            yield about(inventory, "link-to-itself", "link", id, "b_device", value=" ".join(a).strip())
            continue
        for (device, interface), path in ((a, "a_interface"), (b, "b_interface")):
            if not interface:
                continue
            known = names.get(device)
            if known is not None and interface not in known:
                nearest = nearest_names(interface, known)
                yield about(
                    inventory, "unknown-interface", "link", id, path, nearest, device=device, interface=interface
                )
            other = used.setdefault((device, interface), id)
            if other != id:
                value = f"{device} {interface}"
                yield about(inventory, "interface-used-twice", "link", id, path, value=value, other=other)


def _addresses_of_devices(inventory: Inventory) -> Iterator[tuple[tuple[str, str], str, str]]:
    """((VPN, address), device, path). Management and loopback addresses stand in the network's own table."""
    for id, device in inventory.devices.items():
        for number, interface in enumerate(device.interfaces):
            for place, address in enumerate(interface.addresses):
                plain = address.partition("/")[0]
                yield (interface.vpn or "", plain), id, f"interfaces.{number}.addresses.{place}"
        for number, address in enumerate(device.loopbacks):
            yield ("", address), id, f"loopbacks.{number}"
        if device.management_address is not None:
            yield ("", device.management_address), id, "management_address"


def _device_addresses(inventory: Inventory) -> Found:
    """No two devices share an address, nor two interfaces of one; loopbacks may be interfaces, one may be managed."""
    owner: dict[tuple[str, str], tuple[str, str]] = {}
    for key, id, path in _addresses_of_devices(inventory):
        other, where = owner.setdefault(key, (id, path))
        on_interfaces = path != where and all(place.startswith("interfaces.") for place in (path, where))
        if other != id or on_interfaces:
            yield about(inventory, "address-used-twice", "device", id, path, address=key[1], other=other, where=where)


def _endpoint_addresses(inventory: Inventory) -> Found:
    """One address and port belong to one component, unless the names differ (several sites on one server)."""
    names: dict[tuple[str, str, int], dict[str, str]] = {}
    for owner, path, endpoint in _endpoints(inventory):
        if endpoint.port is None:
            continue
        for field in ("address", "address_v6"):
            address = getattr(endpoint, field)
            if address is None:
                continue
            taken = names.setdefault((endpoint.vpn or "", address, endpoint.port), {})
            same = taken.get(endpoint.name) or taken.get("")
            other = same if endpoint.name else next(iter(taken.values()), None)
            taken.setdefault(endpoint.name, owner)
            if other is not None and other != owner:
                yield about(
                    inventory, "endpoint-used-twice", "system", owner.partition("/")[0], f"{path}.{field}",
                    address=address, port=endpoint.port, other=other,
                )  # fmt: skip


def _endpoints(inventory: Inventory) -> Iterator[tuple[str, str, Endpoint]]:
    """(SYSTEM/COMPONENT, path, endpoint)."""
    for id, system in inventory.systems.items():
        for number, component in enumerate(system.components):
            for field in ("endpoints", "target_endpoints"):
                for place, endpoint in enumerate(getattr(component, field)):
                    yield f"{id}/{component.id}", f"components.{number}.{field}.{place}", endpoint
