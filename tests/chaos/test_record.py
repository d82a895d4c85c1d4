"""What the long tests write into the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.soak.record import DOCUMENT, record

MARKS = "<!-- soak x: written by make soak -->\n\nNot measured.\n\n<!-- end of soak x -->"


def test_only_its_own_block_changes(tmp_path: Path) -> None:
    document = tmp_path / "b.md"
    document.write_text(f"before\n\n{MARKS}\n\n{MARKS.replace(' x', ' y')}\nafter\n", encoding="utf-8")
    block = record("x", ["a line"], document)
    text = document.read_text(encoding="utf-8")
    assert "a line" in block
    assert text.count(block) == 1
    assert text.startswith("before\n\n<!-- soak x:")
    assert text.endswith(f"{MARKS.replace(' x', ' y')}\nafter\n")
    record("x", ["another"], document)
    assert "a line" not in document.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["runs", "migration, all", "migration, outage", "pushes", "stacks"])
def test_the_document_has_its_places(tmp_path: Path, name: str) -> None:
    document = tmp_path / "b.md"
    document.write_text(DOCUMENT.read_text(encoding="utf-8"), encoding="utf-8")
    record(name, ["measured"], document)
    assert "measured" in document.read_text(encoding="utf-8")


def test_a_document_without_marks_stays(tmp_path: Path) -> None:
    document = tmp_path / "b.md"
    document.write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="no marks"):
        record("x", ["a"], document)
    assert document.read_text(encoding="utf-8") == "nothing"
