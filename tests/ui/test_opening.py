"""What commands say about an estate of which something could not be read."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.ui.commands import SAYABLE, Runner


def test_a_file_that_cannot_be_read_is_not_passed_over_in_silence(runner: Runner, tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    shutil.copytree(SAYABLE, estate)
    assert "may be missing" not in runner("inventory", "stats", estate).err
    (estate / "more.yaml").write_text("systems: [\n", encoding="utf-8")
    ran = runner("inventory", "stats", estate)
    assert ran.code == 0
    assert "1 error(s)" in ran.err
    assert "may be missing" in ran.err
