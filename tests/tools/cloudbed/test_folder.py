"""A bed's folder, its ports, its archive, its processes: without a bed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.components import ROOT
from tools.cloudbed import cache, configs, layout, processes
from tools.cloudbed.__main__ import main
from tools.cloudbed.bed import Bed
from tools.cloudbed.errors import BedError
from tools.cloudbed.layout import Layout
from tools.cloudbed.services import DAEMONS, PACKAGES, names


@pytest.fixture
def folder(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "bed")
    made.prepare()
    return made


def test_only_its_user_reads_the_folder(folder: Layout) -> None:
    configs.write(folder, folder.choose_ports())
    assert folder.root.stat().st_mode & 0o777 == 0o700
    for path in (folder.root / "secrets.json", folder.clouds, folder.etc / "nova.conf"):
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_passwords_are_those_of_this_bed(folder: Layout, tmp_path: Path) -> None:
    other = Layout(tmp_path / "other")
    other.prepare()
    assert folder.secrets() == folder.secrets()
    assert not set(folder.secrets().values()) & set(other.secrets().values())


def test_a_folder_with_other_things_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(BedError, match="something else"):
        Layout(tmp_path).prepare()
    Bed(tmp_path).discard()
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_ports_in_use_are_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_free", lambda port, _: port % 2 == 0)
    chosen = layout.free_ports(20)
    assert len(set(chosen)) == 20
    assert all(port % 2 == 0 for port in chosen)


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not layout._free(server.getsockname()[1], socket.SOCK_STREAM)


def test_no_place_in_the_configuration_is_left_open(folder: Layout) -> None:
    configs.write(folder, folder.choose_ports())
    for path in folder.etc.iterdir():
        if path.is_file():
            assert not re.search(r"\$\w", path.read_text(encoding="utf-8")), path
    assert {daemon.config for daemon in DAEMONS} <= {path.name for path in folder.etc.iterdir()}


@pytest.fixture
def stopped(folder: Layout) -> Layout:
    """A folder with all that belongs into an archive."""
    folder.secrets()
    (folder.root / "database").mkdir()
    (folder.root / "database" / "rows").write_text("1" * 5000, encoding="utf-8")
    folder.finished.write_text("k", encoding="utf-8")
    return folder


def test_a_bed_is_packed_and_unpacked_elsewhere(stopped: Layout, tmp_path: Path) -> None:
    cache.keep(stopped, tmp_path / "cache" / "k.tar.gz")
    other = Layout(tmp_path / "other")
    other.prepare()
    assert cache.take(other, tmp_path / "cache" / "k.tar.gz")
    assert (other.root / "database" / "rows").read_text(encoding="utf-8") == "1" * 5000
    assert other.secrets() == stopped.secrets()


def test_a_damaged_archive_is_removed_and_not_used(stopped: Layout, tmp_path: Path) -> None:
    archive = tmp_path / "cache" / "k.tar.gz"
    cache.keep(stopped, archive)
    archive.write_bytes(archive.read_bytes()[:-40])
    other = Layout(tmp_path / "other")
    other.prepare()
    assert not cache.take(other, archive)
    assert not archive.exists()
    assert not other.finished.exists()


def test_only_the_newest_archives_are_kept(stopped: Layout, tmp_path: Path) -> None:
    for number in range(cache.ARCHIVES + 2):
        archive = tmp_path / "cache" / f"{number}.tar.gz"
        cache.keep(stopped, archive)
        os.utime(archive, (number, number))
    cache.keep(stopped, tmp_path / "cache" / "last.tar.gz")
    kept = sorted(path.name for path in (tmp_path / "cache").iterdir())
    assert kept == ["3.tar.gz", "4.tar.gz", "last.tar.gz"]


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_installed", lambda: dict.fromkeys(PACKAGES[1:], "1"))
    assert cache.missing_packages() == [PACKAGES[0]]
    with pytest.raises(BedError, match=f"not installed: {PACKAGES[0]};"):
        cache.key()


def test_another_version_of_a_package_needs_another_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = set()
    for version in ("1", "2"):
        monkeypatch.setattr(cache, "_installed", lambda version=version: dict.fromkeys(PACKAGES, version))
        keys.add(cache.key())
    assert len(keys) == 2


def test_the_packages_are_among_those_that_are_installed() -> None:
    listed = (ROOT / "tools" / "system_packages.sh").read_text(encoding="utf-8")
    assert set(PACKAGES) <= set(re.findall(r"^    (\S+) +#", listed, re.MULTILINE))


def test_a_process_is_noted_and_ended(folder: Layout) -> None:
    started = processes.spawn(folder, "sleeper", ["sleep", "60"])
    assert processes.recorded(folder) == {"sleeper": started}
    assert started in processes.stray(folder)
    processes.end([started], patience=5)
    assert not started.alive


def test_a_process_that_lost_its_note_is_found_and_ended_by_stop(folder: Layout) -> None:
    started = processes.spawn(folder, "sleeper", ["sh", "-c", "trap '' TERM; sleep 60"])
    (folder.run / "sleeper.json").unlink()
    Bed(folder.root).stop()
    assert not started.alive


def test_a_note_of_another_process_with_the_same_id_ends_nobody(folder: Layout) -> None:
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        note = processes.record(folder, "keystone", bystander.pid)
        (folder.run / "keystone.json").write_text(f"[{note.pid}, {note.started - 1}]", encoding="utf-8")
        (folder.run / "neutron.json").write_text("[12", encoding="utf-8")
        Bed(folder.root).stop()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_failed_step_tells_its_error(folder: Layout) -> None:
    script = "echo one; echo 'ERROR no such table' >&2; echo bye; exit 3"
    with pytest.raises(BedError, match=r"step failed \(3\): ERROR no such table \(see "):
        processes.run(folder, "step", ["sh", "-c", script])


def test_one_command_at_a_time(folder: Layout) -> None:
    bed = Bed(folder.root)
    with bed._at_work(), pytest.raises(BedError, match="another command is at work"):
        Bed(folder.root).stop()


def test_status_of_what_never_ran(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(tmp_path / "none")]) == 1
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} >= set(names())
    assert not (tmp_path / "none").exists()


def test_a_full_disk_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cache, "key", lambda: "k")
    monkeypatch.setattr("tools.cloudbed.bed.ROOM", 1 << 60)
    assert main(["setup", str(tmp_path / "bed")]) == 1
    assert "MiB free, a bed needs" in capsys.readouterr().err


def test_a_watched_bed_goes_with_its_owner(folder: Layout) -> None:
    owner = subprocess.Popen(["sleep", "60"])
    service = processes.spawn(folder, "keystone", ["sleep", "60"])
    words = [sys.executable, "-m", "tools.cloudbed", "watch", str(folder.root), str(owner.pid)]
    watch = subprocess.Popen(words, cwd=ROOT)
    with pytest.raises(subprocess.TimeoutExpired):
        watch.wait(1)
    assert service in processes.stray(folder)
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    assert watch.wait(60) == 0
    assert not service.alive
    assert not folder.root.exists()
