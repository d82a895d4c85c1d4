"""docs/rules.md is true: every rule is there once, and all that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from inventory.base import Struct
from inventory.estate import Settings
from inventory.kinds import KINDS
from inventory.kinds.systems import Component
from tests.borders.tree import ROOT

TEXT = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]
RULES = [row for row in ROWS if re.fullmatch(r"[HS]\d+", row[0])]
NAMED = re.findall(r"`([^`]+)`", TEXT)
STRUCTS: dict[str, type[Struct]] = {"settings": Settings, "component": Component, **KINDS}


@cache
def functions(path: str) -> frozenset[str]:
    """Names of a module's functions."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_rule_stands_there_once_with_all_its_cells() -> None:
    assert [row[0] for row in RULES] == [*(f"H{number}" for number in range(1, 15)), *(f"S{n}" for n in range(1, 8))]
    for row in RULES:
        assert len(row) == 6
        assert all(row)
        assert row[1].endswith(".")
        assert "::" in row[5]


@pytest.mark.parametrize("name", sorted({name for name in NAMED if "::" in name}))
def test_every_test_exists(name: str) -> None:
    path, _, function = name.partition("::")
    assert function in functions(path)


@pytest.mark.parametrize("path", sorted({name for name in NAMED if name.endswith(".py") and "/" in name}))
def test_every_module_exists(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("name", sorted({name for row in RULES for name in re.findall(r"`([^`]+)`", row[2])}))
def test_every_field_exists(name: str) -> None:
    owner, _, field = name.partition(".")
    assert field in STRUCTS[owner].model_fields


def test_the_checkers_modules_are_those_of_the_rules() -> None:
    """A hard rule is in a module of the checker that says so, and in none of the planner's."""
    for row in RULES:
        if row[0].startswith("H"):
            paths = re.findall(r"`([^`]+)`", row[4])
            assert all(path.startswith("migration/check/") for path in paths)
            first = (ROOT / paths[0]).read_text(encoding="utf-8").partition("\n")[0]
            assert row[0] in re.findall(r"H\d+", first)
