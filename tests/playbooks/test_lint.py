"""ansible-lint says nothing against the project, by its strictest profile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import playbooks

LINT = Path(sys.executable).with_name("ansible-lint")


@pytest.mark.slow
@pytest.mark.component("ansible")
def test_the_project_is_clean(tmp_path: Path) -> None:
    # A copy: ansible-lint leaves a cache in the folder that it looks at.
    project = tmp_path / "playbooks"
    shutil.copytree(Path(playbooks.__file__).parent, project, ignore=shutil.ignore_patterns("__pycache__"))
    known = {**os.environ, "PATH": f"{LINT.parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
    command = [str(LINT), "--offline", "--strict", "--profile", "production", "--parseable", "."]
    done = subprocess.run(command, cwd=project, env=known, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == []
    assert done.returncode == 0, done.stderr
    assert "Passed" in done.stderr
