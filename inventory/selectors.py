"""Selectors: the small language in which rules, freezes, targets and commands name objects.

``kind:system division:1401* grade>=3 department.sector:finance -id:abc``

* Terms are separated by blanks and must all hold; ``-`` before a term negates it; the empty selector selects all.
* ``field:value`` compares text without regard to case, with ``*`` and ``?`` as wildcards; ``=`` compares exactly;
  ``!=`` is the negation of ``=``; ``>= <= > <`` compare numbers and dates (YYYY-MM-DD). ``,`` inside a value means or;
  ``"..."`` keeps blanks, commas and wildcards as they are. ``field:*`` holds where the field is given.
* A field of many values matches when any member does. A field that is absent matches nothing.
* Dots follow references and nested values: ``department.division.name:太原*``, ``components.technology:oracle*``.
* ``kind:`` is the kind of the record. A field that is itself called kind carries the record's kind before it:
  ``system.kind:mail``.
* Every kind that has a place has ``division`` (its own, or through its department, cloud, room, devices ...),
  ``level`` (its own, or of its division) and ``within`` (its division or any above it).
* A word without an operator selects what has it in its id or name.

A selector without ``kind:`` holds for whatever kind the context asks about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from inventory.errors import SelectorError
from inventory.inventory import Inventory, nearest_names
from inventory.kinds import KINDS, AnyRecord
from inventory.matching import BadValueError, Comparison, Predicate, UnknownFieldError, bind, field_names

__all__ = ["Selector", "count", "find", "parse_selector"]

_HEAD = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)(!=|>=|<=|[:=<>])")
_VALUE = re.compile(r'"([^"]*)"|([^\s,"]+)')
_WORD = ""
"""Field name of a bare word."""


@dataclass(frozen=True)
class _Term:
    field: str
    comparison: Comparison
    negated: bool

    @property
    def names_kind(self) -> bool:
        return self.field == "kind"


@dataclass(frozen=True)
class Selector:
    """A parsed selector. ``text`` is what was written; equal texts are equal selectors."""

    text: str
    terms: tuple[_Term, ...]

    def __reduce__(self) -> tuple[Callable[[str], Selector], tuple[str]]:
        return (parse_selector, (self.text,))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Kinds that it can select: those that its ``kind:`` terms leave; all kinds when it has none."""
        return tuple(kind for kind in KINDS if all(_kind_holds(term, kind) for term in self.terms if term.names_kind))

    @cached_property
    def _matchers(self) -> dict[str, Predicate]:
        return {}

    def matches(self, inventory: Inventory, kind: str, record: AnyRecord) -> bool:
        """Whether it selects a record of ``kind``."""
        matcher = self._matchers.get(kind)
        if matcher is None:
            matcher = self._matchers[kind] = _compile(self, kind)
        return matcher(inventory, record)

    def select(self, inventory: Inventory, kind: str) -> Mapping[str, AnyRecord]:
        """The records of ``kind`` that it selects, by id, in the order of the inventory, which remembers them."""
        if kind not in self.kinds:
            return {}
        if not self.terms:
            return inventory.of(kind)
        known = inventory.selections
        found = known.get((self.text, kind))
        if found is None:
            matches = self.matches
            found = {key: record for key, record in inventory.of(kind).items() if matches(inventory, kind, record)}
            known[self.text, kind] = found
        return found

    def validate(self, kinds: Iterable[str] | None = None) -> None:
        """SelectorError when a term cannot hold for any of ``kinds``: those that its place selects; default all."""
        allowed = tuple(KINDS if kinds is None else kinds)
        possible = [kind for kind in allowed if kind in self.kinds]
        if not possible:
            raise SelectorError("selector-place", selector=self.text, kinds=", ".join(allowed))
        for term in self.terms:
            if not term.names_kind:
                _check_term(self.text, term, possible)


@lru_cache(maxsize=8192)
def parse_selector(text: str) -> Selector:
    """Read a selector.

    SelectorError: ``selector-syntax``; ``selector-kind`` for an unknown kind; ``selector-field`` for a field that no
    kind has, or none of the kinds that ``kind:`` names.
    """
    selector = Selector(text, tuple(_terms(text)))
    for term in selector.terms:
        if term.names_kind:
            _check_kinds(text, term)
    if not selector.kinds:
        raise SelectorError("selector-place", selector=text, kinds="-")
    selector.validate()
    return selector


