"""Internet exits of departments merged into the unified exit of their level: what it must carry and take over.

An exit merges into the unified one of its department's division, else of the nearest division above that has one. The
demand of an exit is its 95th percentile, or its bandwidth where none is on record; the unified exit keeps the share
free that ``settings.consolidation.demand`` says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from inventory.base import Struct, field
from inventory.inventory import Inventory
from inventory.kinds.lines import InternetExit, LineState

__all__ = ["ExitMerge", "exit_demand", "merge_exits", "unified_exits"]

CARRIED = (LineState.CUT_OVER, LineState.NOTICE_GIVEN, LineState.TERMINATED)
"""States of an exit whose traffic is in the unified one's readings."""


class ExitMerge(Struct):
    """A department's exit that merges into a unified one."""

    exit: str = field("Exit that merges")
    department: str = field("Department that pays for it")
    unified: str = field("Unified exit that takes over")
    day: dt.date = field("Day from which the unified exit carries its traffic")
    demand_mbps: float = field("Its demand", unit="Mbit/s")
    before_mbps: float = field("What the unified exit carries before it", unit="Mbit/s")
    capacity_mbps: float = field("What the unified exit carries at most, with headroom", unit="Mbit/s")
    missing_mbps: float = field("What it lacks for this exit; 0 where it fits", unit="Mbit/s")
    addresses: tuple[str, ...] = field("Public addresses and prefixes to carry over", ())
    rules: tuple[str, ...] = field("NAT and allow rules to carry over", ())

    @property
    def fits(self) -> bool:
        """Whether the unified exit carries it."""
        return self.missing_mbps <= 0


def exit_demand(record: InternetExit) -> float:
    """Mbit/s: the 95th percentile, else the bandwidth."""
    return record.bandwidth_mbps if record.p95_mbps is None else record.p95_mbps


def unified_exits(inventory: Inventory) -> dict[str, str]:
    """Division -> its unified exit, of several the one with the smallest id."""
    found: dict[str, str] = {}
    for id, way_out in sorted(inventory.internet_exits.items()):
        if way_out.department is None and way_out.division is not None:
            found.setdefault(way_out.division, id)
    return found


def _serving(inventory: Inventory, unified: Mapping[str, str], department: str | None) -> str | None:
    """The unified exit of a department's division, else of the nearest one above."""
    record = inventory.departments.get(department or "")
    lineage = () if record is None else inventory.lineage(record.division)
    return next((unified[division] for division in lineage if division in unified), None)


def merge_exits(
    inventory: Inventory,
    exits: Iterable[str],
    days: Mapping[str, dt.date],
    *,
    first: frozenset[str] = frozenset(),
) -> dict[str, ExitMerge]:
    """Exit -> its merge, for those of the exits that have a unified one; one after another by day, then id.

    days: when each takes the unified exit. first: exits that go whatever it carries, so that they count before the
    others of any day: those decided by hand, and those that have merged already. An exit that does not fit takes
    nothing of the unified one; what it lacks is in its merge. A unified exit without a bandwidth on record takes all.
    """
    headroom = inventory.estate.settings.consolidation.demand.headroom
    unified_of = unified_exits(inventory)
    carried: dict[str, float] = {}
    found: dict[str, ExitMerge] = {}
    for id in sorted(exits, key=lambda id: (id not in first, days[id], id)):
        record = inventory.internet_exits[id]
        name = _serving(inventory, unified_of, record.department)
        if name is None:
            continue
        unified = inventory.internet_exits[name]
        before = carried.setdefault(name, exit_demand(unified))
        capacity = unified.bandwidth_mbps * (1 - headroom)
        demand = 0.0 if record.state in CARRIED else exit_demand(record)
        missing = max(0.0, before + demand - capacity) if unified.bandwidth_mbps else 0.0
        found[id] = ExitMerge(
            exit=id,
            department=record.department or "",
            unified=name,
            day=days[id],
            demand_mbps=demand,
            before_mbps=round(before, 3),
            capacity_mbps=round(capacity, 3),
            missing_mbps=round(missing, 3),
            addresses=record.public_addresses,
            rules=record.rules,
        )
        if id in first or missing <= 0:
            carried[name] = before + demand
    return found
