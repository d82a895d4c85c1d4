"""``flows import``: from a list of connections to proposed dependencies in the estate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from inventory.flows.aggregate import Aggregate, Seen, Unknown
from inventory.flows.errors import FlowError
from inventory.flows.kept import FILE, read_kept, write_kept
from inventory.flows.merge import Merged, merge, period_days
from inventory.flows.places import Hint, Places
from inventory.flows.records import BrokenLineError
from inventory.flows.source import FlowFormat, FlowSource
from inventory.inventory import Inventory

__all__ = ["BrokenLine", "FlowReport", "UnknownAddress", "import_flows"]

Progress = Callable[[str, int, int], None]
"""Called with a stage (read), bytes done and the total."""

BROKEN_LISTED = 20
"""Broken lines that a report names."""
BROKEN_ENDURED = 10
"""So many broken lines are always endured, as long as some line can be read."""
BROKEN_SHARE = 0.2
"""A list with a larger share of broken lines is refused: its columns are not where they seem to be."""
UNKNOWN_LISTED = 100
"""Unknown addresses that a report names."""
_STEP = 20_000


class BrokenLine(NamedTuple):
    """Number of a line that could not be read, and why: columns, fields, address, port, bytes or time."""

    line: int
    reason: str


class UnknownAddress(NamedTuple):
    """An address that nobody in the estate has, with what was seen of it and where it may belong."""

    address: str
    seen: Unknown
    hint: Hint


@dataclass(frozen=True)
class FlowReport:
    """What an import found.

    ``lines``: lines with a connection; ``broken_count`` could not be read (``broken``: the first ones); ``ignored``:
    lines by reason: self (within one system), local, multicast, protocol (neither TCP, UDP nor SCTP), ephemeral
    (direction unknown), outside (between two objects outside the estate); ``ambiguous``: address of several systems
    -> lines; ``unknown``: the heaviest unknown addresses of ``unknown_count``, of which the lightest ``pruned`` were
    not told apart; ``seen``: totals of the list.
    """

    path: Path
    format: FlowFormat
    lines: int
    broken_count: int
    broken: tuple[BrokenLine, ...]
    ignored: dict[str, int]
    ambiguous: dict[str, int]
    unknown: tuple[UnknownAddress, ...]
    unknown_count: int
    pruned: int
    seen: Seen
    merged: Merged
    written: str


def import_flows(
    inventory: Inventory,
    path: Path,
    *,
    estate: Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> FlowReport:
    """Read a list of connections and merge it into the observed dependencies of the estate (default: the inventory's
    folder).

    Nothing is written with ``dry_run`` or on an error: FileError and FlowError (see ``inventory.flows.errors``).
    """
    folder = inventory.path if estate is None else estate
    places = Places(inventory)
    if not places.points:
        raise FlowError("flows-no-endpoints")
    kept = read_kept(folder)
    aggregate, broken, count, form = _read(path, places, progress)
    total = aggregate.total
    declared = [
        record
        for id, record in inventory.dependencies.items()
        if id not in kept and inventory.origin("dependency", id).file != FILE
    ]
    merged = merge(aggregate.uses, kept, declared, period_days(total.first, total.last))
    changed = merged.changed or bool(merged.proposed)
    if changed and not dry_run:
        write_kept(folder, merged.rows())
    return FlowReport(
        path=path,
        format=form,
        lines=aggregate.lines,
        broken_count=count,
        broken=tuple(broken),
        ignored=dict(sorted(aggregate.ignored.items())),
        ambiguous=dict(sorted(aggregate.ambiguous.items(), key=lambda item: (-item[1], item[0]))),
        unknown=tuple(
            UnknownAddress(address, seen, places.hint(address)) for address, seen in aggregate.heaviest(UNKNOWN_LISTED)
        ),
        unknown_count=len(aggregate.unknown),
        pruned=aggregate.pruned,
        seen=total,
        merged=merged,
        written=FILE if changed and not dry_run else "",
    )


def _read(path: Path, places: Places, progress: Progress | None) -> tuple[Aggregate, list[BrokenLine], int, FlowFormat]:
    source = FlowSource(path)
    aggregate = Aggregate(places)
    broken: list[BrokenLine] = []
    count = read = 0
    for number, found in source.connections():
        read += 1
        if progress is not None and read % _STEP == 0:
            progress("read", source.position, source.size)
        if found is None:
            aggregate.ignored["protocol"] += 1
        elif isinstance(found, BrokenLineError):
            count += 1
            if len(broken) < BROKEN_LISTED:
                broken.append(BrokenLine(number, str(found)))
        else:
            aggregate.add(found)
    if read == 0:
        raise FlowError("flows-empty", path=str(path))
    if count == read or (count > BROKEN_ENDURED and count > BROKEN_SHARE * read):
        first = broken[0]
        raise FlowError("flows-broken", path=str(path), count=count, total=read, line=first.line, reason=first.reason)
    return aggregate, broken, count, source.format
