"""What differs between two sets of inputs, and what that asks for."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from stacks.provider.model import Change, Difference, Kind, Property, Shape
from stacks.provider.values import Unknown, has_unknown

__all__ = ["difference", "normal", "same"]


def difference(kind: Kind, old: Mapping[str, Any], outputs: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """Compare property by property.

    An object that never became ready is replaced: nothing ran on it, and no update brings it to life.
    """
    changes: dict[str, bool] = {}
    for row in kind.properties:
        if row.blind and old.get(row.name) is None:
            continue  # imported: nobody knows what it was made with
        if not same(row, old.get(row.name), new.get(row.name)):
            changes[row.name] = _replaces(row, old.get(row.name), new.get(row.name))
    observed = frozenset({"ready"}) if outputs.get("ready") is False else frozenset()
    changes |= dict.fromkeys(observed, True)
    return Difference(changes, kind.clashes and any(changes.values()), observed)


def same(row: Property, old: Any, new: Any) -> bool:
    """Whether two values of a property mean the same."""
    if new is None and row.computed:
        return True
    if has_unknown(new) or has_unknown(old):
        return False
    return bool(normal(row, old) == normal(row, new))


def normal(row: Property, value: Any) -> Any:
    """The one spelling of a value: defaults filled in, addresses in their short form, sets sorted."""
    if value is None:
        value = row.default
    if value is None or isinstance(value, Unknown):
        return value
    if row.shape is Shape.TEXTS:
        parts = [_address(part) if row.address else str(part) for part in value]
        return parts if row.ordered else sorted(parts)
    if row.shape in {Shape.ADDRESSES, Shape.POOLS}:
        rows = [{name: _address(part) for name, part in entry.items() if part is not None} for entry in value]
        return sorted(rows, key=lambda entry: sorted(entry.items()))
    if row.shape is Shape.MAP:
        return {str(name): str(part) for name, part in value.items()}
    return _address(value) if row.address else value


def _address(text: Any) -> Any:
    """An address or a prefix in its short form; any other text as it is."""
    if not isinstance(text, str):
        return text
    for read in (ipaddress.ip_address, ipaddress.ip_network):
        try:
            return str(read(text))
        except ValueError:
            continue
    return text


def _replaces(row: Property, old: Any, new: Any) -> bool:
    if row.change is Change.GROW:
        return isinstance(old, int) and isinstance(new, int) and new < old
    return row.change is Change.REPLACE
