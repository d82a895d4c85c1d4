"""H7: first copies end before the cutover, take a path that exists, and leave every link the rest of its bandwidth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from inventory.kinds.systems import System, Transfer
from migration.check.case import Case, Cutover, Verdict, breach
from migration.check.gates import held
from migration.check.islands import Islands
from migration.check.tracks.gate import Gate
from migration.plan import PlanItem

__all__ = ["transfer"]

MBIT_A_GIB = 8 * 1024**3 / 10**6
DAY_SECONDS = 24 * 60 * 60
TOLERANCE = 1e-6
"""Relative; sums of decimal fractions are not exact."""
RATE_TOLERANCE = 1e-3
"""Relative; a plan may round the rates that it tells."""


def transfer(case: Case) -> Iterator[Verdict]:
    """Breaches of H7.

    Of each copy over the network, the first of these: its links lead, one after the other, from a device where the
    system is to one where its pool is (a copy needs none where one of these is unknown or they are not connected); its
    rate is what the data need. Of each link, the first slot in which the copies that run on any of its days need more
    than its share for migration. Copies by courier take no link. Every copy ends before the cutover.
    """
    network = _Network(case)
    copies: list[tuple[PlanItem, float]] = []
    for name in case.wanted:
        if not name.startswith("system:") or not case.wants(name, "replicate"):
            continue
        if case.wants(name, "cutover"):
            verdict = held(case, Gate((name, "cutover"), ((name, "replicate"),)), "H7")
            if verdict is not None:
                yield verdict
        item, cutover = case.items.get((name, "replicate")), case.cutovers.get(name.removeprefix("system:"))
        if item is not None and cutover is not None and cutover.pool is not None:
            rate = _rate(cutover.system, item)
            yield from _path(network, item, cutover, rate)
            if item.links and cutover.system.transfer is Transfer.NETWORK:
                copies.append((item, rate))
    yield from _shares(case, copies)


def _rate(system: System, item: PlanItem) -> float:
    """Mbit/s that the data need to be there in the days of the copy."""
    days = (item.end - item.start).days + 1
    return sum(part.data_gib for part in system.components) * MBIT_A_GIB / (days * DAY_SECONDS)


def _path(network: _Network, item: PlanItem, cutover: Cutover, rate: float) -> Iterator[Verdict]:
    assert cutover.pool is not None
    fact = not item.movable
    records = (item.object, f"pool:{cutover.pool.id}")
    if cutover.system.transfer is Transfer.SHIPPED:
        if item.links or item.rate_mbps is not None:
            yield breach("H7", "copy-shipped", [item], records, fact=fact)
        return
    starts = network.places(cutover.system)
    ends = frozenset(place.device for place in cutover.pool.attachments if place.device in network.devices)
    if item.links:
        if not network.leads(item.links, starts, ends):
            yield breach("H7", "copy-path", [item], records, fact=fact, links=" ".join(item.links))
        elif item.rate_mbps is None or abs(item.rate_mbps - rate) > RATE_TOLERANCE * rate:
            told = None if item.rate_mbps is None else round(item.rate_mbps, 3)
            yield breach("H7", "copy-rate", [item], records, fact=fact, rate=told, needed=round(rate, 3))
    elif not starts & ends and network.islands.joined(starts, ends):
        yield breach("H7", "copy-path-missing", [item], records, fact=fact)


def _shares(case: Case, copies: list[tuple[PlanItem, float]]) -> Iterator[Verdict]:
    grid, links = case.plan.grid, case.inventory.links
    used: dict[tuple[str, int], float] = {}
    taking: dict[tuple[str, int], list[PlanItem]] = {}
    for item, rate in copies:
        for slot in range(grid.slot_of(item.start), grid.slot_of(item.end) + 1):
            for link in item.links:
                used[link, slot] = used.get((link, slot), 0.0) + rate
                taking.setdefault((link, slot), []).append(item)
    told: set[tuple[str, bool]] = set()
    for (link, slot), rate in sorted(used.items(), key=lambda entry: entry[0][1]):
        record = links.get(link)
        if record is None:
            continue
        share = case.inventory.estate.settings.migration_share
        most = record.bandwidth_mbps * (share if record.migration_share is None else record.migration_share)
        fact = not any(item.movable for item in taking[link, slot])
        if rate > most * (1 + TOLERANCE) + TOLERANCE and (link, fact) not in told:
            told.add((link, fact))
            yield breach(
                "H7",
                "link-share",
                taking[link, slot],
                [f"link:{link}"],
                fact=fact,
                link=link,
                slot=case.label(slot),
                used=round(rate, 3),
                most=round(most, 3),
            )


class _Network:
    """Where systems meet the network, and what is linked."""

    def __init__(self, case: Case) -> None:
        self.inventory = case.inventory
        self.devices = case.inventory.devices
        self._places: dict[str, frozenset[str]] = {}

    @cached_property
    def islands(self) -> Islands:
        """Which devices are connected at all."""
        return Islands((link.a_device, link.b_device) for link in self.inventory.links.values())

    def leads(self, links: tuple[str, ...], starts: frozenset[str], ends: frozenset[str]) -> bool:
        """Whether the links exist and each begins at a device at which the one before it may end."""
        reached = set(starts)
        for name in links:
            link = self.inventory.links.get(name)
            if link is None:
                return False
            reached = {
                other
                for one, other in ((link.a_device, link.b_device), (link.b_device, link.a_device))
                if one in reached
            }
        return bool(reached & ends)

    def places(self, system: System) -> frozenset[str]:
        """Devices at which the place where a system runs, or else the first of its parts, meets the network."""
        place = system.runs_in or next((part.runs_in for part in system.components if part.runs_in), "")
        if place not in self._places:
            self._places[place] = frozenset(device for device in self._attached(place) if device in self.devices)
        return self._places[place]

    def _attached(self, place: str) -> list[str]:
        kind, _, key = place.partition(":")
        inventory = self.inventory
        if kind == "pool":
            return [one.device for one in inventory.pools[key].attachments] if key in inventory.pools else []
        if kind == "cloud":
            pools = (inventory.pools[pool] for pool in inventory.pools_of.get(key, ()))
            return [one.device for pool in pools for one in pool.attachments]
        return self._of_room(key) if kind == "room" and key in inventory.rooms else []

    def _of_room(self, key: str) -> list[str]:
        """Its own devices and those at the far ends of its lines; without any, where its department is."""
        room = self.inventory.rooms[key]
        found = [place.removeprefix("device:") for place in room.attached_to if place.startswith("device:")]
        lines = {place.removeprefix("line:") for place in room.attached_to if place.startswith("line:")}
        for line in (*(lines & self.inventory.lines.keys()), *self._lines.get(f"room:{key}", ())):
            record = self.inventory.lines[line]
            found += [end.removeprefix("device:") for end in (record.a, record.b) if end and end.startswith("device:")]
        department = self.inventory.departments.get(room.department or "")
        return found or [place.device for place in (department.attached_to if department is not None else ())]

    @cached_property
    def _lines(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, line in self.inventory.lines.items():
            for end in {line.a, line.b}:
                if end is not None:
                    found.setdefault(end, []).append(key)
        return found
