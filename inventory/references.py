"""Which fields of a kind refer to other records, read from the models' annotations once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

from inventory.base import EndRef, Ref, SelectorText, Struct, TypedRef
from inventory.inventory import end_of, split_ref
from inventory.kinds import KINDS

__all__ = ["Reference", "Target", "fields_marked", "references_of", "targets_of"]

Marker = Ref | TypedRef | EndRef | SelectorText


@dataclass(frozen=True)
class Reference:
    """One field that refers: ``path`` from the record, "*" for the members of a list."""

    path: tuple[str, ...]
    marker: Marker


@dataclass(frozen=True)
class Target:
    """One value of a reference: where it stands, what it names. ``id`` is empty where the text names nothing."""

    path: tuple[str | int, ...]
    text: str
    kind: str
    id: str
    soft: bool
    kinds: tuple[str, ...] = ()


def _walk(annotation: Any, path: tuple[str, ...]) -> Iterator[Reference]:
    metadata = getattr(annotation, "__metadata__", ())
    for marker in metadata:
        if isinstance(marker, (Ref, TypedRef, EndRef, SelectorText)):
            yield Reference(path, marker)
    if metadata:
        annotation = annotation.__origin__
    origin = get_origin(annotation)
    if origin is tuple:
        yield from _walk(get_args(annotation)[0], (*path, "*"))
    elif origin is not None and origin is not dict:
        for option in get_args(annotation):
            yield from _walk(option, path)
    elif isinstance(annotation, type) and issubclass(annotation, Struct):
        yield from _fields(annotation, path)


def _fields(model: type[Struct], path: tuple[str, ...]) -> Iterator[Reference]:
    for name, info in model.model_fields.items():
        for marker in info.metadata:
            if isinstance(marker, (Ref, TypedRef, EndRef, SelectorText)):
                yield Reference((*path, name), marker)
        yield from _walk(info.annotation, (*path, name))


@cache
def _all_marked(kind: str) -> tuple[Reference, ...]:
    return tuple(_fields(KINDS[kind], ()))


@cache
def references_of(kind: str) -> tuple[Reference, ...]:
    """All fields of a kind that name other records."""
    return tuple(reference for reference in _all_marked(kind) if not isinstance(reference.marker, SelectorText))


@cache
def fields_marked(model: type[Struct], marker: type[Marker]) -> tuple[Reference, ...]:
    """Fields of a model (a kind, or the estate's settings) that carry a marker, such as all selectors."""
    return tuple(reference for reference in _fields(model, ()) if isinstance(reference.marker, marker))


def values_at(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(place, text) of every non-empty value of a path."""
    if value is None:
        return
    if not path:
        if value != "":
            yield (), value
        return
    step, rest = path[0], path[1:]
    if step == "*":
        for index, item in enumerate(value):
            for place, text in values_at(item, rest):
                yield (index, *place), text
    else:
        for place, text in values_at(getattr(value, step, None), rest):
            yield (step, *place), text


def targets_of(kind: str, record: Any) -> Iterator[Target]:
    """What a record refers to."""
    for reference in references_of(kind):
        for place, text in values_at(record, reference.path):
            yield _target(place, text, reference.marker)


def _target(place: tuple[str | int, ...], text: str, marker: Marker) -> Target:
    if isinstance(marker, Ref):
        return Target(place, text, marker.kind, text, marker.soft)
    if isinstance(marker, TypedRef):
        kind, id = split_ref(text)
        known = kind in marker.kinds and id
        return Target(place, text, kind if known else "", id if known else "", marker.soft, marker.kinds)
    end = end_of(text)
    if end.external:
        return Target(place, text, "external_object", end.external, False)
    if end.component:
        return Target(place, text, "component", f"{end.system}/{end.component}", False)
    return Target(place, text, "system", end.system, False)
