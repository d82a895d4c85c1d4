"""What all tracks share when they write down their items: done ones are left out, and so is waiting for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from migration.plan import Finding, item_id
from migration.steps import Track
from migration.work import Need, WorkItem

__all__ = ["TrackItems"]


class TrackItems:
    """Items of one track in the making, in the order in which they are added; none starts before *now*."""

    def __init__(self, inventory: Inventory, now: dt.date, table: EffortTable, track: Track) -> None:
        self.inventory = inventory
        self.now = now
        self.table = table
        self.track = track
        self.items: list[WorkItem] = []

    def add(
        self,
        kind: str,
        id: str,
        step: str,
        department: str | None,
        needs: Iterable[Need] = (),
        *,
        ends_on: dt.date | None = None,
        area: str = "",
        fault: Finding | None = None,
        records: tuple[str, ...] = (),
    ) -> str:
        """Add a step of an object unless it is done. Its id; empty when it is done."""
        done = self.inventory.done
        name = item_id(id, step, self.track)
        if name in done:
            return ""
        self.items.append(
            WorkItem(
                track=self.track,
                step=step,
                object=f"{kind}:{id}",
                department=department or "",
                effort=self.table.of(self.track.value, step.partition("-")[0], kind, id),
                needs=tuple(need for need in needs if not any(other in done for other in need.any_of)),
                not_before=self.now,
                ends_on=ends_on,
                area=area,
                fault=fault,
                records=records,
            )
        )
        return name

    @staticmethod
    def after(*items: str) -> tuple[Need, ...]:
        """Gates that each of the items has ended; empty ids are done."""
        return tuple(Need((item,)) for item in items if item)
