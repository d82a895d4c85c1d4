"""Where two configurations differ, view by view."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from network.config.dialect import Dialect
from network.config.tree import ConfigLine
from network.diff.rules import RuleBook

__all__ = ["Change", "Comparison"]

Lines = tuple[ConfigLine, ...]


@dataclass(slots=True)
class Change:
    """What differs in one view. ``path``: heads of the views from the top, joined by `` / ``, empty for the top.

    ``taken``: lines to take back; ``given``: lines to type, with their places among the lines wanted; ``inner``:
    changes in views that both have; ``before``, ``after``: all lines of the view on both sides.
    """

    head: str
    path: str
    before: Lines
    after: Lines
    taken: list[tuple[int, ConfigLine]] = field(default_factory=list)
    given: list[tuple[int, ConfigLine]] = field(default_factory=list)
    inner: list[tuple[int, Change]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.taken or self.given or self.inner)

    def walk(self) -> Iterator[Change]:
        """This change and all changes in it."""
        yield self
        for _, change in self.inner:
            yield from change.walk()


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two configurations of one platform are compared."""

    dialect: Dialect
    book: RuleBook
    plain: Callable[[str], str]
    volatile: Callable[[str], bool]

    def changes(self, before: Lines, after: Lines) -> Change:
        """What has to be taken back and typed, without the lines that go by themselves when others do."""
        change = self._view("", "", before, after)
        stripped = self._without_lost(change, before, after)
        return change if stripped is None else self._view("", "", stripped, after)

    def below(self, path: str, head: str) -> str:
        """The path of a view in the view ``path``."""
        plain = self.plain(head)
        return f"{path} / {plain}" if path else plain

    def _view(self, head: str, path: str, before: Lines, after: Lines) -> Change:
        change = Change(head, path, before, after)
        if before == after:
            return change
        plain = self.plain
        wanted = {plain(line.text): (place, line) for place, line in enumerate(after)}
        had = {plain(line.text) for line in before}
        for place, line in enumerate(before):
            text = plain(line.text)
            found = wanted.get(text)
            if found is not None:
                if line.children or found[1].children:
                    self._both(change, found[0], line, found[1])
            elif not self.volatile(line.text):
                self._gone(change, place, line)
        change.given.extend(
            (place, line) for text, (place, line) in wanted.items() if text not in had and not self.volatile(line.text)
        )
        self._exclude(change)
        return change

    def _both(self, change: Change, place: int, before: ConfigLine, after: ConfigLine) -> None:
        if self.dialect.ordered is not None and self.dialect.ordered.fullmatch(after.text):
            if [self.plain(line.text) for line in before.children] != [
                self.plain(line.text) for line in after.children
            ]:
                change.taken.append((place, before))
                change.given.append((place, after))
            return
        path = self.below(change.path, after.text)
        inner = self._view(after.text, path, before.children, after.children)
        if not inner.empty:
            change.inner.append((place, inner))

    def _gone(self, change: Change, place: int, line: ConfigLine) -> None:
        if not self.book.find(change.path, self.plain(line.text)).rule.stays:
            change.taken.append((place, line))
            return
        inner = self._view(line.text, self.below(change.path, line.text), line.children, ())
        if not inner.empty:
            change.inner.append((place, inner))

    def _exclude(self, change: Change) -> None:
        """Drops the taking back of lines that a new line overwrites or denies."""
        if not (change.taken and change.given):
            return
        given = {}
        for _, line in change.given:
            text = self.plain(line.text)
            given[self.book.key(change.path, text)] = text
        kept = []
        for place, line in change.taken:
            text = self.plain(line.text)
            new = given.get(self.book.key(change.path, text))
            if new is not None:
                rule = self.book.find(change.path, text).rule
                negative = text.startswith(self.book.negation) != new.startswith(self.book.negation)
                if negative or (rule.overwrites and not rule.opens and not line.children):
                    continue
            kept.append((place, line))
        change.taken = kept

    def _without_lost(self, change: Change, before: Lines, after: Lines) -> Lines | None:
        """``before`` without what goes by itself with the changes; None where nothing does."""
        losses: list[tuple[str, str, tuple[re.Pattern[str], ...], bool]] = []
        for view in change.walk():
            for line, typed in [(line, False) for _, line in view.taken] + [(line, True) for _, line in view.given]:
                text = self.plain(line.text)
                found = self.book.find(view.path, text)
                rule = found.rule
                sure = rule.line_takes if typed else (*rule.line_takes, *rule.undo_takes)
                if sure:
                    losses.append((view.path, text, found.patterns(sure), True))
                if rule.undo_may_take and not typed:
                    losses.append((view.path, text, found.patterns(rule.undo_may_take), False))
        if not losses:
            return None
        stripped = before
        for path, text, patterns, shown in losses:
            heads = path.split(" / ") if path else []
            stripped = self._stripped(stripped, heads, text, patterns, None if shown else after)
        return stripped

    def _stripped(
        self, lines: Lines, heads: list[str], source: str, patterns: tuple[re.Pattern[str], ...], wanted: Lines | None
    ) -> Lines:
        """Lines without those that fit a pattern in the view ``heads`` and in the views in it, but for the source."""
        result = []
        inside = not heads
        for line in lines:
            text = self.plain(line.text)
            if inside and text != source and any(pattern.fullmatch(text) for pattern in patterns):
                if wanted is None or any(self.plain(other.text) == text for other in wanted):
                    continue
            elif line.children and (inside or text == heads[0]):
                below = self._children(wanted, text)
                children = self._stripped(line.children, heads[1:], source, patterns, below)
                result.append(ConfigLine(line.text, children, line.number))
                continue
            result.append(line)
        return tuple(result)

    def _children(self, wanted: Lines | None, text: str) -> Lines | None:
        if wanted is None:
            return None
        return next((line.children for line in wanted if self.plain(line.text) == text), ())
