"""Exports of monitoring: CSV with counters or mean rates, of one line or of many.

Times without an offset are in the named zone. What is wrong with a row is marked at the row: a marked row proves
nothing, and neither do the intervals that it touches.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inventory.errors import FileError
from inventory.files import reason_of
from inventory.inventory import nearest_names
from inventory.kinds.lines import Line
from migration.consolidation.evidence.errors import EvidenceError
from migration.consolidation.evidence.model import Interval, Kind, Marked, Sample
from migration.consolidation.evidence.tables import HEADERS, UNITS

__all__ = ["Read", "read_export"]

Row = Sample | Interval
SERIES = "/"
FUTURE_SECONDS = 3600.0
"""Clocks may differ by this much; a later reading has a wrong time zone."""
_STRIP = re.compile(r"[\s_\-]+")
_UNIT = re.compile(r"[\((\[]?\s*([kmg]?bit/s|[kmg]?bps)\s*[\))\]]?$")
_TIMES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y%m%d%H%M%S")


@dataclass(frozen=True)
class Read:
    """What a file holds.

    Attributes:
        kind: counters or rates.
        lines: line -> series -> its rows, in the order of the file.
        marked: rows that are wrong, with the code of why and what they are of.
        unknown: id of a line that the estate does not have -> (row, rows).
        rows: rows read.
    """

    kind: Kind
    lines: Mapping[str, Mapping[str, tuple[Row, ...]]]
    marked: tuple[Marked, ...]
    unknown: Mapping[str, tuple[int, int]]
    rows: int


@dataclass(frozen=True)
class _Columns:
    """Places of the columns; ``scale``: kbit/s of one unit of a rate column."""

    at: Mapping[str, int]
    scale: Mapping[str, float]
    width: int

    @property
    def kind(self) -> Kind:
        return Kind.COUNTERS if "in_octets" in self.at else Kind.RATES


@dataclass
class _Reader:
    path: Path
    columns: _Columns
    zone: dt.tzinfo
    known: Mapping[str, Line]
    line: str
    bits: int
    now: float
    seconds: float
    lines: dict[str, dict[str, list[Row]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    marked: list[Marked] = field(default_factory=list)
    unknown: dict[str, tuple[int, int]] = field(default_factory=dict)
    aware: bool | None = None
    """Whether the first time had an offset."""


def read_export(
    path: Path,
    known: Mapping[str, Line],
    *,
    line: str = "",
    zone: str = "Asia/Shanghai",
    bits: int = 64,
    seconds: float = 0.0,
    now: float,
) -> Read:
    """Read an export. ``known``: the estate's lines; ``line``: all rows are of it; ``bits``: width of the counters;
    ``seconds``: length of the intervals of rates that only have their beginning; ``now``: no reading is later.

    FileError; EvidenceError ``evidence-columns``, ``-empty``, ``-binary``, ``-zone``, ``-no-line``, ``-two-lines``,
    ``-unknown-line``, ``-classified``, ``-nothing``.
    """
    text = _text(path)
    rows = csv.reader(text.splitlines())
    head = next((cells for cells in rows if any(cell.strip() for cell in cells)), None)
    if head is None:
        raise EvidenceError("evidence-empty", path=str(path))
    columns = _columns(path, rows.line_num, head, seconds)
    _one_line(path, columns, line, known)
    try:
        place: dt.tzinfo = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise EvidenceError("evidence-zone", path=str(path), row=rows.line_num, zone=zone) from error
    reader = _Reader(path, columns, place, known, line, bits, now, seconds)
    count = 0
    whole = text.endswith("\n")
    lines = text.count("\n") + (not whole)
    for cells in rows:
        if any(cell.strip() for cell in cells):
            count += 1
            _take(reader, rows.line_num, cells, cut=not whole and rows.line_num >= lines)
    return _done(reader, count)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileError("file-missing", path=str(path)) from None
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:8192]:
        raise EvidenceError("evidence-binary", path=str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _columns(path: Path, row: int, head: Sequence[str], seconds: float) -> _Columns:
    at: dict[str, int] = {}
    scale: dict[str, float] = {}
    for place, title in enumerate(head):
        plain = title.strip().lower()
        unit = _UNIT.search(plain)
        bare = _STRIP.sub("", plain[: unit.start()] if unit else plain)
        name = next((name for name, words in HEADERS.items() if bare in words), None)
        if name is None:
            continue
        if name in at:
            raise EvidenceError("evidence-columns", path=str(path), row=row, reason=f"two columns are '{name}'")
        at[name] = place
        if unit:
            scale[name] = UNITS[unit[1]]
    counters, rates = {"in_octets", "out_octets"} <= at.keys(), {"in_rate", "out_rate"} <= at.keys()
    reason = ""
    if counters == rates:
        reason = "there are no columns of both directions" if not counters else "there are counters and rates"
    elif counters and not {"time", "end"} & at.keys():
        reason = "there is no column 'time'"
    elif rates and not {"in_rate", "out_rate"} <= scale.keys():
        reason = "the titles of rates name no unit, such as in_kbps"
    elif rates and "peak" in at and "peak" not in scale:
        reason = "the title of the peak names no unit, such as peak_kbps"
    elif rates and not {"start", "end"} <= at.keys() and not ({"time", "start"} & at.keys() and seconds > 0):
        reason = "rates need columns 'start' and 'end', or 'time' and --interval"
    if reason:
        raise EvidenceError("evidence-columns", path=str(path), row=row, reason=reason)
    return _Columns(at, scale, len(head))


def _one_line(path: Path, columns: _Columns, line: str, known: Mapping[str, Line]) -> None:
    if line and "line" in columns.at:
        raise EvidenceError("evidence-two-lines", path=str(path))
    if not line and "line" not in columns.at:
        raise EvidenceError("evidence-no-line", path=str(path))
    if line and line not in known:
        nearest = nearest_names(line, known) or "-"
        raise EvidenceError("evidence-unknown-line", path=str(path), row=1, line=line, nearest=nearest)


class _RowError(ValueError):
    """The row cannot be read; the message is the code of why."""


def _take(reader: _Reader, row: int, cells: Sequence[str], *, cut: bool) -> None:
    columns, file = reader.columns, reader.path.name
    if len(cells) != columns.width:
        own = list(reader.lines[reader.line].values()) if reader.line in reader.lines else []
        return _mark(reader, row, "cut" if cut else "columns", own[-1] if own else None)
    line = reader.line or cells[columns.at["line"]].strip()
    if line not in reader.known:
        first, times = reader.unknown.get(line, (row, 0))
        reader.unknown[line] = (first, times + 1)
        return None
    if reader.known[line].classified:
        raise EvidenceError("evidence-classified", line=line)
    series = SERIES.join(filter(None, (_cell(reader, cells, "device"), _cell(reader, cells, "interface"))))
    found = reader.lines[line][series]
    try:
        made = _counters(reader, cells) if columns.kind is Kind.COUNTERS else _rates(reader, cells)
    except _RowError as error:
        return _mark(reader, row, str(error), found)
    flaw = "cut" if cut else _flaw(reader, made, found)
    found.append(made._replace(file=file, row=row, flaw=flaw))
    if flaw:
        start, end = (made.at, made.at) if isinstance(made, Sample) else (made.start, made.end)
        reader.marked.append(Marked(start, end, flaw, file, row, {"line": line}))
    return None


def _mark(reader: _Reader, row: int, code: str, found: list[Row] | None = None) -> None:
    """A row that has no time of its own stands at that of the row before: nobody knows what lies between."""
    at = 0.0
    if found:
        before = found[-1]
        at = before.at if isinstance(before, Sample) else before.end
        same = (
            before._replace(row=row, flaw=code)
            if isinstance(before, Sample)
            else before._replace(start=at, end=at, octets_in=0.0, octets_out=0.0, row=row, flaw=code)
        )
        found.append(same)
    reader.marked.append(Marked(at, at, code, reader.path.name, row))


def _flaw(reader: _Reader, made: Row, found: Sequence[Row]) -> str:
    """Why a row that can be read proves nothing all the same."""
    end = made.at if isinstance(made, Sample) else made.end
    if end > reader.now + FUTURE_SECONDS:
        return "future"
    before = next((one for one in reversed(found) if one.flaw in ("", "duplicate", "unsorted", "clock-back")), None)
    if isinstance(made, Sample):
        if min(made.octets_in, made.octets_out) < 0:
            return "negative"
        if isinstance(before, Sample) and made.at <= before.at:
            grown = made.octets_in >= before.octets_in and made.octets_out >= before.octets_out
            same = (made.octets_in, made.octets_out) == (before.octets_in, before.octets_out)
            return "duplicate" if made.at == before.at else "clock-back" if grown and not same else "unsorted"
        return ""
    if min(made.octets_in, made.octets_out, made.peak_kbps) < 0:
        return "negative"
    if made.end <= made.start:
        return "clock-back"
    if isinstance(before, Interval) and made.start < before.end:
        return "duplicate" if made.start == before.start else "unsorted"
    return ""


def _counters(reader: _Reader, cells: Sequence[str]) -> Sample:
    at = _moment(reader, _cell(reader, cells, "time") or _cell(reader, cells, "end"))
    numbers = []
    for name in ("in_octets", "out_octets"):
        plain = _cell(reader, cells, name).replace(",", "")
        if not re.fullmatch(r"-?\d{1,20}", plain):
            raise _RowError("bad-number")
        numbers.append(int(plain))
    return Sample(at, numbers[0], numbers[1], reader.bits)


def _rates(reader: _Reader, cells: Sequence[str]) -> Interval:
    start = _moment(reader, _cell(reader, cells, "start") or _cell(reader, cells, "time"))
    end = _moment(reader, _cell(reader, cells, "end")) if "end" in reader.columns.at else start + reader.seconds
    kbps = {}
    for name in ("in_rate", "out_rate", "peak"):
        plain = _cell(reader, cells, name).replace(",", "") or ("0" if name == "peak" else "")
        if not re.fullmatch(r"-?\d{1,15}(\.\d*)?(e[+-]?\d{1,2})?", plain.lower()):
            raise _RowError("bad-number")
        kbps[name] = float(plain) * reader.columns.scale.get(name, 1.0)
    octets = max(end - start, 0.0) * 1000 / 8
    if end <= start:  # kept for what it says: the row is marked
        octets = 1.0
    return Interval(start, end, kbps["in_rate"] * octets, kbps["out_rate"] * octets, kbps["peak"])


def _cell(reader: _Reader, cells: Sequence[str], name: str) -> str:
    place = reader.columns.at.get(name)
    return "" if place is None else cells[place].strip()


def _moment(reader: _Reader, text: str) -> float:
    if re.fullmatch(r"\d{10}(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"\d{13}", text):
        return int(text) / 1000
    for moment in _parsed(text):
        if reader.aware is None:
            reader.aware = moment.tzinfo is not None
        if reader.aware != (moment.tzinfo is not None):
            raise _RowError("mixed-zones")
        if moment.tzinfo is None and moment.year > 1970:
            return moment.replace(tzinfo=reader.zone).timestamp()
        return moment.timestamp()
    raise _RowError("bad-time")


def _parsed(text: str) -> Iterator[dt.datetime]:
    if len(text) > 10:
        with contextlib.suppress(ValueError):
            yield dt.datetime.fromisoformat(text)
    for form in _TIMES:
        try:
            yield dt.datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added where it is known
        except ValueError:
            continue


def _done(reader: _Reader, count: int) -> Read:
    path = str(reader.path)
    if not count:
        raise EvidenceError("evidence-empty", path=path)
    good = sum(1 for found in reader.lines.values() for rows in found.values() for one in rows if not one.flaw)
    if not good:
        if reader.unknown and not reader.marked:
            line, (row, _) = next(iter(reader.unknown.items()))
            nearest = nearest_names(line, reader.known) or "-"
            raise EvidenceError("evidence-unknown-line", path=path, row=row, line=line, nearest=nearest)
        first = reader.marked[0]
        raise EvidenceError("evidence-nothing", path=path, rows=count, row=first.row, reason=first.code)
    lines = {
        line: {series: tuple(rows) for series, rows in found.items()} for line, found in reader.lines.items() if found
    }
    return Read(reader.columns.kind, lines, tuple(reader.marked), dict(reader.unknown), count)
