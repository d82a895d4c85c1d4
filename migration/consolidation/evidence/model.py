"""Readings of a line as types: samples of counters, mean rates, flows, what is wrong with them, and what they prove."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from migration.calendar import CHINA_TIME
from migration.plan import Value

__all__ = [
    "CHINA",
    "Flow",
    "Interval",
    "Kind",
    "LineEvidence",
    "Marked",
    "Sample",
    "Silence",
    "day_of",
    "midnight",
    "moment_of",
    "shown",
]

CHINA = CHINA_TIME
DAY_SECONDS = 86_400
_AHEAD = 8 * 3600
"""Seconds that Asia/Shanghai is ahead of UTC: no summer time since 1991."""
_EPOCH = dt.date(1970, 1, 1)


class Kind(StrEnum):
    """What a file of evidence holds."""

    COUNTERS = "counters"
    RATES = "rates"
    SESSIONS = "sessions"


class Sample(NamedTuple):
    """Octet counters of one side at a moment (seconds since 1970). ``bits``: width of the counters. ``flaw``: code of
    what is wrong with the row; it and what it touches prove nothing."""

    at: float
    octets_in: int
    octets_out: int
    bits: int = 64
    file: str = ""
    row: int = 0
    flaw: str = ""


class Interval(NamedTuple):
    """Octets that went each way in a span of seconds since 1970. ``peak_kbps``: highest 5-minute mean in it where the
    reader says so, else 0. ``flaw``: see ``Sample``; such an interval proves nothing."""

    start: float
    end: float
    octets_in: float
    octets_out: float
    peak_kbps: float = 0.0
    file: str = ""
    row: int = 0
    flaw: str = ""

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start

    @property
    def octets(self) -> float:
        """Of the busier direction."""
        return max(self.octets_in, self.octets_out)


class Flow(NamedTuple):
    """A session from a log, by days in Asia/Shanghai. ``flaw``: the row could not be read."""

    first: dt.date
    last: dt.date
    protocol: str
    port: int | None
    source: str
    target: str
    file: str = ""
    row: int = 0
    flaw: str = ""


class Marked(NamedTuple):
    """Something that keeps a span from being silence. ``code`` names the text, ``data`` fills it."""

    start: float
    end: float
    code: str
    file: str = ""
    row: int = 0
    data: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True)
class LineEvidence:
    """All that counts of one line: samples and rates by series (a device's interface, or empty), flows; ``dropped``:
    files that were changed or are gone, and count for nothing."""

    samples: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    rates: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    flows: tuple[Flow, ...] = ()
    dropped: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Silence:
    """What evidence says of a line.

    Attributes:
        line: its id.
        days: complete days in a row, up to ``until``, on which it was idle.
        since: first of them; None without any.
        until: last of them.
        reaches: moment of the last reading, seconds since 1970; None without evidence.
        needed: days that it takes (settings.idle_days).
        broken: what the last day before these was not silent for; None where evidence begins there.
        broken_day: that day.
        marked: all that was found wrong, in the order of time.
        floor_kbps: mean and 5-minute peak up to which it counts as idle.
    """

    line: str
    days: int
    since: dt.date | None
    until: dt.date | None
    reaches: float | None
    needed: int
    broken: Marked | None
    broken_day: dt.date | None
    marked: tuple[Marked, ...]
    floor_kbps: tuple[float, float]

    @property
    def missing(self) -> int:
        """Days that lack."""
        return max(self.needed - self.days, 0)


def day_of(moment: float) -> dt.date:
    """The day in Asia/Shanghai of seconds since 1970."""
    return _EPOCH + dt.timedelta(days=int((moment + _AHEAD) // DAY_SECONDS))


def midnight(day: dt.date) -> float:
    """Its beginning in Asia/Shanghai, in seconds since 1970."""
    return (day - _EPOCH).days * DAY_SECONDS - _AHEAD


def shown(moment: float) -> str:
    """A moment as files hold it: in Asia/Shanghai, with its offset."""
    return dt.datetime.fromtimestamp(moment, CHINA).isoformat()


def moment_of(text: str) -> float:
    """What ``shown`` has written. ValueError."""
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.timestamp()
