"""Session logs of firewalls as syslog lines.

* Huawei USG: ``%%01SECLOG/6/SESSION_TEARDOWN(l):IPVer=4,Protocol=tcp,SourceIP=...,DestinationIP=...,SourcePort=...,
  DestinationPort=...,BeginTime=1591000000,EndTime=...,SendBytes=...,RcvBytes=...``; the short form ``Built an udp
  session, A:p (zone) to B:q (zone)`` as well.
* H3C Comware: ``SESSION/6/SESSION_IPV4_FLOW:
  Protocol(1001)=TCP;SrcIPAddr(1003)=...;DstIPAddr(1007)=...;DstPort(1008)=...;
  InitByteCount(1046)=...;RplyByteCount(1047)=...;BeginTime_e(1013)=03182020082546;...``, and SESSION_IPV6_FLOW alike.

Lines of other events are not connections and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from inventory.flows.records import (
    ABSENT,
    BrokenLineError,
    Connection,
    address_of,
    bytes_of,
    day_of,
    port_of,
    protocol_of,
)

__all__ = ["is_session_line", "read_syslog"]

_SHORT = re.compile(r"(?:Built an?|Teardown an?|Deleted an?) (\w+) session, (\S+):(\d+) ?\([^)]*\) to (\S+):(\d+) ?\(")
_STAMP = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_FIELDS = {
    "sourceip": "source", "srcipaddr": "source", "srcipv6addr": "source", "srcip": "source",
    "destinationip": "target", "dstipaddr": "target", "dstipv6addr": "target", "dstip": "target", "destip": "target",
    "sourceport": "source_port", "srcport": "source_port",
    "destinationport": "port", "dstport": "port", "destport": "port",
    "destinationnatip": "nat", "natdstipaddr": "nat", "natdstipv6addr": "nat",
    "destinationnatport": "nat_port", "natdstport": "nat_port",
    "protocol": "protocol",
    "begintime": "first", "begintime_e": "first", "endtime": "last", "endtime_e": "last",
    "sendbytes": "sent", "initbytecount": "sent", "rcvbytes": "received", "rplybytecount": "received",
}  # fmt: skip
_MARKS = ("SourceIP=", "SrcIPAddr(", "SrcIPAddr=", "SrcIPv6Addr(", "SECLOG/", "SESSION_IPV")
Line = tuple[int, Connection | BrokenLineError | None]


def is_session_line(line: str) -> bool:
    """Whether a line is a session log of one of the known forms."""
    return any(mark in line for mark in _MARKS) or _SHORT.search(line) is not None


def read_syslog(lines: Iterable[str], first_line: int) -> Iterator[Line]:
    """As ``read_table``; lines of other events give nothing."""
    for number, line in enumerate(lines, first_line):
        if not is_session_line(line):
            continue
        try:
            yield number, _connection(line)
        except BrokenLineError as error:
            yield number, error


@lru_cache(maxsize=1024)
def _field(name: str) -> str | None:
    """What a name stands for: without the head of the line before the first one, and without H3C's number behind it."""
    return _FIELDS.get(name.rpartition(":")[2].partition("(")[0].strip().lower())


def _connection(line: str) -> Connection | None:
    if " session, " in line and (short := _SHORT.search(line)) is not None:
        stamp = _STAMP.search(line)
        values = {
            "protocol": short[1],
            "source": short[2],
            "source_port": short[3],
            "target": short[4],
            "port": short[5],
        }
        values["first"] = values["last"] = stamp[0] if stamp else ""
    else:
        values = {}
        for part in line.split(";" if ";" in line else ","):
            name, _, value = part.partition("=")
            field = _field(name)
            if field is not None and value:
                values.setdefault(field, value.strip().rstrip("."))
    if "source" not in values or "target" not in values:
        raise BrokenLineError("fields")
    protocol = protocol_of(values.get("protocol", ""))
    if protocol is None:
        return None
    sizes = [size for name in ("sent", "received") if (size := bytes_of(values.get(name, ""))) is not None]
    first = day_of(values.get("first", ""))
    last = day_of(values.get("last", "")) or first
    nat = values.get("nat", "")
    return Connection(
        address_of(values["source"]), address_of(values["target"]), port_of(values.get("port", "")),
        port_of(values.get("source_port", "")), protocol, sum(sizes) if sizes else None, first or last, last, True,
        address_of(nat) if nat and nat not in ABSENT else "", port_of(values.get("nat_port", "")),
    )  # fmt: skip