def find(inventory: Inventory, text: str) -> list[tuple[str, AnyRecord]]:
    """All (kind, record) that a selector selects, by kind, then in the order of the inventory."""
    selector = parse_selector(text)
    return [(kind, record) for kind in selector.kinds for record in selector.select(inventory, kind).values()]


def count(inventory: Inventory, text: str) -> int:
    """How many records a selector selects."""
    return len(find(inventory, text))


# ---- reading --------------------------------------------------------------------------------------------------------


def _terms(text: str) -> Iterable[_Term]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        start = position
        negated = text[position] == "-"
        position += negated
        head = _HEAD.match(text, position)
        field, operator = (head[1], head[2]) if head else (_WORD, ":")
        values, end = _values(text, head.end() if head else position)
        if not values or (field == "kind" and operator not in (":", "=")):
            raise SelectorError("selector-syntax", selector=text, rest=text[start : start + 40])
        if operator == "!=":
            negated, operator = not negated, "="
        yield _Term(field, Comparison(operator, values), negated)
        position = end


def _values(text: str, position: int) -> tuple[tuple[tuple[str, bool], ...], int]:
    """(values, end); no values where they cannot be read up to the next blank."""
    found: list[tuple[str, bool]] = []
    while (match := _VALUE.match(text, position)) is not None:
        quoted = match[1] is not None
        found.append((match[1] if quoted else match[2], quoted))
        position = match.end()
        if position == len(text) or text[position].isspace():
            return tuple(found), position
        if text[position] != ",":
            break
        position += 1
    return (), position


def _kind_holds(term: _Term, kind: str) -> bool:
    return any(value == kind for value, _ in term.comparison.values) != term.negated


def _check_kinds(text: str, term: _Term) -> None:
    for value, _ in term.comparison.values:
        if value not in KINDS:
            raise SelectorError("selector-kind", selector=text, named=value, nearest=nearest_names(value, KINDS) or "-")


# ---- binding to kinds -----------------------------------------------------------------------------------------------


def _predicate(term: _Term, kind: str) -> Predicate:
    if term.field == _WORD:
        return _bind_word(term.comparison, kind)
    path = tuple(term.field.split("."))
    if path[0] == kind and len(path) > 1:
        path = path[1:]
    return bind(kind, path, term.comparison)


def _bind_word(comparison: Comparison, kind: str) -> Predicate:
    wanted = comparison.containing()
    by_id = bind(kind, ("id",), wanted)
    if "name" not in KINDS[kind].model_fields:
        return by_id
    by_name = bind(kind, ("name",), wanted)
    return lambda inventory, record: by_id(inventory, record) or by_name(inventory, record)


def _check_term(text: str, term: _Term, kinds: list[str]) -> None:
    problem: SelectorError | None = None
    for kind in kinds:
        try:
            _predicate(term, kind)
        except UnknownFieldError as error:
            if problem is None:
                problem = _unknown_field(text, term, kinds, error)
        except BadValueError as error:
            problem = SelectorError(error.code, selector=text, **error.data)
        else:
            return
    if problem is not None:
        raise problem


def _unknown_field(text: str, term: _Term, kinds: list[str], error: UnknownFieldError) -> SelectorError:
    owner, name, known = error.owner, error.name, set(error.known)
    if len(kinds) > 1:
        owner = " / ".join(kinds) if len(kinds) < len(KINDS) else "record"
        first = term.field.split(".", maxsplit=1)[0]
        here = {field for kind in kinds for field in field_names(KINDS[kind])} | set(kinds)
        name, known = (name, known) if first in here else (first, here)
    nearest = nearest_names(name, known) or "-"
    return SelectorError("selector-field", selector=text, owner=owner, field=name, nearest=nearest)


def _compile(selector: Selector, kind: str) -> Predicate:
    if kind not in selector.kinds:
        return lambda _inventory, _record: False
    wanted: list[Predicate] = []
    unwanted: list[Predicate] = []
    for term in selector.terms:
        if term.names_kind:
            continue
        try:
            (unwanted if term.negated else wanted).append(_predicate(term, kind))
        except (UnknownFieldError, BadValueError):
            if not term.negated:
                return lambda _inventory, _record: False
    if len(wanted) == 1 and not unwanted:
        return wanted[0]

    def matches(inventory: Inventory, record: Any) -> bool:
        for holds in wanted:
            if not holds(inventory, record):
                return False
        for holds in unwanted:  # noqa: SIM110 - any() over a generator costs three times as much here
            if holds(inventory, record):
                return False
        return True

    return matches
