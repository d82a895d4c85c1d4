"""One term of a selector, bound to one kind: from a path of fields and a comparison to a fast predicate."""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inventory.base import EndRef, Ref, Struct, TypedRef
from inventory.fields import FieldShape, shapes_of
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from inventory.kinds.territory import Level

__all__ = ["BadValueError", "Comparison", "Predicate", "UnknownFieldError", "bind", "field_names"]

Predicate = Callable[[Inventory, Any], bool]
Test = Callable[[Any], bool]

_DERIVED = ("division", "level", "within")

_DIVISION_THROUGH: dict[str, tuple[str, ...]] = {
    "department": ("division",),
    "cloud": ("division",),
    "pool": ("cloud",),
    "room": ("division",),
    "asset": ("room",),
    "device": ("division",),
    "link": ("a_device", "b_device"),
    "prefix": ("division",),
    "private_network": ("department",),
    "line": ("department",),
    "internet_exit": ("division", "department"),
    "carrier": ("divisions",),
    "system": ("department",),
    "dependency": ("client", "provider"),
    "move_group": ("systems",),
    "risk": ("object",),
}
"""Fields through which a record of a kind gets its division; a division is its own."""

_OWN_LEVEL = {"division": "level", "device": "level", "private_network": "levels"}

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


class UnknownFieldError(Exception):
    """``owner`` (a kind or a nested value) has no field ``name``; ``known`` are the ones it has."""

    def __init__(self, owner: str, name: str, known: Iterable[str]) -> None:
        super().__init__(owner, name)
        self.owner, self.name, self.known = owner, name, tuple(known)


class BadValueError(Exception):
    """The value or the operator does not suit the field: one of SelectorError's codes and its data."""

    def __init__(self, code: str, **data: str) -> None:
        super().__init__(code, data)
        self.code, self.data = code, data


@dataclass(frozen=True)
class Comparison:
    """An operator and its values: (text, whether it stood in quotation marks)."""

    operator: str
    values: tuple[tuple[str, bool], ...]

    def containing(self) -> Comparison:
        """The same values, looked for inside a text."""
        return Comparison("contains", self.values)


def field_names(model: type[Struct]) -> list[str]:
    """All names that may stand in a path at this model."""
    names = list(shapes_of(model))
    return names + [name for name in _DERIVED if name not in names] if model in _KIND_OF else names


def bind(kind: str, path: tuple[str, ...], comparison: Comparison) -> Predicate:
    """A predicate over records of ``kind``; UnknownFieldError, BadValueError."""
    return _bind(KINDS[kind], path, comparison)


_KIND_OF: dict[type[Struct], str] = {model: kind for kind, model in KINDS.items()}


def _bind(model: type[Struct], path: tuple[str, ...], comparison: Comparison) -> Predicate:
    name, rest = path[0], path[1:]
    kind = _KIND_OF.get(model)
    if kind is not None and name in _DERIVED:
        return _bind_derived(kind, path, comparison)
    shape = shapes_of(model).get(name)
    if shape is None:
        raise UnknownFieldError(kind or model.__name__, name, field_names(model))
    if rest:
        return _bind_inner(shape, rest, comparison)
    if shape.scalar is None:
        raise BadValueError("selector-parts", field=name, parts=", ".join(shapes_of(_struct(shape))))
    return _over(shape, _with_ids(shape, _test(shape, comparison)))


def _struct(shape: FieldShape) -> type[Struct]:
    assert shape.struct is not None
    return shape.struct


def _over(shape: FieldShape, test: Test) -> Predicate:
    """Apply a test to the value or to any of the values of a field."""
    name = shape.attribute
    if shape.mapping is not None or shape.many:
        return lambda _inventory, record: any(map(test, getattr(record, name)))
    if shape.struct is not None:  # either a text or a nested value, such as needs_ipv6
        return lambda _inventory, record: isinstance(value := getattr(record, name), str) and test(value)

    def holds(_inventory: Inventory, record: Any) -> bool:
        value = getattr(record, name)
        return value is not None and value != "" and test(value)

    return holds


def _with_ids(shape: FieldShape, test: Test) -> Test:
    """References that carry a kind or a component match by the bare id as well."""
    if isinstance(shape.mark, TypedRef):
        return lambda value: test(value) or test(value.partition(":")[2])
    if isinstance(shape.mark, EndRef):
        return lambda value: test(value) or test(_end(value)[1])
    return test


def _typed(value: str) -> tuple[str, ...]:
    """(kind, id) of KIND:ID."""
    return tuple(value.split(":", 1))


def _end(value: str) -> tuple[str, str]:
    """(kind, id) of the end of a dependency."""
    if value.startswith("external_object:"):
        return "external_object", value.partition(":")[2]
    return "system", value.removeprefix("system:").partition("/")[0]


# ---- following ------------------------------------------------------------------------------------------------------


