"""Evidence on disk: ESTATE/evidence/lines, kept with SHA-256 and time.

``index.jsonl`` only grows: a line for each file. A file is named by its content, so that the same one twice is once.
Readings of devices are appended to a file a line and day; the first reading of a later day closes it, and only then
does it count. A file that is not what the index says counts for nothing. Any number of processes may write.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import fcntl
import hashlib
import io
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from inventory.errors import FileError, InputError
from inventory.files import append_line, reason_of, write_atomic
from migration.consolidation.evidence.model import Flow, Interval, Kind, LineEvidence, Sample, day_of, moment_of, shown

__all__ = ["FOLDER", "EvidenceStore", "Reading", "Stored"]

FOLDER = "evidence/lines"
FORMAT = 1
INDEX, LOCK, READINGS = "index.jsonl", ".lock", "readings-"
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.COUNTERS: ("row", "time", "series", "in_octets", "out_octets", "flaw"),
    Kind.RATES: ("row", "start", "end", "series", "in_octets", "out_octets", "peak_kbps", "flaw"),
    Kind.SESSIONS: ("row", "first", "last", "protocol", "port", "source", "target", "flaw"),
}
Rows = Mapping[str, Sequence[Sample | Interval]] | Sequence[Flow]


class Reading(NamedTuple):
    """Counters of a line as a device gave them. ``series``: DEVICE/INTERFACE."""

    line: str
    series: str
    at: float
    octets_in: int
    octets_out: int


@dataclass(frozen=True)
class Stored:
    """A file of evidence. ``path``: below evidence/lines; ``at``: when it was stored; ``source``: what it was made
    from; ``state``: ok, changed, missing, open (readings of a day that is not over), unlisted or damaged."""

    line: str
    kind: Kind
    path: str
    sha256: str
    at: str
    rows: int
    source: str = ""
    bits: int = 64
    state: str = "ok"
    new: bool = False


class EvidenceStore:
    """The evidence of one estate. Errors of writing are InputError ``cannot-write``."""

    def __init__(self, estate: Path) -> None:
        self.folder = estate / FOLDER
        self._read: tuple[tuple[int, int], dict[str, list[Stored]]] = ((-1, -1), {})

    # ---- writing ----

    def add(self, line: str, kind: Kind, rows: Rows, *, source: str, bits: int = 64, now: dt.datetime) -> Stored:
        """Store what was read of a line; ``new`` says whether it was not there before."""
        content = _content(kind, rows)
        sha256 = hashlib.sha256(content).hexdigest()
        path = f"{line}/{kind.value}-{sha256[:16]}.csv"
        made = Stored(line, kind, path, sha256, _stamp(now), content.count(b"\n") - 1, source, bits, new=True)
        with self._locked():
            listed = next((one for one in self._index() if one.path == path and one.bits == bits), None)
            if listed is not None and self._state(listed) == "ok":
                return listed
            write_atomic(self.folder / path, content)
            if listed is not None:
                return listed
            self._list(made)
        return made

    def add_readings(self, readings: Iterable[Reading], *, now: dt.datetime) -> tuple[str, ...]:
        """Append what devices gave; files of days that are over are closed. The files written to."""
        by_line: dict[str, list[Reading]] = defaultdict(list)
        for reading in readings:
            by_line[reading.line].append(reading)
        written: list[str] = []
        with self._locked():
            listed = {one.path for one in self._index()}
            for line, found in by_line.items():
                written += self._append(line, sorted(found, key=lambda one: one.at), listed, now)
        return tuple(dict.fromkeys(written))

    def _append(self, line: str, readings: Sequence[Reading], listed: set[str], now: dt.datetime) -> Iterator[str]:
        folder = self.folder / line
        for day, of_day in itertools.groupby(readings, key=lambda one: day_of(one.at).isoformat()):
            found = list(of_day)
            for file in _reading_files(folder):
                if f"{line}/{file.name}" not in listed and file.name[len(READINGS) : len(READINGS) + 10] < day:
                    first = {one.series: one for one in reversed(found)}  # the interval that ends that day
                    self._put(file, list(first.values()))
                    self._close(line, file, listed, now)
                    yield f"{line}/{file.name}"
            name = next(
                f"{READINGS}{day}{suffix}.csv"
                for suffix in itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
                if f"{line}/{READINGS}{day}{suffix}.csv" not in listed
            )
            self._put(folder / name, found)
            yield f"{line}/{name}"

    def _put(self, file: Path, readings: Sequence[Reading]) -> None:
        """Rows at the end of a file of readings; one that goes back in time is marked."""
        if not file.exists():
            append_line(file, ",".join(COLUMNS[Kind.COUNTERS]))
        samples, count = _last_samples(file)
        rows = []
        for number, one in enumerate(readings, count + 1):
            before = samples.get(one.series)
            flaw = "clock-back" if before is not None and one.at <= before else ""
            rows.append((number, shown(one.at), one.series, one.octets_in, one.octets_out, flaw))
            samples[one.series] = max(one.at, before or one.at)
        append_line(file, _csv(rows).rstrip("\n"))

    def _close(self, line: str, file: Path, listed: set[str], now: dt.datetime) -> None:
        content = file.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        path = f"{line}/{file.name}"
        self._list(Stored(line, Kind.COUNTERS, path, sha256, _stamp(now), content.count(b"\n") - 1, "device", new=True))
        listed.add(path)

    def _list(self, one: Stored) -> None:
        entry = {
            "format": FORMAT, "at": one.at, "line": one.line, "kind": one.kind.value, "file": one.path,
            "sha256": one.sha256, "rows": one.rows, "bits": one.bits, "source": one.source,
        }  # fmt: skip
        append_line(self.folder / INDEX, json.dumps(entry, ensure_ascii=False))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / LOCK).open("a") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise InputError("cannot-write", path=str(self.folder), reason=reason_of(error)) from error

    # ---- reading ----

    def files(self, line: str | None = None) -> tuple[Stored, ...]:
        """All files, of one line or of all, each with its state; those that stand in the index first."""
        found = [Stored(**{**vars(one), "state": self._state(one)}) for one in self._index(line)]
        listed = {one.path for one in found}
        folders = [self.folder / line] if line is not None else sorted(self.folder.glob("*/"))
        for folder in folders:
            for file in sorted(folder.glob("*.csv")):
                path = f"{folder.name}/{file.name}"
                if path not in listed:
                    state = "open" if file.name.startswith(READINGS) else "unlisted"
                    found.append(Stored(folder.name, Kind.COUNTERS, path, "", "", 0, state=state))
        return tuple(found)

    def lines(self) -> tuple[str, ...]:
        """Lines that have evidence, sorted."""
        return tuple(sorted({one.line for one in self.files() if one.line}))

    def load(self, line: str) -> LineEvidence:
        """What counts of a line."""
        samples: dict[str, list[Sample]] = defaultdict(list)
        rates: dict[str, list[Interval]] = defaultdict(list)
        flows: list[Flow] = []
        dropped: dict[str, str] = {}
        for one in self.files(line):
            if one.state != "ok":
                dropped[one.path] = one.state
                continue
            content = (self.folder / one.path).read_text(encoding="utf-8")
            name = one.source if one.source and one.source != "device" else one.path
            before = ("", 0.0)
            for cells in list(csv.reader(io.StringIO(content)))[1:]:
                match one.kind:
                    case Kind.COUNTERS:
                        sample = _sample(cells, one.bits, name)
                        if sample.flaw == "torn":
                            sample = sample._replace(at=before[1])
                        before = (before[0] if sample.flaw == "torn" else cells[2], sample.at)
                        if sample.at:
                            samples[before[0]].append(sample)
                    case Kind.RATES:
                        rates[cells[3]].append(_interval(cells, name))
                    case Kind.SESSIONS:
                        flows.append(_flow(cells, name))
        return LineEvidence(
            {series: tuple(found) for series, found in samples.items()},
            {series: tuple(found) for series, found in rates.items()},
            tuple(flows),
            dropped,
        )

    def _index(self, line: str | None = None) -> list[Stored]:
        """Of one line, or all; read again when it has grown. A line of the index that a crash has torn, or somebody has
        damaged, stands among all of them as such."""
        try:
            status = (self.folder / INDEX).stat()
            mark = (status.st_size, status.st_mtime_ns)
            if self._read[0] != mark:
                text = (self.folder / INDEX).read_text(encoding="utf-8", errors="replace")
                by_line: dict[str, list[Stored]] = defaultdict(list)
                for one in map(_entry, text.splitlines(), itertools.count(1)):
                    by_line[one.line].append(one)
                self._read = (mark, by_line)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise FileError("file-unreadable", path=str(self.folder / INDEX), reason=reason_of(error)) from error
        found = self._read[1]
        return list(found.get(line, ())) if line is not None else [one for each in found.values() for one in each]

    def _state(self, one: Stored) -> str:
        if one.state == "damaged":
            return one.state
        try:
            content = (self.folder / one.path).read_bytes()
        except OSError:
            return "missing"
        return "ok" if hashlib.sha256(content).hexdigest() == one.sha256 else "changed"


def _entry(text: str, number: int) -> Stored:
    try:
        entry: dict[str, Any] = json.loads(text)
        return Stored(
            entry["line"], Kind(entry["kind"]), entry["file"], entry["sha256"], entry["at"],
            int(entry["rows"]), entry["source"], int(entry["bits"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return Stored("", Kind.COUNTERS, f"{INDEX}:{number}", "", "", 0, state="damaged")


def _stamp(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).isoformat(timespec="seconds")


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _content(kind: Kind, rows: Rows) -> bytes:
    made: list[tuple[Any, ...]] = []
    if isinstance(rows, Mapping):
        for series, found in rows.items():
            for one in found:
                if isinstance(one, Sample):
                    made.append((one.row, shown(one.at), series, one.octets_in, one.octets_out, one.flaw))
                else:
                    span = (shown(one.start), shown(one.end), series)
                    made.append((one.row, *span, one.octets_in, one.octets_out, one.peak_kbps, one.flaw))
    else:
        made = [
            (one.row, one.first, one.last, one.protocol, one.port or "", one.source, one.target, one.flaw)
            for one in rows
        ]
    made.sort(key=lambda cells: cells[0])
    return _csv([COLUMNS[kind], *made]).encode()


def _reading_files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{READINGS}*.csv"))


def _last_samples(file: Path) -> tuple[dict[str, float], int]:
    """Series -> moment of its last row; how many rows there are."""
    last: dict[str, float] = {}
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))[1:]
    for cells in rows:
        one = _sample(cells, 64, "")
        if one.flaw != "torn":
            last[cells[2]] = max(one.at, last.get(cells[2], one.at))
    return last, len(rows)


def _sample(cells: Sequence[str], bits: int, file: str) -> Sample:
    try:
        row, time, _, octets_in, octets_out, flaw = cells
        return Sample(moment_of(time), int(octets_in), int(octets_out), bits, file, int(row), flaw)
    except ValueError:  # a crash has torn it: the rows around it are whole
        return Sample(0.0, 0, 0, bits, file, 0, "torn")


def _interval(cells: Sequence[str], file: str) -> Interval:
    row, start, end, _, octets_in, octets_out, peak, flaw = cells
    return Interval(
        moment_of(start), moment_of(end), float(octets_in), float(octets_out), float(peak), file, int(row), flaw
    )


def _flow(cells: Sequence[str], file: str) -> Flow:
    row, first, last, protocol, port, source, target, flaw = cells
    number = int(port) if port else None
    days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return Flow(*days, protocol, number, source, target, file, int(row), flaw)
