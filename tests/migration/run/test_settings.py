"""Settings of workers: defaults, where they are looked for, and refusals with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.errors import FileError, QianyunError
from migration.run import settings as module
from migration.run.errors import RunError, RunVersionError
from migration.run.policy import require_policy
from migration.run.settings import LIMITS, WorkerSettings, load_settings


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("QIANYUN_WORKER_CONFIG", raising=False)
    monkeypatch.setattr(module, "USUAL", tmp_path / "etc" / "worker.yaml")


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    found = load_settings(None)
    assert found == WorkerSettings()
    assert (found.lease_seconds, found.limits, found.known_hosts) == (30, LIMITS, "")


def test_the_file_named_goes_before_the_environment_and_that_before_the_usual_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(module.USUAL, "threads: 1")
    assert load_settings(None).threads == 1
    monkeypatch.setenv("QIANYUN_WORKER_CONFIG", str(write(tmp_path / "second.yaml", "threads: 2")))
    assert load_settings(None).threads == 2
    assert load_settings(write(tmp_path / "third.yaml", "threads: 3")).threads == 3


def test_values_and_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/worker")
    text = "signers: keys/allowed\nprivate_key: ~/.ssh/id\nknown_hosts: /etc/hosts.known\nlease_seconds: 5\n"
    found = load_settings(write(tmp_path / "worker.yaml", text + "limits: {room: 2}\nssh_user: yunwei\n"))
    assert found.signers == str(tmp_path / "keys" / "allowed")
    assert (found.private_key, found.known_hosts) == ("/home/worker/.ssh/id", "/etc/hosts.known")
    assert (found.approval_policy, found.policy) == ("", None), "none is set up on this machine"
    assert found.ssh_config == "", "an empty path stays empty"
    assert (found.lease_seconds, found.ssh_user) == (5, "yunwei")
    assert found.limits == {**LIMITS, "room": 2}


def test_a_policy_that_is_there_at_the_start_has_to_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = write(tmp_path / "approval-policy.yaml", "principals: {}")
    monkeypatch.setattr("migration.run.settings.USUAL_POLICY", usual)
    found = load_settings(write(tmp_path / "worker.yaml", "threads: 3"))
    usual.unlink()
    assert found.policy == usual
    with pytest.raises(RunError) as caught:
        require_policy(found)
    assert caught.value.code == "config-policy"
    assert require_policy(load_settings(write(tmp_path / "worker.yaml", "threads: 3"))) is None


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path / "worker.yaml", "")) == WorkerSettings()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("threads: 4\nlease_second: 5", "config-unknown-field", r"worker.yaml:2: there is no setting 'lease_second'"),
        ("\n\nthreads: many", "config-bad-value", r"worker.yaml:3: threads: 'many' is not a whole number"),
        ("threads: 0", "config-bad-value", r":1: threads: '0' is not at least 1"),
        ("lease_seconds: 0.5", "config-bad-value", "at least 1"),
        ("poll_seconds: .nan", "config-bad-value", "poll_seconds"),
        ("threads: 4\nlimits:\n  rack: 4", "config-bad-value", r":2: limits: .*no kind 'rack'"),
        ("limits: {room: 0}", "config-bad-value", "from 1 on"),
        ("limits:\n  room: few", "config-bad-value", r":2: limits.room: 'few'"),
        ("limits: 3", "config-bad-value", "limits"),
        ("threads: [1, 2]", "config-bad-value", "threads"),
        ("threads: 1\nlimits: {room: 1, room: 2}", "config-doubled", r":2: the setting 'room'"),
        ("format: 2\nnew: 1", "config-format", "format 2; this program reads 1"),
    ],
)
def test_mistakes_are_refused_with_file_and_line(tmp_path: Path, text: str, code: str, said: str) -> None:
    with pytest.raises(QianyunError, match=said) as raised:
        load_settings(write(tmp_path / "worker.yaml", text))
    assert raised.value.code == code
    assert isinstance(raised.value, RunVersionError if code == "config-format" else RunError)


def test_the_nearest_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError) as raised:
        load_settings(write(tmp_path / "worker.yaml", "lease_second: 5"))
    assert raised.value.hint == "nearest: lease_seconds"


@pytest.mark.parametrize(("text", "code"), [("a: [", "file-syntax"), ("- a", "file-syntax"), (None, "file-missing")])
def test_files_that_cannot_be_read(tmp_path: Path, text: str | None, code: str) -> None:
    path = tmp_path / "worker.yaml"
    if text is not None:
        write(path, text)
    with pytest.raises(FileError, match=r"worker.yaml") as raised:
        load_settings(path)
    assert raised.value.code == code
    with pytest.raises(FileError) as raised:
        load_settings(tmp_path)
    assert raised.value.code == "file-unreadable"
