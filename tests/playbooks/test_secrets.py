"""Secrets come by the vault only and are seen nowhere: not in files, events, command lines or environments."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from playbooks import child
from playbooks.errors import PlaybookError
from playbooks.executor import AnsibleExecutor
from tests.playbooks.calls import Calls, processes
from tests.playbooks.sshd import Server

ROLES = Path(__file__).parent / "data" / "roles"
LOUD, QUIET = "Ox-and-Donkey-19", "Hen-and-Goat-84"
MakeCalls = Callable[..., Calls]

pytestmark = [pytest.mark.slow, pytest.mark.component("ansible"), pytest.mark.component("sshd")]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    path = tmp_path / "vault-password"
    path.write_text("sesame\n")
    path.chmod(0o600)
    return path


def encrypt(vault: Path, text: str) -> str:
    """As a person does it for a runbook."""
    program = Path(sys.executable).with_name("ansible-vault")
    command = [str(program), "encrypt_string", "--vault-password-file", str(vault), "--stdin-name", "x"]
    said = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    return "\n".join(line.strip() for line in said.splitlines()[1:]) + "\n"


class Watcher(threading.Thread):
    """Looks for words in the files of a folder and in all processes, again and again."""

    def __init__(self, folder: Path, words: tuple[str, ...], secret_of: str) -> None:
        super().__init__(daemon=True)
        self.folder, self.words, self.secret_of = folder, words, secret_of
        self.found: set[str] = set()
        self.rounds = 0
        self.modes: set[int] = set()
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.02):
            self.rounds += 1
            for path in self.folder.rglob("*"):
                with suppress(OSError):
                    if path.is_file():
                        self._look(str(path), path.read_text(errors="replace"))
                    if path.parent == self.folder:
                        self.modes.add(path.stat().st_mode & 0o777)
            for pid, command in processes(self.secret_of).items():
                with suppress(OSError):
                    self._look(f"process {pid}: {command}", command + Path(f"/proc/{pid}/environ").read_text())

    def _look(self, where: str, text: str) -> None:
        self.found |= {where for word in self.words if word in text}


def test_secrets_are_seen_nowhere(calls: MakeCalls, server: Server, vault: Path, tmp_path: Path) -> None:
    executor = AnsibleExecutor(server.settings(vault_password_file=str(vault)), ROLES)
    made = calls()
    encrypted = {"password": encrypt(vault, LOUD), "quiet": encrypt(vault, QUIET)}
    assert LOUD not in str(encrypted)
    watcher = Watcher(made.folder, (LOUD, QUIET, "sesame"), str(made.folder))
    watcher.start()
    try:
        outcome = executor.act(made("secret", path=str(tmp_path / "taken"), **encrypted))
        seen = executor.preview(made("secret", path=str(tmp_path / "other"), **encrypted))
    finally:
        watcher.stop.set()
        watcher.join()
    assert outcome.ok, outcome
    assert seen.ok, seen
    assert (tmp_path / "taken").read_text() == QUIET  # the role had it in clear
    assert watcher.rounds > 20
    # What Ansible itself keeps in a file for an instant: an event, and content on its way to a host.
    passing = ("-partial.json", "/tmp/ansible-local-")
    assert {where for where in watcher.found if not any(part in where for part in passing)} == set()
    assert watcher.modes == {0o700}
    told = "".join(made.launch.lines) + repr(made.outputs) + repr(outcome) + repr(seen)
    assert LOUD not in told
    assert QUIET not in told
    assert "heard ********" in made.said("Shout").message
    assert made.said("Keep quiet").message == ""
    assert list(made.folder.iterdir()) == []


def test_the_environment_is_small(
    calls: MakeCalls, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGPASSWORD", LOUD)
    monkeypatch.setenv("ANSIBLE_HOST_KEY_CHECKING", "False")
    made = calls()
    watcher = Watcher(made.folder, (LOUD,), str(made.folder))
    watcher.start()
    try:
        assert AnsibleExecutor(server.settings(), ROLES).act(made("note", path=str(tmp_path / "x"))).ok
    finally:
        watcher.stop.set()
        watcher.join()
    assert watcher.found == set()
    assert os.environ["PGPASSWORD"] == LOUD


def test_the_vault_file_is_the_owners(calls: MakeCalls, server: Server, vault: Path) -> None:
    made = calls()
    call = made("secret", password=encrypt(vault, LOUD), quiet="x", path="/nowhere")
    vault.chmod(0o640)
    for settings, code in (
        (server.settings(vault_password_file=str(vault)), "vault-open"),
        (server.settings(vault_password_file=str(vault) + "x"), "worker-file"),
        (server.settings(), "vault-unset"),
    ):
        with pytest.raises(PlaybookError) as error:
            AnsibleExecutor(settings, ROLES).act(call)
        assert error.value.code == code
    assert made.launch.process is None
    assert list(made.folder.iterdir()) == []


def test_a_wrong_vault_password(calls: MakeCalls, server: Server, vault: Path, tmp_path: Path) -> None:
    encrypted = encrypt(vault, LOUD)
    vault.write_text("open barley\n")
    executor = AnsibleExecutor(server.settings(vault_password_file=str(vault)), ROLES)
    outcome = executor.act(calls()("secret", password=encrypted, quiet="x", path=str(tmp_path / "x")))
    assert (outcome.ok, outcome.code) == (False, "vault-wrong")
    assert not (tmp_path / "x").exists()


def test_a_cut_leaves_no_half_of_a_secret() -> None:
    told: list[Mapping[str, Any]] = []
    secret = "correct-horse-battery"
    handler = child.Translator([secret], told.append)
    text = "x" * (child._LONGEST // 2 - 10) + secret + "y" * child._LONGEST
    handler({"event": "verbose", "stdout": text})
    handler({"event": "runner_on_ok", "event_data": {"host": "a", "task": "t", "res": {"msg": text}}, "stdout": ""})
    assert len(told) == 2
    assert secret[:8] not in str(told)
    assert "********" in str(told)
