"""The cutovers of a plan as the planning problem that they solve, with all other items where the plan has them."""

from __future__ import annotations

from collections.abc import Collection

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from migration.calendar import ChangeCalendar
from migration.explain.infeasible import Conflicts
from migration.graph.paths import NetworkPaths
from migration.graph.upstreams import Upstreams
from migration.outcomes import with_outcomes
from migration.plan import Plan, PlanItem, Track, item_id
from migration.planning import management_paths
from migration.teams import Load, TeamBook
from migration.tracks.system_copies import Copies
from migration.tracks.system_gates import Gates
from migration.tracks.system_scope import scope_of
from migration.tracks.systems import SystemTrack, system_track

__all__ = ["Posed"]

AROUND = frozenset({
    "prepare", "replicate", "bridge", "filing", "assessment", "cryptography", "scan", "backup_test",
    "cutover", "verify", "decommission",
})  # fmt: skip
"""Steps that are placed with a cutover."""


class Posed:
    """track: the problem. load: what the items that are not placed with cutovers take of the teams.

    Errors as those of making a plan.
    """

    def __init__(self, inventory: Inventory, plan: Plan) -> None:
        inventory = with_outcomes(inventory, plan.outcomes)
        self.inventory, self.plan = inventory, plan
        calendar = ChangeCalendar(inventory, plan.now)
        table, self.book = EffortTable(inventory), TeamBook(inventory, calendar)
        scope = scope_of(inventory, calendar)
        others = [item for item in plan.items if item.movable and not _around(item, scope.number)]
        self.load = Load(self.book)
        for item in others:
            self.load.add(item.work, item.start, (item.end - item.start).days + 1)
        self.track: SystemTrack = system_track(
            scope,
            calendar,
            table=table,
            book=self.book,
            load=self.load,
            copies=Copies(inventory, table, NetworkPaths(inventory)),
            gates=Gates({item.id: item.end for item in others}, {entry.item for entry in plan.unplanned}),
            path_of=management_paths(inventory, Upstreams(inventory)),
        )

    def conflicts(self, apart: Collection[str] = ()) -> Conflicts:
        """What stands in the way of cutovers, with all others where they are but the systems ``apart``."""
        number = {pool: place for place, pool in enumerate(self.track.pools)}
        slots, pools = [], []
        for system in self.track.systems:
            item = self.plan.by_id.get(item_id(system))
            placed = (
                system not in apart
                and item is not None
                and item.pool in number
                and 0 <= item.slot < self.track.problem.slots
            )
            slots.append(item.slot if placed and item is not None else -1)
            pools.append(number[item.pool] if placed and item is not None and item.pool is not None else -1)
        return Conflicts(self.track, slots, pools)


def _around(item: PlanItem, moving: Collection[str]) -> bool:
    return item.track is Track.SYSTEM and item.base_step in AROUND and item.object_id in moving
