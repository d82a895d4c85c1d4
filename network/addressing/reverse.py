"""Reverse DNS zones (RFC 3596, section 2.5) of planned loopbacks and interfaces, as files that BIND reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv6Address, IPv6Network

from inventory.inventory import Inventory
from inventory.kinds.network import PrefixPurpose
from network.addressing.model import Addresses

__all__ = ["host_names", "reverse_zones", "zone_name"]

_NIBBLES = 32


def zone_name(network: IPv6Network) -> str:
    """8.b.d.0.1.0.0.2.ip6.arpa of 2001:db8::/32; of a length between 4-bit boundaries the wider zone that holds it."""
    digits = network.network_address.exploded.replace(":", "")[: network.prefixlen // 4]
    return ".".join((*reversed(digits), "ip6.arpa"))


def host_names(inventory: Inventory, addresses: Addresses, domain: str) -> dict[IPv6Address, str]:
    """Address -> full name: DEVICE.DOMAIN of loopbacks, INTERFACE.DEVICE.DOMAIN of interfaces."""
    found: dict[IPv6Address, str] = {}
    labels = {id: _label(device.name or id) for id, device in inventory.devices.items()}
    for device, address in addresses.loopbacks.items():
        found[address] = f"{labels[device]}.{domain}."
    for (device, name), listed in addresses.interfaces.items():
        for each in listed:
            found.setdefault(each.ip, f"{_label(name)}.{labels[device]}.{domain}.")
    return found


def _label(text: str) -> str:
    """A label of a host name (RFC 1123): letters, digits and hyphens, at most 63."""
    label = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return label[:63].rstrip("-") or "x"


def reverse_zones(
    inventory: Inventory, addresses: Addresses, *, domain: str, servers: Iterable[str], contact: str, serial: int
) -> Mapping[str, str]:
    """Zone name -> text of its file: a zone for each block of links and loopbacks, and for every other prefix used.

    domain: below which devices have their names. servers: full names of the name servers. contact: the zone's mailbox
    as a name (hostmaster.example). serial: of the SOA record; the same serial gives the same bytes.
    """
    servers = tuple(f"{name.rstrip('.')}." for name in servers)
    names = host_names(inventory, addresses, domain.rstrip("."))
    zones = sorted(set(_zones(addresses, names)), key=lambda each: (each.prefixlen, each))
    kept: list[IPv6Network] = []
    for zone in zones:
        if not any(zone.subnet_of(other) for other in kept):
            kept.append(zone)
    head = f"$TTL 3600\n@ IN SOA {servers[0]} {contact.rstrip('.')}. ( {serial} 7200 3600 1209600 3600 )\n" + "".join(
        f"@ IN NS {server}\n" for server in servers
    )
    lines: dict[IPv6Network, list[str]] = {zone: [] for zone in kept}
    by_length = sorted({zone.prefixlen for zone in kept})
    for address, name in sorted(names.items()):
        for length in by_length:
            zone = IPv6Network((int(address) >> (128 - length) << (128 - length), length))
            if zone in lines:
                lines[zone].append(_record(address, zone, name))
                break
    return {zone_name(zone): head + "".join(found) for zone, found in lines.items() if found}


def _zones(addresses: Addresses, names: Iterable[IPv6Address]) -> Iterator[IPv6Network]:
    """The blocks that are handed down as a whole, and for addresses outside of those their /64."""
    infrastructure = (PrefixPurpose.LINK, PrefixPurpose.LOOPBACK)
    wide = [each for each in addresses.prefixes if each.aggregate and each.purpose in infrastructure]
    for each in wide:
        yield each.prefix.supernet(new_prefix=each.prefix.prefixlen // 4 * 4)
    for address in names:
        yield IPv6Network((int(address) >> 64 << 64, 64))


def _record(address: IPv6Address, zone: IPv6Network, name: str) -> str:
    digits = address.exploded.replace(":", "")
    owner = ".".join(reversed(digits[zone.prefixlen // 4 : _NIBBLES]))
    return f"{owner} IN PTR {name}\n"
