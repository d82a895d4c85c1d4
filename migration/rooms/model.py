"""What is said of rooms: what stands in them and until when, missing decisions, the lease."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from inventory.base import Struct, field
from inventory.kinds.rooms import RoomIntention, RoomState
from migration.consolidation.model import Reason

__all__ = ["Lease", "LeaseCode", "Missing", "Standing", "Stands"]


class Stands(Struct):
    """Something that stands in a room, and after what it is gone."""

    kind: Literal["system", "line", "asset"] = field("Kind of the record", example="system")
    id: str = field("Record", example="140000-mzt-0003")
    name: str = field("Name", "")
    department: str = field("Owner", "")
    parts: tuple[str, ...] = field("Of a system its components here, of an asset the components on it", ())
    after: str = field("Plan item after which it is gone; empty: none", "", example="system/mzt-0003/remove")
    gone: dt.date | None = field("Last day of that item in the plan", None)
    stays: bool = field("Nothing takes it away", False)
    reason: Reason | None = field("Why it stays, or why no day is known", None)


class Missing(Struct):
    """A decision that people have to take before the room can be closed."""

    record: str = field("What it is about, as KIND:ID", example="line:140000-mzt-zx-0001")
    reason: Reason = field("What is to be decided", example={"code": "line-undecided"})


class LeaseCode(StrEnum):
    """How a lease and the end of the work fit together."""

    IN_TIME = "lease-in-time"
    TOO_EARLY = "lease-too-early"
    OVER = "lease-over"
    OPEN = "lease-open"
    NO_PLAN = "lease-no-plan"


class Lease(Struct):
    """The end of a lease against the end of the work. Costs are days at the present fee; a landlord may ask for more.

    extension: from the lease's end to the last day of the work. idle: from the work's end to the lease's end.
    """

    code: LeaseCode = field("How they fit")
    ends: dt.date = field("Last day of the lease", example="2021-12-31")
    free: dt.date | None = field("Last day of the room's last item in the plan, or the day it was done", None)
    extension_days: int | None = field("Days that the room is needed for after the lease; absent: without end", 0, ge=0)
    extension_yuan: float | None = field("What they cost; absent: without end", 0, unit="yuan", ge=0)
    idle_days: int = field("Days that are paid for after the room is done with", 0, ge=0)
    idle_yuan: float = field("What they cost", 0, unit="yuan", ge=0)
    yuan_per_day: float = field("Present fee", 0, unit="yuan/day", ge=0)
    late: tuple[str, ...] = field("What still stands there after the lease, as KIND:ID", ())


class Standing(Struct):
    """A room: its state as it follows from what is on record, what still stands in it, what keeps it from closing."""

    room: str = field("Room", example="mzt-1")
    name: str = field("Name", "")
    department: str = field("Owner", "")
    division: str = field("Division", example="140000")
    intention: RoomIntention = field("What is to become of it", example="close")
    state: RoomState = field("State that follows from what stands in it and from what runs have done", example="full")
    recorded: RoomState = field("State on record", example="full")
    difference: Reason | None = field("How the two differ", None)
    stands: tuple[Stands, ...] = field("Systems, then lines, then assets, each by id", ())
    missing: tuple[Missing, ...] = field("Decisions that are missing", ())
    lease: Lease | None = field("The lease, where it has an end", None)

    @property
    def blockers(self) -> tuple[Stands, ...]:
        """What stays, or what has no day although there is a plan: it keeps a room from being closed."""
        if self.intention is not RoomIntention.CLOSE:
            return ()
        return tuple(thing for thing in self.stands if thing.stays or thing.reason is not None)
