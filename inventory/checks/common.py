"""What the rules of all areas share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from inventory.inventory import Inventory
from inventory.problems import Origin, Problem, Severity, Value
from inventory.tables.problems import PROBLEMS

__all__ = ["DISPOSITIONS", "MOVES", "Found", "about", "about_estate", "cycles", "first_of"]

Found = Iterator[Problem]

DISPOSITIONS = ("retire", "retain", "relocate", "rehost", "repurchase", "replatform", "refactor", "colocate")
"""What can become of a system (architecture: disposition)."""
MOVES = ("relocate", "rehost", "replatform", "refactor")
"""Those after which it runs in a pool."""

_K = TypeVar("_K")


def about(
    inventory: Inventory, code: str, kind: str, id: str, path: str = "", nearest: str = "", /, **data: Value
) -> Problem:
    """A problem of one record, at the place where the record was read."""
    return _problem(code, inventory.origin(kind, id), kind, id, path, nearest, data)


def about_estate(inventory: Inventory, code: str, path: str = "", nearest: str = "", /, **data: Value) -> Problem:
    """A problem of the estate's own settings."""
    origin = inventory.origins.get(("estate", ""), Origin("estate.yaml"))
    return _problem(code, origin, "estate", "", path, nearest, data)


def _problem(code: str, origin: Origin, kind: str, id: str, path: str, nearest: str, data: dict[str, Value]) -> Problem:
    severity = Severity(PROBLEMS[code].severity)
    data = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value for name, value in data.items()
    }
    return Problem(code=code, severity=severity, origin=origin, kind=kind, id=id, path=path, nearest=nearest, data=data)


def first_of(pairs: Iterable[tuple[_K, str]]) -> Iterator[tuple[str, str, _K]]:
    """(id, id of the first, key) of each pair whose key an earlier pair has."""
    seen: dict[_K, str] = {}
    for key, id in pairs:
        first = seen.setdefault(key, id)
        if first is not id:
            yield id, first, key


def cycles(parents: Mapping[str, str | None]) -> Iterator[str]:
    """The ids that are among their own parents."""
    for start in parents:
        seen = {start}
        above = parents.get(start)
        while above is not None and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above == start:
            yield start
