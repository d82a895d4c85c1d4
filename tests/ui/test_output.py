"""Tables as a narrow terminal shows them."""

from __future__ import annotations

import io
import sys

import pytest

from ui.output import table


def test_a_figure_is_never_cut_in_two(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("TERM", "dumb")
    table(["name", "value", "unit"], [("some words that take several lines", 29830461234, "yuan a month")], right=[1])
    assert "29830461234" in shown.getvalue()
