"""Work before it has a date: what the tracks say must be done, and what it waits for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from inventory.effort import Effort
from migration.plan import Finding, item_id
from migration.steps import STEPS, Nature, Track

__all__ = ["Need", "WorkItem"]


@dataclass(frozen=True, slots=True)
class Need:
    """A gate: the item starts on a later day than ``lag`` days after one of ``any_of`` (item ids) has ended.

    most: and at most so many days after that one's first day (H12).
    """

    any_of: tuple[str, ...]
    rule: str = "H9"
    lag: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One step of one object.

    object: KIND:ID. effort: skills, days, minutes (``inventory.effort``). needs: all of them hold. not_before: first
    day. ends_on: a promised last day; the item then has no other. area: LEVEL-DIVISION of a device's change. fault:
    why it can never be done, whatever the dates. records: further records that it concerns.
    """

    track: Track
    step: str
    object: str
    department: str
    effort: Effort
    needs: tuple[Need, ...] = ()
    not_before: dt.date | None = None
    ends_on: dt.date | None = None
    area: str = ""
    fault: Finding | None = None
    records: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """TRACK/OBJECT/STEP."""
        return item_id(self.object.partition(":")[2], self.step, self.track)

    @property
    def nature(self) -> Nature:
        """Whether it is a change, work or a wait."""
        return STEPS[self.track][self.step.partition("-")[0]]
