"""Import of prefixes and addresses that exist already, from CSV files such as NetBox exports them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inventory.checks.prefixes import check_prefixes
from inventory.errors import FileError
from inventory.files import reason_of
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.network import Prefix, PrefixPurpose
from inventory.loaders.table_file import decode
from inventory.problems import Origin, Problem, Severity, problem
from inventory.validation import Step, validate
from network.addressing.write import Changes, fields_with

__all__ = ["IMPORTED", "ReadPlan", "read_addresses"]

IMPORTED = "prefixes-imported.csv"
"""Where imported prefixes are kept."""

_COLUMNS = {
    "vrf": "vpn", "role": "purpose", "tenant": "department", "scope": "division", "description": "note",
    "ip_address": "address", "interface_name": "interface", "assigned_object": "interface",
}  # fmt: skip
"""Other names of columns, first of all NetBox's."""
_IGNORED = ("status", "vlan", "mark_utilized", "is_pool", "dns_name", "comments", "tags", "family")
_FIELDS = ("prefix", "purpose", "division", "department", "site", "vpn", "pair", "note", "id", "aggregate", "pinned")
_REFERENCES = {"division": "divisions", "department": "departments", "vpn": "vpns"}


@dataclass(frozen=True)
class ReadPlan:
    """What a file says. changes: what it adds to the estate. known: rows that the estate has already. problems: of its
    rows, each with the line; with an error among them nothing may be written."""

    changes: Changes
    known: int
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(each.severity is Severity.ERROR for each in self.problems)


def read_addresses(path: Path, inventory: Inventory) -> ReadPlan:
    """Read a CSV file of prefixes (column ``prefix``) or of addresses (columns ``address``, ``device``, ``interface``).

    Imported prefixes are pinned: address planning keeps them. FileError where the file cannot be read.
    """
    reader = _Reader(path, inventory)
    for line, row in reader.rows():
        reader.row(line, row)
    return reader.result()


