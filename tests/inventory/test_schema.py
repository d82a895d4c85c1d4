"""Every field of every kind explains itself in the exported JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from inventory.errors import UnknownObjectError
from inventory.kinds import KINDS, PLURALS
from inventory.schema import DRAFT, schema, schema_all

SAYABLE = Path(__file__).parent.parent / "data" / "sayable"

UNITLESS = re.compile(
    r"(^|\.)(grade|from_grade|network_changes|certified_grade|count|racks|vlan|port|order|weight|metric_ab|metric_ba|overcommit|headroom|availability"
    r"|from_availability|migration_share|most|peak_share|block|reserve|value|users|log_ins_90d|requests_90d|max_cutovers|min|max|format|position|bytes_seen|start|asn|ospf_process|ospfv3_process|isis_process)$"
)
"""Numbers that count things, number things or are shares: the description says which."""


def _objects() -> Iterator[tuple[str, dict[str, Any]]]:
    whole = schema_all()
    yield "", whole
    yield from whole["$defs"].items()


def _fields() -> list[tuple[str, dict[str, Any], bool]]:
    return [
        (f"{owner}.{name}".lstrip("."), field, name in part.get("required", ()))
        for owner, part in _objects()
        for name, field in part.get("properties", {}).items()
    ]


def _types(field: dict[str, Any]) -> set[str]:
    """JSON types of a field, of its options and members."""
    found: set[str] = set()
    for part in (field, *field.get("anyOf", ()), field.get("additionalProperties") or {}):
        if not isinstance(part, dict):
            continue
        named = part.get("type", "")
        found |= {named} if isinstance(named, str) else set(named)
    return found


FIELDS = _fields()


def test_each_field_has_a_description() -> None:
    assert [name for name, field, _ in FIELDS if len(field.get("description", "")) < 3] == []


def test_each_measured_field_has_a_unit() -> None:
    measured = [
        (name, field)
        for name, field, _ in FIELDS
        if (_types(field) & {"integer", "number"}) and "string" not in _types(field) and not UNITLESS.search(name)
    ]
    assert len(measured) > 40
    assert [name for name, field in measured if not field.get("x-unit")] == []
    assert [name for name, field in measured if not field["description"].endswith(f"[{field['x-unit']}]")] == []


def test_what_must_be_given_has_an_example() -> None:
    wanted = [(name, field) for name, field, required in FIELDS if required or name.endswith(".id")]
    assert len(wanted) > 60
    assert [name for name, field in wanted if not field.get("examples")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_examples_and_defaults_fit_their_own_schema(kind: str) -> None:
    found = schema(kind)
    validator = jsonschema.Draft202012Validator(found)
    for part in (found, *found.get("$defs", {}).values()):
        for name, field in part.get("properties", {}).items():
            within = {**field, "$defs": found.get("$defs", {})}
            for example in field.get("examples", ()):
                assert validator.evolve(schema=within).is_valid(example), (kind, name, example)


@pytest.mark.parametrize("kind", KINDS)
def test_schema_is_itself_valid(kind: str) -> None:
    found = schema(kind)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$schema"] == DRAFT
    assert found["title"] == KINDS[kind].__name__
    assert found["additionalProperties"] is False


def test_a_file_of_an_estate_has_a_list_for_each_kind() -> None:
    whole = schema_all()
    jsonschema.Draft202012Validator.check_schema(whole)
    assert set(PLURALS) | {"components", "name", "as_of", "settings"} <= set(whole["properties"])
    assert whole["$defs"]["SystemComponent"]["required"] == ["system", "id"]
    assert "system" not in whole["$defs"]["Component"]["properties"]


def test_ids_that_look_like_numbers_are_accepted() -> None:
    record = {"id": 140000, "level": "province", "name": "山西省"}
    jsonschema.validate(record, schema("division"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "a", "level": "provinz"},
        {"id": "a"},
        {"id": "a", "level": "city", "nmae": "x"},
        {"id": "a b", "level": "city"},
    ],
)
def test_wrong_records_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema("division"))


def test_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UnknownObjectError) as caught:
        schema("sytem")
    assert caught.value.data["nearest"] == "system"


class _EditorLoader(yaml.SafeLoader):
    """Reads YAML as editors do: dates are text, all other scalars are what YAML makes of them."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name is PyYAML's
        first: [(tag, expression) for tag, expression in resolvers if not tag.endswith("timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@pytest.mark.parametrize("file", sorted(SAYABLE.glob("*.yaml")), ids=lambda file: file.name)
def test_sound_files_fit_the_schema(file: Path) -> None:
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=_EditorLoader)
    jsonschema.validate(data, schema_all())
