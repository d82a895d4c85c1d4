"""What the five tracks ask for, read from the inventory a second time: the steps still to be done, and their gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from migration.check.tracks import clouds, lines, network, rooms, systems
from migration.check.tracks.gate import Gate
from migration.plan import item_id

if TYPE_CHECKING:
    from migration.check.case import Case

__all__ = ["gates", "wanted"]

TRACKS = (clouds, network, lines, systems, rooms)


def wanted(case: Case) -> Mapping[str, Sequence[str]]:
    """Object (KIND:ID) -> its steps that neither its record nor a run says are done, in the order in which they come;
    objects without such a step are absent."""
    done = case.inventory.done
    found: dict[str, Sequence[str]] = {}
    for track in TRACKS:
        for name, steps in track.steps(case):
            id = name.partition(":")[2]
            left = [step for step in steps if item_id(id, step, track.TRACK) not in done] if done else steps
            if left:
                found[name] = left
    return found


def gates(case: Case) -> Iterator[Gate]:
    """Every gate of planning contract section 2 between steps that are still to be done (H9)."""
    for track in TRACKS:
        yield from track.gates(case)
