"""The installer says in plain words what a machine lacks, and changes nothing then."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.borders.tree import ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the installer reads, in a folder of its own."""
    for name in ("tools", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def install(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(clone / "tools" / "install.sh"), "base"]
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(clone), **environment}
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=120)


def test_without_a_usable_python(clone: Path) -> None:
    result = install(clone, PYTHON=str(clone / "python2"))
    assert result.returncode == 1
    assert "needs Python 3.11 or newer" in result.stderr
    assert "make base PYTHON=" in result.stderr
    assert not (clone / ".venv").exists()


def test_without_the_packages(clone: Path) -> None:
    result = install(clone, PYTHON=sys.executable, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(clone))
    assert result.returncode == 1
    assert "could not be installed" in result.stderr
    assert not list((clone / ".venv").glob(".qianyun-*"))
