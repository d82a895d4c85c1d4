"""Output of ``ss -tn`` (also ``-tni``, ``-tnp``, ``-tunH``): the sockets of one host, its own addresses on the left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inventory.flows.records import BrokenLineError, Connection, address_of, port_of

__all__ = ["is_socket_line", "read_sockets"]

_WITHOUT_PEER = frozenset(("LISTEN", "UNCONN", "CLOSED"))
_OPEN = ("ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT", "LAST-ACK", "CLOSING")
_STATES = _WITHOUT_PEER.union(_OPEN)
_BYTES = re.compile(r"\bbytes_(?:sent|received):(\d+)")
Line = tuple[int, Connection | BrokenLineError | None]


def is_socket_line(line: str) -> bool:
    """Whether a line is ss's header or one of its sockets."""
    words = line.split()
    if "Local" in words and "Address:Port" in line.replace("Address: Port", "Address:Port"):
        return True
    return bool(words) and (words[0] in _STATES or (len(words) > 1 and words[1] in _STATES))


def read_sockets(lines: Iterable[str], first_line: int) -> Iterator[Line]:
    """As ``read_table``. Waiting sockets have no peer and give nothing; ``-i`` lines add the bytes."""
    waiting: tuple[int, Connection] | None = None
    with_state = True
    for number, line in enumerate(lines, first_line):
        if line[:1].isspace():
            sizes = [int(size) for size in _BYTES.findall(line)]
            if waiting is not None and sizes:
                waiting = (waiting[0], waiting[1]._replace(bytes=sum(sizes)))
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        words = line.split()
        if not words or "Local" in words:
            with_state = not words or "State" in words
            continue
        if not with_state:
            words.insert(0, "ESTAB")  # "ss -tn state established" leaves the column out
        protocol = "" if words[0] in _STATES else words.pop(0).lower()
        if not words or words[0] not in _STATES:
            yield number, BrokenLineError("fields")
        elif words[0] not in _WITHOUT_PEER:
            try:
                waiting = (number, _connection(protocol, words))
            except BrokenLineError as error:
                yield number, error
    if waiting is not None:
        yield waiting


def _connection(protocol: str, words: list[str]) -> Connection:
    if len(words) < 5:
        raise BrokenLineError("columns")
    (local, _, local_port), (peer, _, peer_port) = words[3].rpartition(":"), words[4].rpartition(":")
    return Connection(
        address_of(local), address_of(peer), port_of(peer_port), port_of(local_port), protocol or "tcp", directed=False
    )