def _bind_inner(shape: FieldShape, rest: tuple[str, ...], comparison: Comparison) -> Predicate:
    if shape.mapping is not None:
        return _bind_key(shape, rest, comparison)
    if shape.struct is not None:
        return _bind_struct(shape, _bind(shape.struct, rest, comparison))
    if isinstance(shape.mark, Ref):
        return _follow(shape, {shape.mark.kind: _bind(KINDS[shape.mark.kind], rest, comparison)}, None)
    if isinstance(shape.mark, TypedRef):
        kinds = tuple(kind for kind in shape.mark.kinds if kind in KINDS)
        return _follow(shape, _bind_any(kinds, rest, comparison), _typed)
    if isinstance(shape.mark, EndRef):
        return _follow(shape, _bind_any(("system", "external_object"), rest, comparison), _end)
    raise UnknownFieldError(shape.attribute, rest[0], ())


def _bind_any(kinds: tuple[str, ...], rest: tuple[str, ...], comparison: Comparison) -> dict[str, Predicate]:
    found: dict[str, Predicate] = {}
    problem: Exception | None = None
    for kind in kinds:
        try:
            found[kind] = _bind(KINDS[kind], rest, comparison)
        except (UnknownFieldError, BadValueError) as error:
            problem = problem or error
    if not found:
        assert problem is not None
        raise problem
    return found


def _bind_struct(shape: FieldShape, inner: Predicate) -> Predicate:
    name = shape.attribute
    if shape.many:
        return lambda inventory, record: any(inner(inventory, item) for item in getattr(record, name))
    if shape.scalar is not None:

        def holds(inventory: Inventory, record: Any) -> bool:
            value = getattr(record, name)
            return isinstance(value, Struct) and inner(inventory, value)

        return holds
    return lambda inventory, record: (value := getattr(record, name)) is not None and inner(inventory, value)


def _bind_key(shape: FieldShape, rest: tuple[str, ...], comparison: Comparison) -> Predicate:
    key, name = rest[0], shape.attribute
    if key not in shape.choices or len(rest) > 1:
        raise UnknownFieldError(name, rest[-1], shape.choices)
    test = _test(FieldShape(name, scalar=shape.mapping), comparison)
    return lambda _inventory, record: (value := getattr(record, name).get(key)) is not None and test(value)


def _follow(
    shape: FieldShape, inner: dict[str, Predicate], split: Callable[[str], tuple[str, ...]] | None
) -> Predicate:
    """Look at the record that a text refers to; ``split`` finds (kind, id) in it, absent where the kind is fixed."""
    name = shape.attribute
    if split is None:
        ((kind, only),) = inner.items()
        records = plural(kind)

        def one(inventory: Inventory, value: str) -> bool:
            record = getattr(inventory, records).get(value)
            return record is not None and only(inventory, record)

    else:
        find_end = split

        def one(inventory: Inventory, value: str) -> bool:
            kind, *rest = find_end(value)
            if kind not in inner or not rest:
                return False
            record = getattr(inventory, plural(kind)).get(rest[0])
            return record is not None and inner[kind](inventory, record)

    if shape.many:
        return lambda inventory, record: any(one(inventory, value) for value in getattr(record, name))
    return lambda inventory, record: (value := getattr(record, name)) is not None and one(inventory, value)


# ---- derived fields -------------------------------------------------------------------------------------------------


def _bind_derived(kind: str, path: tuple[str, ...], comparison: Comparison) -> Predicate:
    name, rest = path[0], path[1:]
    if name == "level" and kind in _OWN_LEVEL:
        return _over_level(kind, rest, comparison)
    if name == "division":
        inner = _bind(KINDS["division"], rest or ("id",), comparison)
    elif rest:
        raise UnknownFieldError(name, rest[0], ())
    elif name == "level":
        inner = _bind(KINDS["division"], ("level",), comparison)
    else:
        test = _test(FieldShape("within", scalar=str), comparison)
        inner = lambda inventory, division: any(map(test, inventory.lineage(division.id)))  # noqa: E731
    return _through_division(kind, name, inner)


def _over_level(kind: str, rest: tuple[str, ...], comparison: Comparison) -> Predicate:
    shape = shapes_of(KINDS[kind])[_OWN_LEVEL[kind]]
    if rest:
        raise UnknownFieldError("level", rest[0], ())
    return _over(shape, _test(FieldShape("level", scalar=Level, choices=shape.choices), comparison))


