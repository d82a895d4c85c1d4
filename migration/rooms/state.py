"""The state of a room that follows from what is on record, and how it differs from the recorded one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from inventory.kinds.rooms import Room, RoomIntention, RoomState
from migration.consolidation.model import Reason
from migration.plan import item_id
from migration.rooms.model import Stands
from migration.steps import Track

__all__ = ["derived_state", "state_difference"]

ORDER = (
    RoomState.FULL, RoomState.EMPTYING, RoomState.EMPTY, RoomState.HANDED_OVER, RoomState.CLOSED, RoomState.COLOCATED,
)  # fmt: skip
HANDED = (RoomState.HANDED_OVER, RoomState.CLOSED, RoomState.COLOCATED)
"""States on record that say that the assets have been handed over."""


def derived_state(
    room: Room,
    intention: RoomIntention,
    done: Mapping[str, str],
    *,
    systems: bool,
    rest: bool,
    unknown: bool,
    begun: bool,
) -> RoomState:
    """The state that holds.

    done: items that runs have finished. systems: some stand in it. rest: lines or assets do. unknown: machines stand
    in it of which nobody says what runs on them. begun: something has left or is switched off. Equipment of a room
    that is taken over for colocation stays in it.
    """

    def ended(step: str) -> bool:
        return item_id(room.id, step, Track.ROOM) in done

    handed = ended("handed_over") or room.state in HANDED
    if intention is RoomIntention.COLOCATION:
        if ended("colocated") or room.state is RoomState.COLOCATED:
            return RoomState.COLOCATED
        return RoomState.HANDED_OVER if handed else RoomState.FULL
    if systems:
        return RoomState.EMPTYING if begun else RoomState.FULL
    if unknown and not handed and not ended("emptied") and room.state in ORDER[:2]:
        return RoomState.EMPTYING if begun else room.state
    if not handed:
        return RoomState.EMPTY
    closed = ended("closed") or room.state is RoomState.CLOSED
    return RoomState.CLOSED if closed and not rest else RoomState.HANDED_OVER


def state_difference(state: RoomState, recorded: RoomState, stands: Sequence[Stands]) -> Reason | None:
    """``state-ahead``: the record says more than holds, with what stands there; ``state-behind``: it says less."""
    if state is recorded:
        return None
    if ORDER.index(recorded) < ORDER.index(state):
        return Reason(code="state-behind")
    counts = Counter(thing.kind for thing in stands)
    return Reason(code="state-ahead", data={f"{kind}s": counts[kind] for kind in ("system", "line", "asset")})
