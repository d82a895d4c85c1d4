"""Prefixes of landing zones and addresses of machines that the estate does not have yet. Only ever added to.

* A landing zone without an IPv4 prefix gets a piece of its pool's, ``zone_length`` long (longer pieces only where the
  machines of its systems would fill more than half): the one in which target addresses of its own department lie
  already, else the first in which nothing is. Where the pool has an IPv6 prefix it gets a /64 of that as its pair.
* A component without a target address gets the next free one of its zone, by system and place in the system; its IPv6
  address reads like the IPv4 one. What has been written is on record the next time, so it stays what it is, whatever
  systems are added.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from pathlib import Path

from inventory.dump import to_plain
from inventory.files import write_together
from inventory.inventory import Inventory
from inventory.kinds.network import Prefix, PrefixPurpose
from inventory.kinds.systems import Component, Endpoint
from inventory.problems import Problem
from inventory.state import StateEntry
from migration.plan import Plan
from stacks.design.designs import stack_settings
from stacks.design.findings import finding
from stacks.design.ground import Ground, first_host, host_v6
from stacks.design.landings import Landings, landings_of
from stacks.errors import StackError

__all__ = ["PREFIX_FILE", "RUN", "Assigned", "assign_addresses", "write_assigned"]

PREFIX_FILE = "prefixes-zones.csv"
RUN = "stack-addresses"
"""State entries stand in state/stack-addresses.yaml."""
COLUMNS = ("id", "prefix", "purpose", "division", "department", "site", "vpn", "pair")
V6_LENGTH = 64
"""RFC 4291, section 2.5.4."""


@dataclass(frozen=True)
class Assigned:
    """What the estate is to get.

    Attributes:
        prefixes: new prefix records.
        endpoints: (system, component) -> its target endpoints with the addresses that were missing.
        problems: pools without room or without a prefix.
    """

    prefixes: tuple[Prefix, ...] = ()
    endpoints: Mapping[tuple[str, str], tuple[Endpoint, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the estate says it all already."""
        return not self.prefixes and not self.endpoints

    def entries(self, at: dt.datetime) -> tuple[StateEntry, ...]:
        """State entries that set the endpoints."""
        return tuple(
            StateEntry(
                at=at,
                object=f"component:{system}/{component}",
                set={"target_endpoints": [end.model_dump(mode="json", exclude_none=True) for end in ends]},
            )
            for (system, component), ends in self.endpoints.items()
        )

    def into(self, inventory: Inventory) -> Inventory:
        """The inventory as it is once all is written."""
        systems = dict(inventory.systems)
        for id in dict.fromkeys(system for system, _ in self.endpoints):
            parts = tuple(
                part.model_copy(update={"target_endpoints": self.endpoints.get((id, part.id), part.target_endpoints)})
                for part in systems[id].components
            )
            systems[id] = systems[id].model_copy(update={"components": parts})
        return inventory.replace(
            prefixes={**inventory.prefixes, **{record.id: record for record in self.prefixes}}, systems=systems
        )


def assign_addresses(inventory: Inventory, plan: Plan) -> Assigned:
    """Prefixes and addresses that are missing for what the plan lands on the clouds of settings.stacks.

    Raises:
        StackError: ``stacks-absent``.
    """
    settings = stack_settings(inventory)
    landings = landings_of(inventory, plan, settings)
    maker = _Maker(inventory, landings, settings.zone_length)
    for zone, systems in landings.zones.items():
        maker.zone(zone, systems)
    return Assigned(tuple(maker.prefixes), maker.endpoints, tuple(maker.problems))


