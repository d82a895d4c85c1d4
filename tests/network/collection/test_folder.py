"""A backup folder: one file a device, whole or not at all, changed only with the device; many devices at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import pytest

from inventory.errors import InputError, QianyunError
from network.collection import BackupFolder, collect
from network.errors import CollectionError
from network.platforms import platform_of
from network.transport import Login, Target

VRP = platform_of("huawei_vrp8")
KEPT = "#\nsysname 核心SW1\n#\naaa\n local-user a password cipher {secret}\n#\nreturn\n"
RUNNING = "!Last configuration was updated at {time}\n" + KEPT


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    return BackupFolder(tmp_path / "backup")


def running(time: str = "10:00", secret: str = "%^%#abc%^%#") -> str:
    return RUNNING.format(time=time, secret=secret)


def test_a_device_has_one_private_file_without_secrets(folder: BackupFolder) -> None:
    written = folder.write("sw1", VRP, running())
    assert written.changed
    assert [path.name for path in folder.path.iterdir()] == ["sw1.cfg"]
    assert (
        written.path.read_bytes().decode()
        == "#\nsysname 核心SW1\n#\naaa\n local-user a password cipher ******\n#\nreturn\n"
    )
    assert written.path.stat().st_mode & 0o077 == 0
    assert folder.read("sw1") == written.path.read_text(encoding="utf-8")


def test_an_unchanged_device_leaves_its_file_alone(folder: BackupFolder) -> None:
    first = folder.write("sw1", VRP, running())
    before = first.path.stat()
    again = folder.write("sw1", VRP, running(time="11:00", secret="%^%#other%^%#"))
    assert not again.changed
    assert (first.path.stat().st_ino, first.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_changed_device_changes_its_file(folder: BackupFolder) -> None:
    folder.write("sw1", VRP, running())
    assert folder.write("sw1", VRP, running().replace("SW1", "SW2")).changed
    assert "SW2" in folder.read("sw1")


def test_devices_are_listed(folder: BackupFolder) -> None:
    for device in ("b", "a"):
        folder.write(device, VRP, running())
    assert list(folder.devices()) == ["a", "b"]


def test_a_device_without_a_file(folder: BackupFolder) -> None:
    with pytest.raises(CollectionError) as caught:
        folder.read("sw9")
    assert caught.value.code == "collection-missing"


def test_a_file_that_somebody_spoilt(folder: BackupFolder) -> None:
    folder.write("sw1", VRP, running()).path.write_bytes(running().encode("gb18030"))
    with pytest.raises(CollectionError) as caught:
        folder.read("sw1")
    assert caught.value.code == "collection-encoding"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError):
        BackupFolder(tmp_path / "file").write("sw1", VRP, running())


# Collecting


class Answering:
    """A transport whose sessions answer with a text, or fail."""

    def __init__(self, answers: dict[str, str | QianyunError]) -> None:
        self.answers = answers
        self.closed: list[str] = []

    def open(self, target: Target, login: Login, *, timeout: float = 20) -> Any:
        del timeout
        assert login == Login(agent=True)
        return Talking(self, target.device)


class Talking:
    def __init__(self, transport: Answering, device: str) -> None:
        self.transport, self.device = transport, device

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.transport.closed.append(self.device)

    def running(self) -> str:
        answer = self.transport.answers[self.device]
        if isinstance(answer, QianyunError):
            raise answer
        return answer


def target(device: str) -> Target:
    return Target(device, VRP, "192.0.2.1", 22, "ssh-ed25519 AAAA", "netops", "utf-8")


def test_every_device_is_kept_or_named(folder: BackupFolder) -> None:
    folder.write("old", VRP, running())
    failure = CollectionError("collection-missing", device="gone", path="-")
    transport = Answering({"new": running(), "old": running(), "gone": failure})
    seen = []
    found = collect(
        transport,
        {device: target(device) for device in transport.answers},
        lambda _: Login(agent=True),
        folder,
        workers=2,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert list(found.written) == ["new", "old"]
    assert found.changed == ("new",)
    assert found.failed == {"gone": failure}
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert sorted(transport.closed) == ["gone", "new", "old"]


def test_a_failing_device_keeps_its_former_file(folder: BackupFolder) -> None:
    folder.write("sw1", VRP, running())
    transport = Answering({"sw1": CollectionError("collection-missing", device="sw1", path="-")})
    collect(transport, {"sw1": target("sw1")}, lambda _: Login(agent=True), folder)
    assert "核心SW1" in folder.read("sw1")
