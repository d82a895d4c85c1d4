"""Temporary connections: what must be opened while the two ends of a dependency stand on different sides of the move.

* A connection is needed from the first of both ends' cutovers to the second. It is opened on the day before the first
  and closed on the day after the second; where the other end is switched off instead, on the day after that.
* Where the other end never moves (it stays, is colocated, or lies outside the estate) it is permanent; where the plan
  has no place for the other end's cutover, it stays open until there is one.
* A client that reaches a moved provider by a written-in address goes on using the old one, which the provider's bridge
  (H14) keeps working. When both have moved, a second connection lasts until the bridge is taken away.
* An end that has moved is reached at an address of its pool that nobody has assigned yet, unless the system keeps its
  addresses (relocated).
* A line for IPv6 exists when both ends have an IPv6 address on record.

Rejected dependencies, those within one system, and those of closed systems need nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address

from inventory.inventory import End, Inventory, end_of
from inventory.kinds.systems import Dependency, Endpoint, Lifecycle, ReachesBy, System
from migration.plan import Bridge, Disposition, Plan, PlanItem, item_id
from migration.steps import Track

__all__ = ["Connection", "Family", "Side", "Until", "connections"]

DAY = dt.timedelta(days=1)


class Family(StrEnum):
    """Address family of a line."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"


class Until(StrEnum):
    """What ends a connection: the other end's cutover or switching off; the end of a bridge; nothing; a plan that has a
    place for the other end."""

    CUTOVER = "cutover"
    SWITCH_OFF = "switch_off"
    BRIDGE = "bridge"
    PERMANENT = "permanent"
    UNPLANNED = "unplanned"


@dataclass(frozen=True, slots=True)
class Side:
    """One end of the flow during the connection.

    object: ``system:ID`` or ``external_object:ID``. component: empty for the whole system. pool: where it has landed,
    empty while it has not. addresses: addresses, else names, on record that the flow uses; with a ``pool`` those that
    are kept or bridged, and none means a new address there. Without a pool none means that none is on record.
    """

    object: str
    component: str = ""
    pool: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """One flow to open, for one address family.

    opens: first day it must be open. closes: first day it need not be; None for ``permanent`` and ``unplanned``.
    port: None where none is on record. vpns: of the endpoints on record. first: id of the item that makes it
    necessary, empty where that was done before the plan; second: of the one that ends it, empty where none does.
    first_moved: client, provider or both. written_in: the client has the provider's address written in; bridge: how
    that keeps working (H14), until ``bridge_closes``; None while the provider has not moved. no_ipv6: there is no line
    for IPv6 because an end has no IPv6 address on record.
    """

    dependency: str
    family: Family
    source: Side
    target: Side
    protocol: str
    port: int | None
    vpns: tuple[str, ...]
    opens: dt.date
    closes: dt.date | None
    until: Until
    first: str
    second: str
    first_moved: str
    written_in: bool = False
    bridge: Bridge | None = None
    bridge_closes: dt.date | None = None
    no_ipv6: bool = False


@dataclass(frozen=True, slots=True)
class _Fate:
    """What the plan does to one end: the day, item and pool of its cutover, or the item that switches it off."""

    moved: dt.date | None = None
    name: str = ""
    pool: str = ""
    keeps_address: bool = False
    switched_off: PlanItem | None = None
    unplanned: bool = False


def connections(inventory: Inventory, plan: Plan) -> tuple[Connection, ...]:
    """Every connection, by the day it opens, then dependency and family."""
    fates = _Fates(inventory, plan)
    found = [
        made
        for dependency in inventory.dependencies.values()
        if not dependency.rejected
        for made in _of_dependency(inventory, fates, dependency)
    ]
    return tuple(sorted(found, key=lambda made: (made.opens, made.dependency, made.family)))


class _Fates:
    """What becomes of the ends of dependencies."""

    def __init__(self, inventory: Inventory, plan: Plan) -> None:
        self.inventory = inventory
        self.plan = plan
        self.dispositions = {disposed.system: disposed.disposition for disposed in plan.dispositions}
        self.bridges: Mapping[tuple[str, str], PlanItem] = {
            (item.object_id, record): item
            for item in plan.items
            if item.track is Track.SYSTEM and item.step == "bridge"
            for record in item.records
        }
        self._known: dict[str, _Fate] = {}

    def of(self, end: End) -> _Fate:
        if end.external:
            return _Fate()
        if end.system not in self._known:
            self._known[end.system] = self._of(end.system)
        return self._known[end.system]

    def _of(self, system: str) -> _Fate:
        disposition = self.dispositions.get(system)
        record = self.inventory.systems.get(system)
        if disposition is None or record is None:
            return _Fate()
        if disposition.moves:
            return self._moving(record, disposition)
        if disposition in (Disposition.RETIRE, Disposition.REPURCHASE):
            item = self.plan.by_id.get(item_id(system, "switch_off"))
            return _Fate(switched_off=item, unplanned=item is None)
        return _Fate()

    def _moving(self, system: System, disposition: Disposition) -> _Fate:
        item = self.plan.by_id.get(item_id(system.id))
        kind, _, place = (system.runs_in or "").partition(":")
        pool = (item.pool if item is not None else None) or (place if kind == "pool" else "")
        moved = item.start if item is not None else system.moved
        name = item.id if item is not None else ""
        return _Fate(moved, name, pool, disposition is Disposition.RELOCATE, unplanned=moved is None)


