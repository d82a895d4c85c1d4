"""The commands that lead from one configuration to another, in an order that the maker accepts.

Three passes, because a line may be referred to by others until these are taken back or typed over:

1. what goes is taken back, users before what they use (falling phases);
2. what is new is typed, what is used before its users (rising phases);
3. objects of which nothing stays are taken back, users first again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from network.config.reading import dialect_of, plain_of, volatile_of
from network.config.tree import ConfigLine, ConfigTree
from network.diff.difference import Change, Comparison
from network.diff.patch import Patch
from network.diff.rules import RuleBook
from network.diff.tables.comware import COMWARE
from network.diff.tables.frr import FRR
from network.diff.tables.ios import IOS
from network.diff.tables.vrp import VRP
from network.platforms import Platform

__all__ = ["comparison_of", "patch", "refused"]

_TABLES = {"vrp": VRP, "comware": COMWARE, "frr": FRR, "ios": IOS, "zxros": IOS}
_BOOKS: dict[str, RuleBook] = {}


def comparison_of(platform: Platform) -> Comparison:
    """How configurations of the platform are compared."""
    book = _BOOKS.get(platform.dialect)
    if book is None:
        book = _BOOKS[platform.dialect] = RuleBook(_TABLES[platform.dialect], platform.undo)
    return Comparison(dialect_of(platform), book, plain_of(platform), volatile_of(platform))


def patch(platform: Platform, before: ConfigTree, after: ConfigTree) -> Patch:
    """What to type, from the configuration view, to get from ``before`` to ``after``; swapped, the way back."""
    making = _Making(comparison_of(platform))
    change = making.comparison.changes(before.lines, after.lines)
    commands = [*making.taken(change, late=False), *making.given(change), *making.taken(change, late=True)]
    return Patch(tuple(commands))


def refused(platform: Platform, patch: Patch) -> tuple[str, ...]:
    """The commands that the platform's guard would not undo; such a patch is not sent."""
    search = _not_undone(platform.not_undone)
    return tuple(command for command in patch.commands if search is not None and search.search(command))


@cache
def _not_undone(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


Placed = tuple[tuple[float, int], list[str]]


@dataclass(frozen=True, slots=True)
class _Begins:
    """What lines of a view begin with: those wanted, with themselves; those that stay, without and with themselves."""

    wanted: frozenset[str]
    staying: frozenset[str]
    whole: frozenset[str]


class _Making:
    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.book = comparison.book
        self.plain = comparison.plain
        self.leave = comparison.dialect.leave
        self._known: dict[str, _Begins] = {}

    def taken(self, change: Change, *, late: bool) -> list[str]:
        """Commands of the first pass, or with ``late`` of the third, in this view and the views in it."""
        placed: list[Placed] = []
        for place, line in change.taken:
            text = self.plain(line.text)
            if self._late(change, text) is late:
                phase = self.book.find(change.path, text).rule.phase
                placed.append(((-phase, -place), [self._undo(change, line)]))
        if not late:
            placed.extend(((-phase - 0.5, 0), [line]) for phase, line, _ in self._placeholders(change))
        for place, inner in change.inner:
            if commands := self.taken(inner, late=late):
                phase = self.book.find(change.path, self.plain(inner.head)).rule.phase
                placed.append(((-phase, -place), [inner.head, *commands, self.leave]))
        return _joined(placed)

    def _undo(self, change: Change, line: ConfigLine) -> str:
        """What takes the line back; the whole line where the short form would take others that stay."""
        short = self.book.undo(change.path, line.text)
        whole = self.book.negation + line.text
        if short == whole or not short.startswith(self.book.negation):
            return short
        begin = self.plain(short.removeprefix(self.book.negation))
        return whole if begin in self._begins(change).staying else short

    def _begins(self, change: Change) -> _Begins:
        found = self._known.get(change.path)
        if found is None:
            after = {self.plain(line.text) for line in change.after}
            had = {self.plain(line.text) for line in change.before}
            begins = {text: _word_begins(text) for text in after}
            found = self._known[change.path] = _Begins(
                wanted=frozenset(after.union(*begins.values())),
                staying=frozenset().union(*(begins[text] for text in after & had)),
                whole=frozenset().union(*({text, *begins[text]} for text in after & had)),
            )
        return found

    def given(self, change: Change) -> list[str]:
        """Commands of the second pass."""
        placed: list[Placed] = []
        for place, line in change.given:
            phase = self.book.find(change.path, self.plain(line.text)).rule.phase
            placed.append(((phase, place), self._typed(change.path, line)))
        placed.extend(((phase + 0.5, 0), [undo]) for phase, _, undo in self._placeholders(change))
        for place, inner in change.inner:
            if commands := self.given(inner):
                phase = self.book.find(change.path, self.plain(inner.head)).rule.phase
                placed.append(((phase, place), [inner.head, *commands, self.leave]))
        return _joined(placed)

    def _typed(self, path: str, line: ConfigLine) -> list[str]:
        head = line.text.split("\n")
        if not line.children:
            return [*head, self.leave] if self.book.find(path, self.plain(line.text)).rule.opens else head
        below = self.comparison.below(path, line.text)
        placed = [
            (
                (float(self.book.find(below, self.plain(child.text)).rule.phase), place),
                self._typed(below, child),
            )
            for place, child in enumerate(line.children)
        ]
        return [*head, *_joined(placed), self.leave]

    def _late(self, change: Change, text: str) -> bool:
        """Whether the line is a part of an object of which nothing stays."""
        found = self.book.find(change.path, text)
        thing = found.fill(found.rule.thing)
        if thing is None:
            return False
        return thing not in self._begins(change).wanted

    def _placeholders(self, change: Change) -> list[tuple[int, str, str]]:
        """Phase, line and undo for each object of which all parts are exchanged."""
        things: dict[str, tuple[int, str, str]] = {}
        for _, line in change.taken:
            text = self.plain(line.text)
            found = self.book.find(change.path, text)
            thing = found.fill(found.rule.thing)
            if found.rule.placeholder is not None and thing is not None and thing not in things:
                typed, undo = found.rule.placeholder
                things[thing] = (found.rule.phase, typed.format(*found.groups), undo.format(*found.groups))
        begins = self._begins(change) if things else None
        return [
            row
            for thing, row in things.items()
            if begins is not None and thing in begins.wanted and thing not in begins.whole
        ]


def _word_begins(text: str) -> set[str]:
    """What a text begins with, up to each space."""
    return {text[:place] for place, letter in enumerate(text) if letter == " "}


def _joined(placed: list[Placed]) -> list[str]:
    placed.sort(key=lambda item: item[0])
    return [command for _, commands in placed for command in commands]
