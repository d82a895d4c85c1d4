"""What every rule about routes reads: the result, the inventory, the slots and what each line needs in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from inventory.consolidation_settings import ServiceClassRow
from inventory.inventory import Inventory, split_ref
from inventory.kinds.lines import Line, LineState
from migration.consolidation.model import ConsolidationPlan, Decided, Outcome, Route
from migration.plan import Finding, Grid, ItemState, Plan, PlanItem, Value

__all__ = ["Case", "breach"]

YEAR_DAYS = 365.25
MONTH_DAYS = YEAR_DAYS / 12
GONE = {LineState.CUT_OVER, LineState.NOTICE_GIVEN, LineState.TERMINATED}


def breach(rule: str, code: str, *records: str, **data: Value) -> Finding:
    """A broken rule with the records that break it."""
    return Finding(rule=rule, code=code, records=records, data=data)


@dataclass(frozen=True)
class Case:
    """A result to be checked. now: the day it was made for."""

    inventory: Inventory
    result: ConsolidationPlan
    plan: Plan | None
    grid: Grid
    now: dt.date

    @cached_property
    def first(self) -> int:
        """First slot of the horizon."""
        return (self.now - self.grid.first_day).days // self.grid.length_days

    @cached_property
    def last(self) -> int:
        """Last slot of the horizon: the settings' months from the first day of its first slot on, begun slots whole."""
        days = self.inventory.estate.settings.consolidation.horizon.months * MONTH_DAYS
        whole, rest = divmod(days, self.grid.length_days)
        return self.first + max(1, int(whole) + (rest > 1e-6)) - 1

    @property
    def slots(self) -> range:
        """Slots of the horizon, as numbered by the grid."""
        return range(self.first, self.last + 1)

    @cached_property
    def routes(self) -> dict[str, Route]:
        """Line -> its route, the first one told."""
        found: dict[str, Route] = {}
        for route in self.result.routes:
            found.setdefault(route.line, route)
        return found

    @cached_property
    def decided(self) -> dict[str, Decided]:
        """Lines that need a route -> their decision."""
        return {
            one.id: one
            for one in self.result.decisions
            if one.kind == "line" and one.outcome in (Outcome.MOVE, Outcome.BACKUP) and self._still_to_do(one.id)
        }

    def _still_to_do(self, line: str) -> bool:
        item = self.cutover(line)
        return self.inventory.lines[line].state not in GONE and (item is None or item.state is not ItemState.DONE)

    def cutover(self, line: str) -> PlanItem | None:
        """The plan's cutover of a line."""
        return self.plan.by_id.get(f"line/{line}/cutover") if self.plan is not None else None

    def known(self) -> Iterator[tuple[Route, Line, Decided]]:
        """Routes of lines that need one."""
        for id, route in self.routes.items():
            if id in self.decided:
                yield route, self.inventory.lines[id], self.decided[id]

    def service(self, decided: Decided) -> ServiceClassRow | None:
        """Service class of a line."""
        rows = self.inventory.estate.settings.consolidation.service_classes
        return next((row for row in rows if row.name == decided.service_class), None)

    def needs(self, decided: Decided) -> list[float]:
        """Mbit/s of a line in each slot: grown to the end of the year, counted from the horizon's begin, that it is
        in."""
        rate = max(0.0, self.inventory.lines[decided.id].growth_per_year)
        days = self.grid.length_days
        return [
            decided.demand_mbps * (1 + rate) ** (int(place * days / YEAR_DAYS) + 1) for place in range(len(self.slots))
        ]

    def entries(self, end: str) -> frozenset[str]:
        """Devices at which an end may enter the network; of a room its own, else those of its department."""
        kind, id = split_ref(end)
        inventory = self.inventory
        found: list[str] = []
        if kind == "device":
            found = [id]
        elif kind == "room" and id in inventory.rooms:
            room = inventory.rooms[id]
            found = [name for kind, name in map(split_ref, room.attached_to) if kind == "device"]
            if not found and room.department:
                return self.entries(f"department:{room.department}")
        elif kind == "department" and id in inventory.departments:
            found = [place.device for place in inventory.departments[id].attached_to]
        elif kind == "cloud":
            pools = (inventory.pools[pool] for pool in inventory.pools_of.get(id, ()))
            found = [place.device for pool in pools for place in pool.attachments]
        return frozenset(device for device in found if device in inventory.devices)
