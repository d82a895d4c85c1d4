"""Which fields of a kind refer to other records, read from the models' annotations once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from inventory.base import Ref, SelectorText, Struct, TypedRef
from inventory.fields import Mark, shapes_of
from inventory.inventory import end_of, split_ref
from inventory.kinds import KINDS

__all__ = ["Reference", "Target", "references_of", "target_of", "targets_of", "values_at"]


@dataclass(frozen=True)
class Reference:
    """One field that refers: ``path`` from the record, "*" for the members of a list."""

    path: tuple[str, ...]
    marker: Mark


@dataclass(frozen=True)
class Target:
    """One value of a reference: where it stands, what it names. ``id`` is empty where the text names nothing."""

    path: tuple[str | int, ...]
    text: str
    kind: str
    id: str
    soft: bool
    kinds: tuple[str, ...] = ()


def _fields(model: type[Struct]) -> Iterator[Reference]:
    for name, shape in shapes_of(model).items():
        if name != shape.attribute:
            continue
        path = (name, "*") if shape.many else (name,)
        if shape.mark is not None:
            yield Reference(path, shape.mark)
        if shape.struct is not None:
            for inner in _fields(shape.struct):
                yield Reference((*path, *inner.path), inner.marker)


@cache
def references_of(kind: str) -> tuple[Reference, ...]:
    """All fields of a kind that name other records."""
    marked = _fields(KINDS[kind])
    return tuple(reference for reference in marked if not isinstance(reference.marker, SelectorText))


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
            yield target_of(place, text, reference.marker)


def target_of(place: tuple[str | int, ...], text: str, marker: Mark) -> Target:
    """What one value of a reference names."""
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
