"""The address plan of an estate: a function of its records and of settings.addressing, and of nothing else.

What is on record stays: prefix records (planned ones know their object by their id, others by purpose, VPN and owner)
and addresses of interfaces. New things get their place by division code, else the next free one in the order of the
files. So a plan that was written never changes when something is added; one that was not written does not change when
divisions with codes are added anywhere, or zones, departments, rooms and devices behind those that are there; IPv4
prefixes may shift it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import TypeVar

from inventory.addressing_settings import AddressingSettings, BlockPlan
from inventory.cache import without_collection
from inventory.checks.addressing import settings_problems
from inventory.inventory import Inventory
from inventory.kinds.network import PrefixPurpose
from inventory.problems import Severity
from network.addressing.backbone import (
    Links,
    add_interconnections,
    add_networks,
    give_loopbacks,
    interface_addresses,
    loopback_pairs,
    present_loopbacks,
)
from network.addressing.ground import Ground
from network.addressing.kept import Held, Kept
from network.addressing.model import Addresses, Assignment
from network.addressing.segments import Key, Pairing, Subnets
from network.addressing.space import Block
from network.addressing.territory import Territory
from network.addressing.tree import Tree
from network.addressing.users import Pools, Users
from network.errors import AddressingError

__all__ = ["plan_addresses"]

_NOTHING = AddressingSettings(allocations=(), block_length=64, blocks=(), levels=(), source="-")
"""Rules that plan nothing: what is there is then the whole plan."""
_ORDER = {purpose: place for place, purpose in enumerate(PrefixPurpose)}


def plan_addresses(inventory: Inventory) -> Addresses:
    """Plan all IPv6 addresses by ``settings.addressing``; without it the plan is what the estate has already.

    Raises AddressingError ``addressing-settings`` where the settings contradict themselves.
    """
    settings = inventory.estate.settings.addressing
    wrong = [found for found in settings_problems(inventory) if found.severity is Severity.ERROR]
    if wrong:
        raise AddressingError("addressing-settings", path=str(inventory.path), count=len(wrong), first=wrong[0].path)
    with without_collection():
        return _Plan(inventory, settings or _NOTHING).addresses()


class _Plan:
    """A plan being made, block by block."""

    def __init__(self, inventory: Inventory, settings: AddressingSettings) -> None:
        self.inventory = inventory
        territory = Territory.of(inventory, settings)
        self.ground = Ground(inventory, settings, territory, Kept(inventory, settings))
        rows: dict[tuple[PrefixPurpose, str | None], list[BlockPlan]] = {}
        for row in settings.blocks:
            rows.setdefault((row.purpose, row.vpn), []).append(row)
        self.trees = {key: Tree(self.ground, listed) for key, listed in rows.items()}
        self.users = {vpn: Users(tree) for vpn, tree in self._of(PrefixPurpose.USERS)}
        self.pools = {vpn: Pools(tree) for vpn, tree in self._of(PrefixPurpose.POOL)}

    def _of(self, purpose: PrefixPurpose) -> list[tuple[str | None, Tree]]:
        return [(vpn, tree) for (each, vpn), tree in self.trees.items() if each is purpose]

    def addresses(self) -> Addresses:
        links = [Links(tree) for _, tree in self._of(PrefixPurpose.LINK)]
        for _, tree in self._of(PrefixPurpose.INFRASTRUCTURE):
            add_networks(tree)
        for _, tree in self._of(PrefixPurpose.INTERCONNECTION):
            add_interconnections(tree)
        loopbacks = present_loopbacks(self.inventory)
        for _, tree in self._of(PrefixPurpose.LOOPBACK):
            loopbacks |= give_loopbacks(tree)
        pairing = Pairing(self.ground, Subnets(self.inventory), _of_vpn(self.users), _of_vpn(self.pools))
        ends = {end: address for each in links for end, address in each.addresses.items()}
        of = {key: block for each in links for key, block in each.pairs.items()} | pairing.of
        interfaces = interface_addresses(self.inventory, self.ground.settings.host_numbers, ends, of.get)
        of |= loopback_pairs(self.inventory, loopbacks)
        self._missing_blocks()
        prefixes = sorted(self._assignments(pairing), key=_place)
        narrow, by_vpn = _pairs(of)
        return Addresses(
            tuple(prefixes),
            loopbacks,
            interfaces,
            narrow,
            by_vpn,
            tuple(self.ground.findings),
            tuple(self.ground.usages),
        )

    def _assignments(self, pairing: Pairing) -> Iterator[Assignment]:
        four = {record: IPv4Network(self.inventory.prefixes[record].prefix) for record in pairing.records.values()}
        made = [each for tree in self.trees.values() for each in tree.made.values()]
        for (purpose, _), tree in self.trees.items():
            made.extend(tree.shown(every=purpose is PrefixPurpose.USERS))
        for each in made:
            record = None if each.aggregate else pairing.records.get(each.block)
            yield each if record is None else replace(each, pair=record, ipv4=four[record])
        for held in self.ground.kept.unmatched:
            yield _foreign(held, pairing.records, four)

    def _missing_blocks(self) -> None:
        """Purposes that the estate has IPv4 prefixes of, and the settings no block for."""
        if not self.trees:
            return
        known = {purpose for purpose, _ in self.trees}
        used = dict.fromkeys(each.purpose for each in self.inventory.prefixes.values() if ":" not in each.prefix)
        for purpose in used:
            if purpose not in known:
                self.ground.find("addresses-no-block", "estate", "", purpose=purpose.value)


_T = TypeVar("_T")


def _of_vpn(found: Mapping[str | None, _T]) -> Callable[[str | None], _T | None]:
    """The block of a VPN, else the one of all that have none of their own."""
    return lambda vpn: found.get(vpn or None, found.get(None))


def _foreign(held: Held, pairs: Mapping[Block, str], four: Mapping[str, IPv4Network]) -> Assignment:
    """A record that is no part of the plan and stays as it is."""
    record = held.record
    assert record is not None
    pair = None if record.aggregate else pairs.get(held.block)
    return Assignment(
        id=record.id,
        block=held.block,
        purpose=record.purpose,
        division=record.division,
        department=record.department,
        site=record.site,
        vpn=record.vpn,
        aggregate=record.aggregate,
        pair=pair,
        ipv4=four[pair] if pair is not None else None,
        kept=True,
        pinned=record.pinned,
    )


def _place(assignment: Assignment) -> tuple[int, str, int, int]:
    return _ORDER[assignment.purpose], assignment.vpn or "", *assignment.block


def _pairs(
    of: Mapping[Key, Block],
) -> tuple[dict[IPv4Network, IPv6Network], dict[str, dict[IPv4Network, IPv6Network]]]:
    """(pairs of networks that one VPN alone has, pairs by VPN)."""
    by_vpn: dict[str, dict[IPv4Network, IPv6Network]] = {}
    blocks: dict[IPv4Network, set[Block]] = {}
    for (vpn, network), block in of.items():
        by_vpn.setdefault(vpn, {})[network] = block.network
        blocks.setdefault(network, set()).add(block)
    return {network: next(iter(found)).network for network, found in blocks.items() if len(found) == 1}, by_vpn
