"""The map of a ledger: what a person settled about sheets, headers and names (``--map FILE``, kept in the estate).

::

    sheets:  {Sheet1: systems, 旧表: ignore}       # sheet -> kind (plural or singular) or ignore
    headers: {承建公司: ignore, 系统全名: name}      # header -> field or ignore
             位置: {rooms: division, systems: runs_in}  # or by kind
    names:   {民政厅: 140000-mzt, 甲机房: "room:mzt-1"} # name in a cell -> id or KIND:ID
    department: 140000-mzt                          # of rows in tables without such a column
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from inventory.errors import FileError
from inventory.files import reason_of
from inventory.kinds import KINDS, PLURALS
from inventory.ledger.errors import MapError
from inventory.ledger.tables.fields import FIELDS
from inventory.ledger.text import name_key

__all__ = ["IGNORE", "LedgerMap", "read_map"]

IGNORE = "ignore"
_PARTS = ("sheets", "headers", "names", "department", "format")
_EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True)
class LedgerMap:
    """``sheets``: name -> kind or ignore; ``headers``: header -> {kind or "": field or ignore}; ``names``: name ->
    id or KIND:ID.

    The keys are as written; they are compared by ``name_key``.
    """

    sheets: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    department: str = ""

    def over(self, other: LedgerMap) -> LedgerMap:
        """This map on top of another; this one wins."""
        headers = {name: dict(told) for name, told in other.headers.items()}
        for name, told in self.headers.items():
            headers[name] = {**headers.get(name, {}), **told}
        return LedgerMap(
            {**other.sheets, **self.sheets}, headers, {**other.names, **self.names}, self.department or other.department
        )

    def sheet(self, name: str) -> str:
        """Kind or ignore for a sheet; empty when the map does not say."""
        return next((told for sheet, told in self.sheets.items() if name_key(sheet) == name_key(name)), "")

    def plain(self) -> dict[str, Any]:
        """As written in a file."""
        told = {"sheets": dict(self.sheets), "headers": {}, "names": dict(self.names), "department": self.department}
        told["headers"] = {name: by[""] if set(by) == {""} else dict(by) for name, by in self.headers.items()}
        return {key: value for key, value in told.items() if value}


def read_map(path: Path) -> LedgerMap:
    """Read a map file. FileError or MapError: missing, no YAML, unknown keys, kinds or fields."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        data = yaml.safe_load(text)
    except (OSError, IsADirectoryError) as error:
        code = "file-missing" if isinstance(error, FileNotFoundError) else "file-unreadable"
        raise FileError(
            code, path=str(path), **({} if code == "file-missing" else {"reason": reason_of(error)})
        ) from error
    except UnicodeDecodeError as error:
        raise FileError("file-binary", path=str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = str(getattr(error, "problem", None) or "no YAML")
        raise FileError("file-syntax", path=str(path), line=mark.line + 1 if mark else 1, reason=reason) from error
    return _of_plain(data if data is not None else {}, str(path))


def _of_plain(data: Any, path: str) -> LedgerMap:
    if not isinstance(data, dict):
        raise MapError("map-invalid", path=path, where="top", reason="a mapping with " + ", ".join(_PARTS[:4]))
    for key in data:
        if key not in _PARTS:
            raise MapError("map-invalid", path=path, where=str(key), reason="not one of " + ", ".join(_PARTS[:4]))
    for part in ("sheets", "headers", "names"):
        if not isinstance(data.get(part, {}), dict):
            raise MapError("map-invalid", path=path, where=part, reason="a mapping is expected")
    sheets = {str(name): _kind(str(told), f"sheets.{name}", path) for name, told in data.get("sheets", _EMPTY).items()}
    headers = {str(name): _fields(told, f"headers.{name}", path) for name, told in data.get("headers", _EMPTY).items()}
    names = {str(name): str(told) for name, told in data.get("names", _EMPTY).items()}
    return LedgerMap(sheets, headers, names, str(data.get("department") or ""))


def _kind(text: str, where: str, path: str) -> str:
    kind = PLURALS.get(text, text)
    if kind != IGNORE and kind not in KINDS:
        raise MapError(
            "map-invalid", path=path, where=where, reason=f"'{text}' is no kind; one of: {', '.join(FIELDS)}"
        )
    return kind


def _fields(told: Any, where: str, path: str) -> dict[str, str]:
    by_kind = {"": str(told)} if not isinstance(told, dict) else {str(kind): str(name) for kind, name in told.items()}
    found: dict[str, str] = {}
    for text, name in by_kind.items():
        kind = _kind(text, where, path) if text else ""
        known = {row.path for each in ([kind] if kind else FIELDS) for row in FIELDS.get(each, ())}
        if name != IGNORE and name not in known:
            raise MapError(
                "map-invalid", path=path, where=where, reason=f"'{name}' is no field of a ledger; see docs/ledgers.md"
            )
        found[kind] = name
    return found
