"""``qianyun lines evidence``: import, read, show, check."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError, QianyunError
from inventory.inventory import Inventory, nearest_names
from migration.calendar import CHINA_TIME
from migration.consolidation.evidence.errors import EvidenceError
from ui.commanding import Common, Group, argument, command, common, option
from ui.commands.lines.registry import LISTED, filled, group
from ui.commands.net.registry import device_options
from ui.opening import open_estate
from ui.output import emit, say, table
from ui.texts import error_texts, has_text, text

if TYPE_CHECKING:
    from migration.consolidation.evidence import Marked, Reading, Silence, Stored

__all__ = ["check", "evidence", "import_", "read", "show"]

evidence = Group("evidence")
group.add_command(evidence, "evidence")
FAILED = 1
BAD = frozenset({"changed", "missing", "unlisted", "damaged"})


@command(
    evidence,
    "import",
    example="qianyun lines evidence import counters.csv --estate examples/kaifeng\n"
    "qianyun lines evidence import rates.csv --estate my-estate --line 410200-slj-zx-0001 --interval 300\n"
    "qianyun lines evidence import sessions.csv --estate my-estate --line 410200-slj-zx-0001 --sessions",
)
@argument("file", type=Path)
@option("--estate", required=True, type=Path, metavar="ESTATE", key="evidence.option.estate")
@option("--line", default="", metavar="LINE", key="evidence.option.line")
@option("--sessions", is_flag=True, key="evidence.option.sessions")
@option("--timezone", "zone", default="Asia/Shanghai", metavar="ZONE", key="evidence.option.timezone")
@option("--counter-bits", "bits", type=click.Choice(["32", "64"]), default="64", key="evidence.option.counter-bits")
@option("--interval", "seconds", type=click.FloatRange(1), default=None, metavar="S", key="evidence.option.interval")
@common()
@click.pass_context
def import_(
    context: click.Context, /, common: Common, *, file: Path, estate: Path, line: str, sessions: bool, zone: str,
    bits: str, seconds: float | None,
) -> None:  # fmt: skip
    """Store readings or a session log; exit code 1 where rows are wrong, of which the good ones are stored."""
    from migration.consolidation.evidence import EvidenceStore, Kind, read_export, read_sessions

    inventory = open_estate(estate, common).inventory
    store, now = EvidenceStore(estate), dt.datetime.now(dt.UTC)
    stored: list[Stored] = []
    marked: Sequence[Marked]
    unknown: Mapping[str, tuple[int, int]] = {}
    if sessions:
        _known(inventory, line)
        log = read_sessions(file)
        marked, rows = log.marked, log.rows
        stored.append(store.add(line, Kind.SESSIONS, log.flows, source=file.name, now=now))
    else:
        found = read_export(
            file, inventory.lines, line=line, zone=zone, bits=int(bits), seconds=seconds or 0.0, now=now.timestamp()
        )
        marked, unknown, rows = found.marked, found.unknown, found.rows
        stored += (
            store.add(id, found.kind, of_line, source=file.name, bits=int(bits), now=now)
            for id, of_line in found.lines.items()
        )
    silences = [_silence(inventory, estate, one.line) for one in stored]
    if common.json:
        emit(
            {
                "file": str(file),
                "rows": rows,
                "stored": [stored_answer(one) for one in stored],
                "wrong": [marked_answer(one) for one in marked],
                "unknown": [_unknown_answer(inventory, file, *one) for one in unknown.items()],
                "lines": [silence_answer(one) for one in silences],
            }
        )
    else:
        _print_import(inventory, file, stored, marked, unknown)
        _print_silences(silences)
    context.exit(FAILED if marked or unknown else 0)


def _known(inventory: Inventory, line: str) -> None:
    if line not in inventory.lines:
        nearest = nearest_names(line, inventory.lines) or "-"
        raise InputError("bad-argument", argument=f"--line {line}", reason=text("lines.no-line", nearest=nearest))
    if inventory.lines[line].classified:
        raise EvidenceError("evidence-classified", line=line)


def _silence(inventory: Inventory, estate: Path, line: str, before: dt.date | None = None) -> Silence:
    from migration.consolidation.evidence import silence_of_line

    return silence_of_line(inventory, estate, line, before=before)


def _print_import(
    inventory: Inventory,
    file: Path,
    stored: Sequence[Stored],
    marked: Sequence[Marked],
    unknown: Mapping[str, tuple[int, int]],
) -> None:
    for one in stored[:LISTED]:
        key = "evidence.stored" if one.new else "evidence.stored-before"
        say(key, line=one.line, rows=one.rows, path=one.path, sha256=one.sha256[:12])
    if len(stored) > LISTED:
        say("lines.and-more", count=len(stored) - LISTED)
    for wrong in marked[:LISTED]:
        sys.stderr.write(f"{marked_text(wrong)}\n")
    if len(marked) > LISTED:
        say("lines.and-more", count=len(marked) - LISTED)
    for line, (row, count) in unknown.items():
        answer = _unknown_answer(inventory, file, line, (row, count))
        say("evidence.unknown-line", file=file.name, row=row, line=line, count=count, nearest=answer["nearest"] or "-")


def _unknown_answer(inventory: Inventory, file: Path, line: str, seen: tuple[int, int]) -> dict[str, Any]:
    nearest = nearest_names(line, inventory.lines)
    return {"file": file.name, "row": seen[0], "rows": seen[1], "line": line, "nearest": nearest or ""}


def _print_silences(found: Sequence[Silence]) -> None:
    rows = [
        (
            one.line,
            one.days,
            one.since or "-",
            one.until or "-",
            f"{moment(one.reaches):%Y-%m-%d %H:%M}" if one.reaches is not None else "-",
            one.missing,
            f"{one.broken_day} {marked_text(one.broken)}" if one.broken is not None else "-",
        )
        for one in found[:LISTED]
    ]
    names = ("line", "days", "since", "until", "reaches", "missing", "broken")
    table([text(f"evidence.column.{name}") for name in names], rows, right=[1, 5])
    if len(found) > LISTED:
        say("lines.and-more", count=len(found) - LISTED)


def moment(seconds: float) -> dt.datetime:
    """A moment in China."""
    return dt.datetime.fromtimestamp(seconds, CHINA_TIME)


def marked_text(one: Marked) -> str:
    """What is wrong with a row or a span, with its place, in the present language."""
    key = f"evidence.mark.{one.code}"
    words = filled(key, one.data) if has_text(key) else one.code
    return f"{one.file}:{one.row}: {words}" if one.file else words


def marked_answer(one: Marked) -> dict[str, Any]:
    """The same for JSON answers."""
    return {
        "code": one.code,
        "file": one.file,
        "row": one.row,
        "from": moment(one.start).isoformat() if one.start else None,
        "to": moment(one.end).isoformat() if one.end else None,
        "data": dict(one.data),
        "message": marked_text(one),
    }


def stored_answer(one: Stored) -> dict[str, Any]:
    """A file of evidence for JSON answers."""
    return {
        "line": one.line, "kind": one.kind.value, "path": one.path, "sha256": one.sha256, "at": one.at,
        "rows": one.rows, "source": one.source, "state": one.state, "new": one.new,
    }  # fmt: skip


def silence_answer(one: Silence) -> dict[str, Any]:
    """What evidence says of a line for JSON answers."""
    return {
        "line": one.line,
        "silent_days": one.days,
        "since": one.since.isoformat() if one.since else None,
        "until": one.until.isoformat() if one.until else None,
        "reaches": moment(one.reaches).isoformat() if one.reaches is not None else None,
        "needed": one.needed,
        "missing": one.missing,
        "floor_mean_kbps": one.floor_kbps[0],
        "floor_peak_kbps": one.floor_kbps[1],
        "broken": None if one.broken is None else {"day": str(one.broken_day), **marked_answer(one.broken)},
        "wrong": [marked_answer(mark) for mark in one.marked],
    }


@command(
    evidence,
    "show",
    example="qianyun lines evidence show my-estate 410200-slj-zx-0001\nqianyun lines evidence show my-estate",
)
@argument("estate", type=Path)
@argument("line", required=False)
@common()
def show(common: Common, *, estate: Path, line: str | None) -> None:
    """Silent days in a row, what broke them, what is still missing before the line may end."""
    from migration.consolidation.evidence import EvidenceStore

    inventory = open_estate(estate, common).inventory
    store = EvidenceStore(estate)
    if line is not None and line not in inventory.lines:
        nearest = nearest_names(line, inventory.lines) or "-"
        raise InputError("bad-argument", argument=line, reason=text("lines.no-line", nearest=nearest))
    chosen = [line] if line is not None else [id for id in store.lines() if id in inventory.lines]
    found = [_silence(inventory, estate, id, common.now) for id in chosen]
    files = [one for id in chosen for one in store.files(id)]
    if common.json:
        rows = [
            silence_answer(one)
            | {"state": inventory.lines[one.line].state.value, "gate": _gate(inventory, one, common)}
            for one in found
        ]
        emit({"lines": rows, "files": [stored_answer(one) for one in files]})
        return
    _print_silences(found)
    if line is not None:
        _print_line(inventory, found[0], files, common)


def _gate(inventory: Inventory, found: Silence, common: Common) -> dict[str, Any] | None:
    """What lacks before it may end, as of --now, else of the day of the last reading."""
    from migration.consolidation.evidence import lacking_of

    lack = lacking_of(inventory, found, _today(found, common))
    return None if lack is None else {"code": lack.code, "data": lack.data}


def _today(found: Silence, common: Common) -> dt.date:
    if common.now is not None:
        return common.now
    return moment(found.reaches).date() if found.reaches is not None else dt.datetime.now(CHINA_TIME).date()


def _print_line(inventory: Inventory, found: Silence, files: Sequence[Stored], common: Common) -> None:
    say("evidence.floor", mean=found.floor_kbps[0], peak=found.floor_kbps[1], needed=found.needed)
    for wrong in found.marked[:LISTED]:
        sys.stderr.write(f"{marked_text(wrong)}\n")
    if len(found.marked) > LISTED:
        say("lines.and-more", count=len(found.marked) - LISTED)
    rows = [(one.path, one.source, one.rows, one.at, text(f"evidence.state.{one.state}")) for one in files]
    names = ("file", "source", "rows", "at", "state")
    table([text(f"evidence.column.{name}") for name in names], rows, right=[2])
    lack = _gate(inventory, found, common)
    say("evidence.may-end" if lack is None else "evidence.may-not-end", missing=found.missing)


@command(evidence, "check", example="qianyun lines evidence check my-estate")
@argument("estate", type=Path)
@common()
@click.pass_context
def check(context: click.Context, /, common: Common, *, estate: Path) -> None:
    """Compare all files of evidence with the index; exit code 1 where one was changed or is gone."""
    from migration.consolidation.evidence import EvidenceStore

    open_estate(estate, common)
    files = EvidenceStore(estate).files()
    bad = [one for one in files if one.state in BAD]
    if common.json:
        emit({"files": [stored_answer(one) for one in files], "bad": [stored_answer(one) for one in bad]})
    else:
        for one in bad:
            say("evidence.bad-file", path=one.path, state=text(f"evidence.state.{one.state}"))
        say("evidence.checked", count=len(files), bad=len(bad))
    context.exit(FAILED if bad else 0)


@command(
    evidence,
    "read",
    example="qianyun lines evidence read my-estate --line 410200-slj-zx-0001 --user netops --key ~/.ssh/id_ed25519",
)
@argument("estate", type=Path)
@option("--line", "lines", multiple=True, metavar="LINE", key="evidence.option.read-line")
@device_options
@common()
@click.pass_context
def read(context: click.Context, /, common: Common, *, estate: Path, lines: tuple[str, ...], **options: Any) -> None:
    """Read the counters of lines' interfaces from devices now, and append them; a job calls this every few minutes."""
    from migration.consolidation.evidence import EvidenceStore, Reading
    from ui.commands.lines.reading import read_lines

    wanted, found, failed = read_lines(common, estate, lines, options)
    now = dt.datetime.now(dt.UTC)
    readings = [
        Reading(line, f"{device}/{interface}", at, counters.octets_in, counters.octets_out)
        for (device, interface), (at, counters) in found.found.items()
        for line in wanted[device, interface]
    ]
    written = EvidenceStore(estate).add_readings(readings, now=now)
    if common.json:
        _emit_read(estate, readings, written, failed)
    else:
        for place, error in failed.items():
            message, hint = error_texts(error)
            say("evidence.not-read", place=place, message=message, hint=f" ({hint})" if hint else "")
        say("evidence.read", count=len(readings), lines=len({one.line for one in readings}), files=len(written))
    context.exit(FAILED if failed else 0)


def _emit_read(
    estate: Path, readings: Sequence[Reading], written: Sequence[str], failed: Mapping[str, QianyunError]
) -> None:
    rows = [
        {"line": one.line, "interface": one.series, "at": moment(one.at).isoformat(),
         "in_octets": one.octets_in, "out_octets": one.octets_out}
        for one in readings
    ]  # fmt: skip
    wrong = {place: {"code": error.code, "message": error_texts(error)[0]} for place, error in failed.items()}
    emit({"estate": str(estate), "readings": rows, "files": list(written), "failed": wrong})
