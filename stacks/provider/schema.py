"""The package's schema, made from the table of kinds: what ``pulumi package get-schema`` shows."""

from __future__ import annotations

import json
from typing import Any

from stacks.provider import PACKAGE, VERSION
from stacks.provider.model import Kind, Property, Shape
from stacks.provider.tables.kinds import KINDS

__all__ = ["schema"]

TEXT: dict[str, Any] = {"type": "string"}
TYPES: dict[Shape, dict[str, Any]] = {
    Shape.TEXT: TEXT,
    Shape.INTEGER: {"type": "integer"},
    Shape.BOOLEAN: {"type": "boolean"},
    Shape.TEXTS: {"type": "array", "items": TEXT},
    Shape.MAP: {"type": "object", "additionalProperties": TEXT},
    Shape.POOLS: {"type": "array", "items": {"type": "object", "additionalProperties": TEXT}},
    Shape.ADDRESSES: {"type": "array", "items": {"type": "object", "additionalProperties": TEXT}},
}
OUTPUTS: dict[str, dict[str, Any]] = {
    "mtu": {"type": "integer"},
    "ready": {"type": "boolean"},
    "fixed_ips": TYPES[Shape.ADDRESSES],
}
SETTINGS = ("cloud", "region", "project_id")


def schema() -> str:
    """JSON of the package's schema."""
    settings = dict.fromkeys(SETTINGS, TEXT)
    return json.dumps(
        {
            "name": PACKAGE,
            "version": VERSION,
            "config": {"variables": settings},
            "provider": {"inputProperties": settings},
            "resources": {kind.token: _resource(kind) for kind in KINDS},
        }
    )


def _resource(kind: Kind) -> dict[str, Any]:
    inputs = {row.name: _property(row) for row in kind.properties}
    outputs = {name: OUTPUTS.get(name, TEXT) for name in kind.outputs}
    return {
        "inputProperties": inputs,
        "requiredInputs": [row.name for row in kind.properties if row.required],
        "properties": {**inputs, **outputs},
    }


def _property(row: Property) -> dict[str, Any]:
    found = dict(TYPES[row.shape])
    if row.secret:
        found["secret"] = True
    if row.change is not row.change.UPDATE:
        found["willReplaceOnChanges"] = row.change is row.change.REPLACE
    return found