class _Reader:
    def __init__(self, path: Path, inventory: Inventory) -> None:
        self.path = path
        self.inventory = inventory
        self.problems: list[Problem] = []
        self.prefixes: dict[str, Prefix] = {}
        self.lines: dict[str, int] = {}
        self.addresses: dict[str, dict[str, list[str]]] = {}
        self.known = 0
        self._present = {(each.vpn or "", each.prefix): id for id, each in inventory.prefixes.items()}

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        try:
            text, _ = decode(self.path.read_bytes())
        except FileNotFoundError as error:
            raise FileError("file-missing", path=str(self.path)) from error
        except UnicodeDecodeError as error:
            raise FileError("file-binary", path=str(self.path)) from error
        except OSError as error:
            raise FileError("file-unreadable", path=str(self.path), reason=reason_of(error)) from error
        first = text.split("\n", 1)[0]
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
        try:
            header = [re.sub(r"[ -]+", "_", cell.strip().lower()) for cell in next(rows, [])]
            header = [_COLUMNS.get(name, name) for name in header]
            for name in header:
                if name not in (*_FIELDS, *_IGNORED, "address", "device", "interface"):
                    self._find("unknown-field", 1, nearest_names(name, _FIELDS), field=name)
            for row in rows:
                cells = {name: cell.strip() for name, cell in zip(header, row, strict=False) if cell.strip()}
                if cells:
                    yield rows.line_num, cells
        except csv.Error as error:
            raise FileError("file-syntax", path=str(self.path), line=rows.line_num, reason=str(error)) from error

    def row(self, line: int, cells: Mapping[str, str]) -> None:
        if "prefix" in cells:
            self._prefix(line, cells)
        elif "address" in cells:
            self._address(line, cells)
        else:
            self._find("missing-field", line, field="prefix", description="address")

    def _prefix(self, line: int, cells: Mapping[str, str]) -> None:
        plain: dict[str, Any] = {name: cells[name] for name in _FIELDS if name in cells}
        plain["vpn"] = None if plain.get("vpn", "").lower() in ("", "global") else plain["vpn"]
        plain["purpose"] = plain.get("purpose", PrefixPurpose.USERS.value).lower()
        plain.setdefault("id", "imported." + re.sub(r"[^A-Za-z0-9.-]+", "_", f"{plain['vpn'] or ''}.{cells['prefix']}"))
        plain["pinned"] = True
        for name, kind in _REFERENCES.items():
            self._resolve(line, plain, name, getattr(self.inventory, kind))

        def place(_path: tuple[Step, ...]) -> Origin:
            return Origin(str(self.path), line)

        record, found = validate(Prefix, plain, place, kind="prefix", id=str(plain["id"]))
        self.problems += found
        if record is None:
            return
        if self._present.get((record.vpn or "", record.prefix)) is not None:
            self.known += 1
            return
        other = record.id in self.prefixes or record.id in self.inventory.prefixes
        if other:
            first = str(self.lines.get(record.id, self.inventory.origin("prefix", record.id)))
            self.problems.append(problem("duplicate-id", place(()), kind="prefix", id=record.id, first=first))
            return
        self.prefixes[record.id] = record
        self.lines[record.id] = line

    def _resolve(self, line: int, plain: dict[str, Any], name: str, known: Mapping[str, Any]) -> None:
        """References may be ids or names."""
        value = plain.get(name)
        if value is None or value in known:
            return
        named = [id for id, record in known.items() if record.name == value]
        if len(named) == 1:
            plain[name] = named[0]
            return
        nearest = nearest_names(str(value), known)
        self._find("dangling-reference", line, nearest, target=name, value=str(value))

    def _address(self, line: int, cells: Mapping[str, str]) -> None:
        device = self.inventory.devices.get(cells.get("device", ""))
        if device is None:
            value = cells.get("device", "")
            nearest = nearest_names(value, self.inventory.devices)
            self._find("dangling-reference", line, nearest, target="device", value=value)
            return
        names = [interface.name for interface in device.interfaces]
        name = cells.get("interface", "")
        if name not in names:
            self._find("unknown-interface", line, nearest_names(name, names), device=device.id, interface=name)
            return
        changed = device.model_copy(update={"interfaces": ({"name": name, "addresses": [cells["address"]]},)})
        plain = {**device.model_dump(mode="json", exclude_defaults=True), "interfaces": changed.interfaces}
        record, found = validate(
            type(device), plain, lambda _: Origin(str(self.path), line), kind="device", id=device.id
        )
        self.problems += found
        if record is None:
            return
        address = record.interfaces[0].addresses[0]
        if address in next(each for each in device.interfaces if each.name == name).addresses:
            self.known += 1
        else:
            self.addresses.setdefault(device.id, {}).setdefault(name, []).append(address)

    def _find(self, code: str, line: int, nearest: str = "", /, **data: Any) -> None:
        found = problem(code, Origin(str(self.path), line), kind="prefix", nearest=nearest)
        self.problems.append(found.model_copy(update={"data": data}))

    def result(self) -> ReadPlan:
        """With the overlaps that the new prefixes would bring."""
        both = self.inventory.replace(prefixes={**self.inventory.prefixes, **self.prefixes})
        before = {
            (found.id, found.data["other_id"]) for found in check_prefixes(self.inventory) if "other_id" in found.data
        }
        for found in check_prefixes(both):
            if "other_id" not in found.data or (found.id, found.data["other_id"]) in before:
                continue
            of = found.id if found.id in self.lines else str(found.data["other_id"])
            origin = Origin(str(self.path), self.lines.get(of))
            self.problems.append(found.model_copy(update={"origin": origin}))
        devices = {}
        for id, interfaces in self.addresses.items():
            devices[id] = fields_with(self.inventory.devices[id], interfaces, ())
        return ReadPlan(Changes(tuple(self.prefixes.values()), devices), self.known, tuple(self.problems))
