"""`__all__` of each package says exactly what the package offers."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from tests.borders.tree import REQUIRED, dotted, modules, parsed, relative, root_packages

PACKAGES = [path for path in modules(*root_packages()) if path.name == "__init__.py"]


def offered(path: Path) -> set[str]:
    """Public names that an `__init__.py` binds at its top level: definitions, assignments, and imports of our own."""
    names: set[str] = set()
    for node in parsed(path).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.ImportFrom(module=module, level=level, names=aliases):
                if level or (module or "").split(".")[0] in root_packages():
                    names |= {alias.asname or alias.name for alias in aliases}
    return {name for name in names if not name.startswith("_")}


def test_there_are_packages() -> None:
    assert set(REQUIRED) <= {dotted(path) for path in PACKAGES}


@pytest.mark.parametrize("path", PACKAGES, ids=relative)
def test_all_is_complete(path: Path) -> None:
    module = importlib.import_module(dotted(path))
    declared = getattr(module, "__all__", None)
    if declared is None:
        assert not offered(path), f"{relative(path)} offers names without __all__"
        return
    assert len(set(declared)) == len(declared)
    assert offered(path) <= set(declared)
    for name in declared:
        assert hasattr(module, name), f"{relative(path)} lists {name}"
