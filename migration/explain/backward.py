"""Back-scheduling (倒排工期): how late each item may start so that its targets are still met.

Backward pass of the critical path method (Kelley and Walker 1959), in days, over the precedence network: from the dates
of targets and the end of the time grid back through gates, lags and the order of cutovers. An item's slack is its
latest start less its start. A change starts on a day on which one of its windows opens; cutovers of a move group share
a slot. Teams and capacities do not count: they say whether many items may be late at once, not whether one may.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from functools import cached_property
from graphlib import TopologicalSorter

from inventory.inventory import Inventory
from migration.calendar import ChangeCalendar
from migration.explain.network import Arc, Network
from migration.plan import Plan, PlanItem
from migration.promises import finishing

__all__ = ["Backward"]

DAY = dt.timedelta(days=1)

Days = Mapping[str, dt.date]
"""Item -> day."""


class Backward:
    """Latest starts, slack and critical paths of a plan's items that can still be moved.

    KeyError for items and targets that do not exist. Where a target's share is below 1, those of its objects count
    that the plan finishes first.
    """

    def __init__(self, inventory: Inventory, plan: Plan) -> None:
        self.inventory, self.plan = inventory, plan
        self.network = Network(inventory, plan)
        self.calendar = ChangeCalendar(inventory, plan.now)
        self._of_target: dict[str, Days] = {}

    def latest_start(self, item: str, target: str | None = None) -> dt.date | None:
        """Last day on which an item may start: for one target, or for all and the end of the time grid.

        None where the item does not lead to the target.
        """
        self.network.items[item]
        return (self._latest if target is None else self._for(target)).get(item)

    def slack(self, item: str, target: str | None = None) -> int | None:
        """Days that an item may start later; negative when it is late already."""
        latest = self.latest_start(item, target)
        return None if latest is None else (latest - self.network.items[item].start).days

    def critical_path(self, target: str) -> tuple[str, ...]:
        """Items, each waiting for the one before, with the least slack, up to the one that finishes the target's last
        object; empty where nothing of it is left to do."""
        latest = self._for(target)
        ends = [id for id in self._due(target) if id in latest]
        if not ends:
            return ()
        items = self.network.items

        def urgency(id: str) -> tuple[int, int, str]:
            return ((latest[id] - items[id].start).days, -items[id].end.toordinal(), id)

        path = [min(ends, key=lambda id: (-items[id].end.toordinal(), urgency(id)))]
        while before := [id for id in self._before.get(path[-1], ()) if id in latest and id not in path]:
            path.append(min(before, key=urgency))
        return tuple(reversed(path))

    def targets_of(self, item: str) -> tuple[str, ...]:
        """Targets that an item leads to, by id."""
        return tuple(target for target in sorted(self.inventory.targets) if item in self._for(target))

    @cached_property
    def _latest(self) -> Days:
        grid = self.plan.grid
        horizon = grid.last_day_of(grid.count - 1)
        ends = {id: max(horizon, item.end) for id, item in self.network.items.items()}
        for target in self.inventory.targets:
            for id in self._due(target):
                ends[id] = min(ends[id], self.inventory.targets[target].date)
        return self._pass(ends)

    def _for(self, target: str) -> Days:
        if target not in self._of_target:
            date = self.inventory.targets[target].date
            self._of_target[target] = self._pass(dict.fromkeys(self._due(target), date))
        return self._of_target[target]

    def _due(self, target: str) -> tuple[str, ...]:
        """Items whose end the target waits for: of its objects those that are finished first, as many as it needs."""
        record = self.inventory.targets[target]
        count, finished, items = finishing(self.inventory, self.plan, record)
        needed = max(0, math.ceil(record.value * count - 1e-9) - finished)
        first = sorted(items, key=lambda id: (self.plan.by_id[id].end, id))[:needed]
        return tuple(id for id in first if id in self.network.items)

    @cached_property
    def _arcs_from(self) -> Mapping[str, tuple[Arc, ...]]:
        found: dict[str, list[Arc]] = {}
        for arc in self.network.arcs:
            found.setdefault(arc.before, []).append(arc)
        return {id: tuple(arcs) for id, arcs in found.items()}

    @cached_property
    def _clients(self) -> Mapping[str, tuple[str, ...]]:
        """Cutover -> cutovers that may not lie in an earlier slot, those of its own group left out."""
        found: dict[str, list[str]] = {}
        for provider, client in self.network.order:
            if client not in self.network.group_of[provider]:
                found.setdefault(provider, []).append(client)
        return {id: tuple(clients) for id, clients in found.items()}

    @cached_property
    def _before(self) -> Mapping[str, tuple[str, ...]]:
        """Item -> items that it waits for."""
        found: dict[str, list[str]] = {}
        for arc in self.network.arcs:
            found.setdefault(arc.after, []).append(arc.before)
        for provider, clients in self._clients.items():
            for client in clients:
                found.setdefault(client, []).append(provider)
        return {id: tuple(dict.fromkeys(ids)) for id, ids in found.items()}

    @cached_property
    def _order(self) -> tuple[tuple[str, ...], ...]:
        """Units (single items, groups of cutovers), each after all that waits for it."""
        unit_of = {id: self.network.group_of.get(id, (id,)) for id in self.network.items}
        later: dict[tuple[str, ...], set[tuple[str, ...]]] = {unit: set() for unit in unit_of.values()}
        for id, unit in unit_of.items():
            later[unit].update(unit_of[arc.after] for arc in self._arcs_from.get(id, ()))
            later[unit].update(unit_of[client] for client in self._clients.get(id, ()))
            later[unit].discard(unit)
        return tuple(TopologicalSorter(later).static_order())

    def _pass(self, ends: Days) -> Days:
        """Latest starts of all items that lead to the ends, given the last day of each end."""
        items = self.network.items
        starts: dict[str, dt.date] = {}
        for unit in self._order:
            bounds = {id: self._bound(id, ends, starts) for id in unit}
            known = {id: day for id, day in bounds.items() if day is not None}
            if not known:
                continue
            if items[unit[0]].is_cutover:
                starts |= self._together(unit, known)
            else:
                (id,) = unit
                starts[id] = self._opening(items[id], known[id] - (items[id].end - items[id].start))
        return self._clipped(starts)

    def _bound(self, id: str, ends: Days, starts: Days) -> dt.date | None:
        """Last day on which an item may end."""
        grid = self.plan.grid
        days = [ends[id]] if id in ends else []
        for arc in self._arcs_from.get(id, ()):
            day = starts.get(arc.after)
            if day is None:
                continue
            if arc.slot:  # before the slot of a cutover; or the cutover's own slot is over before what follows starts
                day = grid.first_day_of(grid.slot_of(day))
            days.append(day - DAY * (1 + arc.lag))
        days += [grid.last_day_of(grid.slot_of(starts[one])) for one in self._clients.get(id, ()) if one in starts]
        return min(days, default=None)

    def _together(self, unit: tuple[str, ...], bounds: Days) -> Days:
        """Latest days of cutovers that share a slot: the last that has a window for each, no later than its bound."""
        grid, items = self.plan.grid, self.network.items
        last = min(bounds.values())
        everyone = {id: bounds.get(id, grid.last_day_of(grid.slot_of(last))) for id in unit}
        for slot in range(min(grid.slot_of(last), grid.count - 1), -1, -1):
            found = {id: self._last_window(items[id], slot, day) for id, day in everyone.items()}
            days = {id: day for id, day in found.items() if day is not None}
            if len(days) == len(unit):
                return days
        return dict.fromkeys(unit, last)

    def _last_window(self, item: PlanItem, slot: int, bound: dt.date) -> dt.date | None:
        minutes = (item.outage_minutes or 0) + (item.rollback_minutes or 0)
        openings = self.calendar.openings(item.object_id, slot, item.pool, minutes)
        return max((one.start.date() for one in openings if one.start.date() <= bound), default=None)

    def _opening(self, item: PlanItem, bound: dt.date) -> dt.date:
        """The last day up to the bound on which a window of a change opens; other items need none."""
        if not item.changes:
            return bound
        minutes = (item.outage_minutes or 0) + (item.rollback_minutes or 0)
        openings = self.calendar.object_openings(item.kind, item.object_id)
        days = (one.start.date() for one in reversed(openings) if one.minutes >= minutes)
        return next((day for day in days if day <= bound), bound)

    def _clipped(self, starts: dict[str, dt.date]) -> Days:
        """Hypercare and removal follow the cutover without a pause (H12): no later than its latest slot lets them."""
        grid, items = self.plan.grid, self.network.items
        for arc in self.network.arcs:
            if arc.rule != "H12" or arc.after not in starts or arc.before not in starts:
                continue
            before = items[arc.before]
            if before.is_cutover:
                ended = grid.last_day_of(grid.slot_of(starts[arc.before]))
            elif before.base_step == "verify":
                ended = starts[arc.before] + (before.end - before.start)
            else:
                continue
            starts[arc.after] = min(starts[arc.after], ended + DAY)
        return starts
