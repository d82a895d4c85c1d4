"""What a dialect's tables say: which lines a view takes, what they need, what they bring down with them.

Places are written as paths of regular expressions over whole lines, ``{0}``, ``{1}``... standing for the groups of the
rule's own expression: ``here: LINE`` in the same view, ``up: LINE`` in the view above (or ``up: VIEW > LINE`` below a
sibling of the present view), ``top: VIEW > LINE`` from the top.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from network.testing.simulators.tree import Line, find

__all__ = ["Dialect", "Row", "Toggle", "Undo", "places"]


@dataclass(frozen=True)
class _Rule:
    view: str
    """Regular expression over the path of the view, its lines joined by " > "; empty: the system view."""
    line: str
    """Regular expression over the whole line (of ``Undo``: over what follows the word)."""

    @cached_property
    def view_pattern(self) -> re.Pattern[str]:
        """``view``, compiled."""
        return re.compile(self.view)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """``line``, compiled."""
        return re.compile(self.line)

    def match(self, path: str, text: str) -> re.Match[str] | None:
        """Whether it speaks of this line in this view."""
        return self.pattern.fullmatch(text) if self.view_pattern.fullmatch(path) else None


@dataclass(frozen=True)
class Row(_Rule):
    """A line that a view takes.

    Attributes:
        opens: it opens a view.
        key: which line it is; lines of one key replace each other. Empty: only the same text is the same line.
        overwrites: False: another line of the same key is a reason to refuse.
        needs: places of which each must hold something.
        clashes: a place at which there must be nothing else than the line itself.
        takes: places that are emptied when the line is typed.
        once: the line is refused in a candidate in which one that begins so was undone.
        refused: the device does not know it.
        address: group that holds an address nobody else on the device may have.
    """

    opens: bool = False
    key: str = ""
    overwrites: bool = True
    needs: tuple[str, ...] = ()
    clashes: str = ""
    takes: tuple[str, ...] = ()
    once: str = ""
    refused: bool = False
    address: int | None = None


@dataclass(frozen=True)
class Undo(_Rule):
    """A form of undo. ``removes``: places that are emptied; nothing there: refused, but for ``quiet``.

    ``unless``: places that must hold nothing, or the line is in use. ``last``: (all of a kind, their users): the last
    of them stays as long as there are users. ``refused``: no such form.
    """

    removes: tuple[str, ...] = ("here: {line}",)
    unless: tuple[str, ...] = ()
    last: tuple[str, str] | None = None
    quiet: bool = False
    refused: bool = False


@dataclass(frozen=True)
class Toggle(_Rule):
    """A line whose undo is a line of the configuration too.

    ``printed``: which forms the configuration shows. ``needs``: as in ``Row``.
    """

    printed: tuple[str, ...] = ("on", "off")
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """One operating system's language and words."""

    rows: tuple[Row, ...]
    undos: tuple[Undo, ...]
    toggles: tuple[Toggle, ...]
    sorted_lines: tuple[re.Pattern[str], ...]
    """Lines that a view prints by the number in the group, not in the order in which they were typed."""
    errors: dict[str, str] = field(default_factory=dict)
    """Words of a refusal: unknown, absent, needs, exists, in_use, wrong, permission."""


def places(root: Line, views: list[Line], place: str, groups: dict[str, str]) -> list[tuple[Line, Line]]:
    """(view, line) of what stands at a place; ``views``: from the root to the present view."""
    where, _, path = place.partition(": ")
    patterns = [_filled(part, groups) for part in path.split(" > ")]
    if where == "top":
        return find(root, patterns)
    start = views[-1] if where == "here" else views[-2] if len(views) > 1 else root
    return find(start, patterns)


def _filled(pattern: str, groups: dict[str, str]) -> str:
    return re.sub(r"\{(\d|line)\}", lambda found: re.escape(groups.get(found[1], "")), pattern)
