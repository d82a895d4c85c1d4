"""What the rules of consolidation look at: one line, private network or exit, and what surrounds it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from inventory.consolidation_settings import ConsolidationSettings, ServiceClassRow
from inventory.inventory import Inventory
from inventory.kinds.lines import InternetExit, Line, PrivateNetwork
from inventory.kinds.systems import Lifecycle
from migration.consolidation.ends import End, Ends
from migration.consolidation.exits import ExitMerge
from migration.consolidation.model import Outcome
from migration.consolidation.routing.circuits import offers
from migration.plan import Disposed, Disposition

__all__ = ["ExitLook", "LineLook", "NetworkLook", "Surroundings", "demand_of", "framework_price", "idle"]

ENDING = (Disposition.RETIRE, Disposition.REPURCHASE)
"""What becomes of systems whose traffic ceases."""
KILO = 1000


@dataclass(frozen=True)
class Surroundings:
    """The estate on a day, and what has been decided about systems."""

    inventory: Inventory
    now: dt.date
    dispositions: Mapping[str, Disposed]
    ends: Ends = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ends", Ends(self.inventory, self.now))

    @property
    def settings(self) -> ConsolidationSettings:
        """The estate's settings."""
        return self.inventory.estate.settings.consolidation


@dataclass(frozen=True)
class LineLook:
    """A dedicated line that is not a classified stub."""

    around: Surroundings
    record: Line

    @cached_property
    def ends(self) -> tuple[End, End]:
        """Its ends."""
        return self.around.ends.of(self.record.a), self.around.ends.of(self.record.b)

    @property
    def service_class(self) -> ServiceClassRow | None:
        """Service class that it would have on the shared network."""
        return self.around.settings.class_of(self.record.availability, self.record.max_latency_ms)

    @property
    def systems(self) -> tuple[str, ...]:
        """Systems on record that use it."""
        return tuple(system for system in self.record.systems if system in self.around.inventory.systems)

    def fate(self, system: str) -> str:
        """ends: its traffic ceases; moves: it goes to a cloud; stays."""
        if self.around.inventory.systems[system].lifecycle is Lifecycle.CLOSED:
            return "ends"
        found = self.around.dispositions.get(system)
        if found is None:
            return "stays"
        return "ends" if found.disposition in ENDING else "moves" if found.disposition.moves else "stays"

    @cached_property
    def fates(self) -> dict[str, list[str]]:
        """Fate -> systems."""
        found: dict[str, list[str]] = {"ends": [], "moves": [], "stays": []}
        for system in self.systems:
            found[self.fate(system)].append(system)
        return found

    @property
    def idle(self) -> bool | None:
        """Whether its readings are at or below the idle floor; None without readings."""
        return idle(self.record, self.around.settings)

    @property
    def demand(self) -> float:
        """Bandwidth that its traffic needs now, in Mbit/s."""
        return demand_of(self.record, self.around.settings)


def idle(line: Line, settings: ConsolidationSettings) -> bool | None:
    """Whether 95th percentile and peak are at or below a line's idle floor; None where one of them is not on record."""
    if line.p95_mbps is None or line.peak_mbps is None:
        return None
    mean, peak = settings.idle_floor.of(line.idle_floor_kbps)
    return line.p95_mbps * KILO <= mean and line.peak_mbps * KILO <= peak


def demand_of(line: Line, settings: ConsolidationSettings, years: float = 0) -> float:
    """Mbit/s that a line's traffic needs after some years of growth, without headroom.

    The larger of the 95th percentile and the share of the peak that ``settings.demand`` says; the whole bandwidth where
    there are no readings.
    """
    readings = []
    if line.p95_mbps is not None:
        readings.append(line.p95_mbps)
    if line.peak_mbps is not None:
        readings.append(line.peak_mbps * settings.demand.peak_share)
    base = max(readings) if readings else line.bandwidth_mbps
    return float(base * (1 + line.growth_per_year) ** years)


def framework_price(look: LineLook) -> tuple[float, float] | None:
    """(bandwidth in Mbit/s, yuan a month) of the cheapest circuits of the framework agreement that carry a line's
    demand to its sites, one for each; None where no price is on record."""
    row, found = look.service_class, []
    billed = "" if row is None else row.price_class or row.name
    inventory, now = look.around.inventory, look.around.now
    for end in look.ends:
        if not end.is_site:
            continue
        had = [
            offer.access for offer in offers(inventory, end.reference, look.demand, billed, now) if offer.since <= now
        ]
        if not had:
            return None
        found.append(had[0])
    if not found:
        return None
    return max(access.bandwidth_mbps for access in found), sum(access.fee_yuan_per_month for access in found)


@dataclass(frozen=True)
class NetworkLook:
    """A private network that is not a classified stub; outcomes: what becomes of its lines."""

    around: Surroundings
    record: PrivateNetwork
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class ExitLook:
    """An internet exit; merge: what the unified exit makes of it, None where there is none to merge into."""

    around: Surroundings
    record: InternetExit
    merge: ExitMerge | None = None

    @property
    def unified(self) -> bool:
        """Whether it is the shared exit of a division."""
        return self.record.department is None
