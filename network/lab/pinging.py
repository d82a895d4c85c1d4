"""Pings between hosts of a laboratory, counted one by one: whether a change is felt, and who reaches whom.

Sockets are opened inside the networks of the hosts and served by one thread here: no process in a host, nothing that
could be left behind, and no answer that counts as lost only because a program was ended before it came.
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from network.lab.lab import Lab
from network.lab.namespaces import inside, namespace_of

__all__ = ["Ping", "Pinger", "Tally", "reached"]

_ECHO = {4: (8, 0), 6: (128, 129)}
"""Types of echo requests and replies (RFC 792, RFC 4443), by family."""
_HEAD = struct.Struct("!BBHHHQ")
"""Type, code, checksum and identifier (both filled in by the kernel), sequence; then our own number."""


@dataclass(frozen=True)
class Ping:
    """From a host, by name, to an address of either family."""

    source: str
    to: str

    @property
    def family(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.to else 4


@dataclass
class Tally:
    """What became of one ping's requests. ``gap``: the longest time without an answer, in seconds."""

    sent: int = 0
    answered: int = 0
    gap: float = 0.0
    last: float = field(default=0.0, repr=False)

    @property
    def lost(self) -> int:
        """Requests without an answer."""
        return self.sent - self.answered


class _Sockets:
    """A ping socket for each host and family (icmp(7), ping_group_range)."""

    def __init__(self, lab: Lab, pings: Iterable[Ping]) -> None:
        self.by_end: dict[tuple[str, int], socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        try:
            for ping in pings:
                end = ping.source, ping.family
                if end not in self.by_end:
                    self.by_end[end] = made = _opened(lab.host(ping.source).pid, ping.family)
                    self.selector.register(made, selectors.EVENT_READ, end)
        except BaseException:
            self.close()
            raise

    def send(self, ping: Ping, number: int) -> None:
        """Ask once. No way there counts as not answered."""
        packet = _HEAD.pack(_ECHO[ping.family][0], 0, 0, 0, number & 0xFFFF, number)
        with suppress(OSError):
            self.by_end[ping.source, ping.family].sendto(packet, (ping.to, 0))

    def answers(self, seconds: float) -> Iterator[int]:
        """Numbers of requests that were answered, waiting for the first one at most so long."""
        for key, _ in self.selector.select(max(0.0, seconds)):
            assert isinstance(key.fileobj, socket.socket)
            with suppress(BlockingIOError):
                while True:
                    try:
                        packet = key.fileobj.recv(2048)
                    except BlockingIOError:
                        raise
                    except OSError:  # an error of an earlier request, told now
                        continue
                    if len(packet) >= _HEAD.size and packet[0] == _ECHO[key.data[1]][1]:
                        yield _HEAD.unpack_from(packet)[5]

    def close(self) -> None:
        """Close all."""
        self.selector.close()
        for one in self.by_end.values():
            one.close()


def _opened(pid: int, family: int) -> socket.socket:
    with inside(namespace_of(pid)):
        if family == 4:
            made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
        else:
            made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6)
    made.setblocking(False)
    return made


class Pinger:
    """Pings without pause while the block runs; ``tallies`` are complete after it.

    Each ping is sent every ``interval`` seconds. What has no answer ``patience`` seconds after the end counts as lost.
    """

    def __init__(self, lab: Lab, pings: Sequence[Ping], *, interval: float = 0.05, patience: float = 2.0) -> None:
        self.tallies: dict[Ping, Tally] = {ping: Tally() for ping in pings}
        self._pings, self._interval, self._patience = tuple(pings), interval, patience
        self._sockets = _Sockets(lab, pings)
        self._stop = threading.Event()
        self._waiting: dict[int, Ping] = {}
        self._number = 0
        self._thread = threading.Thread(target=self._serve, name="pings", daemon=True)

    @property
    def sent(self) -> int:
        """All requests."""
        return sum(tally.sent for tally in self.tallies.values())

    @property
    def lost(self) -> int:
        """All requests without an answer; while the block runs also those that are under way."""
        return sum(tally.lost for tally in self.tallies.values())

    @property
    def gap(self) -> float:
        """The longest time that one of the pings had no answer, in seconds."""
        return max((tally.gap for tally in self.tallies.values()), default=0.0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._sockets.close()

    def _serve(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            due += self._interval
            for ping in self._pings:
                self._ask(ping)
            self._listen(due)
        end = time.monotonic() + self._patience
        while self._waiting and time.monotonic() < end:
            self._listen(min(end, time.monotonic() + self._interval))

    def _ask(self, ping: Ping) -> None:
        self._number += 1
        self._waiting[self._number] = ping
        tally = self.tallies[ping]
        tally.sent += 1
        tally.last = tally.last or time.monotonic()
        self._sockets.send(ping, self._number)

    def _listen(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            for number in self._sockets.answers(left):
                ping = self._waiting.pop(number, None)
                if ping is not None:
                    self._answered(self.tallies[ping])

    def _answered(self, tally: Tally) -> None:
        now = time.monotonic()
        tally.answered += 1
        tally.gap, tally.last = max(tally.gap, now - tally.last), now


def reached(lab: Lab, pings: Sequence[Ping], *, seconds: float = 30.0, pause: float = 0.5) -> set[Ping]:
    """Which of the pings get an answer within ``seconds``; those that have none yet are asked again and again."""
    left, asked = dict.fromkeys(pings), dict[int, Ping]()
    sockets = _Sockets(lab, pings)
    try:
        end = time.monotonic() + seconds
        while left and time.monotonic() < end:
            for ping in left:
                asked[len(asked) + 1] = ping
                sockets.send(ping, len(asked))
            until = min(end, time.monotonic() + pause)
            while left and (rest := until - time.monotonic()) > 0:
                for number in sockets.answers(rest):
                    left.pop(asked[number], None)
    finally:
        sockets.close()
    return set(pings) - set(left)
