"""Records to plain data, to flat table rows, and to files. ``load(dump(x)) = x`` for every kind.

The table convention, shared by CSV files and Excel sheets: one column a field; a nested field is written with dots
(``decisions.disposition.value``); a list of plain values is joined by ``;``; anything else is JSON text in one cell.
An empty cell is the field's default.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin

import yaml
from pydantic.fields import FieldInfo

from inventory.base import Struct
from inventory.estate import Estate
from inventory.files import atomic_writer, write_atomic
from inventory.kinds import plural
from inventory.kinds.systems import Dependency

__all__ = [
    "RowReader",
    "flat",
    "from_row",
    "to_plain",
    "to_row",
    "write_csv",
    "write_estate_settings",
    "write_xlsx",
    "write_yaml",
]

SEPARATOR = ";"
XLSX_CELL_LIMIT = 32_767


def to_plain(record: Struct) -> dict[str, Any]:
    """JSON-ready data of a record, as it is written in files: aliases (``from``), defaults left out, the id first."""
    plain: dict[str, Any] = record.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(record, Dependency):
        id = plain.pop("id")
        if id != Dependency.model_validate(plain).id:
            plain = {"id": id, **plain}
    return plain


def to_row(record: Struct) -> dict[str, Any]:
    """Flat cells of a record by column name; numbers and booleans stay what they are, all else is text."""
    return flat(to_plain(record))


def flat(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Flat cells of plain data such as ``to_plain`` gives."""
    row: dict[str, Any] = {}
    for key, value in plain.items():
        _flatten(key, value, row)
    return row


def _flatten(name: str, value: Any, row: dict[str, Any]) -> None:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            _flatten(f"{name}.{key}", inner, row)
    elif isinstance(value, list):
        row[name] = _list_cell(value)
    elif isinstance(value, dict):
        row[name] = "{}"
    else:
        row[name] = value


def _list_cell(values: list[Any]) -> str:
    plain = all(
        isinstance(value, str) and value and SEPARATOR not in value and value == value.strip() for value in values
    )
    if plain and values and not values[0].startswith("["):
        return SEPARATOR.join(values)
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


class _Nested(NamedTuple):
    """Dotted names of the fields that hold lists, and of those that hold one struct, through nested structs."""

    lists: frozenset[str]
    structs: frozenset[str]


@cache
def _nested_columns(model: type[Struct]) -> _Nested:
    lists: set[str] = set()
    structs: set[str] = set()
    for name, info in model.model_fields.items():
        label = info.alias or name
        for kind in _options(info):
            if get_origin(kind) is tuple:
                lists.add(label)
            elif isinstance(kind, type) and issubclass(kind, Struct):
                inside = _nested_columns(kind)
                structs |= {label, *(f"{label}.{inner}" for inner in inside.structs)}
                lists |= {f"{label}.{inner}" for inner in inside.lists}
    return _Nested(frozenset(lists), frozenset(structs))


def _options(info: FieldInfo) -> Iterable[Any]:
    kind = info.annotation
    inner = get_args(kind)
    return (kind, *inner) if inner and get_origin(kind) is not tuple else (kind,)


class RowReader:
    """Reads the rows of one table: what each column means is worked out once.

    ``read(cells)`` is the inverse of ``to_row``: nested data of a row of texts. A cell that is no valid JSON list stays
    text, for validation to refuse.
    """

    def __init__(self, model: type[Struct], columns: Sequence[str]) -> None:
        nested = _nested_columns(model)
        self._steps: list[tuple[int, tuple[str, ...], str, bool, bool, tuple[int, ...]]] = []
        for index, column in enumerate(columns):
            if not column or _is_continuation(column):
                continue
            rest = tuple(place for place, other in enumerate(columns) if other.startswith(f"{column}+"))
            *path, last = column.split(".")
            self._steps.append((index, tuple(path), last, column in nested.lists, column in nested.structs, rest))

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        """Nested data of one row; empty cells are left out. Cells beyond the columns are not looked at."""
        data: dict[str, Any] = {}
        count = len(cells)
        for index, path, last, is_list, is_struct, rest in self._steps:
            text = cells[index] if index < count else ""
            if not text:
                continue
            if rest:
                text += "".join(cells[place] for place in rest if place < count)
            if "\r" in text:
                text = text.replace("\r\n", "\n")
            inside = data
            for step in path:
                following = inside.setdefault(step, {})
                inside = following if isinstance(following, dict) else {}
            inside[last] = _list_of(text) if is_list else {} if is_struct and text == "{}" else text
        return data


