"""Small charts of what is used against what there is, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rich.cells import cell_len, set_cell_size

__all__ = ["curve_chart"]

WIDTH, HEIGHT = 390, 96
"""Size of the drawing in pixels; labels stand above and below it. Three fit beside each other on the page."""
ABOVE, BELOW, LEFT = 20, 18, 8
ROOM_FOR_WORDS = 58
"""Half-width characters of 11 px type that title and note may take together."""


def curve_chart(title: str, note: str, used: Sequence[float], limit: Sequence[float], labels: tuple[str, str]) -> str:
    """``used`` as an area and ``limit`` as a line over equal intervals; ``labels``: of the first and last interval.

    Where more is used than there is, the area is marked.
    """
    top = max([*used, *limit, 1e-9]) * 1.05
    over = any(one > other + 1e-6 for one, other in zip(used, limit, strict=True))
    base = ABOVE + HEIGHT
    area = f"M{LEFT} {base}{_steps(used, top)}V{base}Z"
    line = f"M{LEFT} {_y(limit[0], top):g}{_steps(limit, top)}"
    said = f"{title}: {note}"
    room = ROOM_FOR_WORDS - cell_len(note)
    shown = title if cell_len(title) <= room else set_cell_size(title, room - 1).rstrip() + "…"
    return (
        f'<svg class="curve" width="{LEFT + WIDTH + LEFT}" height="{base + BELOW}" role="img" '
        f'aria-label="{escape(said)}"><title>{escape(said)}</title>'
        f'<text x="{LEFT}" y="13">{escape(shown)}</text>'
        f'<text class="axis end" x="{LEFT + WIDTH}" y="13">{escape(note)}</text>'
        f'<path class="{"over" if over else "area"}" d="{area}"/><path class="limit" d="{line}"/>'
        f'<line class="grid" x1="{LEFT}" y1="{base}" x2="{LEFT + WIDTH}" y2="{base}"/>'
        f'<text class="axis" x="{LEFT}" y="{base + 13}">{escape(labels[0])}</text>'
        f'<text class="axis end" x="{LEFT + WIDTH}" y="{base + 13}">{escape(labels[1])}</text></svg>'
    )


def _y(value: float, top: float) -> float:
    return round(ABOVE + HEIGHT * (1 - value / top), 1)


def _steps(values: Sequence[float], top: float) -> str:
    """The path along the values, a horizontal and a vertical stroke for each that differs from the one before."""
    width = WIDTH / len(values)
    strokes, before = [], None
    for place, value in enumerate(values):
        y = _y(value, top)
        if y != before:
            strokes.append(f"H{LEFT + place * width:.1f}V{y:g}")
            before = y
    return "".join(strokes) + f"H{LEFT + WIDTH}"
