"""How the makers print a configuration: separators, words that only leave a view, texts over several lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Block", "Dialect", "Leaving"]


@dataclass(frozen=True, slots=True)
class Block:
    """A text over several lines: from a line that matches ``begin`` to the next one that matches ``end``.

    ``end`` may use the groups of ``begin`` as ``{0}``, ``{1}``; they are escaped.
    """

    begin: re.Pattern[str]
    end: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """The word that a maker prints below the last line of a view whose head matches."""

    head: re.Pattern[str]
    word: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """One family of command lines.

    ``noise``: whole lines without a meaning for the configuration (their stripped text), among them the words that
    leave views. ``sections``: the separator ends a section, whose first line sets the indentation of the top level.
    ``lone_indent``: spaces before lines of the top level that are no views. ``aliases``: other forms of the same
    line, by kind: ``area`` (a number for a dotted area), ``slash`` (address and length apart). ``ordered``: heads of
    views in which the order of lines means something. ``unshown``: heads of views that the maker does not print while
    nothing stands in them.
    """

    separator: str
    indent: int
    noise: re.Pattern[str]
    leave: str
    last: str
    sections: bool = False
    lone_indent: int = 0
    nested_separator: bool = False
    leavings: tuple[Leaving, ...] = ()
    blocks: tuple[Block, ...] = ()
    aliases: tuple[tuple[re.Pattern[str], str], ...] = ()
    ordered: re.Pattern[str] | None = None
    unshown: re.Pattern[str] | None = None
