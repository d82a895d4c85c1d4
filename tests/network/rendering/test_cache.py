"""Changes are computed once, and again when anything they depend on is another."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.kinds.network import Ipv6Stage
from network.config import to_text
from network.errors import ConfigError
from network.platforms import platform_of
from network.rendering import ChangeCache, baseline, cache
from tests.network.rendering.test_stages import router

RUNNING = to_text(platform_of("huawei_vrp8"), baseline(router()))


def test_a_change_goes_there_and_back() -> None:
    made = ChangeCache().change(router(), Ipv6Stage.ADDRESSED, RUNNING)
    assert "ipv6 address 3fff:1::1/127" in made.commands
    assert "undo ipv6 address 3fff:1::1/127" in made.back
    assert "ipv6 address 3fff:1::1/127" in made.intended


@pytest.mark.parametrize("kept", [False, True])
def test_only_what_changed_is_computed_again(tmp_path: Path, kept: bool) -> None:
    changes = ChangeCache(tmp_path / "changes" if kept else None)
    first = changes.change(router(), Ipv6Stage.ADDRESSED, RUNNING)
    assert changes.change(router(), Ipv6Stage.ADDRESSED, RUNNING) == first
    assert changes.computed == 1
    changes.change(router(), Ipv6Stage.UNDERLAY, RUNNING)
    changes.change(router(name="R2"), Ipv6Stage.ADDRESSED, RUNNING)
    changes.change(router(), Ipv6Stage.ADDRESSED, RUNNING.replace("sysname R1", "sysname R3"))
    assert changes.computed == 4


def test_another_process_finds_them(tmp_path: Path) -> None:
    first = ChangeCache(tmp_path).change(router(), Ipv6Stage.ADDRESSED, RUNNING)
    again = ChangeCache(tmp_path)
    assert again.change(router(), Ipv6Stage.ADDRESSED, RUNNING) == first
    assert again.computed == 0


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    first = ChangeCache(tmp_path).change(router(), Ipv6Stage.ADDRESSED, RUNNING)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    again = ChangeCache(tmp_path)
    assert again.change(router(), Ipv6Stage.ADDRESSED, RUNNING) == first
    assert again.computed == 1


def test_another_program_does_not_use_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ChangeCache(tmp_path).change(router(), Ipv6Stage.ADDRESSED, RUNNING)
    monkeypatch.setattr(cache, "_program", lambda: b"another")
    again = ChangeCache(tmp_path)
    again.change(router(), Ipv6Stage.ADDRESSED, RUNNING)
    assert again.computed == 1


def test_files_are_private(tmp_path: Path) -> None:
    ChangeCache(tmp_path).change(router(), Ipv6Stage.ADDRESSED, RUNNING)
    assert [file.stat().st_mode & 0o077 for file in tmp_path.iterdir()] == [0]


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    changes = ChangeCache(tmp_path)
    with pytest.raises(ConfigError):
        changes.change(router(), Ipv6Stage.ADDRESSED, "sysname R1\n  ---- More ----\n")
    assert list(tmp_path.iterdir()) == []
