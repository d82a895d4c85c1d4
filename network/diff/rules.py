"""What a row of the rule tables says about one kind of line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["MIDDLE", "Found", "Rule", "RuleBook", "row"]

MIDDLE = 50
"""Phase of lines that no row names."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of line.

    ``view``: heads of the views around the line, joined by `` / ``, from the top; ``line``: the line. Both are regular
    expressions over the whole text. The other texts are templates over the groups of ``line``: ``{0}`` is the first.

    undo            what takes the line back; None: the negation of the whole line
    key             lines of one view with one key exclude each other; None: only the same text is the same line
    overwrites      a line with the same key may be typed over the old one; else the old one is taken back first
    thing           the object that the line is a part of or defines: it is taken back after everything else where the
                    configuration wanted has no line of it, because others may refer to it until then
    phase           place among the lines of its view, 0 to 99: lines are added in rising, taken back in falling order
    undo_takes      lines of the same view and of the views in it that go when this line is taken back
    undo_may_take   the same where nobody has shown it: they are taken back before it, and typed again if wanted
    line_takes      the same when this line is typed, or taken back
    stays           the head of a view that cannot be taken back: only its lines can
    opens           the line opens a view even if nothing stands in it
    placeholder     line that keeps the object alive while all of its parts are exchanged, and how it is taken back
    """

    view: re.Pattern[str]
    line: re.Pattern[str]
    undo: str | None = None
    key: str | None = None
    overwrites: bool = True
    thing: str | None = None
    phase: int = MIDDLE
    undo_takes: tuple[str, ...] = ()
    undo_may_take: tuple[str, ...] = ()
    line_takes: tuple[str, ...] = ()
    stays: bool = False
    opens: bool = False
    placeholder: tuple[str, str] | None = None


def row(
    view: str,
    line: str,
    undo: str | None = None,
    *,
    key: str | None = None,
    overwrites: bool = True,
    thing: str | None = None,
    phase: int = MIDDLE,
    undo_takes: Sequence[str] = (),
    undo_may_take: Sequence[str] = (),
    line_takes: Sequence[str] = (),
    stays: bool = False,
    opens: bool = False,
    placeholder: tuple[str, str] | None = None,
) -> Rule:
    """A Rule from texts."""
    return Rule(
        view=re.compile(view, re.DOTALL),
        line=re.compile(line, re.DOTALL),
        undo=undo,
        key=key,
        overwrites=overwrites,
        thing=thing,
        phase=phase,
        undo_takes=tuple(undo_takes),
        undo_may_take=tuple(undo_may_take),
        line_takes=tuple(line_takes),
        stays=stays,
        opens=opens,
        placeholder=placeholder,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """The row that fits a line, with its templates filled."""

    rule: Rule
    groups: tuple[str, ...]

    def fill(self, template: str | None) -> str | None:
        """The template with the line's groups; None stays None."""
        return None if template is None else template.format(*self.groups)

    def patterns(self, templates: Iterable[str]) -> tuple[re.Pattern[str], ...]:
        """The templates as regular expressions, the line's groups taken literally."""
        escaped = [re.escape(group) for group in self.groups]
        return tuple(re.compile(template.format(*escaped), re.DOTALL) for template in templates)


_NO_RULE = Rule(re.compile(""), re.compile(""))


class RuleBook:
    """The rows of one family of command lines; the first that fits a line holds."""

    def __init__(self, rules: Sequence[Rule], undo: str) -> None:
        self.rules = tuple(rules)
        self.negation = f"{undo} "
        self.find = lru_cache(maxsize=65536)(self._find)
        self._of_view = lru_cache(maxsize=4096)(self._rules_of_view)

    def _rules_of_view(self, view: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.view.fullmatch(view))

    def _find(self, view: str, text: str) -> Found:
        for rule in self._of_view(view):
            if found := rule.line.fullmatch(text):
                return Found(rule, tuple(group or "" for group in found.groups()))
        return Found(_NO_RULE, ())

    def undo(self, view: str, text: str) -> str:
        """The line that takes a line back; for a negative line the positive one."""
        if text.startswith(self.negation):
            return text[len(self.negation) :]
        found = self.find(view, text)
        return found.fill(found.rule.undo) or self.negation + text

    def key(self, view: str, text: str) -> str:
        """What a line shares with the lines that it excludes; the positive text for a line without a rule."""
        positive = text.removeprefix(self.negation)
        found = self.find(view, positive)
        return found.fill(found.rule.key) or positive
