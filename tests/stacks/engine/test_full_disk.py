"""The disk on which stacks are kept has no room: it is said, nothing half-written is taken for anything, and work goes
on when there is room again."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from pulumi.automation import CommandResult

from inventory.errors import InputError
from stacks.engine.failures import Place, error_of
from stacks.engine.process import CommandFailed
from stacks.engine.storage import Backups, Torn, write_synced
from tests.stacks.engine.conftest import World, things

STACK = "zone.yun-ty-a.140000-mzt"
FULL = "write /srv/state/.pulumi/stacks/qianyun/zone.json.18ea.tmp: no space left on device"


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)


@pytest.mark.usefixtures("no_room")
def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    for write in (
        lambda: write_synced(tmp_path / "a" / "file", b"x"),
        lambda: Backups(tmp_path / "b").write(STACK, "{}"),
        lambda: Torn(tmp_path / "c").add(STACK, []),
    ):
        with pytest.raises(InputError) as full:
            write()
        assert full.value.code == "cannot-write"
        assert full.value.data["reason"] == "No space left on device"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(("said", "code"), [(FULL, "cannot-write"), ("glance: no space left on device", None)])
def test_only_a_full_disk_of_ours_is_one(tmp_path: Path, said: str, code: str | None) -> None:
    failed = CommandFailed(CommandResult(stdout="", stderr=f"error: could not save: {said}", code=1))
    found = error_of(failed, STACK, Place("file:///srv/state", tmp_path / "passphrase"))
    assert (found.code == "cannot-write") == (code is not None)
    if code:
        assert (found.exit_code, found.data["path"]) == (2, "/srv/state")


@pytest.mark.component("pulumi")
def test_half_a_lock_keeps_nobody_out(world: World) -> None:
    """An engine that had no room for its lock leaves an empty file, which the next one cannot read."""
    half = world.lock_folder(STACK) / "5d306282.json.18ea818118083e0c.tmp"
    half.parent.mkdir(parents=True)
    half.touch()
    os.utime(half, (time.time() - 60, time.time() - 60))
    world.engine.up(STACK, things("a"))
    assert not half.exists()
    being_written = half.with_name("6e.json.2.tmp")
    being_written.touch()
    os.utime(being_written, (time.time() + 60, time.time() + 60))
    world.engine.unlock(STACK)
    assert being_written.exists()
