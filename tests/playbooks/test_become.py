"""Another account on the host: a password of sudo that is right, wrong or missing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playbooks.executor import AnsibleExecutor
from tests.playbooks.calls import Calls
from tests.playbooks.sshd import Server
from tests.playbooks.test_secrets import encrypt

ROLES = Path(__file__).parent / "data" / "roles"
PASSWORD = "Sheep-and-Horse-55"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.component("ansible"),
    pytest.mark.component("sshd"),
    pytest.mark.component("accounts"),
]


@pytest.fixture(scope="module")
def account() -> Iterator[str]:
    """A made account that sudo asks for its password."""
    name = f"qy-test-{os.getpid()}"
    rule = Path("/etc/sudoers.d") / name
    subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/sh", name], check=True)
    try:
        subprocess.run(["chpasswd"], input=f"{name}:{PASSWORD}", text=True, check=True)
        rule.write_text(f"{name} ALL=(ALL) ALL\nDefaults:{name} !fqdn\n")
        rule.chmod(0o440)
        yield name
    finally:
        rule.unlink(missing_ok=True)
        subprocess.run(["userdel", name], check=True)


@pytest.mark.parametrize(("password", "code"), [(PASSWORD, ""), ("wrong", "become"), ("", "become")])
def test_passwords_of_sudo(
    calls: Callable[..., Calls], server: Server, account: str, tmp_path: Path, password: str, code: str
) -> None:
    vault = tmp_path / "vault-password"
    vault.write_text("sesame\n")
    vault.chmod(0o600)
    variables = {"ansible_become_password": encrypt(vault, password)} if password else {}
    executor = AnsibleExecutor(server.settings(ssh_user=account, vault_password_file=str(vault)), ROLES)
    outcome = executor.act(calls(server.host(variables=variables))("become"))
    assert (outcome.ok, outcome.code) == (not code, code), outcome
    assert PASSWORD not in repr(outcome)
    assert ("one: task 'Be root' may not act as another user" in outcome.message) is bool(code)
