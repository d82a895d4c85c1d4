"""What a component asked for, held against the table of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory.inventory import nearest_names
from stacks.errors import StackError
from stacks.ways.kinds import FIELDS, Kind

__all__ = ["given"]


def given(kind: Kind, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that have a value.

    Raises:
        StackError: ``stack-property`` for a name that the kind does not have, ``stack-property-missing`` for one that
            it cannot do without.
    """
    fields = FIELDS[kind]
    for name in properties:
        if name not in fields.inputs:
            raise StackError("stack-property", kind=kind, name=name, nearest=nearest_names(name, fields.inputs) or "-")
    for name in fields.required:
        if properties.get(name) is None:
            raise StackError("stack-property-missing", kind=kind, name=name)
    return {name: value for name, value in properties.items() if value is not None}
