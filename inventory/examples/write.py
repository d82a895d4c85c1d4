"""Writing a made estate: small kinds as YAML with comments, bulk kinds as CSV, one row after the other."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from inventory.dump import flat, to_plain, write_estate_settings, write_yaml
from inventory.errors import InputError
from inventory.estate import Estate
from inventory.examples.build import Sketch
from inventory.examples.errors import ExampleError
from inventory.examples.shape import Plain
from inventory.examples.tables.files import CSV_FILES, ESTATE_COMMENT, YAML_FILES
from inventory.files import atomic_writer, reason_of
from inventory.flows.kept import write_kept
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural

__all__ = ["Progress", "refuse_occupied", "write_estate", "write_sketch"]

ROWS_OF_A_FILE = 100_000

OF_A_SYSTEM = {"component": 2.4, "dependency": 5.4, "asset": 1.8, "department": 0.6}
"""Records for each system, about: how far along writing is."""

Progress = Callable[[str, int, int], None]
"""Called with a kind, how many records of it are written, and how many there will be, about."""


def write_sketch(sketch: Sketch, path: Path, *, progress: Progress | None = None) -> dict[str, int]:
    """Write a made estate into a new or empty folder; a failure or interruption leaves the folder as it was.

    Returns: records by kind, components among them. Raises: ExampleError for a folder that holds something, InputError
    for one that cannot be written.
    """
    return _write(sketch.estate, sketch.records, path, progress)


def write_estate(inventory: Inventory, path: Path) -> dict[str, int]:
    """The same for an inventory of ``make_estate``; the files are those of ``write_sketch``."""

    def records(kind: str) -> Iterable[Plain]:
        if kind == "component":
            return (
                {"system": system.id} | to_plain(part)
                for system in inventory.systems.values()
                for part in system.components
            )
        plain = (to_plain(record) for record in inventory.of(kind).values())
        return ({key: value for key, value in record.items() if key != "components"} for record in plain)

    return _write(inventory.estate, records, path, None)


def refuse_occupied(path: Path) -> None:
    """ExampleError unless ``path`` is a new or an empty folder; InputError for one that cannot be looked into."""
    try:
        if path.exists() and not path.is_dir():
            raise ExampleError("example-not-a-folder", path=str(path))
        if path.exists() and any(path.iterdir()):
            raise ExampleError("example-not-empty", path=str(path))
    except OSError as error:
        raise InputError("cannot-write", path=str(path), reason=reason_of(error)) from error


def _write(
    estate: Estate, records: Callable[[str], Iterable[Plain]], path: Path, progress: Progress | None
) -> dict[str, int]:
    refuse_occupied(path)
    counts: dict[str, int] = {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as name:
            folder = Path(name)
            for file, kinds, comment in YAML_FILES:
                made = {kind: [KINDS[kind].model_validate(record) for record in records(kind)] for kind in kinds}
                counts |= {kind: len(listed) for kind, listed in made.items()}
                if any(made.values()):
                    write_yaml(folder / file, made, comment=comment)
            for kind, columns in CSV_FILES.items():
                expected = round(OF_A_SYSTEM.get(kind, 1) * counts.get("system", 0))
                rows: Iterable[Plain] = records(kind)
                if kind == "dependency":
                    rows = (record for record in rows if not _observed(record))
                counts[kind] = _write_rows(folder, kind, columns, rows, expected, progress)
            counts["dependency"] += _write_observed(folder, records("dependency"))
            write_estate_settings(folder, estate, comment=ESTATE_COMMENT)
            path.mkdir(exist_ok=True)
            for file_ in sorted(folder.iterdir()):
                shutil.move(file_, path / file_.name)
    except OSError as error:
        raise InputError("cannot-write", path=str(path), reason=reason_of(error)) from error
    return {kind: count for kind, count in counts.items() if count}


def _observed(record: Plain) -> bool:
    """Whether connections were seen: such dependencies stand where imports of connections put them."""
    return "first_seen" in record


def _write_observed(folder: Path, records: Iterable[Plain]) -> int:
    """Write the observed dependencies, where there are any, into the file in which people confirm them."""
    counted = 0

    def cells(first: Plain) -> Iterator[dict[str, Any]]:
        nonlocal counted
        for record in chain([first], seen):
            counted += 1
            yield _cells(record)

    seen = filter(_observed, records)
    first = next(seen, None)
    if first is not None:
        write_kept(folder, cells(first))
    return counted


def _write_rows(
    folder: Path,
    kind: str,
    columns: tuple[str, ...],
    records: Iterable[Plain],
    expected: int,
    progress: Progress | None,
) -> int:
    """Write the rows of a kind, into numbered files when there are many; ValueError for a value without a column."""
    total, rows = 0, iter(records)
    name = "components" if kind == "component" else plural(kind)
    first = list(islice(rows, ROWS_OF_A_FILE))
    following = next(rows, None)
    number = 1
    while first:
        file = f"{name}.csv" if number == 1 and following is None else f"{name}-{number:03d}.csv"
        _write_file(folder / file, columns, first)
        total += len(first)
        if progress:
            progress(kind, total, max(total, expected) if following else total)
        first = [] if following is None else [following, *islice(rows, ROWS_OF_A_FILE - 1)]
        following = next(rows, None) if first else None
        number += 1
    return total


def _write_file(path: Path, columns: tuple[str, ...], records: list[Plain]) -> None:
    known = frozenset(columns)
    with atomic_writer(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for record in records:
            cells = _cells(record)
            if not cells.keys() <= known:
                raise ValueError(f"{path.name}: no column for {cells.keys() - known}")
            writer.writerow(map(cells.get, columns))
        text.flush()
        text.detach()


def _cells(record: Plain) -> dict[str, Any]:
    """Flat cells of a record; in the table convention of ``inventory.dump``, with whole numbers as such."""
    cells = dict(record)
    for key, value in record.items():
        kind = type(value)
        if kind is str or kind is int:
            continue
        if kind is float:
            cells[key] = int(value) if value.is_integer() else value
        elif kind is bool:
            cells[key] = "true" if value else "false"
        else:
            del cells[key]
            cells |= flat({key: value})
    return cells
