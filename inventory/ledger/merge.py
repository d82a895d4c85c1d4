"""Three-way merging of records: what was last imported, what the estate's file says now, what the ledger says now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["MISSING", "Merged", "applied", "flatten", "merge", "steps_of"]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""The value of a field that is not there."""


def flatten(plain: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Field path -> value: "usage.source", "components[main].vcpu". Lists of records with ids are entered, other
    lists are values."""
    found: dict[str, Any] = {}
    _flatten(plain, f"{above}." if above else "", found)
    return found


def _flatten(plain: Mapping[str, Any], prefix: str, found: dict[str, Any]) -> None:
    for name, value in plain.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            _flatten(value, f"{path}.", found)
        elif isinstance(value, list) and value and all(isinstance(item, dict) and "id" in item for item in value):
            for item in value:
                inside = f"{path}[{item['id']}]."
                found[f"{inside}id"] = item["id"]
                _flatten({key: inner for key, inner in item.items() if key != "id"}, inside, found)
        else:
            found[path] = value


def steps_of(path: str) -> list[tuple[str, str]]:
    """ "components[main].vcpu" -> [("components", "main"), ("vcpu", "")]: names, and ids of items of lists."""
    steps = []
    while path:
        name, bracket, rest = path.partition("[")
        if bracket and "." not in name:
            id, _, path = rest.partition("]")
            path = path.removeprefix(".")
            steps.append((name, id))
        else:
            name, _, path = path.partition(".")
            steps.append((name, ""))
    return steps


def _applied_to(path: str) -> str:
    """The path with the ids of components written as in a table's fields: components.main.vcpu."""
    return path.replace("[", ".").replace("]", "")


@dataclass(frozen=True)
class Merged:
    """``edits``: path -> new value or MISSING (remove it); ``kept``: (path, value in the file, value in the
    ledger)."""

    edits: dict[str, Any]
    kept: tuple[tuple[str, Any, Any], ...]


def merge(
    last: Mapping[str, Any],
    current: Mapping[str, Any],
    ledger: Mapping[str, Any],
    stated: Collection[str],
    spoken: Collection[str],
) -> Merged:
    """Compare flat records.

    ``ledger`` leaves defaults out; ``stated`` are the paths to which the row gives a value, defaults too;
    ``spoken`` the fields (dotted) about which the table speaks. A field that the ledger no longer fills is removed
    if nobody changed it. A field that a person changed since the last import is kept.
    """
    edits: dict[str, Any] = {}
    kept: list[tuple[str, Any, Any]] = []
    emptied = [
        path
        for path in last
        if path not in ledger and not path.endswith("].id") and (_applied_to(path) in spoken or path in stated)
    ]
    for path in dict.fromkeys([*ledger, *emptied, *(path for path in stated if path not in ledger)]):
        new, now, before = ledger.get(path, MISSING), current.get(path, MISSING), last.get(path, MISSING)
        if new == now:
            continue
        if (
            before is MISSING and now is MISSING and new is not MISSING and not _removed_by_hand(path, last, current)
        ) or (before is not MISSING and now == before):
            edits[path] = new
        else:
            kept.append((path, now, new))
    return Merged(_whole_items(edits, current, ledger), tuple(kept))


def _whole_items(edits: dict[str, Any], current: Mapping[str, Any], ledger: Mapping[str, Any]) -> dict[str, Any]:
    """An item of a list that loses all its fields is removed as a whole."""
    removed = {path for path, value in edits.items() if value is MISSING}
    items = {path.rpartition("].")[0] + "]" for path in removed if "]." in path}
    for item in items:
        if f"{item}.id" in ledger:
            continue
        inside = {path for path in {*current, *edits} if path.startswith(f"{item}.") and path != f"{item}.id"}
        if inside <= removed:
            edits = {path: value for path, value in edits.items() if path not in inside} | {item: MISSING}
    return edits


def _removed_by_hand(path: str, last: Mapping[str, Any], current: Mapping[str, Any]) -> bool:
    """Whether the item of a list that the path lies in was imported before and is gone."""
    head, bracket, _ = path.rpartition("].")
    item = f"{head}].id" if bracket else ""
    return bool(item) and item in last and item not in current


def applied(plain: dict[str, Any], edits: Mapping[str, Any]) -> dict[str, Any]:
    """Plain or round-trip data with edits put in, in place of what it was: the caller gives a copy."""
    for path, value in edits.items():
        _put(plain, steps_of(path), value)
    return plain


def _put(inside: Any, steps: list[tuple[str, str]], value: Any) -> None:
    for name, id in steps[:-1]:
        if not id:
            if value is MISSING and name not in inside:
                return
            inside = inside.setdefault(name, {})
            continue
        items = inside.setdefault(name, [])
        item = next((each for each in items if each.get("id") == id), None)
        if item is None:
            if value is MISSING:
                return
            item = {"id": id}
            items.append(item)
            item = items[-1]
        inside = item
    name, id = steps[-1]
    if id:  # only ever removed as a whole
        left = [each for each in inside.get(name, ()) if each.get("id") != id]
        inside[name][:] = left
        if not left:
            del inside[name]
    elif value is MISSING:
        inside.pop(name, None)
    else:
        inside[name] = value
