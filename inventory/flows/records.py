"""What the readers hand on: one connection, or one line that could not be read."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from inventory.flows.tables.headers import PROTOCOLS

__all__ = [
    "ABSENT",
    "EPHEMERAL",
    "BrokenLineError",
    "Connection",
    "address_of",
    "bytes_of",
    "day_of",
    "port_of",
    "protocol_of",
]

EPHEMERAL = 32768
"""From this port on systems take ports for their own side of a connection (Linux: 32768, IANA: 49152)."""

ABSENT = ("0.0.0.0", "::", "-")  # noqa: S104 - an address that logs write where there is none, nothing is bound to it
"""In place of a translated address that does not exist."""

_CHINA_AHEAD = 8 * 3600
"""Seconds that Asia/Shanghai is ahead of UTC."""
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_H3C_TIME = re.compile(r"(\d{2})(\d{2})(\d{4})\d{6}")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_BYTES = re.compile(r"([\d.]+)\s*([KMGT]?)i?B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class BrokenLineError(Exception):
    """A line that is no connection; the message is one of the reasons address, port, bytes, time, columns, fields."""


class Connection(NamedTuple):
    """One line: from ``source`` to ``target``. Addresses are in their normal form.

    ``port`` and ``source_port``: None where the list does not say. ``bytes``: None alike. ``directed``: the source is
    known to have opened the connection (session logs); otherwise the line may be the answer (NetFlow, ss).
    """

    source: str
    target: str
    port: int | None
    source_port: int | None = None
    protocol: str = ""
    bytes: int | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    directed: bool = True
    target_nat: str = ""
    target_nat_port: int | None = None


@lru_cache(maxsize=1 << 18)
def address_of(text: str) -> str:
    """The normal form of an address: IPv6 compressed and lower case, IPv4 inside IPv6 as IPv4, zones and brackets
    dropped.
    """
    plain = text.strip().strip("[]").partition("%")[0]
    try:
        address = ip_address(plain)
    except ValueError:
        raise BrokenLineError("address") from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


@lru_cache(maxsize=1 << 16)
def port_of(text: str) -> int | None:
    """A port; None for an empty cell, 0 and ICMP's ``type.code``."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit() and int(plain) <= 65535:
        return int(plain) or None
    if not plain or re.fullmatch(r"\d+\.\d+", plain):
        return None
    raise BrokenLineError("port")


@lru_cache(maxsize=1 << 10)
def protocol_of(text: str) -> str | None:
    """tcp, udp or sctp; "" where the list does not say; None for a protocol without ports."""
    plain = text.strip().lower()
    return PROTOCOLS.get(plain) if plain else ""


@lru_cache(maxsize=1 << 12)
def _china_day(number: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=number)


@lru_cache(maxsize=1 << 16)
def day_of(text: str) -> dt.date | None:
    """The day (Asia/Shanghai) of a date, a date with time, or seconds or milliseconds since 1970; None for an empty
    cell.

    Also H3C's MMDDYYYYhhmmss and YYYYMMDD with or without time.
    """
    plain = text.strip()
    if not plain or plain == "-":
        return None
    try:
        if len(plain) == 10 and plain.isdigit():
            return _china_day((int(plain) + _CHINA_AHEAD) // 86_400)
        if match := _DAY.match(plain):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if (match := _H3C_TIME.fullmatch(plain)) and 1990 <= int(match[3]) <= 2100 and int(match[1]) <= 12:
            return dt.date(int(match[3]), int(match[1]), int(match[2]))
        if len(plain) in (8, 14) and (match := _COMPACT_DAY.fullmatch(plain)):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        seconds = float(plain)
        return _china_day(int(((seconds / 1000 if seconds > 1e11 else seconds) + _CHINA_AHEAD) // 86_400))
    except (ValueError, OverflowError, OSError):
        raise BrokenLineError("time") from None


def bytes_of(text: str) -> int | None:
    """Bytes of ``123``, ``1,234`` or ``1.2 M``; None for an empty cell."""
    if text.isascii() and text.isdigit():
        return int(text)
    plain = text.strip().replace(",", "")
    if not plain or plain == "-":
        return None
    if plain.isascii() and plain.isdigit():
        return int(plain)
    match = _BYTES.fullmatch(plain)
    if match is None:
        raise BrokenLineError("bytes")
    try:
        return round(float(match[1]) * _UNITS[match[2].upper()])
    except ValueError:
        raise BrokenLineError("bytes") from None
