"""What consolidation says: a decision for each line, private network and exit, and the route of what moves."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from inventory.base import Struct, field
from migration.plan import Value

__all__ = ["Access", "ConsolidationPlan", "Decided", "LineKind", "Outcome", "Reason", "Route", "Upgrade"]

LineKind = Literal["line", "private_network", "internet_exit"]


class Outcome(StrEnum):
    """What becomes of a line, a private network or an exit."""

    MOVE = "move"
    BACKUP = "backup"
    KEEP = "keep"
    INTERNAL_NETWORK = "internal_network"
    END = "end"

    @property
    def leaves(self) -> bool:
        """Whether the record ends: its traffic takes another path, or there is none."""
        return self in (Outcome.MOVE, Outcome.INTERNAL_NETWORK, Outcome.END)


class Reason(Struct):
    """Why: ``code`` names the text, ``data`` fills it."""

    code: str = field("Stable code of the text", example="no-use")
    data: dict[str, Value] = field("Figures that fill the text", {})


class Decided(Struct):
    """What becomes of one record, and why."""

    kind: LineKind = field("Kind of the record", example="line")
    id: str = field("Record", example="140000-mzt-zx-0001")
    outcome: Outcome = field("What becomes of it", example="move")
    by: str = field("decision (by hand), settings, or the built-in rule's name", example="decision")
    reason: Reason = field("Why", example={"code": "by-hand"})
    role: str = field("Role that decided by hand", "")
    vpn: str | None = field("VPN that takes its traffic; only for move", None)
    service_class: str = field("Service class on the shared network; only for move and backup", "")
    demand_mbps: float = field("Bandwidth that its traffic needs now, without headroom", 0, unit="Mbit/s", ge=0)
    review: dt.date | None = field("Day on which keeping it is looked at again", None)
    systems: tuple[str, ...] = field("Systems that use it", ())


class Access(Struct):
    """A circuit of the framework agreement from a site to the shared network."""

    carrier: str = field("Carrier", example="carrier-a")
    bandwidth_mbps: float = field("Step of the agreement", unit="Mbit/s", example=100)
    fee_yuan_per_month: float = field("Fee", unit="yuan/month", example=1200)
    end: str = field("End that it connects, as KIND:ID", example="room:mzt-1")


class Route(Struct):
    """Where the traffic of a moved line runs from a slot on."""

    line: str = field("Line")
    slot: int = field("First slot on the shared network", ge=0)
    links: tuple[str, ...] = field("Links of the primary path, in order", ())
    backup_links: tuple[str, ...] = field("Links of the backup path, none of them in the primary one", ())
    accesses: tuple[Access, ...] = field("Circuits of the primary path", ())
    backup_accesses: tuple[Access, ...] = field("Circuits of the backup path", ())
    postponed: int = field("Slots later than it could have been, for want of bandwidth", 0, unit="slots", ge=0)


class Upgrade(Struct):
    """A priced step of a link that is taken."""

    link: str = field("Link")
    slot: int = field("First slot with it", ge=0)
    bandwidth_mbps: float = field("Bandwidth from then on", unit="Mbit/s", gt=0)
    fee_yuan_per_month: float = field("Fee from then on", unit="yuan/month", ge=0)


class ConsolidationPlan(Struct):
    """Decisions of all records, routes of what moves, upgrades, and what they cost over the horizon."""

    decisions: tuple[Decided, ...] = field("One for each record that is not a classified stub")
    routes: tuple[Route, ...] = field("One for each line that moves and has a place", ())
    upgrades: tuple[Upgrade, ...] = field("Steps of links that are taken", ())
    unplaced: dict[str, Reason] = field("Lines that should move and have no place -> why", {})
    cost_yuan: float = field("Rents, circuits and upgrades over the horizon", 0, unit="yuan")
    bound_yuan: float | None = field("No plan of the same decisions costs less", None, unit="yuan")
