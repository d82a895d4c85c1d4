"""Folders of calls: a process that is killed leaves them behind, and the next worker removes them; no other's."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from migration.run.workplace import call_folder, sweep
from tests.migration.run.engine import Bench, make_item

PROGRAM = (
    "import time\n"
    "from migration.run.workplace import call_folder\n"
    "with call_folder() as folder:\n"
    "    (folder / 'secret').write_text('x')\n"
    "    print(folder, flush=True)\n"
    "    time.sleep(60)\n"
)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary files of this test's processes in a folder of their own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_folders_of_a_killed_process_go_with_the_next_worker(bench: Bench, apart: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    folder = Path(child.stdout.readline().strip())
    assert folder.is_relative_to(apart)
    assert folder.stat().st_mode & 0o077 == 0
    sweep()
    assert (folder / "secret").exists(), "its process lives"
    child.kill()
    child.wait()
    child.stdout.close()
    stranger = apart / "qianyun-scan"
    stranger.mkdir()
    (apart / "qianyun-w1-link").symlink_to(stranger)
    bench.done(make_item("a"))
    assert not folder.parent.exists()
    assert stranger.exists()


def test_a_folder_goes_with_its_block() -> None:
    with call_folder() as folder:
        (folder / "inner").mkdir()
    assert not folder.exists()