def _is_continuation(column: str) -> bool:
    base, plus, number = column.partition("+")
    return bool(base and plus and number.isdigit())


def from_row(model: type[Struct], row: Mapping[str, str]) -> dict[str, Any]:
    """Nested data of one row by column name; for many rows of one table ``RowReader`` is faster."""
    return RowReader(model, list(row)).read(list(row.values()))


def _list_of(text: str) -> Any:
    if not text.startswith("["):
        return [part.strip() for part in text.split(SEPARATOR) if part.strip()]
    try:
        return json.loads(text)
    except ValueError:
        return text


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    found: dict[str, None] = {}
    for row in rows:
        found.update(dict.fromkeys(row))
    return list(found)


class _Dumper(yaml.CSafeDumper):
    """Equal values are written out each time: no anchors and aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def yaml_text(data: Any) -> str:
    """YAML as this program writes it: fields in order, the innermost collections on one line, wide lines, UTF-8."""
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=140)
    return text


def write_yaml(path: Path, records: Mapping[str, Iterable[Struct]], *, comment: str = "") -> None:
    """Write records by kind into one YAML file, each kind under its plural; ``comment`` becomes the first lines."""
    data = {plural(kind): [to_plain(record) for record in listed] for kind, listed in records.items()}
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    write_atomic(path, head + yaml_text({name: listed for name, listed in data.items() if listed}))


def write_csv(path: Path, records: Iterable[Struct]) -> None:
    """Write records of one kind into a CSV file (UTF-8) whose name should begin with the kind's plural."""
    rows = [to_row(record) for record in records]
    text = io.StringIO()
    writer = csv.DictWriter(text, _columns(rows), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _csv_cell(value) for key, value in row.items()} for row in rows)
    write_atomic(path, text.getvalue())


def _csv_cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def write_xlsx(path: Path, records: Mapping[str, Iterable[Struct]]) -> None:
    """Write records by kind into one workbook, a sheet a kind named after its plural.

    Cells longer than Excel's limit of 32,767 characters are split off into further columns ``NAME+1``, ``NAME+2``.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    for kind, listed in records.items():
        rows = [_split_long(to_row(record)) for record in listed]
        if not rows:
            continue
        sheet = book.create_sheet(plural(kind))
        sheet.freeze_panes = "B2"
        columns = _columns(rows)
        sheet.append(columns)
        for row in rows:
            cells = []
            for column in columns:
                value = _xlsx_value(row.get(column))
                cell = WriteOnlyCell(sheet, value=value)
                if isinstance(value, str):
                    cell.data_type = "s"  # text that begins with '=' is not a formula
                cells.append(cell)
            sheet.append(cells)
    if not book.worksheets:
        book.create_sheet("empty")
    with atomic_writer(path) as file:
        packed = io.BytesIO()  # an archive that a full disk stops half way complains again when it is collected
        book.save(packed)
        file.write(packed.getbuffer())


def _xlsx_value(value: Any) -> Any:
    """Numbers that Excel's 15 digits cannot hold are written as text, so that nothing is rounded."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and float(f"{value:.15g}") != value:
        return repr(value)
    return _csv_cell(value)


def _split_long(row: dict[str, Any]) -> dict[str, Any]:
    if not any(isinstance(value, str) and len(value) > XLSX_CELL_LIMIT for value in row.values()):
        return row
    split: dict[str, Any] = {}
    for column, value in row.items():
        if isinstance(value, str) and len(value) > XLSX_CELL_LIMIT:
            pieces = [value[start : start + XLSX_CELL_LIMIT] for start in range(0, len(value), XLSX_CELL_LIMIT)]
            split |= {column if index == 0 else f"{column}+{index}": piece for index, piece in enumerate(pieces)}
        else:
            split[column] = value
    return split


def write_estate_settings(path: Path, estate: Estate, *, comment: str = "") -> None:
    """Write estate.yaml into the folder ``path``."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    plain = estate.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    write_atomic(path / "estate.yaml", head + yaml_text(plain))
