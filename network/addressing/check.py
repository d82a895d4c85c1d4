"""The independent check of a plan: what overlaps, what is taken twice, what has no pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv6Interface

from inventory.checks.prefixes import may_hold
from inventory.inventory import Inventory
from inventory.kinds.network import PrefixPurpose
from inventory.problems import Origin, Problem, problem
from network.addressing.model import Addresses, Assignment

__all__ = ["check_plan", "overlaps"]

_WITHOUT_PAIR = (PrefixPurpose.INFRASTRUCTURE, PrefixPurpose.LINK, PrefixPurpose.LOOPBACK)
"""IPv4 prefixes that hold many small networks, each of which has its own pair."""


def check_plan(inventory: Inventory, addresses: Addresses) -> tuple[Problem, ...]:
    """All problems of a plan: what it could not do itself, then what a look at the result shows."""
    return (
        *addresses.findings,
        *_overlap_problems(inventory, addresses.prefixes),
        *_addresses_twice(inventory, addresses),
        *_unpaired(inventory, addresses),
        *_unnamed(inventory),
    )


def overlaps(inventory: Inventory, prefixes: Sequence[Assignment]) -> Iterator[tuple[Assignment, Assignment]]:
    """(holder, prefix in it) where the one may not hold the other, over all VPNs: IPv6 addresses are unique.

    Two prefixes are apart or one lies in the other, so one sweep in the order of addresses with a stack finds all.
    """
    around: list[tuple[int, Assignment]] = []
    for each in sorted(prefixes, key=lambda assignment: assignment.block):
        block = each.block
        while around and around[-1][0] < block.first:
            around.pop()
        for _, holder in reversed(around):
            if holder.block == block or _used(inventory, holder, each) or not may_hold(inventory, holder, each):
                yield holder, each
                break
        around.append((block.last, each))


def _used(inventory: Inventory, holder: Assignment, each: Assignment) -> bool:
    """Whether a division itself uses a planned prefix in which one of a division below lies. Divisions of levels
    without a row of the settings share the part of the one above."""
    settings = inventory.estate.settings.addressing
    if settings is None or holder.kept or holder.aggregate or holder.department or holder.site:
        return False
    if each.purpose is not holder.purpose or None in (holder.division, each.division):
        return False
    line = inventory.lineage(each.division or "")
    if holder.division not in line[1:]:
        return False
    rows = {row.level for row in settings.levels}
    return any(inventory.divisions[id].level in rows for id in line[: line.index(holder.division)])


def _overlap_problems(inventory: Inventory, prefixes: Sequence[Assignment]) -> Iterator[Problem]:
    for holder, each in overlaps(inventory, prefixes):
        yield problem(
            "addresses-overlap", inventory.origins.get(("prefix", each.id), Origin("estate.yaml")), kind="prefix",
            id=each.id, path="prefix", prefix=str(each.prefix), other=str(holder.prefix), other_id=holder.id,
        )  # fmt: skip


def _addresses_twice(inventory: Inventory, addresses: Addresses) -> Iterator[Problem]:
    first: dict[int, str] = {}
    for address, owner in _every_address(addresses):
        other = first.setdefault(int(address), owner)
        if other != owner:
            device = owner.partition(" ")[0]
            yield problem(
                "addresses-twice", inventory.origin("device", device), kind="device", id=device,
                address=str(address.ip), owner=owner, other=other,
            )  # fmt: skip


def _every_address(addresses: Addresses) -> Iterable[tuple[IPv6Interface, str]]:
    for device, address in addresses.loopbacks.items():
        yield IPv6Interface(address), f"{device} loopback"
    for (device, name), listed in addresses.interfaces.items():
        for each in listed:
            if (loopback := addresses.loopbacks.get(device)) is None or loopback != each.ip:
                yield each, f"{device} {name}"


def _unpaired(inventory: Inventory, addresses: Addresses) -> Iterator[Problem]:
    paired = {each.pair for each in addresses.prefixes if each.pair is not None}
    for id, record in inventory.prefixes.items():
        if ":" not in record.prefix and record.purpose not in _WITHOUT_PAIR and id not in paired:
            yield problem(
                "addresses-unpaired", inventory.origin("prefix", id), kind="prefix", id=id, prefix=record.prefix
            )


def _unnamed(inventory: Inventory) -> Iterator[Problem]:
    """Ends of links of which no interface is on record: they have no address."""
    named = {(id, interface.name) for id, device in inventory.devices.items() for interface in device.interfaces}
    for id, link in inventory.links.items():
        for device, interface in ((link.a_device, link.a_interface), (link.b_device, link.b_interface)):
            if (device, interface) not in named:
                yield problem("addresses-unnamed", inventory.origin("link", id), kind="link", id=id, device=device)
