"""Tables as lines of text: aligned columns, or records one below the other where a terminal is too narrow for them.

A pipe gets whole cells, and nothing is padded behind the last column. A terminal gets columns that are wrapped between
words; figures, days and ids of usual length are never cut in two. Where that does not fit, each row becomes a block of
lines "column  value".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

__all__ = ["Layout", "lay_out"]

GAP, NARROW_GAP, EDGE = "   ", "  ", " "
LONGEST_WORD = 20
"""Cells of a word that are kept together in a narrow table; longer ones, such as ids of dependencies, are folded."""
TALLEST = 6
"""Lines of a cell in a narrow table; with taller ones records are easier to read."""
LONGEST_RULE = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_RUN = re.compile(r"[!-\u2dff]+")
"""What is not broken: letters, digits and signs without a space or a Chinese character between them."""


@dataclass(frozen=True)
class Layout:
    """The lines of a table's head, and those below it."""

    head: tuple[str, ...]
    body: Iterator[str]


def lay_out(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[int] = (), width: int | None = None
) -> Layout:
    """A table in at most ``width`` cells; without a width in lines as long as they come. ``right``: numbers of the
    columns that are aligned to the right."""
    cells = [[_shown(cell) for cell in row] for row in rows]
    kept = list(range(len(columns)))
    if width is not None and rows:  # a terminal has no room for columns in which nothing stands
        kept = [place for place in kept if any(row[place] for row in cells)] or kept
        cells = [[row[place] for place in kept] for row in cells]
    titles = [columns[place] for place in kept]
    aligned = {number for number, place in enumerate(kept) if place in right}
    natural = [max(map(cell_len, texts)) for texts in zip(titles, *cells, strict=True)]
    if width is None or _total(natural, GAP) <= width:
        return _columns(titles, cells, aligned, natural, GAP, longest=LONGEST_RULE if width is None else width)
    fitted = _fit(titles, cells, aligned, natural, width)
    if fitted is None:
        return Layout((), _records(titles, cells, width))
    return _columns(titles, cells, aligned, fitted, NARROW_GAP, longest=width)


def _shown(cell: Any) -> str:
    """A cell as one line; what would steer a terminal is left out."""
    return "" if cell is None else _CONTROL.sub(" ", str(cell))


def _total(widths: Sequence[int], gap: str) -> int:
    return sum(widths) + len(gap) * (len(widths) - 1) + 2 * len(EDGE)


def _fit(
    titles: list[str], cells: list[list[str]], aligned: set[int], natural: list[int], width: int
) -> list[int] | None:
    """Widths of columns that fit together, narrow columns first as wide as they want; None where nothing fits."""
    widths = []
    for place, (title, *texts) in enumerate(zip(titles, *cells, strict=True)):
        figures = max(map(cell_len, texts), default=0) if place in aligned else 0
        word = max(_longest_word(text) for text in {title, *texts})
        widths.append(min(natural[place], max(figures, min(word, LONGEST_WORD))))
    left = width - _total(widths, NARROW_GAP)
    if left < 0:
        return None
    wanting = sorted(range(len(widths)), key=lambda place: natural[place] - widths[place])
    for number, place in enumerate(wanting):
        more = min(natural[place] - widths[place], left // (len(wanting) - number))
        widths[place] += more
        left -= more
    if any(wanted > TALLEST * given for wanted, given in zip(natural, widths, strict=True)):
        return None
    return widths


def _longest_word(text: str) -> int:
    return max((len(run) for run in _RUN.findall(text)), default=2)


def _columns(
    titles: list[str], cells: list[list[str]], aligned: set[int], widths: list[int], gap: str, *, longest: int
) -> Layout:
    def lines(row: list[str]) -> Iterator[str]:
        if all(cell_len(cell) <= width for cell, width in zip(row, widths, strict=True)):
            yield _line(row, aligned, widths, gap)
            return
        parts = (_wrapped(cell, width) for cell, width in zip(row, widths, strict=True))
        yield from (_line(line, aligned, widths, gap) for line in zip_longest(*parts, fillvalue=""))

    rule = EDGE + "─" * min(_total(widths, gap) - 2 * len(EDGE), longest)
    return Layout((*lines(titles), rule), (line for row in cells for line in lines(row)))


def _line(row: Iterable[str], aligned: set[int], widths: list[int], gap: str) -> str:
    padded = []
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        blanks = " " * (width - cell_len(cell))
        padded.append(blanks + cell if place in aligned else cell + blanks)
    return (EDGE + gap.join(padded)).rstrip()


def _records(titles: list[str], cells: list[list[str]], width: int) -> Iterator[str]:
    """Each row as a block of lines, empty cells left out, an empty line between blocks."""
    label = min(max(map(cell_len, titles)), width // 2)
    room = max(1, width - label - len(GAP) - 2 * len(EDGE))
    for number, row in enumerate(cells):
        if number:
            yield ""
        for title, cell in zip(titles, row, strict=True):
            if cell:
                for pair in zip_longest(_wrapped(title, label), _wrapped(cell, room), fillvalue=""):
                    yield _line(pair, set(), [label, room], GAP)


def _wrapped(cell: str, width: int) -> list[str]:
    if cell_len(cell) <= width:
        return [cell]
    return [line.plain.rstrip() for line in Text(cell).wrap(_console(), width, overflow="fold")]


@cache
def _console() -> Console:
    return Console(width=1000)
