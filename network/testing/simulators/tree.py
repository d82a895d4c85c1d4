"""A configuration as a device holds it: lines with lines below them, changed in place."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["Line", "find", "print_lines", "read"]

_IGNORED = re.compile(r"^\s*(?:#.*|!.*|return|end|\s*)$")


class Line:
    """One line and those of its view."""

    __slots__ = ("children", "text")

    def __init__(self, text: str, children: list[Line] | None = None) -> None:
        self.text = text
        self.children: list[Line] = children if children is not None else []

    def copy(self) -> Line:
        """A whole copy."""
        return Line(self.text, [child.copy() for child in self.children])

    def child(self, text: str) -> Line | None:
        """The line below with this text."""
        return next((one for one in self.children if one.text == text), None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Line) and self.text == other.text and self.children == other.children

    __hash__ = None  # type: ignore[assignment]  # changed in place


def read(text: str) -> Line:
    """The root of a printed configuration. A separator at the left edge ends all views: what follows is at the top."""
    root = Line("")
    open_views: list[tuple[int, Line]] = [(-1, root)]
    for raw in text.splitlines():
        if _IGNORED.match(raw):
            if raw[:1] == "#":
                open_views = [(-1, root)]
            continue
        indent = len(raw) - len(raw.lstrip(" "))
        while open_views[-1][0] >= indent:
            open_views.pop()
        text_of = " ".join(raw.split())
        above = open_views[-1][1]
        line = above.child(text_of)
        if line is None:
            line = Line(text_of)
            above.children.append(line)
        open_views.append((indent, line))
    return root


def print_lines(root: Line) -> Iterator[str]:
    """As both makers print it: a separator after each view and after each block of single lines."""
    plain = False
    for line in root.children:
        if line.children or plain:
            if plain and line.children:
                yield "#"
            plain = False
        yield line.text
        if line.children:
            yield from _below(line, 1)
            yield "#"
        else:
            plain = True
    if plain:
        yield "#"


def _below(line: Line, depth: int) -> Iterator[str]:
    for number, child in enumerate(line.children):
        if child.children and number:
            yield f"{' ' * depth}#"
        yield f"{' ' * depth}{child.text}"
        yield from _below(child, depth + 1)


def find(root: Line, path: list[str]) -> list[tuple[Line, Line]]:
    """(view, line) of all lines that a path of regular expressions leads to, each matched whole."""
    views = [root]
    for pattern in path[:-1]:
        compiled = re.compile(pattern)
        views = [one for view in views for one in view.children if compiled.fullmatch(one.text)]
    last = re.compile(path[-1])
    return [(view, one) for view in views for one in view.children if last.fullmatch(one.text)]
