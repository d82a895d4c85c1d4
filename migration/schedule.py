"""When everything but the cutovers happens: what can be scheduled before them, and what waits for them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.policy import Metric
from inventory.kinds.systems import NeedsIpv6By
from migration.calendar import ChangeCalendar
from migration.forward import Placed, forward
from migration.graph.upstreams import Upstreams
from migration.plan import Finding, Skipped, item_id
from migration.promises import finishing_items
from migration.steps import Track
from migration.teams import Load, TeamBook
from migration.tracks.clouds import Landing, cloud_items, requested_items
from migration.tracks.lines import contract_ends, line_items
from migration.tracks.network import finished_changes, network_items
from migration.tracks.retirement import retirement_items
from migration.tracks.rooms import room_items
from migration.tracks.system_gates import lines_of
from migration.tracks.system_scope import Scope
from migration.tracks.system_tails import ipv6_records, last_items, left_over
from migration.work import WorkItem

__all__ = ["Schedule"]


@dataclass
class Schedule:
    """The items of all tracks but the cutovers and their chains.

    items: by id. placed, unplanned: what has a place by now, and what has none and why. skipped: steps not needed.
    """

    inventory: Inventory
    calendar: ChangeCalendar
    table: EffortTable
    book: TeamBook
    load: Load
    upstreams: Upstreams
    scope: Scope
    items: dict[str, WorkItem] = field(default_factory=dict)
    placed: dict[str, Placed] = field(default_factory=dict)
    unplanned: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    _changes: dict[tuple[int, str], int] = field(default_factory=dict)
    _due: Mapping[str, dt.date] = field(default_factory=dict)

    def before_cutovers(self, pause: Callable[[], None]) -> None:
        """Collect the items of the tracks and place those that wait for no cutover."""
        now, inventory, table = self.calendar.now, self.inventory, self.table
        unused, gone = last_items(inventory, self.scope.decided, self.scope.done)
        network, self.skipped = network_items(inventory, now, table, self.upstreams)
        found = (
            *cloud_items(inventory, now, table),
            *network,
            *line_items(inventory, now, table, unused),
            *retirement_items(inventory, now, table, self.scope.decided),
            *left_over(inventory, self.scope, table),
            *room_items(inventory, now, table, gone),
        )
        self.items = {item.id: item for item in found}
        order = list(_by_needs(self.items))
        late = self._late(order)
        self._due = self._wanted(order)
        # What was changed in the present slot counts for its waves, what was changed today for the batch of today.
        done = {}
        for id, area, day in finished_changes(inventory):
            done[id] = (day, day)
            wave = (self.calendar.grid.slot_of(day), area)
            self._changes[wave] = self._changes.get(wave, 0) + 1
        self._place([item for id, item in self.items.items() if id not in late], done, {}, pause)

    def after_cutovers(
        self,
        placed: Mapping[str, tuple[dt.date, dt.date]],
        blocked: Mapping[str, tuple[Finding, ...]],
        pools: Mapping[str, str],
        landings: Iterable[Landing],
        pause: Callable[[], None],
    ) -> None:
        """Place what waits for cutovers, and the requests that go before them.

        placed, blocked: items of the cutovers' chains. pools: where systems land or have landed. landings: cutovers
        with their place.
        """
        requests = requested_items(self.inventory, self.calendar.now, self.table, self.calendar.grid, landings)
        for item in (*ipv6_records(self.inventory, self.scope, self.table, pools), *requests):
            self.items[item.id] = item
        rest = [item for id, item in self.items.items() if id not in self.placed and id not in self.unplanned]
        known = {id: (place.start, place.end) for id, place in self.placed.items()}
        self._place(rest, {**known, **placed}, {**self.unplanned, **blocked}, pause)

    def _place(
        self,
        items: list[WorkItem],
        placed: Mapping[str, tuple[dt.date, dt.date]],
        blocked: Mapping[str, tuple[Finding, ...]],
        pause: Callable[[], None],
    ) -> None:
        found = forward(
            items,
            calendar=self.calendar,
            teams=self.book,
            load=self.load,
            placed=placed,
            blocked=blocked,
            due=self._due,
            latest=self._latest(),
            paths=self.upstreams.paths,
            waves=self._changes,
            pause=pause,
        )
        self.placed |= found.placed
        self.unplanned |= found.unplanned

    def _late(self, order: Iterable[str]) -> set[str]:
        """Items that wait, directly or through others, for the cutovers' chains; and those of lines that no cutover
        waits for, which leave the teams to the cutovers."""
        chains = {item_id(id, step) for id in self.scope.systems for step in ("cutover", "decommission")}
        gates = {item for items in lines_of(self.inventory).values() for item in items}
        late = {id for id, item in self.items.items() if item.track is Track.LINE and id not in gates}
        for id in order:
            if any(other in chains or other in late for need in self.items[id].needs for other in need.any_of):
                late.add(id)
        return late

    def _wanted(self, order: Sequence[str]) -> dict[str, dt.date]:
        """Days by which items are wanted, for their turn: of targets, leases and AAAA records, and of what waits for
        them less its days. order: items, each after what it needs."""
        due: dict[str, dt.date] = {}

        def want(id: str, day: dt.date) -> None:
            due[id] = min(day, due.get(id, day))

        for target in self.inventory.targets.values():
            for finishing in finishing_items(self.inventory, target):
                for id in finishing:
                    want(id, target.date)
        for id, room in self.inventory.rooms.items():
            if room.lease_end is not None:
                want(item_id(id, "closed", Track.ROOM), room.lease_end)
                want(item_id(id, "colocated", Track.ROOM), room.lease_end)
        for kind in ("line", "internet_exit"):
            for id, contract in contract_ends(self.inventory, kind, self.calendar.now).items():
                want(item_id(id, "terminated", Track.LINE), contract)
        for id, system in self.inventory.systems.items():
            if isinstance(system.needs_ipv6, NeedsIpv6By):
                want(item_id(id, "ipv6_record"), system.needs_ipv6.by)
        for id in reversed(order):
            if id in due:
                before = due[id] - dt.timedelta(days=self.items[id].effort.days)
                for need in self.items[id].needs:
                    for other in need.any_of:
                        want(other, before)
        return due

    def _latest(self) -> dict[str, tuple[dt.date, tuple[str, ...]]]:
        """H10: last days of hard targets, of the first objects that make up its share."""
        found: dict[str, tuple[dt.date, tuple[str, ...]]] = {}
        for target in self.inventory.targets.values():
            if not target.hard or target.metric is Metric.SYSTEMS_MOVED:
                continue
            finishing = finishing_items(self.inventory, target)
            for ids in finishing[: math.ceil(target.value * len(finishing) - 1e-9)]:
                for id in ids:
                    date, targets = found.get(id, (target.date, ()))
                    found[id] = (min(date, target.date), (*targets, target.id))
        return found


def _by_needs(items: Mapping[str, WorkItem]) -> Iterator[str]:
    """Ids, each after what it needs; what waits for itself last, in any order."""
    waiting = {id: sum(other in items for need in item.needs for other in need.any_of) for id, item in items.items()}
    after: dict[str, list[str]] = {}
    for id, item in items.items():
        for need in item.needs:
            for other in need.any_of:
                if other in items:
                    after.setdefault(other, []).append(id)
    ready = [id for id, count in waiting.items() if not count]
    for id in ready:
        yield id
        for other in after.get(id, ()):
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    yield from (id for id, count in waiting.items() if count)
