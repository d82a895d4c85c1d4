"""The project's own files, as the border tests see them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent

# All root packages that the architecture names, upper layers first; the later ones may not exist yet.
ARCHITECTURE = ("ui", "network", "playbooks", "stacks", "migration", "inventory")
REQUIRED = ("inventory", "migration", "ui")
ENTRY_POINTS = ("cli.py", "tui.py")
# Root folders with Python in them that are not part of the program.
AROUND = ("tests", "tools", "benchmarks")


def root_packages() -> list[str]:
    """Root packages that exist: folders of the root that have an `__init__.py` and are not around the program."""
    return sorted(path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name not in AROUND)


def entry_points() -> list[str]:
    """The entry points that exist, as file names."""
    return [name for name in ENTRY_POINTS if (ROOT / name).is_file()]


def modules(*roots: str) -> Iterator[Path]:
    """All Python files below the given root folders, and the given root files, test data left out; in order of path."""
    for root in roots:
        path = ROOT / root
        found = [path] if path.is_file() else sorted(path.rglob("*.py"))
        yield from (file for file in found if "__pycache__" not in file.parts and "data" not in file.parts)


def relative(path: Path) -> str:
    """Path as messages show it."""
    return path.relative_to(ROOT).as_posix()


def dotted(path: Path) -> str:
    """Import name of a Python file of the tree."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(path: Path) -> ast.Module:
    """Syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def settings() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
