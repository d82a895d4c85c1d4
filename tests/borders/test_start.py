"""What a fresh interpreter loads: the price of every start of the command."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.borders.tree import ROOT, root_packages

# Third-party roots that `qianyun --help` may load. typing_extensions and annotated_types belong to pydantic.
HELP_MAY_LOAD = {
    "annotated_types",
    "click",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
    "yaml",
}

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
    own = {*root_packages(), "cli", "tui"}
    # Compiled helpers of stub-less packages register under a leading underscore.
    return {name for name in loaded - own - sys.stdlib_module_names if not name.startswith("_")}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--lang", "zh", "--help"], ["plan", "--help"], ["inventory", "check", "--help"]]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert third_party_after(HELP.format(arguments=arguments)) <= HELP_MAY_LOAD


def test_inventory_loads_nothing_heavy() -> None:
    assert third_party_after("import inventory") <= HELP_MAY_LOAD - {"click"}


def test_migration_loads_no_solver_and_no_graph_library() -> None:
    assert third_party_after("import migration") <= HELP_MAY_LOAD - {"click"}


def test_the_probe_sees_what_is_loaded() -> None:
    assert "networkx" in third_party_after("import networkx")
