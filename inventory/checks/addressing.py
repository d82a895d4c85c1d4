"""The IPv6 address plan: settings that fit one another, and IPv6 prefixes on record that fit the settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import pairwise

from inventory.addressing_settings import AddressingSettings, LevelPlan, Numbering
from inventory.checks.common import Found, about, about_estate
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.network import Prefix, PrefixPurpose
from inventory.kinds.territory import Level
from inventory.problems import Problem

__all__ = ["check_addressing", "settings_problems"]

_LEVELS = {level: place for place, level in enumerate(Level)}
_DIGITS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}
_POINT_TO_POINT = 127
"""RFC 6164; the one length that need not end on a 4-bit boundary."""
_BASE = "settings.addressing"


def check_addressing(inventory: Inventory) -> Found:
    """Problems of settings.addressing, then of the IPv6 prefixes under it."""
    yield from settings_problems(inventory)
    settings = inventory.estate.settings.addressing
    if settings is not None:
        for record in inventory.prefixes.values():
            if ":" in record.prefix:
                yield from _record(inventory, settings, record)


def settings_problems(inventory: Inventory) -> Found:
    """Problems of settings.addressing: errors where no plan can be made by it."""
    settings = inventory.estate.settings.addressing
    if settings is None:
        return
    yield from _allocations(inventory, settings)
    yield from _blocks(inventory, settings)
    yield from _levels(inventory, settings)
    for path, value in _lengths(settings):
        if value % 4 and value != _POINT_TO_POINT:
            yield about_estate(inventory, "addressing-alignment", f"{_BASE}.{path}", value=value)


def _lengths(settings: AddressingSettings) -> Iterator[tuple[str, int]]:
    yield "block_length", settings.block_length
    for number, block in enumerate(settings.blocks):
        for name in ("length", "slot_length"):
            value = getattr(block, name)
            if value is not None:
                yield f"blocks.{number}.{name}", value
    for number, level in enumerate(settings.levels):
        for name in ("length", "own_length", "department_length", "site_length"):
            value = getattr(level, name)
            if value is not None:
                yield f"levels.{number}.{name}", value


def _allocations(inventory: Inventory, settings: AddressingSettings) -> Found:
    known: list[ipaddress.IPv6Network] = []
    rows = {row.level for row in settings.levels}
    for number, each in enumerate(settings.allocations):
        path = f"{_BASE}.allocations.{number}"
        network = ipaddress.ip_network(each.prefix)
        if not isinstance(network, ipaddress.IPv6Network):
            yield about_estate(inventory, "addressing-not-ipv6", f"{path}.prefix", value=each.prefix)
            continue
        other = next((found for found in known if found.overlaps(network)), None)
        if other is not None:
            yield about_estate(inventory, "addressing-overlap", f"{path}.prefix", value=each.prefix, other=str(other))
        known.append(network)
        if network.prefixlen > settings.block_length:
            yield _too_short(inventory, f"{path}.prefix", "block_length", settings.block_length, network.prefixlen)
        division = inventory.divisions.get(each.division)
        if division is None:
            yield _unknown(inventory, f"{path}.division", "division", each.division, inventory.divisions)
        elif division.level not in rows:
            yield about_estate(
                inventory, "addressing-level-missing", f"{path}.division", division=each.division,
                level=division.level.value,
            )  # fmt: skip


def _blocks(inventory: Inventory, settings: AddressingSettings) -> Found:
    first: dict[int, int] = {}
    lengths = [int(each.prefix.partition("/")[2]) for each in settings.allocations]
    places = min((1 << max(0, settings.block_length - length) for length in lengths), default=0)
    for number, block in enumerate(settings.blocks):
        path = f"{_BASE}.blocks.{number}"
        if first.setdefault(block.block, number) != number:
            yield about_estate(inventory, "addressing-block-twice", f"{path}.block", value=block.block)
        if lengths and block.block >= places:
            yield about_estate(inventory, "addressing-block-number", f"{path}.block", value=block.block, places=places)
        if block.vpn is not None and block.vpn not in inventory.vpns:
            yield _unknown(inventory, f"{path}.vpn", "vpn", block.vpn, inventory.vpns)
        if block.length <= settings.block_length:
            yield _too_short(inventory, f"{path}.length", "length", block.length, settings.block_length)
        if block.slot_length is not None and block.slot_length > block.length:
            yield _too_short(inventory, f"{path}.slot_length", "length", block.length, block.slot_length)


def _levels(inventory: Inventory, settings: AddressingSettings) -> Found:
    above: LevelPlan | None = None
    seen: set[Level] = set()
    users = [block.length for block in settings.blocks if block.purpose is PrefixPurpose.USERS]
    for number, row in enumerate(settings.levels):
        path = f"{_BASE}.levels.{number}"
        if row.level in seen or (above is not None and _LEVELS[row.level] < _LEVELS[above.level]):
            yield about_estate(inventory, "addressing-level-order", f"{path}.level", value=row.level.value)
        seen.add(row.level)
        if above is not None and row.length <= above.length:
            yield _too_short(inventory, f"{path}.length", "length", row.length, above.length)
        own = row.own_length if row.own_length is not None else settings.own_length(row.level, row.length)
        steps = [("length", row.length), ("own_length", own), ("department_length", row.department_length),
                 ("site_length", row.site_length)]  # fmt: skip
        given = [(name, value) for name, value in steps if value is not None]
        for (_, outer), (name, inner) in pairwise(given):
            if inner <= outer:
                yield _too_short(inventory, f"{path}.{name}", name, inner, outer)
        if users and given[-1][1] > min(users):
            yield _too_short(inventory, f"{path}.{given[-1][0]}", "blocks.length", min(users), given[-1][1])
        if above is not None and row.by is Numbering.CODE:
            needed = 4 * (_DIGITS[row.level] - _DIGITS[above.level])
            if needed > row.length - above.length:
                yield about_estate(
                    inventory, "addressing-code-bits", f"{path}.by", level=row.level.value, needed=needed,
                    bits=row.length - above.length,
                )  # fmt: skip
        above = row


def _unknown(inventory: Inventory, path: str, target: str, value: str, known: Iterable[str]) -> Problem:
    return about_estate(inventory, "dangling-reference", path, nearest_names(value, known), target=target, value=value)


def _too_short(inventory: Inventory, path: str, field: str, value: int, least: int) -> Problem:
    return about_estate(inventory, "addressing-lengths", path, field=field, value=value, outer=least)


def _record(inventory: Inventory, settings: AddressingSettings, record: Prefix) -> Found:
    network = ipaddress.IPv6Network(record.prefix)
    if network.prefixlen % 4 and network.prefixlen != _POINT_TO_POINT:
        yield about(inventory, "prefix-misaligned", "prefix", record.id, "prefix", prefix=record.prefix)
    if not any(network.subnet_of(each) for each in _ipv6(settings)):
        yield about(inventory, "prefix-outside", "prefix", record.id, "prefix", prefix=record.prefix)
    division = inventory.divisions.get(record.division or "")
    row = next((row for row in settings.levels if division is not None and row.level is division.level), None)
    if row is None or record.site or record.department is not None:
        return
    if record.aggregate and network.prefixlen > row.length:
        yield about(
            inventory, "prefix-too-small", "prefix", record.id, "prefix", prefix=record.prefix, level=row.level.value,
            length=row.length,
        )  # fmt: skip
    own = row.own_length or settings.own_length(row.level, row.length) or row.length
    if not record.aggregate and record.purpose is PrefixPurpose.USERS and network.prefixlen > own:
        yield about(
            inventory, "prefix-below-level", "prefix", record.id, "prefix", prefix=record.prefix, level=row.level.value,
            length=own,
        )  # fmt: skip


def _ipv6(settings: AddressingSettings) -> Iterator[ipaddress.IPv6Network]:
    for each in settings.allocations:
        if ":" in each.prefix:
            yield ipaddress.IPv6Network(each.prefix)
