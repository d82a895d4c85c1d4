"""Ways for a line: a primary path, a backup path where its service class asks for one, and circuits at both ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inventory.consolidation_settings import ServiceClassRow
from inventory.inventory import Inventory, split_ref
from inventory.kinds.lines import Line
from migration.consolidation.model import Access, Reason
from migration.consolidation.routing.circuits import (
    Bill,
    Offer,
    cheapest,
    cheapest_apart,
    needs_circuit,
    offers,
)
from migration.graph.disjoint import ManyPaths
from migration.graph.paths import NetworkPath, NetworkPaths

__all__ = ["PATHS", "Way", "Ways", "Wish"]

PATHS = 4
"""Paths, and pairs of them, that are looked at between two devices; beside them the shortest without each carrier."""
ATTACHMENTS = 2
"""Devices at which an end may enter: its first and its second attachment."""


@dataclass(frozen=True, slots=True)
class Way:
    """A line's new place: links and circuits of the primary and of the backup path, and the day from which the
    circuits can be had."""

    links: tuple[str, ...]
    backup_links: tuple[str, ...]
    accesses: tuple[Access, ...]
    backup_accesses: tuple[Access, ...]
    since: dt.date

    @property
    def fee(self) -> float:
        """Yuan a month of all circuits."""
        return sum(access.fee_yuan_per_month for access in (*self.accesses, *self.backup_accesses))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a line asks of its ways. mbps: step that its circuits need. backup: two paths, else one that leaves the
    line itself as backup, or one alone. other_carrier: the backup is another carrier's."""

    line: Line
    mbps: float
    row: ServiceClassRow | None
    stays: bool

    @property
    def backup(self) -> bool:
        """Whether a second path is needed."""
        return self.row is not None and self.row.backup and not self.stays

    @property
    def other_carrier(self) -> bool:
        """Whether the backup has to be another carrier's."""
        return self.row is not None and self.row.backup and self.row.other_carrier

    @property
    def avoided(self) -> frozenset[str]:
        """Carriers that the primary path must not use: the one of a line that stays as its backup."""
        carrier = self.line.carrier
        return frozenset([carrier] if self.stays and self.other_carrier and carrier is not None else [])


class Ways:
    """Ways of an inventory's lines. last_day: of the horizon; circuits serve until then."""

    def __init__(self, inventory: Inventory, last_day: dt.date) -> None:
        self._inventory, self._last_day = inventory, last_day
        self._paths, self._many = NetworkPaths(inventory), ManyPaths(inventory)
        self._carriers = tuple(sorted(inventory.carriers))
        self._offers: dict[tuple[str, float, str], tuple[Offer, ...]] = {}
        self._devices: dict[str, tuple[str, ...]] = {}

    def of(self, wish: Wish) -> tuple[Way, ...] | Reason:
        """All ways of a line, or why there is none."""
        ends = (wish.line.a, wish.line.b)
        places = []
        for name, end in zip("ab", ends, strict=True):
            found = self._entries(end) if end else ()
            if not found:
                return Reason(code="end-outside", data={"end": end or name})
            places.append(found)
        sites = [end for end in ends if end and needs_circuit(end)]
        offered = []
        for site in sites:
            given = self._offered(site, wish)
            if not given:
                return Reason(code="no-circuit", data={"end": site, "mbps": round(wish.mbps, 3)})
            offered.append(given)
        return self._ways(wish, [(one, other) for one in places[0] for other in places[1]], offered, len(sites))

    def _ways(
        self, wish: Wish, pairs: list[tuple[str, str]], offered: list[tuple[Offer, ...]], circuits: int
    ) -> tuple[Way, ...] | Reason:
        slow, reached, made = False, False, list[Way]()
        limit = self._latency(wish, circuits)
        for primary, backup in self._alternatives(wish, pairs):
            reached = True
            if not limit(primary) or (backup is not None and not limit(backup)):
                slow = True
                continue
            for bill in self._bills(wish, primary, backup, offered):
                links = backup.links if backup is not None else ()
                made.append(Way(primary.links, links, bill.primary, bill.backup, bill.since))
        if made:
            return tuple(dict.fromkeys(made))
        if slow:
            return Reason(code="too-slow", data={"ms": wish.line.max_latency_ms})
        if reached:
            return Reason(code="no-second-circuit", data={"carriers": len(self._carriers)})
        return Reason(code="no-backup-path" if wish.backup else "no-path")

    def _alternatives(
        self, wish: Wish, pairs: list[tuple[str, str]]
    ) -> Iterator[tuple[NetworkPath, NetworkPath | None]]:
        avoided = wish.avoided
        if wish.backup:
            for start, end in pairs:
                for pair in self._many.pairs(start, end, PATHS, other_carrier=wish.other_carrier):
                    yield pair.primary, pair.backup
            return
        for start, end in pairs:
            yield from ((path, None) for path in self._many.shortest(start, end, PATHS, without=avoided))
            for carrier in self._carriers:
                without = avoided | {carrier}
                yield from ((path, None) for path in self._many.shortest(start, end, 1, without=without))

    def _bills(
        self, wish: Wish, primary: NetworkPath, backup: NetworkPath | None, offered: list[tuple[Offer, ...]]
    ) -> Iterator[Bill]:
        if backup is None:
            return cheapest(offered, without=wish.avoided)
        carriers = self._many.carriers
        return cheapest_apart(
            offered, carriers(primary.links), carriers(backup.links), other_carrier=wish.other_carrier
        )

    def _latency(self, wish: Wish, circuits: int) -> Callable[[NetworkPath], bool]:
        settings = self._inventory.estate.settings.consolidation.latency
        most = wish.line.max_latency_ms
        return lambda path: (
            most is None or len(path.links) * settings.hop_ms + circuits * settings.access_ms <= most + 1e-9
        )

    def _offered(self, end: str, wish: Wish) -> tuple[Offer, ...]:
        row = wish.row
        price_class = (row.price_class or row.name) if row is not None else ""
        key = (end, wish.mbps, price_class)
        if key not in self._offers:
            self._offers[key] = offers(self._inventory, end, wish.mbps, price_class, self._last_day)
        return self._offers[key]

    def _entries(self, end: str) -> tuple[str, ...]:
        """Devices at which the traffic of an end enters the network. Of a room not the far ends of its lines, which
        are to go: its own devices, else where its department is."""
        if end not in self._devices:
            kind, id = split_ref(end)
            found: tuple[str, ...] = ()
            if kind == "room" and id in self._inventory.rooms:
                room = self._inventory.rooms[id]
                found = tuple(
                    name for kind, name in map(split_ref, room.attached_to)
                    if kind == "device" and name in self._inventory.devices
                )  # fmt: skip
                if not found and room.department is not None:
                    found = self._paths.attachments(f"department:{room.department}")
            elif kind != "external":
                found = self._paths.attachments(end)
            self._devices[end] = found[:ATTACHMENTS]
        return self._devices[end]
