"""Write a plan into its estate: prefix records into a file of their own, addresses into the records of the devices."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory.dump import to_plain
from inventory.errors import FileError
from inventory.files import reason_of, write_together
from inventory.inventory import Inventory
from inventory.kinds.network import Device, Prefix
from inventory.ledger.edit import edited
from inventory.loaders.folder import TEXT_ENDINGS
from inventory.loaders.table_file import decode
from network.addressing.model import Addresses, Assignment
from network.errors import AddressingError

__all__ = ["COLUMNS", "FILE", "Changes", "changes_of", "csv_text", "record_of", "write_changes"]

FILE = "prefixes-ipv6.csv"
"""Where planned prefixes are kept; the file is only ever added to."""
COLUMNS = ("id", "prefix", "purpose", "division", "department", "site", "vpn", "aggregate", "pair", "pinned", "note")


def record_of(assignment: Assignment) -> Prefix:
    """An assignment as a prefix record."""
    return Prefix(
        id=assignment.id,
        prefix=str(assignment.prefix),
        purpose=assignment.purpose,
        division=assignment.division,
        department=assignment.department,
        site=assignment.site,
        vpn=assignment.vpn,
        aggregate=assignment.aggregate,
        pair=assignment.pair,
        pinned=assignment.pinned,
    )


@dataclass(frozen=True)
class Changes:
    """What a plan adds to its estate.

    prefixes: new records. devices: device -> fields with their new values. pairs: IPv6 prefix on record -> the IPv4
    prefix that has become its pair.
    """

    prefixes: tuple[Prefix, ...] = ()
    devices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pairs: Mapping[str, str] = field(default_factory=dict)

    @property
    def edits(self) -> dict[tuple[str, str], Mapping[str, Any]]:
        """(kind, id) -> changed fields of records that are there."""
        found: dict[tuple[str, str], Mapping[str, Any]] = {("device", id): each for id, each in self.devices.items()}
        return found | {("prefix", id): {"pair": other} for id, other in self.pairs.items()}

    @property
    def empty(self) -> bool:
        """Whether the estate says it all already."""
        return not self.prefixes and not self.edits


def changes_of(inventory: Inventory, addresses: Addresses) -> Changes:
    """What is planned and not on record: nothing that is there is ever changed or removed."""
    new = tuple(record_of(each) for each in addresses.prefixes if not each.kept)
    known = inventory.prefixes
    pairs = {
        each.id: each.pair
        for each in addresses.prefixes
        if each.kept and each.pair is not None and known[each.id].pair is None and known[each.pair].pair is None
    }
    return Changes(new, dict(_device_changes(inventory, addresses)), pairs)


def _device_changes(inventory: Inventory, addresses: Addresses) -> Iterator[tuple[str, dict[str, Any]]]:
    by_device: dict[str, dict[str, list[str]]] = {}
    for (id, name), found in addresses.interfaces.items():
        by_device.setdefault(id, {})[name] = [str(each) for each in found]
    for id, device in inventory.devices.items():
        fields = fields_with(
            device,
            by_device.get(id, {}),
            [str(addresses.loopbacks[id])] if id in addresses.loopbacks else [],
        )
        if fields:
            yield id, fields


def fields_with(device: Device, interfaces: Mapping[str, Iterable[str]], loopbacks: Iterable[str]) -> dict[str, Any]:
    """The fields of a device that change when interfaces (by name) and loopbacks get further addresses."""
    fields: dict[str, Any] = {}
    changed = [
        interface.model_copy(update={"addresses": _joined(interface.addresses, interfaces.get(interface.name, ()))})
        for interface in device.interfaces
    ]
    if tuple(changed) != device.interfaces:
        fields["interfaces"] = [to_plain(interface) for interface in changed]
    more = _joined(device.loopbacks, loopbacks)
    if more != device.loopbacks:
        fields["loopbacks"] = list(more)
    return fields


def _joined(present: tuple[str, ...], further: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*present, *further)))


# ---- files ----------------------------------------------------------------------------------------------------------


def csv_text(records: Iterable[Prefix], *, head: bool = True) -> str:
    """Prefix records as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if head:
        writer.writerow(COLUMNS)
    for record in records:
        plain = to_plain(record)
        writer.writerow("true" if plain.get(name) is True else plain.get(name, "") for name in COLUMNS)
    return out.getvalue()


def write_changes(inventory: Inventory, changes: Changes, *, file: str = FILE) -> tuple[str, ...]:
    """Write into the estate's folder and return the files written, relative to it. An error leaves all as they were;
    after a crash in the middle the next call completes it.

    New prefixes are added to ``file``. Other records are changed in the files that declare them, and nothing else in
    those. Raises: AddressingError ``addressing-columns`` where ``file`` has other columns, ``addressing-workbook`` for
    records in Excel workbooks; FileError; InputError ``cannot-write``.
    """
    folder = inventory.path
    texts: dict[str, bytes] = {}
    by_file: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for key, fields in changes.edits.items():
        by_file.setdefault(inventory.origin(*key).file, {})[key] = fields
    for name, edits in by_file.items():
        texts[name] = _edited(folder, name, edits)
    if changes.prefixes:
        # Before the others: addresses follow from the prefixes, so that what a crash between the files leaves is
        # completed to the same plan.
        added = _added(folder / file, texts.pop(file, None), changes.prefixes)
        texts = {file: added, **texts}
    write_together(folder, texts)
    return tuple(sorted(texts))


def _added(path: Path, edited_: bytes | None, records: Iterable[Prefix]) -> bytes:
    content = edited_ if edited_ is not None else _content(path, "")
    if not content.strip():
        return csv_text(records).encode()
    text, encoding = decode(content)
    if tuple(next(csv.reader([text.split("\n", 1)[0].strip()]), ())) != COLUMNS:
        raise AddressingError("addressing-columns", path=str(path), columns=",".join(COLUMNS))
    end = "" if text.endswith("\n") else "\n"
    return (text + end + csv_text(records, head=False)).encode(encoding)


def _edited(folder: Path, name: str, edits: Mapping[tuple[str, str], Mapping[str, Any]]) -> bytes:
    content = _content(folder / name, None)
    if name.endswith(TEXT_ENDINGS) and not name.endswith(".json"):
        text, encoding = decode(content)
        return edited(text, edits, {}).encode(encoding)
    if name.endswith(".csv"):
        return _edited_table(content, {id: fields for (_, id), fields in edits.items()})
    raise AddressingError("addressing-workbook", path=str(folder / name), count=len(edits))


def _edited_table(content: bytes, edits: Mapping[str, Mapping[str, Any]]) -> bytes:
    text, encoding = decode(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header = [cell.strip() for cell in rows[0]]
    for name in dict.fromkeys(name for fields in edits.values() for name in fields):
        if name not in header:
            header.append(name)
            rows[0].append(name)
    key = header.index("id")
    for row in rows[1:]:
        fields = edits.get(row[key]) if row else None
        if fields is not None:
            row.extend([""] * (len(header) - len(row)))
            for name, value in fields.items():
                row[header.index(name)] = _cell(value)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n" if first.endswith("\r") else "\n")
    writer.writerows(rows)
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    return mark + out.getvalue().encode(encoding)


def _cell(value: Any) -> str:
    """A value in the table convention of ``inventory.dump``."""
    if isinstance(value, str):
        return value
    if all(isinstance(each, str) for each in value):
        return ";".join(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _content(path: Path, missing: str | None) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        if missing is None:
            raise FileError("file-missing", path=str(path)) from error
        return missing.encode()
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error
