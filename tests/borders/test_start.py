"""What a fresh interpreter loads: the price of every start of the command."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.borders.tree import ARCHITECTURE, ROOT

# Third-party roots that `qianyun --help` may load; most of them belong to pydantic.
HELP_MAY_LOAD = {
    "annotated_types",
    "click",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
    "yaml",
}
# The help of a command imports the command: it may also know where its cache lies.
COMMAND_HELP_MAY_LOAD = HELP_MAY_LOAD | {"platformdirs"}
# Compiled modules register these for themselves.
COMPILER_LEAVINGS = {"cython_runtime"}

PROBE = """
import json, sys
before = set(sys.modules)
{code}
print(json.dumps(sorted({{name.split(".")[0] for name in set(sys.modules) - before}})))
"""

HELP = """
import contextlib, io
sys.argv = ["qianyun", *{arguments!r}]
import cli
with contextlib.redirect_stdout(io.StringIO()) as text:
    try:
        cli.main()
    except SystemExit as end:
        assert not end.code, end.code
assert "Usage" in text.getvalue() or "用法" in text.getvalue(), text.getvalue()
"""


def third_party_after(code: str) -> set[str]:
    """Root names of the third-party modules that a fresh interpreter holds after running code in the root folder."""
    command = [sys.executable, "-c", PROBE.format(code=code)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr
    loaded = set(json.loads(result.stdout.splitlines()[-1]))
    own = {*ARCHITECTURE, "cli", "tui"}
    foreign = loaded - own - sys.stdlib_module_names - COMPILER_LEAVINGS
    return {name for name in foreign if not name.startswith("_")}


@pytest.mark.parametrize("arguments", [["--help"], ["--lang", "zh", "--help"], ["plan", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert third_party_after(HELP.format(arguments=arguments)) <= HELP_MAY_LOAD


@pytest.mark.parametrize(
    "arguments",
    [["inventory", "check", "--help"], ["plan", "make", "--help"], ["run", "start", "--help"], ["worker", "--help"]],
)
def test_help_of_a_command_loads_nothing_heavy(arguments: list[str]) -> None:
    assert third_party_after(HELP.format(arguments=arguments)) <= COMMAND_HELP_MAY_LOAD


def test_inventory_loads_nothing_heavy() -> None:
    assert third_party_after("import inventory") <= COMMAND_HELP_MAY_LOAD - {"click"}


def test_migration_loads_no_solver_and_no_graph_library() -> None:
    assert third_party_after("import migration") <= COMMAND_HELP_MAY_LOAD - {"click"}


def test_the_probe_sees_what_is_loaded() -> None:
    assert "networkx" in third_party_after("import networkx")