def _through_division(kind: str, name: str, inner: Predicate) -> Predicate:
    if kind == "division":
        return inner
    steps: list[Predicate] = []
    for through in _DIVISION_THROUGH.get(kind, ()):
        shape = shapes_of(KINDS[kind])[through]
        if isinstance(shape.mark, TypedRef):
            kinds = [target for target in shape.mark.kinds if target in _DIVISION_THROUGH or target == "division"]
            steps.append(_follow(shape, {to: _through_division(to, name, inner) for to in kinds}, _typed))
        elif isinstance(shape.mark, EndRef):
            steps.append(_follow(shape, {"system": _through_division("system", name, inner)}, _end))
        else:
            assert isinstance(shape.mark, Ref)
            steps.append(_follow(shape, {shape.mark.kind: _through_division(shape.mark.kind, name, inner)}, None))
    if not steps:
        raise UnknownFieldError(kind, name, shapes_of(KINDS[kind]))
    if len(steps) == 1:
        return steps[0]
    return lambda inventory, record: any(step(inventory, record) for step in steps)


# ---- comparing ------------------------------------------------------------------------------------------------------


def _test(shape: FieldShape, comparison: Comparison) -> Test:
    scalar = shape.scalar
    assert scalar is not None
    if comparison.operator == "contains":
        parts = tuple(value.casefold() for value, _ in comparison.values)
        patterns = _pattern(comparison)
        return lambda value: (
            any(part in value.casefold() for part in parts) or bool(patterns and patterns.fullmatch(value.casefold()))
        )
    if comparison.operator == ":" and any(value == "*" and not quoted for value, quoted in comparison.values):
        return _given
    if scalar in (int, float):
        return _number_test(shape, comparison)
    if scalar is bool:
        wanted = frozenset(_boolean(shape, value) for value, _ in comparison.values)
        _only_equality(shape, comparison)
        return lambda value: value in wanted
    if scalar in (dt.date, dt.time):
        return _time_test(shape, comparison)
    _only_equality(shape, comparison)
    return _text_test(shape, comparison)


def _given(_value: Any) -> bool:
    return True


def _only_equality(shape: FieldShape, comparison: Comparison) -> None:
    if comparison.operator in _COMPARE:
        raise BadValueError("selector-operator", operator=comparison.operator, field=shape.attribute)


def _number_test(shape: FieldShape, comparison: Comparison) -> Test:
    wanted: list[float] = []
    for value, _ in comparison.values:
        try:
            wanted.append(float(value))
        except ValueError:
            raise BadValueError("selector-value", field=shape.attribute, value=value, expected="3, 0.5") from None
    return _ordered_test(shape, comparison, wanted)


def _time_test(shape: FieldShape, comparison: Comparison) -> Test:
    scalar = shape.scalar
    if comparison.operator == ":" and _pattern(comparison):
        text = _text_test(FieldShape(shape.attribute, scalar=str), comparison)
        return lambda value: text(value.isoformat())
    wanted: list[dt.date | dt.time] = []
    for value, _ in comparison.values:
        try:
            wanted.append(dt.date.fromisoformat(value) if scalar is dt.date else dt.time.fromisoformat(value))
        except ValueError:
            expected = "2021-06-30" if scalar is dt.date else "22:00"
            raise BadValueError("selector-value", field=shape.attribute, value=value, expected=expected) from None
    return _ordered_test(shape, comparison, wanted)


def _ordered_test(shape: FieldShape, comparison: Comparison, wanted: list[Any]) -> Test:
    compare = _COMPARE.get(comparison.operator)
    if compare is None:
        among = frozenset(wanted)
        return lambda value: value in among
    if len(wanted) > 1:
        raise BadValueError("selector-operator", operator=comparison.operator, field=shape.attribute)
    limit, holds = wanted[0], compare
    return lambda value: holds(value, limit)


def _boolean(shape: FieldShape, value: str) -> bool:
    known = {"true": True, "yes": True, "false": False, "no": False}
    if value.casefold() not in known:
        raise BadValueError("selector-value", field=shape.attribute, value=value, expected="true, false")
    return known[value.casefold()]


def _text_test(shape: FieldShape, comparison: Comparison) -> Test:
    pattern = _pattern(comparison) if comparison.operator == ":" else None
    plain = [value for value, quoted in comparison.values if quoted or pattern is None or not _is_glob(value)]
    if shape.choices and isinstance(shape.scalar, type) and issubclass(shape.scalar, StrEnum):
        for value in plain:
            if value.casefold() not in shape.choices:
                expected = ", ".join(shape.choices)
                raise BadValueError("selector-value", field=shape.attribute, value=value, expected=expected)
    if comparison.operator == "=":
        exact = frozenset(plain)
        return lambda value: value in exact
    wanted = frozenset(value.casefold() for value in plain)
    if pattern is None:
        return lambda value: value.casefold() in wanted
    matches = pattern.fullmatch
    return lambda value: (folded := value.casefold()) in wanted or matches(folded) is not None


def _is_glob(value: str) -> bool:
    return "*" in value or "?" in value


def _pattern(comparison: Comparison) -> re.Pattern[str] | None:
    """One expression for all values with wildcards."""
    globs = [value.casefold() for value, quoted in comparison.values if not quoted and _is_glob(value)]
    if not globs:
        return None
    parts = (re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".") for glob in globs)
    return re.compile("|".join(parts), re.DOTALL)
