"""JSON Schema (draft 2020-12) of the estate's files, for editors such as those with yaml-language-server.

The first line of a YAML file points an editor to it: ``# yaml-language-server: $schema=estate.schema.json``.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from inventory.errors import UnknownObjectError
from inventory.estate import Estate
from inventory.inventory import nearest_names
from inventory.kinds import KINDS, plural
from inventory.kinds.systems import Component

__all__ = ["DRAFT", "schema", "schema_all", "schema_of"]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_COMPONENTS = "components"

_IDS = {
    "division": "140100",
    "department": "140000-mzt",
    "team": "team-cloud",
    "calendar": "china",
    "window": "friday-night",
    "freeze": "2021-two-sessions",
    "cloud": "yun-ty",
    "pool": "yun-ty-a",
    "room": "mzt-1",
    "asset": "mzt-1-a03-u12",
    "device": "ty-core-1",
    "link": "ty-core-1-qx-access-1",
    "vpn": "gov-common",
    "prefix": "v4-140100-users",
    "private_network": "140000-mzt-net",
    "line": "140000-mzt-line-1",
    "internet_exit": "140000-mzt-exit",
    "carrier": "carrier-a",
    "system": "140000-mzt-0003",
    "external_object": "national-population",
    "dependency": "140000-mzt-0003-idp",
    "move_group": "marriage-and-archive",
    "target": "t-2021-systems",
    "rule": "mail-to-shared",
    "risk": "risk-0001",
}
"""What an id of each kind looks like."""


def schema(kind: str) -> dict[str, Any]:
    """The schema of one record of ``kind``; UnknownObjectError for an unknown kind.

    A field carries description, ``x-unit`` where it has a unit (also told in the description), and ``examples``.
    """
    if kind not in KINDS:
        raise UnknownObjectError("unknown-kind", kind=kind, nearest=nearest_names(kind, KINDS) or "-")
    return _with_id(schema_of(KINDS[kind]), kind)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of any model, dressed alike."""
    return {"$schema": DRAFT, **_dressed(TypeAdapter(model).json_schema(by_alias=True), model.__name__)}


def schema_all() -> dict[str, Any]:
    """The schema of a file of an estate: the settings of estate.yaml and a list under the plural of each kind."""
    models: list[type[BaseModel]] = [Estate, Component, *KINDS.values()]
    _, shared = models_json_schema([(model, "validation") for model in models], by_alias=True)
    definitions = {name: _dressed(part, name) for name, part in shared["$defs"].items()}
    estate = definitions.pop("Estate")
    properties = dict(estate["properties"])
    for kind, model in KINDS.items():
        definitions[model.__name__] = _with_id(definitions[model.__name__], kind)
        properties[plural(kind)] = {
            "type": "array",
            "description": f"Records of the kind {kind}. {_first_line(model.__doc__)}",
            "items": {"$ref": f"#/$defs/{model.__name__}"},
        }
    definitions["SystemComponent"] = _of_a_system(definitions[Component.__name__])
    properties[_COMPONENTS] = {
        "type": "array",
        "description": "Components of systems as records of their own, each with its system.",
        "items": {"$ref": "#/$defs/SystemComponent"},
    }
    return {
        "$schema": DRAFT,
        "title": "Estate",
        "description": "A file of an estate: records under the plural of their kind; in estate.yaml also the settings.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _of_a_system(component: dict[str, Any]) -> dict[str, Any]:
    system = {"type": ["string", "number"], "title": "System", "description": "System that it is a part of"}
    return {
        **component,
        "properties": {"system": {**system, "examples": ["140000-mzt-0003"]}, **component["properties"]},
        "required": ["system", *component["required"]],
    }


def _with_id(record: dict[str, Any], kind: str) -> dict[str, Any]:
    properties = record["properties"]
    return {**record, "properties": {**properties, "id": {**properties["id"], "examples": [_IDS[kind]]}}}


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _dressed(node: Any, title: str = "") -> Any:
    """Pydantic's schema as editors need it: units told, plain texts that may look like numbers (140000) allowed."""
    if isinstance(node, list):
        return [_dressed(item) for item in node]
    if not isinstance(node, dict):
        return node
    found: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("properties", "$defs"):
            found[key] = {name: _dressed(part) for name, part in value.items()}
        elif key in ("default", "examples"):
            found[key] = value
        elif key == "unit":
            found["x-unit"] = value
        else:
            found[key] = _dressed(value)
    if title:
        found["title"] = title
    if "x-unit" in found:
        found["description"] = f"{found['description']} [{found['x-unit']}]"
    if found.get("type") == "string" and not {"format", "enum", "const"} & found.keys():
        found["type"] = ["string", "number"]
    return found
