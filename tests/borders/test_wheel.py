"""The wheel holds the tracked files of the root packages: nothing missing, nothing foreign."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.borders.tree import ENTRY_POINTS, ROOT, entry_points, root_packages, settings
from tools.requirement_files import tracked_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (path,) = Path(target).glob("qianyun-*.whl")
    return zipfile.ZipFile(path)


def content(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def test_every_package_is_listed() -> None:
    targets = settings()["tool"]["hatch"]["build"]["targets"]
    expected = {*root_packages(), *entry_points()}
    assert set(targets["wheel"]["only-include"]) == expected
    assert set(targets["sdist"]["only-include"]) >= expected


@pytest.mark.component("git")
def test_file_list(wheel: zipfile.ZipFile) -> None:
    roots = {*root_packages(), *ENTRY_POINTS}
    tracked = {name for name in tracked_files(ROOT) if name.split("/")[0] in roots}
    assert content(wheel) == tracked


def test_no_leavings(wheel: zipfile.ZipFile) -> None:
    assert not [
        name for name in wheel.namelist() if "__pycache__" in name or name.endswith((".pyc", ".orig", ".swp", "~"))
    ]
    # A root folder of one of these names would hide a standard module, or another project's.
    assert not {name.split("/")[0] for name in content(wheel)} & {"locale", "tests", "tools", "benchmarks", "examples"}


def test_metadata(wheel: zipfile.ZipFile) -> None:
    (folder,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert "qianyun = cli:main" in wheel.read(f"{folder}/entry_points.txt").decode()
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()
    extras = [
        line for line in wheel.read(f"{folder}/METADATA").decode().splitlines() if line.startswith("Provides-Extra")
    ]
    assert [line.split()[-1] for line in extras] == ["all", "fast", "network", "run", "stacks"]
