"""The estate's file of observed dependencies: read whole, also what cannot be used at the moment, and written whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from inventory.dump import from_row, to_plain
from inventory.errors import FileError
from inventory.files import atomic_writer, reason_of
from inventory.flows.errors import FlowError
from inventory.kinds.systems import Dependency

__all__ = ["FILE", "read_kept", "write_kept"]

FILE = "flows/dependencies-observed.csv"
"""Place in the estate; imports and decisions write nothing else."""

_COLUMNS = [info.alias or name for name, info in Dependency.model_fields.items()]


def read_kept(estate: Path) -> dict[str, Dependency]:
    """The observed dependencies by id; none where there is no file yet. FlowError ``flows-file-invalid`` with the
    line.
    """
    path = estate / FILE
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise FlowError("flows-file-invalid", path=str(path), line=1, reason="not UTF-8") from error
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    found: dict[str, Dependency] = {}
    for row in reader:
        cells = {name: cell for name, cell in row.items() if name and isinstance(cell, str)}
        if not any(cells.values()):
            continue
        try:
            record = Dependency.model_validate(from_row(Dependency, cells))
        except ValidationError as error:
            first = error.errors()[0]
            reason = f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"
            raise FlowError("flows-file-invalid", path=str(path), line=reader.line_num, reason=reason) from None
        found[record.id] = record
    return found


def write_kept(estate: Path, rows: Iterable[Dependency | dict[str, Any]]) -> None:
    """Write the file whole or not at all, in the table convention. InputError ``cannot-write``.

    A row may be a record or its fields by column; a million of the latter are written without ever being records at
    once. Ids that follow from the ends are left out, as everywhere.
    """
    with atomic_writer(estate / FILE) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for row in rows:
            cells = row if isinstance(row, dict) else _row(row)
            writer.writerow([cells.get(column, "") for column in _COLUMNS])
        text.flush()
        text.detach()


def _row(record: Dependency) -> dict[str, Any]:
    plain = to_plain(record)
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in plain.items()}
