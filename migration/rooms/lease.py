"""What a lease costs that ends before the room is free, or long after."""

from __future__ import annotations

import datetime as dt

from inventory.kinds.rooms import Room, RoomIntention, RoomState
from migration.rooms.model import Lease, LeaseCode, Standing

__all__ = ["lease_of"]

DAYS_OF_YEAR = 365
ENDED = (RoomState.CLOSED, RoomState.COLOCATED)


def lease_of(room: Room, standing: Standing, free: dt.date | None, now: dt.date, *, planned: bool) -> Lease | None:
    """The lease of a room that is given up; None where it has no end on record or the room is kept.

    free: last day of the room's last item. planned: there is a plan that says so.
    """
    ends = room.lease_end
    if ends is None or standing.intention is RoomIntention.KEEP:
        return None
    per_day = room.fee_yuan_per_year / DAYS_OF_YEAR
    lease = Lease(code=LeaseCode.IN_TIME, ends=ends, free=free, yuan_per_day=round(per_day, 2))
    if free is None and standing.state in ENDED:
        return lease
    if free is None and planned:
        late = tuple(f"{thing.kind}:{thing.id}" for thing in standing.stands)
        open_end = {"code": LeaseCode.OPEN, "extension_days": None, "extension_yuan": None, "late": late}
        return lease.model_copy(update=open_end)
    until = now if free is None else free
    code = LeaseCode.TOO_EARLY
    if free is None:
        code = LeaseCode.OVER if now > ends else LeaseCode.NO_PLAN
    over = max(0, (until - ends).days)
    idle = max(0, (ends - free).days) if free is not None else 0
    late = tuple(
        f"{thing.kind}:{thing.id}"
        for thing in standing.stands
        if over and not (thing.gone is not None and thing.gone <= ends)
    )
    return lease.model_copy(
        update={
            "code": code if over or free is None else LeaseCode.IN_TIME,
            "extension_days": over,
            "extension_yuan": round(over * per_day, 2),
            "idle_days": idle,
            "idle_yuan": round(idle * per_day, 2),
            "late": late,
        }
    )
