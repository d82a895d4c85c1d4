"""Raw data to frozen records; pydantic's complaints to problems with place, rule, hint and nearest name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from inventory.base import ID_PATTERN, Struct
from inventory.inventory import nearest_names
from inventory.problems import Origin, Problem, problem

__all__ = ["Place", "Step", "describe", "validate"]

Step = str | int
Place = Callable[[tuple[Step, ...]], Origin]
"""From the path of a field inside a record to the place where it was read."""

_EXPECTED: Mapping[str, str] = {
    "int": "a whole number",
    "float": "a number",
    "bool": "yes or no",
    "date": "a date such as 2021-06-30",
    "time": "a time such as 22:00",
    "datetime": "a date and time",
    "string": "text without control characters, at most 2,000 characters",
    "tuple": "a list",
    "dict": "a mapping",
    "model": "a mapping of fields",
    "is": "a mapping of fields",
}
_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
_SHOWN = 60


def validate(
    model: type[Struct], data: Any, place: Place, *, kind: str, id: str = "", hide: bool = False
) -> tuple[Any, list[Problem]]:
    """(record or None, problems). ``hide``: values are not repeated in messages (classified records)."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        found: dict[tuple[Step, ...], Problem] = {}
        for detail in error.errors(include_url=False):
            if detail["type"] == "default_factory_not_called":
                continue  # only follows from another error of the record
            path = _clean(detail["loc"])
            found.setdefault(path, _problem(model, detail, path, place, kind, id, hide))
        return None, list(found.values())


def _clean(loc: tuple[Step, ...]) -> tuple[Step, ...]:
    """Without pydantic's marks of union branches ("literal[...]", "NeedsIpv6By", "[key]")."""
    return tuple(step for step in loc if isinstance(step, int) or not ("[" in step or step[:1].isupper()))


def _problem(
    model: type[Struct], detail: ErrorDetails, path: tuple[Step, ...], place: Place, kind: str, id: str, hide: bool
) -> Problem:
    code, data, nearest = describe(model, detail, path, hide)
    dotted = ".".join(str(step) for step in path)
    return problem(code, place(path), kind=kind, id=id, path=dotted, nearest=nearest, **data)


def describe(
    model: type[Struct], detail: ErrorDetails, path: tuple[Step, ...], hide: bool
) -> tuple[str, dict[str, Any], str]:
    """(code, data, nearest name) of one of pydantic's errors."""
    context = detail.get("ctx", {})
    value = "…" if hide else _shown(detail["input"])
    info = _field(model, path)
    description = (info.description or "") if info else ""
    match detail["type"]:
        case "missing":
            return "missing-field", {"field": str(path[-1]), "description": description}, ""
        case "extra_forbidden":
            inside = _struct(model, path[:-1])
            known = [other.alias or name for name, other in inside.model_fields.items()] if inside else []
            return "unknown-field", {"field": str(path[-1])}, nearest_names(str(path[-1]), known)
        case "enum" | "literal_error":
            choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
            return "bad-choice", {"value": value, "choices": choices}, nearest_names(value, choices.split(", "))
        case "string_pattern_mismatch" if context.get("pattern") == ID_PATTERN:
            return "bad-id", {"value": value}, ""
        case "bad-prefix":
            return "bad-prefix", {"value": value}, str(context.get("nearest", ""))
        case "bad-address" | "bad-cidr" | "bad-interface-address":
            return "bad-value", {"value": value, "expected": detail["msg"], "description": description}, ""
        case _ if sign := next((name for name in _BOUNDS if name in context), None):
            bound = context[sign]
            expected = f"{_BOUNDS[sign]} {bound:g}" if isinstance(bound, (int, float)) else f"{_BOUNDS[sign]} {bound}"
            return "out-of-range", {"value": value, "expected": expected, "description": description}, ""
        case other:
            expected = _EXPECTED.get(other.split("_")[0], detail["msg"])
            return "bad-value", {"value": value, "expected": expected, "description": description}, ""


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _structs(annotation: Any) -> list[type[Struct]]:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return [annotation] if issubclass(annotation, Struct) else []
    return [found for option in get_args(annotation) for found in _structs(option)]


def _struct(model: type[Struct], path: tuple[Step, ...]) -> type[Struct] | None:
    found: type[Struct] | None = model
    for step in path:
        if isinstance(step, int) or found is None:
            continue
        info = _own(found, step)
        found = next(iter(_structs(info.annotation)), None) if info else None
    return found


def _own(model: type[Struct], name: str) -> FieldInfo | None:
    fields = model.model_fields
    return fields.get(name) or next((info for info in fields.values() if info.alias == name), None)


def _field(model: type[Struct], path: tuple[Step, ...]) -> FieldInfo | None:
    names = [step for step in path if isinstance(step, str)]
    inside = _struct(model, tuple(names[:-1])) if names else None
    return _own(inside, names[-1]) if inside and names else None
