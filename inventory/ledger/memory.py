"""What imports remember in the estate, under ``.qianyun/ledgers/``: ids, the rows' keys, the values last imported,
and the map.

``memory.json`` has one record a line, in the order of kind and id, so that a change is one line of a review.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from inventory.errors import FileError
from inventory.files import reason_of
from inventory.ledger.errors import MapError
from inventory.ledger.mapping import LedgerMap, read_map

__all__ = [
    "FOLDER",
    "MAP_FILE",
    "MEMORY_FILE",
    "Memory",
    "Remembered",
    "map_text",
    "memory_text",
    "read_kept_map",
    "read_memory",
]

FOLDER = Path(".qianyun") / "ledgers"
MEMORY_FILE = FOLDER / "memory.json"
MAP_FILE = FOLDER / "map.yaml"
FORMAT = 1


@dataclass(frozen=True)
class Remembered:
    """One imported record. ``last``: field path ("components[main].vcpu") -> value as last imported; ``place``:
    where in ``source``.

    ``parts``: for a classified stub, how many each source counts.
    """

    kind: str
    id: str
    keys: tuple[str, ...] = ()
    last: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    place: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Memory:
    """All imported records by (kind, id)."""

    records: Mapping[tuple[str, str], Remembered] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str], str]:
        """(kind, key) -> id."""
        return {(record.kind, key): record.id for record in self.records.values() for key in record.keys}

    def having(self, records: Mapping[tuple[str, str], Remembered]) -> Memory:
        """A copy with more or newer records."""
        return Memory({**self.records, **records})


def read_memory(estate: Path) -> Memory:
    """What earlier imports into an estate remembered; empty where there were none. FileError when it cannot be
    read."""
    path = estate / MEMORY_FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise MapError("memory-invalid", path=str(path), reason=f"format {data['format']}")
        records = [
            Remembered(
                kind=each["kind"],
                id=each["id"],
                keys=tuple(each.get("keys", ())),
                last=each.get("last", {}),
                source=each.get("source", ""),
                place=each.get("place", ""),
                parts=each.get("parts", {}),
            )
            for each in data["records"]
        ]
    except FileNotFoundError:
        return Memory()
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MapError("memory-invalid", path=str(path), reason=type(error).__name__) from error
    return Memory({(record.kind, record.id): record for record in records})


def memory_text(memory: Memory) -> str:
    """The file's text."""
    lines = [_line(memory.records[key]) for key in sorted(memory.records)]
    return f'{{"format": {FORMAT}, "records": [\n' + ",\n".join(lines) + "\n]}\n"


def _line(record: Remembered) -> str:
    plain: dict[str, Any] = {"kind": record.kind, "id": record.id}
    for name in ("keys", "source", "place", "parts", "last"):
        value = getattr(record, name)
        if value:
            plain[name] = (
                list(value)
                if isinstance(value, tuple)
                else dict(sorted(value.items()))
                if isinstance(value, Mapping)
                else value
            )
    return json.dumps(plain, ensure_ascii=False)


def read_kept_map(estate: Path) -> LedgerMap:
    """The map that earlier imports kept; empty where there is none."""
    path = estate / MAP_FILE
    return read_map(path) if path.exists() else LedgerMap()


def map_text(estate: Path, kept: LedgerMap) -> str:
    """The kept map's file with what is new in it; comments of the present file stay."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    path = estate / MAP_FILE
    yaml = YAML()
    yaml.width = 140
    data = yaml.load(path.read_text(encoding="utf-8-sig")) if path.exists() else None
    if data is None:
        data = CommentedMap()
        data.yaml_set_start_comment("What was settled about ledgers; `qianyun ledger import` reads it and adds to it.")
    for part, told in kept.plain().items():
        if isinstance(told, dict):
            inside = data.setdefault(part, CommentedMap())
            for name, value in told.items():
                if inside.get(name) != value:
                    inside[name] = value
        elif data.get(part) != told:
            data[part] = told
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()
