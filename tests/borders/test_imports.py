"""Who may import whom: the contracts of pyproject.toml, and what they cannot say."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.borders.tree import (
    ARCHITECTURE,
    AROUND,
    REQUIRED,
    ROOT,
    entry_points,
    modules,
    parsed,
    root_packages,
    settings,
)

# The independent checker shares with the planner nothing but the calendar and the plan file's types.
CHECKER = "migration.check"
CHECKER_MAY_USE = ("migration.check", "migration.calendar", "migration.plan")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("lint-imports"))
    command = [program, "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def contract_lists() -> dict[str, list[str]]:
    linter = settings()["tool"]["importlinter"]
    lists = {"root_packages": linter["root_packages"]}
    lists |= {
        contract["name"]: contract["source_modules"] for contract in linter["contracts"] if "source_modules" in contract
    }
    return lists


def test_the_first_packages_are_there() -> None:
    assert set(REQUIRED) <= set(root_packages())
    assert set(root_packages()) <= set(ARCHITECTURE)


def test_every_package_stands_in_every_contract() -> None:
    for name, listed in contract_lists().items():
        assert sorted(listed) == root_packages(), name


def test_the_contracts_hold() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("inventory/planted.py", "import migration"),
        ("migration/planted.py", "import ui"),
        ("inventory/planted.py", "import networkx"),
        ("migration/planner/planted.py", "import networkx as nx"),
        ("migration/graph/planted.py", "from ortools.sat.python import cp_model"),
        ("ui/commands/planted.py", "from textual.app import App"),
        ("migration/planted.py", "def later() -> None:\n    import sqlalchemy"),
        ("ui/planted.py", "import cli"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, module: str, line: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / module
    for package in {*(tmp_path / name for name in settings()["tool"]["importlinter"]["root_packages"]), planted.parent}:
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
    assert lint_imports(tmp_path).returncode == 0
    planted.write_text(line + "\n", encoding="utf-8")
    result = lint_imports(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "planted" in result.stdout


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*root_packages(), include_external_packages=True, cache_dir=None)


def test_the_checker_shares_nothing_with_the_planner(graph: grimp.ImportGraph) -> None:
    if CHECKER not in graph.modules:
        pytest.fail(f"{CHECKER} does not exist")
    own = {CHECKER, *graph.find_descendants(CHECKER)}
    used = {name for module in own for name in graph.find_modules_directly_imported_by(module)}
    foreign = {
        name
        for name in used
        if name.split(".")[0] in ARCHITECTURE
        and name.split(".")[0] != "inventory"
        and not any(name == allowed or name.startswith(f"{allowed}.") for allowed in CHECKER_MAY_USE)
    }
    assert not foreign


def test_the_checker_does_not_reach_planner_or_graph_through_others(graph: grimp.ImportGraph) -> None:
    for target in ("migration.planner", "migration.graph", "migration.tracks", "migration.consolidation"):
        if target in graph.modules:
            assert graph.find_shortest_chain(CHECKER, target, as_packages=True) is None


@pytest.mark.parametrize("name", entry_points())
def test_entry_points_are_thin(name: str) -> None:
    allowed = {"ui", "textual"} if name == "tui.py" else {"ui"}
    for node in ast.walk(parsed(ROOT / name)):
        imported = []
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported = [node.module or "."]
        for module in imported:
            root = module.split(".")[0]
            assert root in allowed or root in sys.stdlib_module_names, f"{name} imports {module}"


def test_the_program_never_imports_what_stands_around_it() -> None:
    found = []
    for path in modules(*root_packages(), *entry_points()):
        for node in ast.walk(parsed(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            found += [f"{path}: {name}" for name in names if name.split(".")[0] in AROUND]
    assert not found
