"""Files under 400 lines, functions under 60. Rule tables, texts and templates may be longer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.borders.tree import AROUND, entry_points, modules, parsed, relative, root_packages

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
EXCEPTED_FOLDERS = {"rules", "tables", "texts", "templates"}

FILES = [
    path
    for path in modules(*root_packages(), *entry_points(), *AROUND)
    if not EXCEPTED_FOLDERS & set(Path(relative(path)).parent.parts)
]


def longest_function(tree: ast.Module) -> tuple[int, str]:
    """Lines from `def` to the last line, and the name, of the longest function; (0, "") without one."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return max((((node.end_lineno or 0) - node.lineno + 1, node.name) for node in functions), default=(0, ""))


def test_there_are_files() -> None:
    assert {Path(relative(path)).parts[0] for path in FILES} >= {"inventory", "migration", "ui", "tests", "tools"}


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_budget(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines < LONGEST_FILE, f"{relative(path)} has {lines} lines"
    length, name = longest_function(parsed(path))
    assert length < LONGEST_FUNCTION, f"{name} in {relative(path)} has {length} lines"


def test_the_measure() -> None:
    assert longest_function(ast.parse("def a():\n    pass\n\n@b\nasync def c():\n    x = 1\n    return x\n")) == (
        3,
        "c",
    )
