"""A real system moves while a client writes to it, and its worker is killed on the way: nothing is lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from network.lab import Lab
from tools.lab_migrate.__main__ import ROOT

LAST = re.compile(r"lab-migrate postgresql lost=(\d+) doubled=(\d+) outage_s=([0-9.]+) rollback_lost=(\d+)")
SEED = 334
"""Draws the end of a step, the middle of the outage, and the beginning of the rollback."""


@pytest.mark.slow
@pytest.mark.component("namespaces")
@pytest.mark.component("sshd")
@pytest.mark.component("postgresql")
@pytest.mark.component("bind")
@pytest.mark.component("rsync")
@pytest.mark.component("ansible")
def test_nothing_is_lost_when_the_worker_is_killed_at_three_boundaries(tmp_path: Path) -> None:
    name = f"killed-{os.getpid()}"
    words = ["--make", "postgresql", "--kill", "3", "--seed", str(SEED), "--name", name, "--folder", str(tmp_path)]
    command = [sys.executable, "-m", "tools.lab_migrate", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    found = LAST.fullmatch(done.stdout.splitlines()[-1])
    assert found is not None
    lost, doubled, _, rollback_lost = found.groups()
    assert (lost, doubled, rollback_lost) == ("0", "0", "0")
    killed = re.search("worker killed at (.*)", done.stderr.splitlines()[-2])
    assert killed is not None
    assert len(killed[1].split(", ")) == 3
    assert "system-cutover:Close:forward" in killed[1]
    with pytest.raises(Exception, match=name):
        Lab.open(name)
