"""Small estates for tests of the address plan, and ways in which they grow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from inventory.addressing_settings import AddressingSettings
from inventory.estate import Estate, Settings
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural

SOURCE = "assumption"
BLOCKS: list[dict[str, Any]] = [
    {"purpose": "infrastructure", "block": 0, "length": 64},
    {"purpose": "link", "block": 1, "length": 127, "slot_length": 64},
    {"purpose": "loopback", "block": 2, "length": 128, "slot_length": 64},
    {"purpose": "interconnection", "block": 3, "length": 64},
    {"purpose": "pool", "block": 4, "length": 56},
    {"purpose": "users", "block": 8, "length": 64},
]
LEVELS: list[dict[str, Any]] = [
    {"level": "province", "length": 32, "own_length": 40, "department_length": 52, "site_length": 56, "reserve": 0.25},
    {"level": "city", "length": 40, "own_length": 48, "department_length": 56, "site_length": 60, "reserve": 0.25},
    {"level": "county", "length": 48, "own_length": 52, "department_length": 60, "reserve": 0.25},
    {"level": "township", "length": 56, "by": "order", "department_length": 60, "reserve": 0.25},
]
ALLOCATION = {"prefix": "3fff:140::/28", "division": "140000"}
DIVISIONS: list[dict[str, Any]] = [
    {"id": "140000", "code": "140000", "level": "province"},
    {"id": "140100", "code": "140100", "level": "city"},
    {"id": "140105", "code": "140105", "level": "county"},
]


def addressing(**changes: Any) -> AddressingSettings:
    """Settings of one province with /48 counties."""
    plain: dict[str, Any] = {
        "allocations": [ALLOCATION],
        "block_length": 32,
        "blocks": BLOCKS,
        "levels": LEVELS,
        "source": SOURCE,
    }
    plain |= changes
    for name in ("allocations", "blocks", "levels"):
        plain[name] = [{"source": SOURCE, **row} for row in plain[name]]
    return AddressingSettings.model_validate(plain)


def estate(records: Mapping[str, Iterable[dict[str, Any]]], settings: AddressingSettings | None = None) -> Inventory:
    """An inventory of plain records by kind; the divisions are those above where none are given."""
    lists = {"division": DIVISIONS, **records}
    made = {
        plural(kind): {row["id"]: KINDS[kind].model_validate(row) for row in listed} for kind, listed in lists.items()
    }
    chosen = Settings(addressing=settings if settings is not None else addressing())
    return Inventory(Estate(name="x", as_of="2021-01-01", settings=chosen), **made)  # type: ignore[arg-type]


_V = TypeVar("_V")


def inserted(mapping: Mapping[str, _V], id: str, record: _V, place: int) -> dict[str, _V]:
    """A copy with a record put in at a place of the order."""
    items = list(mapping.items())
    items.insert(place % (len(items) + 1), (id, record))
    return dict(items)


def router(id: str, division: str, number: int, **fields: Any) -> dict[str, Any]:
    """A device with an IPv4 loopback."""
    level = {2: "province", 4: "city", 6: "county", 9: "township"}[
        len(division.rstrip("0")) // 2 * 2 if len(division) == 6 else 9
    ]
    return {
        "id": id,
        "division": division,
        "level": level,
        "role": "core",
        "loopbacks": [f"10.252.{number >> 8}.{number & 255}"],
    } | fields