def _of_dependency(inventory: Inventory, fates: _Fates, dependency: Dependency) -> Iterator[Connection]:
    client, provider = end_of(dependency.client), end_of(dependency.provider)
    if client.system == provider.system or not (_alive(inventory, client) and _alive(inventory, provider)):
        return
    one, other = fates.of(client), fates.of(provider)
    bridge = fates.bridges.get((provider.system, f"dependency:{dependency.id}"))
    ends = _Ends(inventory, dependency, (client, one), (provider, other), bridge)
    if one.moved is not None and (other.moved is None or one.moved < other.moved):
        yield from _between(ends, "client", one, other)
    elif other.moved is not None and (one.moved is None or other.moved < one.moved):
        yield from _between(ends, "provider", other, one)
    if one.moved is None or other.moved is None or bridge is None or bridge.closes is None:
        return
    last = one if one.moved > other.moved else other
    assert last.moved is not None
    if bridge.closes > last.moved + DAY:
        yield from ends.lines(
            "both", opens=last.moved - DAY, closes=bridge.closes, until=Until.BRIDGE, first=last.name, second=bridge.id
        )


def _between(ends: _Ends, moved: str, first: _Fate, second: _Fate) -> Iterator[Connection]:
    """From the first end's cutover to what ends the other end's stay where it was."""
    assert first.moved is not None
    until, gone, ended_by = Until.PERMANENT, None, ""
    if second.moved is not None:
        until, gone, ended_by = Until.CUTOVER, second.moved, second.name
    elif second.switched_off is not None:
        until, gone, ended_by = Until.SWITCH_OFF, second.switched_off.start, second.switched_off.id
        if gone <= first.moved:
            return
    elif second.unplanned:
        until = Until.UNPLANNED
    closes = None if gone is None else gone + DAY
    yield from ends.lines(moved, opens=first.moved - DAY, closes=closes, until=until, first=first.name, second=ended_by)


def _alive(inventory: Inventory, end: End) -> bool:
    if end.external:
        return end.external in inventory.external_objects
    system = inventory.systems.get(end.system)
    return system is not None and system.lifecycle is not Lifecycle.CLOSED


@dataclass(frozen=True, slots=True)
class _Ends:
    """Both ends of a dependency with what becomes of them, and the provider's bridge."""

    inventory: Inventory
    dependency: Dependency
    client: tuple[End, _Fate]
    provider: tuple[End, _Fate]
    bridge: PlanItem | None

    def lines(
        self, moved: str, *, opens: dt.date, closes: dt.date | None, until: Until, first: str, second: str
    ) -> Iterator[Connection]:
        """A line for each address family; ``moved``: client, provider or both, which stand in their pools by then."""
        dependency = self.dependency
        (client, one), (provider, other) = self.client, self.provider
        at_client = _endpoints(self.inventory, client, None)
        at_provider = _endpoints(self.inventory, provider, dependency.port)
        landed = moved != "client"
        bridge = self.bridge if landed else None
        port = dependency.port or next((known.port for known in at_provider if known.port), None)
        vpns = tuple(dict.fromkeys(known.vpn for known in (*at_client, *at_provider) if known.vpn))
        sides = {
            family: (
                _side(client, one if moved != "provider" else None, _addresses(at_client, family)),
                _side(provider, other if landed else None, _addresses(at_provider, family), bridged=bridge is not None),
            )
            for family in _families(at_client, at_provider)
        }
        for family, (source, target) in sides.items():
            yield Connection(
                dependency=dependency.id,
                family=family,
                source=source,
                target=target,
                protocol=dependency.protocol,
                port=port,
                vpns=vpns,
                opens=opens,
                closes=closes,
                until=until,
                first=first,
                second=second,
                first_moved=moved,
                written_in=dependency.reaches_by is ReachesBy.ADDRESS,
                bridge=bridge.bridge if bridge is not None else None,
                bridge_closes=bridge.closes if bridge is not None else None,
                no_ipv6=Family.IPV6 not in sides,
            )


def _families(one: Sequence[Endpoint], other: Sequence[Endpoint]) -> tuple[Family, ...]:
    """IPv6 where both ends have such an address; IPv4 unless both have IPv6 and one has nothing else."""
    six = all(any(known.address_v6 for known in end) for end in (one, other))
    four = all(any(known.address or known.name for known in end) for end in (one, other))
    return tuple(family for family in Family if (six if family is Family.IPV6 else four or not six))


def _endpoints(inventory: Inventory, end: End, port: int | None) -> tuple[Endpoint, ...]:
    """Endpoints on record of the component, else of the system; with a port those that have it, where any has."""
    if end.external:
        found = [_outside(address) for address in inventory.external_objects[end.external].addresses]
    else:
        parts = inventory.systems[end.system].components
        found = [known for part in parts if end.component in ("", part.id) for known in part.endpoints]
    return tuple([known for known in found if known.port == port] or found if port else found)


def _outside(address: str) -> Endpoint:
    try:
        version = ip_address(address).version
    except ValueError:
        return Endpoint(name=address)
    return Endpoint(address=address) if version == 4 else Endpoint(address_v6=address)


def _addresses(endpoints: Iterable[Endpoint], family: Family) -> tuple[str, ...]:
    if family is Family.IPV6:
        return tuple(dict.fromkeys(known.address_v6 for known in endpoints if known.address_v6))
    return tuple(dict.fromkeys(shown for known in endpoints if (shown := known.address or known.name)))


def _side(end: End, landed: _Fate | None, addresses: tuple[str, ...], *, bridged: bool = False) -> Side:
    """``landed``: what has become of an end that has moved by then."""
    name = f"external_object:{end.external}" if end.external else f"system:{end.system}"
    if landed is None:
        return Side(name, end.component, "", addresses)
    kept = addresses if bridged or landed.keeps_address else ()
    return Side(name, end.component, landed.pool, kept)
