"""A real system moves while a client writes to it, and its worker is killed on the way: nothing is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from network.errors import UnknownLabError
from network.lab import Lab
from tools.lab_migrate.__main__ import LEASE_SECONDS, ROOT

LAST = re.compile(r"lab-migrate postgresql lost=(\d+) doubled=(\d+) outage_s=([0-9.]+) rollback_lost=(\d+)")
SEED = 332
"""Draws the end of the backup, the beginning of the cutover, and the beginning of its rollback."""


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
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    found = LAST.fullmatch(done.stdout.splitlines()[-1])
    assert found is not None
    lost, doubled, _, rollback_lost = found.groups()
    assert (lost, doubled, rollback_lost) == ("0", "0", "0")
    killed = re.search("worker killed at (.*)", done.stderr.splitlines()[-2])
    assert killed is not None
    assert len(killed[1].split(", ")) == 3
    assert "system-cutover:step_started:forward" in killed[1]
    with pytest.raises(UnknownLabError):
        Lab.open(name)


@pytest.mark.component("namespaces")
@pytest.mark.component("sshd")
@pytest.mark.component("postgresql")
@pytest.mark.component("bind")
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    name = f"interrupted-{os.getpid()}"
    words = ["--make", "postgresql", "--name", name, "--folder", str(tmp_path)]
    command = [sys.executable, "-m", "tools.lab_migrate", *words]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "run start" in line:  # by now the systems are set up and the client writes
            process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130, "".join(said)
    with pytest.raises(UnknownLabError):
        Lab.open(name)
    end = time.monotonic() + LEASE_SECONDS + 10
    while (left := _processes(str(tmp_path))) and time.monotonic() < end:
        time.sleep(0.2)
    assert left == []


def _processes(word: str) -> list[str]:
    """Command lines of this machine that have a word in them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_text(errors="replace"))
    return [line for line in found if word in line]
