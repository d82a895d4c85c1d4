"""System track, H7: the first copies, the paths they take and the links they load."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.systems import System, Transfer
from migration.graph.paths import NetworkPaths
from migration.plan import Finding
from migration.planner.problem import Resource, Use

__all__ = ["GIB_MBIT", "Copies", "link_resources", "share_of"]

GIB_MBIT = 8589.934592
"""Megabits in one GiB."""
DAY_SECONDS = 86_400
KBIT = 1000


def share_of(inventory: Inventory, link: str) -> float:
    """What copies may use of a link, Mbit/s."""
    record = inventory.links[link]
    share = inventory.estate.settings.migration_share if record.migration_share is None else record.migration_share
    return record.bandwidth_mbps * share


@dataclass(frozen=True, slots=True)
class _Copy:
    days: int
    mbit: float


class Copies:
    """First copies of systems. unrouted: systems whose path is not on record, so that H7 cannot bind them."""

    def __init__(self, inventory: Inventory, table: EffortTable, paths: NetworkPaths) -> None:
        self.inventory, self.table, self.paths = inventory, table, paths
        self.unrouted: set[str] = set()
        self._paths: dict[tuple[str, str], tuple[str, ...]] = {}
        self._copies: dict[str, _Copy] = {}

    def links(self, system: str, pool: str) -> tuple[str, ...]:
        """Links from where a system runs to a pool; none where either end is not on record or no path exists."""
        source = _source(self.inventory.systems[system])
        key = (source, pool)
        if key not in self._paths:
            known = source.partition(":")[0] in ("room", "pool", "cloud")
            path = self.paths.best(source, f"pool:{pool}") if known else None
            self._paths[key] = path.links if path is not None else ()
        return self._paths[key]

    def days(self, system: str, pools: Iterable[str], *, direct: bool) -> int:
        """How long a system's first copy lasts: what the effort table says, and for copies over the network at least
        what the data need on the slowest path to the pools at its links' shares. 0 where there is nothing to copy."""
        record = self.inventory.systems[system]
        data = sum(part.data_gib for part in record.components)
        if direct or not data:
            return 0
        days = self.table.of("system", "replicate", "system", system).days
        mbit = 0.0
        if record.transfer is Transfer.NETWORK:
            mbit = data * GIB_MBIT
            ways = [links for pool in pools if (links := self.links(system, pool))]
            if not ways:
                self.unrouted.add(system)
            slowest = min((share_of(self.inventory, link) for links in ways for link in links), default=math.inf)
            days = max(days, math.ceil(mbit / (max(slowest, 1e-3) * DAY_SECONDS) - 1e-9))
        self._copies[system] = _Copy(days, mbit)
        return days

    def rate(self, system: str) -> float | None:
        """Mbit/s of a copy over the network."""
        copy = self._copies.get(system)
        return copy.mbit / (copy.days * DAY_SECONDS) if copy is not None and copy.mbit else None


def _source(system: System) -> str:
    return system.runs_in or next((part.runs_in for part in system.components if part.runs_in), "")


def link_resources(
    inventory: Inventory,
    copies: Copies,
    systems: Sequence[str],
    eligible: Sequence[Sequence[str]],
    leads: Sequence[int],
) -> tuple[list[Resource], list[Finding]]:
    """One resource a link that copies may use, in kbit/s a slot, and what it is in words.

    leads: slots before the cutover in which each system's copy still has to run; it loads its path in all of them. The
    first period is as many slots before the grid as the longest copy: one may begin there. A link that lies on the
    paths to all of a system's pools is used wherever it lands.
    """
    slots = inventory.estate.grid.count
    place = {pool: number for number, pool in enumerate(sorted(inventory.pools))}
    before = max(leads, default=0)
    uses: dict[str, dict[tuple[int, int | None], list[tuple[int, int]]]] = {}
    for item, (system, pools) in enumerate(zip(systems, eligible, strict=True)):
        rate = copies.rate(system)
        if rate is None or not leads[item]:
            continue
        amount = math.ceil(rate * KBIT - 1e-6)
        ways = {pool: frozenset(copies.links(system, pool)) for pool in pools}
        common = frozenset.intersection(*ways.values()) if ways else frozenset()
        for back in range(1, leads[item] + 1):
            for link in common:
                uses.setdefault(link, {}).setdefault((back, None), []).append((item, amount))
            for pool, way in ways.items():
                for link in way - common:
                    uses.setdefault(link, {}).setdefault((back, place[pool]), []).append((item, amount))
    resources, sources = [], []
    for link, found in sorted(uses.items()):
        share = share_of(inventory, link)
        resources.append(
            Resource(
                capacity=(math.floor(share * KBIT + 1e-6),) * (before + slots),
                uses=tuple(
                    Use(
                        items=tuple(item for item, _ in pairs),
                        amounts=tuple(amount for _, amount in pairs),
                        periods=tuple(range(before - back, before - back + slots)),
                        pool=pool,
                    )
                    for (back, pool), pairs in sorted(found.items(), key=lambda entry: (entry[0][0], str(entry[0][1])))
                ),
                rule="H7",
            )
        )
        sources.append(Finding(rule="H7", code="link-share", records=(f"link:{link}",), data={"mbps": round(share, 3)}))
    return resources, sources
