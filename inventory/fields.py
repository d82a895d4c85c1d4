"""What the fields of a model hold: structs, references, scalars, one or many. Read from annotations, once a model."""

from __future__ import annotations

import datetime as dt
import types
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from inventory.base import EndRef, Ref, SelectorText, Struct, TypedRef

__all__ = ["FieldShape", "Mark", "shapes_of"]

Mark = Ref | TypedRef | EndRef | SelectorText


@dataclass(frozen=True)
class FieldShape:
    """What one field holds.

    ``attribute``: its name on the model; ``many``: a tuple of values; ``struct``: the model of a nested value;
    ``mark``: what a text refers to; ``scalar``: str, int, float, bool, date, time or an enum (absent for plain
    structs); ``choices``: the permitted texts; ``mapping``: the scalar of a mapping's values, whose keys are
    ``choices``.
    """

    attribute: str
    many: bool = False
    struct: type[Struct] | None = None
    mark: Mark | None = None
    scalar: type | None = None
    choices: tuple[str, ...] = ()
    mapping: type | None = None


@cache
def shapes_of(model: type[Struct]) -> dict[str, FieldShape]:
    """Name -> shape, of all fields of a model; a field with an alias is listed under both names."""
    found: dict[str, FieldShape] = {}
    for name, info in model.model_fields.items():
        shape = _read(info.annotation, FieldShape(name))
        shape = _marked(shape, info.metadata)
        found[name] = shape
        if info.alias:
            found[info.alias] = shape
    return found


def _marked(shape: FieldShape, metadata: Any) -> FieldShape:
    mark = next((item for item in metadata if isinstance(item, Mark)), None)
    return shape if mark is None else replace(shape, mark=mark)


def _read(annotation: Any, shape: FieldShape) -> FieldShape:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        return _marked(_read(inner, shape), metadata)
    if origin in (Union, types.UnionType):
        for part in get_args(annotation):
            shape = _read(part, shape)
        return shape
    if origin is Literal:
        return replace(shape, scalar=str, choices=get_args(annotation))
    if origin is tuple:
        return replace(_read(get_args(annotation)[0], shape), many=True)
    if origin is dict:
        keys, values = get_args(annotation)
        value = _read(values, FieldShape(shape.attribute)).scalar
        return replace(_read(keys, shape), mapping=value)
    return _read_class(annotation, shape)


def _read_class(annotation: Any, shape: FieldShape) -> FieldShape:
    if not isinstance(annotation, type) or annotation is type(None):
        return shape
    if issubclass(annotation, Struct):
        return replace(shape, struct=annotation)
    if issubclass(annotation, StrEnum):
        return replace(shape, scalar=annotation, choices=tuple(member.value for member in annotation))
    if annotation in (str, int, float, bool, dt.date, dt.time):
        return replace(shape, scalar=annotation)
    return shape
