"""Tables in pipes and in terminals of any width."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ui.tables import Layout, lay_out

COLUMNS = ["item", "name", "opens", "count", "why"]
LONG = "the provider moves first; until the other end has moved"
ROWS = [
    ("system/410200-dsjj-0002/cutover", "开封市统一身份认证平台", "2024-05-23", 1234567, LONG),
    ("short", "", "2024-05-24", 2, ""),
]


def lines(layout: Layout) -> list[str]:
    return [*layout.head, *layout.body]


def test_a_pipe_gets_whole_cells_and_nothing_behind_the_last() -> None:
    shown = lines(lay_out(COLUMNS, [*ROWS, ("x", "y", "2024-05-25", 3, "z" * 400)], right=[3]))
    assert len(shown) == 5
    assert shown[2].endswith(LONG)
    assert shown[4].endswith("z" * 400)
    assert [line for line in shown if line != line.rstrip()] == []
    assert max(len(line) for line in shown[:4]) < 200


def test_figures_stand_under_each_other() -> None:
    shown = lines(lay_out(["name", "count"], [("a", 1), ("系统", 1000)], right=[1]))
    assert len({cell_len(line) for line in shown}) == 1


@pytest.mark.parametrize("width", [40, 80, 100, 120, 200])
def test_a_terminal_is_never_too_narrow(width: int) -> None:
    shown = lines(lay_out(COLUMNS, ROWS, right=[3], width=width))
    assert max(map(cell_len, shown)) <= width
    whole = "\n".join(shown)
    assert all(word in whole for word in ("2024-05-23", "1234567", "2024-05-24"))


def test_what_does_not_fit_as_columns_is_shown_as_records() -> None:
    head, *rest = lines(lay_out(COLUMNS, ROWS, right=[3], width=50))
    assert re.fullmatch(r" item    system/410200-dsjj-0002/cutover", head)
    blocks = "\n".join([head, *rest]).split("\n\n")
    assert len(blocks) == len(ROWS)
    assert [line.split()[0] for line in blocks[1].splitlines()] == ["item", "opens", "count"]  # empty cells left out


def test_a_column_of_nothing_is_left_out_on_a_terminal_only() -> None:
    rows = [("a", None, "b"), ("c", "", "d")]
    assert "pool" not in lay_out(["x", "pool", "y"], rows, width=80).head[0]
    assert "pool" in lay_out(["x", "pool", "y"], rows).head[0]
    assert "pool" in lay_out(["x", "pool", "y"], [], width=80).head[0]


def test_names_do_not_steer_the_terminal() -> None:
    shown = "".join(lines(lay_out(["name"], [("red\x1b[31m\nnext\ttab",)])))
    assert "\x1b" not in shown
    assert "\n" not in shown


@given(
    rows=st.lists(st.lists(st.text(max_size=60), min_size=3, max_size=3), max_size=6),
    width=st.integers(min_value=20, max_value=150),
)
def test_every_line_fits_and_no_letter_is_lost(rows: list[list[str]], width: int) -> None:
    shown = lines(lay_out(["a", "bb", "cc c"], rows, width=width))
    assert all(cell_len(line) <= width for line in shown)
    letters = sorted("".join(shown).replace("─", "").split())
    for row in rows:
        for cell in row:
            for letter in set(re.sub(r"[\s\x00-\x1f\x7f-\x9f─]", "", cell)):
                assert any(letter in word for word in letters)
