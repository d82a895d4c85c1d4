"""Where a decision contradicts the records: a line that ends although systems stay, one that is kept though nobody uses
it, one that stays in a room that is to close, one that outlives the room's lease.

Findings refuse nothing: people decide, and see what speaks against it. ``rule`` names what it will cost: H9 for a gate
that stays shut, S1 for a date that is missed, S7 for money.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from inventory.inventory import Inventory, split_ref
from inventory.kinds.lines import Line, LineState
from inventory.kinds.rooms import RoomIntention
from migration.consolidation.decisions import Decider
from migration.consolidation.looking import LineLook
from migration.consolidation.model import Decided, Outcome
from migration.plan import Finding, Plan, item_id
from migration.steps import Track
from migration.tracks.rooms import intention_of

__all__ = ["CODES", "contradictions"]

STAYS = (Outcome.KEEP, Outcome.BACKUP)
CODES = (
    "ends-in-use",
    "ends-with-traffic",
    "moves-outside",
    "moves-unreached",
    "stays-idle",
    "stays-past-agreement",
    "stays-in-closing-room",
    "outlives-lease",
)
"""All codes; each has a text."""


def contradictions(decider: Decider, plan: Plan | None = None) -> tuple[Finding, ...]:
    """What speaks against decisions about lines, in the order of the decisions. plan: where the days come from on which
    lines end; without one it is the earliest that notice and idle days leave."""
    found: list[Finding] = []
    for decided in decider.decisions:
        if decided.kind == "line":
            look = LineLook(decider.around, decider.inventory.lines[decided.id])
            if look.record.state is not LineState.TERMINATED:
                found += _of_line(decider, decided, look, plan)
    return tuple(found)


def _of_line(decider: Decider, decided: Decided, look: LineLook, plan: Plan | None) -> Iterator[Finding]:
    given = not decided.by.startswith("default:")
    if decided.outcome is Outcome.END and given:
        yield from _ends(decided, look)
    if decided.outcome is Outcome.MOVE and given:
        yield from _moves(decided, look)
    if decided.outcome in STAYS:
        yield from _stays(decided, look)
    yield from _rooms(decider.inventory, decided, look, decider.now, plan)


def _finding(
    rule: str, code: str, decided: Decided, records: Iterable[str] = (), **data: str | float | None
) -> Finding:
    return Finding(rule=rule, code=code, records=(f"line:{decided.id}", *records), data={"line": decided.id, **data})


def _ends(decided: Decided, look: LineLook) -> Iterator[Finding]:
    stay = look.fates["stays"]
    if stay:
        names = [f"system:{system}" for system in stay]
        yield _finding("H9", "ends-in-use", decided, names, count=len(stay), first=stay[0])
    elif look.idle is False and not look.systems:
        yield _finding("H9", "ends-with-traffic", decided, p95=look.record.p95_mbps, peak=look.record.peak_mbps)


def _moves(decided: Decided, look: LineLook) -> Iterator[Finding]:
    for end in look.ends:
        if end.outside:
            yield _finding("H9", "moves-outside", decided, end=end.reference.removeprefix("external:"))
        elif not end.reached:
            yield _finding("H9", "moves-unreached", decided, end=end.reference)


def _stays(decided: Decided, look: LineLook) -> Iterator[Finding]:
    if look.idle and not look.fates["stays"]:
        yield _finding("S7", "stays-idle", decided, fee=look.record.fee_yuan_per_month)
    carrier = look.around.inventory.carriers.get(look.record.carrier or "")
    if carrier is not None and carrier.valid_to is not None:
        lasts = max(look.around.now, decided.review or look.around.now)
        if carrier.valid_to < lasts:
            until = carrier.valid_to.isoformat()
            yield _finding("S7", "stays-past-agreement", decided, (f"carrier:{carrier.id}",), until=until)


def _rooms(
    inventory: Inventory, decided: Decided, look: LineLook, now: dt.date, plan: Plan | None
) -> Iterator[Finding]:
    for end in look.ends:
        kind, id = split_ref(end.reference)
        room = inventory.rooms.get(id) if kind == "room" else None
        if room is None or intention_of(room) is not RoomIntention.CLOSE:
            continue
        if decided.outcome in STAYS:
            yield _finding("H9", "stays-in-closing-room", decided, (f"room:{id}",), room=id)
        elif room.lease_end is not None and (ends := _last_day(inventory, look.record, now, plan)) > room.lease_end:
            lease, days = room.lease_end.isoformat(), (ends - room.lease_end).days
            yield _finding(
                "S1", "outlives-lease", decided, (f"room:{id}",), room=id, lease=lease, ends=ends.isoformat(), days=days
            )


def _last_day(inventory: Inventory, line: Line, now: dt.date, plan: Plan | None) -> dt.date:
    """The day on which a line ends: the plan's, else the earliest that its notice and the idle days leave."""
    item = plan.by_id.get(item_id(line.id, "terminated", Track.LINE)) if plan is not None else None
    waits = max(line.notice_days, inventory.estate.settings.idle_days)
    return item.end if item is not None else now + dt.timedelta(days=waits)
