"""Random records of every kind, made from the models' own annotations."""

from __future__ import annotations

import datetime as dt
import types
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from inventory.base import ID_PATTERN, EndRef, SelectorText, Struct, TypedRef

_ASCII = "0123456789ABCabcxyz"
ids = st.builds(str.__add__, st.sampled_from(_ASCII), st.text(_ASCII + "._-", max_size=8))
texts = st.text(
    st.one_of(st.characters(min_codepoint=32, max_codepoint=0x4FFF), st.sampled_from('\n\t;,"#:[]{}=')), max_size=12
)
addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)


def _number(kind: type, metadata: list[Any]) -> st.SearchStrategy[Any]:
    bounds: dict[str, Any] = {}
    for constraint in metadata:
        for name in ("ge", "gt", "le", "lt"):
            if getattr(constraint, name, None) is not None:
                bounds[name] = getattr(constraint, name)
    low = bounds.get("ge", bounds.get("gt", -1000))
    high = bounds.get("le", 1_000_000)
    if kind is int:
        return st.integers(int(low) + ("gt" in bounds), int(high))
    return st.floats(low, high, allow_nan=False, allow_infinity=False, exclude_min="gt" in bounds)


def _of(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    if get_origin(annotation) is Annotated:
        inner = [part for mark in annotation.__metadata__ for part in getattr(mark, "metadata", [mark])]
        return _of(annotation.__origin__, [*metadata, *inner])
    if any(isinstance(mark, TypedRef) for mark in metadata):
        kinds = next(mark for mark in metadata if isinstance(mark, TypedRef)).kinds
        return st.builds("{}:{}".format, st.sampled_from(kinds), ids)
    if any(isinstance(mark, EndRef) for mark in metadata):
        return st.one_of(ids, st.builds("{}/{}".format, ids, ids), ids.map("external_object:{}".format))
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return st.one_of([_of(option, metadata) for option in get_args(annotation)])
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if origin is tuple:
        return st.lists(_of(get_args(annotation)[0], []), max_size=3).map(tuple)
    if origin is dict:
        key, value = get_args(annotation)
        return st.dictionaries(_of(key, []), _of(value, []), max_size=3)
    return _plain(annotation, metadata)


def _plain(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    if annotation is type(None):
        return st.none()
    if annotation is str:
        return _text(metadata)
    if annotation is bool:
        return st.booleans()
    if annotation in (int, float):
        return _number(annotation, metadata)
    if annotation is dt.date:
        return st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1))
    if annotation is dt.time:
        return st.times().map(lambda time: time.replace(microsecond=0))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(list(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return records(annotation)
    raise NotImplementedError(annotation)


def _text(metadata: list[Any]) -> st.SearchStrategy[str]:
    validators = {getattr(getattr(mark, "func", None), "__name__", "") for mark in metadata}
    if "_check_address" in validators:
        return addresses
    if "_check_cidr" in validators:
        return addresses.map(lambda address: f"{address}/{128 if ':' in address else 32}")
    if "_check_interface_address" in validators:
        return addresses.map(lambda address: f"{address}/24")
    if any(isinstance(mark, SelectorText) for mark in metadata):
        return st.sampled_from(["", "kind:system grade>=3"])
    patterns = [mark.pattern for mark in metadata if getattr(mark, "pattern", None)]
    if ID_PATTERN in patterns or any(type(mark).__name__ == "Ref" for mark in metadata):
        return ids
    if any("[0-9]{6}" in pattern for pattern in patterns):
        return st.text("0123456789", min_size=6, max_size=6)
    smallest = max((mark.min_length for mark in metadata if getattr(mark, "min_length", None)), default=0)
    return texts.filter(lambda text: len(text) >= smallest)


def _field(info: FieldInfo) -> st.SearchStrategy[Any]:
    made = _of(info.annotation, list(info.metadata))
    if info.is_required() or info.default_factory is not None:
        return made
    return st.one_of(st.just(info.default), made)


def records(model: type[Struct]) -> st.SearchStrategy[Any]:
    """Valid records of a model."""
    fields = {info.alias or name: _field(info) for name, info in model.model_fields.items()}
    return st.fixed_dictionaries(fields).map(model.model_validate)