class _Maker:
    """Takes what is free, zone by zone; what it takes it marks as taken."""

    def __init__(self, inventory: Inventory, landings: Landings, zone_length: int) -> None:
        self.inventory, self.landings, self.zone_length = inventory, landings, zone_length
        self.ground = Ground(inventory)
        self.prefixes: list[Prefix] = []
        self.endpoints: dict[tuple[str, str], tuple[Endpoint, ...]] = {}
        self.problems: list[Problem] = []
        self.owners: dict[int, str] = {}
        for system in inventory.systems.values():
            for part in system.components:
                for end in part.target_endpoints:
                    if end.address is not None:
                        self.owners.setdefault(int(IPv4Address(end.address)), system.department)
        self.owned: dict[str, list[int]] = defaultdict(list)
        for address, owner in self.owners.items():
            self.owned[owner].append(address)
        self.used: dict[tuple[str, int], list[IPv4Network | IPv6Network]] = {}
        self.places: dict[tuple[str, int, int], int] = defaultdict(int)

    def zone(self, zone: str, systems: tuple[str, ...]) -> None:
        first = self.landings.of[systems[0]]
        pool, department = first.pool, first.system.department
        four, six = self.ground.zone(zone, 4), self.ground.zone(zone, 6)
        if not isinstance(four, IPv4Network):
            machines = sum(len(self.landings.of[system].system.components) for system in systems)
            four = self._prefix_v4(zone, pool, department, machines)
        if four is None:
            return
        if not isinstance(six, IPv6Network):
            six = self._prefix_v6(zone, pool, department)
        free = self._free(four)
        for system in systems:
            for part in self.landings.of[system].system.components:
                ends = self._ends(part, four, six, free)
                if ends is None:
                    self._problem("stack-zone-full", pool, zone=zone, prefix=str(four))
                    return
                if ends != part.target_endpoints:
                    self.endpoints[system, part.id] = ends

    # ---- prefixes ----

    def _prefix_v4(self, zone: str, pool: str, department: str, machines: int) -> IPv4Network | None:
        outer = [found for found in self.ground.pool(pool, 4) if isinstance(found, IPv4Network)]
        if not outer:
            self._problem("stack-pool-no-prefix", pool, zone=zone)
            return None
        length = self.zone_length
        while length > 16 and (1 << (32 - length)) < 2 * machines + 16:
            length -= 1
        found = self._own_piece(pool, outer, department, length) or self._next(pool, outer, length)
        if not isinstance(found, IPv4Network):
            self._problem("stack-pool-full", pool, zone=zone, length=length)
            return None
        self._record(pool, department, found)
        return found

    def _prefix_v6(self, zone: str, pool: str, department: str) -> IPv6Network | None:
        outer = [found for found in self.ground.pool(pool, 6) if isinstance(found, IPv6Network)]
        if not outer:
            return None
        found = self._next(pool, outer, V6_LENGTH)
        if not isinstance(found, IPv6Network):
            self._problem("stack-pool-full", pool, zone=zone, length=V6_LENGTH)
            return None
        self._record(pool, department, found)
        return found

    def _own_piece(self, pool: str, outer: Iterable[IPv4Network], department: str, length: int) -> IPv4Network | None:
        """The piece in which the department has target addresses and no other one has."""
        for prefix in outer:
            for address in sorted(self.owned.get(department, ())):
                if IPv4Address(address) not in prefix or length < prefix.prefixlen:
                    continue
                piece = ip_network((address, length), strict=False)
                if isinstance(piece, IPv4Network) and self._is_free(pool, piece, department):
                    return piece
        return None

    def _next(
        self, pool: str, outer: Iterable[IPv4Network | IPv6Network], length: int
    ) -> IPv4Network | IPv6Network | None:
        """The first free piece, from where the last one of that length was found."""
        for number, prefix in enumerate(outer):
            size = 1 << (prefix.max_prefixlen - length)
            base = int(prefix.network_address)
            key = (f"{pool}/{prefix.version}", number, length)
            while length >= prefix.prefixlen and self.places[key] < prefix.num_addresses // size:
                piece = ip_network((base + self.places[key] * size, length))
                self.places[key] += 1
                if self._is_free(pool, piece, None):
                    return piece
        return None

    def _is_free(self, pool: str, piece: IPv4Network | IPv6Network, department: str | None) -> bool:
        """Whether no other landing zone of the pool overlaps it, and no one else's target address lies in it."""
        key = (pool, piece.version)
        if key not in self.used:
            self.used[key] = list(self.ground.zones_of(pool, 6 if piece.version == 6 else 4))
        if any(piece.overlaps(found) for found in self.used[key]):
            return False
        if isinstance(piece, IPv6Network):
            return True
        first, last = int(piece.network_address), int(piece.broadcast_address)
        return all(self.owners.get(address, department) == department for address in range(first, last + 1))

    def _record(self, pool: str, department: str, prefix: IPv4Network | IPv6Network) -> None:
        self.used[pool, prefix.version].append(prefix)
        outer = self.ground.records[pool, 6 if prefix.version == 6 else 4]
        id, other = (_id(pool, department, version) for version in (prefix.version, 10 - prefix.version))
        there = {record.id for record in self.prefixes} if prefix.version == 6 else set()
        self.prefixes.append(
            Prefix(
                id=id,
                prefix=str(prefix),
                purpose=PrefixPurpose.POOL,
                division=outer.division,
                department=department,
                site=pool,
                vpn=outer.vpn,
                pair=other if prefix.version == 6 and (other in there or other in self.inventory.prefixes) else None,
            )
        )

    # ---- addresses ----

    def _free(self, prefix: IPv4Network) -> Iterator[IPv4Address]:
        base = int(prefix.network_address)
        for number in range(first_host(prefix), prefix.num_addresses - 1):
            if base + number not in self.owners:
                yield IPv4Address(base + number)

    def _ends(
        self, part: Component, four: IPv4Network, six: IPv6Network | None, free: Iterator[IPv4Address]
    ) -> tuple[Endpoint, ...] | None:
        """The component's target endpoints with all addresses; None where no address is free."""
        ends = part.target_endpoints or tuple(
            Endpoint(name=end.name, port=end.port, vpn=end.vpn) for end in part.endpoints
        )
        ends = ends or (Endpoint(),)
        given = next((end.address for end in ends if end.address is not None), None)
        if given is None:
            found = next(free, None)
            if found is None:
                return None
            given = str(found)
            self.owners[int(found)] = ""
            ends = tuple(end.model_copy(update={"address": given}) for end in ends)
        if six is None or any(end.address_v6 is not None for end in ends) or IPv4Address(given) not in four:
            return ends
        return tuple(end.model_copy(update={"address_v6": str(host_v6(six, IPv4Address(given)))}) for end in ends)

    def _problem(self, code: str, pool: str, **data: str | int) -> None:
        self.problems.append(finding(self.inventory, code, "pool", pool, "", "", **data))


