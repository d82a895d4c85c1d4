"""Which VPN of the shared network takes the traffic of a line or a private network."""

from __future__ import annotations

from functools import cached_property

from inventory.errors import SelectorError
from inventory.inventory import Inventory
from inventory.kinds.lines import InternetExit, Line, PrivateNetwork
from inventory.selectors import parse_selector

__all__ = ["Memberships"]

Member = tuple[str, str]
"""(kind, id)."""
KINDS = ("line", "private_network", "internet_exit", "system", "room", "department")
"""Kinds of members that can bring a line into a VPN, the most particular first."""


class Memberships:
    """VPNs by the members that their selectors name."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory

    @cached_property
    def _vpn_of(self) -> dict[Member, str]:
        """Member -> VPN; of several the one with fewest members of the kind, then the first on record."""
        found: dict[Member, tuple[int, int, str]] = {}
        for number, (id, vpn) in enumerate(self.inventory.vpns.items()):
            if not vpn.members:
                continue
            selector = parse_selector(vpn.members)
            for kind in KINDS:
                try:
                    selector.validate((kind,))
                except SelectorError:
                    continue  # a selector of other kinds, or by fields that this kind does not have
                members = selector.select(self.inventory, kind)
                rank = (len(members), number, id)
                for member in members:
                    if (kind, member) not in found or rank < found[kind, member]:
                        found[kind, member] = rank
        return {member: id for member, (_, _, id) in found.items()}

    def of(self, kind: str, record: Line | PrivateNetwork | InternetExit) -> str | None:
        """The VPN of a record: its own, its private network's, its systems', its rooms' or its department's."""
        known = self._vpn_of
        for member in self._members(kind, record):
            if member in known:
                return known[member]
        return None

    @staticmethod
    def _members(kind: str, record: Line | PrivateNetwork | InternetExit) -> list[Member]:
        found: list[Member] = [(kind, record.id)]
        if isinstance(record, Line):
            if record.private_network is not None:
                found.append(("private_network", record.private_network))
            found += [("system", system) for system in record.systems]
            found += [("room", end.removeprefix("room:")) for end in (record.a, record.b) if end]
        if record.department is not None:
            found.append(("department", record.department))
        return found
