"""The border of the command line: what the outside does to it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.borders.tree import ROOT
from tests.ui.commands import SAYABLE, SCRIPT

CALLS = (["inventory", "stats"], ["inventory", "find", "kind:system"], ["inventory", "stats", "--json"])


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_reader_that_goes_away_is_no_failure(words: list[str], tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = _run(words, writing, tmp_path)
    os.close(writing)
    assert ran.returncode == 0
    assert "Broken" not in ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_full_disk_behind_stdout_is_one_message(words: list[str], tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = _run(words, full.fileno(), tmp_path)
    assert ran.returncode == 2
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr


def test_a_closed_stdout_is_no_failure(tmp_path: Path) -> None:
    environment = {**os.environ, "QIANYUN_CACHE_DIR": str(tmp_path), "QIANYUN_LANG": "en", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *SCRIPT, "inventory", "stats", str(SAYABLE)],
        stderr=subprocess.PIPE, text=True, env=environment, check=False, timeout=60,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")


def _run(words: list[str], stdout: int, folder: Path) -> subprocess.CompletedProcess[str]:
    area, name, *rest = words
    environment = {**os.environ, "QIANYUN_CACHE_DIR": str(folder), "QIANYUN_LANG": "en", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*SCRIPT, area, name, str(SAYABLE), *rest],
        stdout=stdout, stderr=subprocess.PIPE, text=True, env=environment, check=False, timeout=60,
    )  # fmt: skip