def _id(pool: str, department: str, version: int) -> str:
    """POOL.DEPARTMENT-v4; cut, with a hash of the whole, where that is too long for an id."""
    whole = f"{pool}.{department}-v{version}"
    return whole if len(whole) <= 80 else f"{whole[:64]}-{hashlib.sha256(whole.encode()).hexdigest()[:12]}"


# ---- files -----------------------------------------------------------------------------------------------------------


def prefix_rows(records: Iterable[Prefix], *, head: bool) -> str:
    """Prefix records as lines of the CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if head:
        writer.writerow(COLUMNS)
    for record in records:
        plain = to_plain(record)
        writer.writerow(plain.get(name, "") for name in COLUMNS)
    return out.getvalue()


def write_assigned(inventory: Inventory, assigned: Assigned, at: dt.datetime) -> tuple[str, ...]:
    """Add prefixes to prefixes-zones.csv and addresses to state/stack-addresses.yaml of the estate's folder.

    Returns the files written, relative to the folder. Raises: StackError ``stack-columns`` where the file has other
    columns; InputError ``cannot-write``; errors of ``migration.run.outcomes.write_state``.
    """
    from migration.run.outcomes import write_state

    folder, written = inventory.path, []
    if assigned.prefixes:
        path = folder / PREFIX_FILE
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if text.strip() and tuple(next(csv.reader([text.split("\n", 1)[0].strip()]), ())) != COLUMNS:
            raise StackError("stack-columns", path=str(path), columns=",".join(COLUMNS))
        text += "" if not text or text.endswith("\n") else "\n"
        write_together(folder, {PREFIX_FILE: text + prefix_rows(assigned.prefixes, head=not text.strip())})
        written.append(PREFIX_FILE)
    if assigned.endpoints:
        state = write_state(folder, RUN, assigned.entries(at))
        written.append(str(Path(state).relative_to(folder)))
    return tuple(written)
