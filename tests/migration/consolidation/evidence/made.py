"""Readings made by hand: octets a five-minute step, from a midnight in China on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from inventory.kinds.lines import Line

CHINA = dt.timezone(dt.timedelta(hours=8))
MIDNIGHT = dt.datetime(2021, 3, 1, tzinfo=CHINA)
STEP = dt.timedelta(minutes=5)
QUIET = 300_000
"""Octets in five minutes: 8 kbit/s."""
NOW = dt.datetime(2021, 6, 1, tzinfo=CHINA)
LINE = Line(id="zx-1", department="d", bandwidth_mbps=10, notice_days=30)
FLOOR = (16.0, 64.0)


def counter_rows(
    days: float, octets: Callable[[int], int] = lambda _: QUIET, *, start: dt.datetime = MIDNIGHT, first: int = 1000
) -> list[tuple[str, int, int]]:
    """(time, in, out) of samples every five minutes; ``octets``: by number of the step."""
    steps = round(days * 288)
    rows, count = [(start.isoformat(), first, first)], first
    for number in range(steps):
        count += octets(number)
        rows.append(((start + STEP * (number + 1)).isoformat(), count, count // 2))
    return [(rows[0][0], first, first // 2), *rows[1:]]


def write_counters(path: Path, rows: list[tuple[str, int, int]], *, line: str = "") -> Path:
    """A CSV file of them."""
    head = ["line"] * bool(line) + ["time", "in_octets", "out_octets"]
    texts = [",".join(map(str, ([line] if line else []) + list(row))) for row in rows]
    path.write_text("\n".join([",".join(head), *texts]) + "\n", encoding="utf-8")
    return path
