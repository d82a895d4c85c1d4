"""Connections added up by who uses whom on which port. The result does not depend on the order of the lines."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from inventory.flows.places import AMBIGUOUS, Places, special
from inventory.flows.records import EPHEMERAL, Connection

__all__ = ["Aggregate", "Seen", "Unknown", "Use"]

UNKNOWN_LIMIT = 200_000
"""Unknown addresses that are told apart; of more only the heaviest are kept (and the result says so)."""


class Use(NamedTuple):
    """``client`` connects to ``provider`` on ``port`` (None: on changing ports). Ends as dependencies write them."""

    client: str
    provider: str
    port: int | None


@dataclass(slots=True)
class Seen:
    """What was seen of one use: bytes (None where no line says), lines, days, protocols ("tcp", "tcp+udp")."""

    bytes: int | None = None
    lines: int = 0
    first: dt.date | None = None
    last: dt.date | None = None
    protocol: str = ""

    def add(self, connection: Connection) -> None:
        """Add one line."""
        self.lines += 1
        size, first, last, protocol = connection.bytes, connection.first, connection.last, connection.protocol
        if size is not None:
            self.bytes = size if self.bytes is None else self.bytes + size
        if first is not None and (self.first is None or first < self.first):
            self.first = first
        if last is not None and (self.last is None or last > self.last):
            self.last = last
        if protocol and protocol != self.protocol:
            self.protocol = "+".join(sorted({*self.protocol.split("+"), protocol} - {""}))

    def join(self, other: Seen) -> None:
        """Add what was seen of another use."""
        self.add(Connection("", "", None, None, other.protocol, other.bytes, other.first, other.last))
        self.lines += other.lines - 1


@dataclass
class Unknown:
    """An address that nobody in the estate has: bytes and lines, and how many of these with it as client and as
    provider.
    """

    bytes: int = 0
    lines: int = 0
    as_client: int = 0
    as_provider: int = 0


class Aggregate:
    """Adds up connections against the places of one inventory.

    ``uses``: what was seen, by use; ``unknown`` and ``ambiguous``: addresses; ``ignored``: lines by reason (self,
    local, multicast, protocol, ephemeral, outside); ``lines``: all that were added.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self._uses: dict[tuple[str, str, int | None], Seen] = {}
        self.unknown: dict[str, Unknown] = {}
        self.ambiguous: Counter[str] = Counter()
        self.ignored: Counter[str] = Counter()
        self.pruned = 0
        self.lines = 0
        self.total = Seen()

    def add(self, connection: Connection) -> None:
        """Add one line."""
        self.lines += 1
        self.total.add(connection)
        places, source, target, port = self.places, connection.source, connection.target, connection.port
        provider = places.listening.get((target, port))
        if provider is None:
            sides = self._sides(connection)
            if sides is None:
                self.ignored[special(source) or special(target) or "ephemeral"] += 1
                return
            source, target, port = sides
            provider = places.provider(target, port)
            if provider is None and connection.target_nat and target == connection.target:
                port = connection.target_nat_port or port
                provider = places.provider(connection.target_nat, port)
        client = places.client(source)
        if client is None or provider is None:
            kind = special(source) or special(target)
            if kind:
                self.ignored[kind] += 1
            else:
                self._unknown(source, target, client is None, provider is None, connection.bytes or 0)
            return
        use = (client, provider, port)
        seen = self._uses.get(use)
        if seen is None:
            reason = self._reason(client, provider)
            if reason == "ambiguous":
                self.ambiguous[source if client == AMBIGUOUS else target] += 1
                return
            if reason:
                self.ignored[reason] += 1
                return
            seen = self._uses[use] = Seen()
        seen.add(connection)

    @staticmethod
    def _reason(client: str, provider: str) -> str:
        """Why two ends make no use; empty when they do."""
        if AMBIGUOUS in (client, provider):
            return "ambiguous"
        if client.startswith("external_object:") and provider.startswith("external_object:"):
            return "outside"
        return "self" if client.partition("/")[0] == provider.partition("/")[0] else ""

    @property
    def uses(self) -> dict[Use, Seen]:
        """What was seen, by use, in order."""
        ordered = sorted(self._uses.items(), key=lambda item: (item[0][0], item[0][1], item[0][2] or 0))
        return {Use(*key): seen for key, seen in ordered}

    def _sides(self, connection: Connection) -> tuple[str, str, int | None] | None:
        """(client's address, provider's address, port of the service); None where the direction cannot be told.

        The target is no declared endpoint (that is always the provider). The source of a session log is the client;
        an undirected line is turned when only its source port looks like a service. Services on changing ports (both
        sides above 32767 in a session log) have no port.
        """
        source, target, port, back = connection.source, connection.target, connection.port, connection.source_port
        if connection.directed:
            return source, target, port if port is None or port < EPHEMERAL else None
        if (source, back) in self.places.listening or _is_answer(port, back):
            return target, source, back
        if port is not None and port >= EPHEMERAL:
            return None
        return source, target, port

    def _unknown(self, source: str, target: str, no_client: bool, no_provider: bool, size: int) -> None:
        for address, unknown, as_client in ((source, no_client, 1), (target, no_provider, 0)):
            if unknown:
                entry = self.unknown.setdefault(address, Unknown())
                entry.bytes += size
                entry.lines += 1
                entry.as_client += as_client
                entry.as_provider += 1 - as_client
        if len(self.unknown) > 2 * UNKNOWN_LIMIT:
            kept = self.heaviest(UNKNOWN_LIMIT)
            self.pruned += len(self.unknown) - len(kept)
            self.unknown = dict(kept)

    def heaviest(self, count: int) -> list[tuple[str, Unknown]]:
        """The unknown addresses with most bytes, then lines."""
        ranked = sorted(self.unknown.items(), key=lambda item: (-item[1].bytes, -item[1].lines, item[0]))
        return ranked[:count]


def _is_answer(port: int | None, back: int | None) -> bool:
    """Whether only the source port looks like a service: below the range of own ports, or a well-known one against
    none.
    """
    if port is None or back is None:
        return False
    return (port >= EPHEMERAL > back) or (port >= 1024 > back)
