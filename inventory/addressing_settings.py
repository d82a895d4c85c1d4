"""settings.addressing: from which prefixes, by which lengths and in which order IPv6 addresses are planned.

Every row says where its figures come from. An allocation is cut into blocks of ``block_length``, one a purpose (users
of each VPN, links, loopbacks, ...); each block into the prefixes of divisions by level; a division's own part, at the
beginning of its prefix, into the prefixes of departments and sites; those into segments.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from inventory.base import Cidr, Ref, Struct, Words, field
from inventory.kinds.network import PrefixPurpose
from inventory.kinds.territory import Level

__all__ = ["AddressingSettings", "Allocation", "BlockPlan", "Growth", "HostNumbers", "LevelPlan", "Numbering"]


class Numbering(StrEnum):
    """How a division gets its place in the prefix of the one above it."""

    CODE = "code"
    ORDER = "order"


class Growth(StrEnum):
    """Which of the free places comes next where no code says it (RFC 3531, sections 3.1 and 3.2)."""

    LEFTMOST = "leftmost"
    RIGHTMOST = "rightmost"


class HostNumbers(StrEnum):
    """From what loopbacks and interfaces get the last 64 bits of their address."""

    IPV4 = "ipv4"
    ORDER = "order"


class Allocation(Struct):
    """An IPv6 prefix that was allocated to a division."""

    prefix: Cidr = field("Allocated IPv6 prefix", example="3fff:140::/28")
    division: Annotated[str, Ref("division", soft=True)] = field(
        "To whom; it and all below take from it", example="140000"
    )
    source: Words = field("Who allocated it, by which document", example="国家电子政务外网 IPv6 地址分配文件")


class LevelPlan(Struct):
    """Lengths at one administrative level. The division to which a prefix is allocated has a whole block."""

    level: Level = field("Administrative level", example="county")
    length: int = field(
        "Length of the prefix of each division of the level, in every block", unit="bits", example=48, ge=8, le=64
    )
    by: Numbering = field(
        "code: by the digits of the division code, each a hexadecimal digit; order: the next free place",
        Numbering.CODE,
    )
    own_length: int | None = field(
        "Length of the part for what is the division's own; absent: that of the next level (all where none follows)",
        None, unit="bits", ge=8, le=64,
    )  # fmt: skip
    department_length: int = field("Length of a department's prefix", unit="bits", example=60, ge=8, le=64)
    site_length: int | None = field(
        "Length of a site's prefix in that of its department; absent: sites have none of their own", None,
        unit="bits", ge=8, le=64,
    )  # fmt: skip
    reserve: float = field(
        "Share of the places in a prefix of this level that is kept for growth", example=0.25, ge=0, le=0.9
    )
    source: Words = field("Where the figures come from", example="DB32/T 4617.4-2023; assumption")


class BlockPlan(Struct):
    """The block of one purpose, in every allocation."""

    purpose: PrefixPurpose = field("Purpose", example="users")
    block: int = field("Number of the block in an allocation, counted from 0", example=8, ge=0)
    vpn: Annotated[str, Ref("vpn", soft=True)] | None = field(
        "Only this VPN; absent: all that have no block of their own", None
    )
    length: int = field(
        "Length of one: a segment of users, a link (127 or 64), a loopback (128), a cloud pool, a network", unit="bits",
        example=64, ge=8, le=128,
    )  # fmt: skip
    slot_length: int | None = field(
        "Length that each link keeps for itself, and from which a division's loopbacks are taken; absent: length", None,
        unit="bits", ge=8, le=64,
    )  # fmt: skip
    source: Words = field("Where the figures come from", example="RFC 6164")


class AddressingSettings(Struct):
    """The address plan's rules."""

    allocations: tuple[Allocation, ...] = field(
        "Allocated prefixes; a later one of a division is used when the first is full",
        example=[{"prefix": "3fff:140::/28", "division": "140000", "source": "assumption"}],
    )
    block_length: int = field("Length of the blocks of purposes in an allocation", unit="bits", example=32, ge=8, le=64)
    blocks: tuple[BlockPlan, ...] = field(
        "Blocks by purpose", example=[{"purpose": "users", "block": 8, "length": 64, "source": "assumption"}]
    )
    levels: tuple[LevelPlan, ...] = field(
        "Lengths by level, top down; divisions of other levels use the part of the one above",
        example=[{"level": "province", "length": 32, "department_length": 52, "reserve": 0.25, "source": "assumption"}],
    )
    growth: Growth = field("Order of places without a code", Growth.LEFTMOST)
    host_numbers: HostNumbers = field(
        "ipv4: the digits of the IPv4 address (10.252.0.1 is ::10:252:0:1); order: counted", HostNumbers.IPV4
    )
    source: Words = field("Where the layout comes from", example="RIPE NCC IPv6 addressing plan guidance; RFC 3531")

    def own_length(self, level: Level, within: int) -> int | None:
        """Length of the part that a division of ``level`` with a prefix of length ``within`` keeps for itself.

        Without ``own_length`` it is as long as the next level below that fits: its first place, which no code leads to.
        None: all of the prefix, because no lower level has places in it. Only the settings say it, so that the first
        division below another changes nothing.
        """
        row = next((each for each in self.levels if each.level is level), None)
        if row is not None and row.own_length is not None and row.own_length > within:
            return row.own_length
        order = list(Level)
        below = (each.length for each in self.levels if order.index(each.level) > order.index(level))
        return min((length for length in below if length > within), default=None)
