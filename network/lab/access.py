"""SSH into a laboratory: host keys, the operators' key, the configuration for clients on the machine.

A client on the machine reaches a host over the laboratory's own network: its connection is opened inside the ``ops``
host's network by ``connect.py`` and handed to ssh as an open socket. So a cable that is pulled is felt by it too.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from inventory.files import write_atomic
from network.lab.kernel import PATH
from network.lab.layer import Entry, file, folder
from network.lab.state import LabHost

__all__ = ["OPERATOR", "OPERATOR_NUMBER", "SERVICE", "known_hosts", "make_key", "server_files", "write_client_files"]

OPERATOR = "operator"
"""The account beside root: a person of the operating team, who may do everything by sudo without a password."""
OPERATOR_NUMBER = 4999
SERVICE = ("/usr/sbin/sshd",)
_KEY_EXCHANGE = "curve25519-sha256,curve25519-sha256@libssh.org"
"""The quickest, under both of its names: the default of OpenSSH 9 takes as much time again, and here nobody listens."""

_SERVER = f"""\
# StateDirectory and keys by absolute path: a relative HostKey ends every login without a word.
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /run/sshd.pid
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
MaxStartups 200
MaxSessions 100
KexAlgorithms {_KEY_EXCHANGE}
AcceptEnv LC_*
SetEnv PATH={PATH} LANG=C.UTF-8
Subsystem sftp internal-sftp
"""


def make_key(path: Path) -> tuple[str, str]:
    """A new Ed25519 key: (private file's text, "type key" of the public one). The files stand at ``path``."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True, env={"PATH": PATH})  # noqa: S603
    public = path.with_name(f"{path.name}.pub").read_text(encoding="utf-8")
    return path.read_text(encoding="utf-8"), " ".join(public.split()[:2])


def server_files(private: str, authorized: str) -> dict[str, Entry]:
    """What sshd of a host needs: its own key, who may log in, its configuration."""
    keys = file(authorized + "\n", 0o600)
    return {
        "/etc/ssh/ssh_host_ed25519_key": file(private, 0o600),
        "/etc/ssh/sshd_config": file(_SERVER),
        "/root/.ssh": folder(0o700),
        "/root/.ssh/authorized_keys": keys,
        f"/home/{OPERATOR}": folder(0o755, user=OPERATOR, group=OPERATOR),
        f"/home/{OPERATOR}/.ssh": folder(0o700, user=OPERATOR, group=OPERATOR),
        f"/home/{OPERATOR}/.ssh/authorized_keys": Entry(keys.content, 0o600, OPERATOR, OPERATOR),
    }


def known_hosts(hosts: Iterable[LabHost]) -> str:
    """Lines of known_hosts: every host by its names and its addresses."""
    return "".join(
        f"{','.join((host.name, *host.names, *host.addresses))} {host.host_key}\n" for host in hosts if host.host_key
    )


def write_client_files(folder: Path, hosts: Iterable[LabHost], ops: int) -> None:
    """Write ssh_config, known_hosts, connect.py and worker.yaml into a laboratory's folder. ``ops``: first process of
    the host whose network connections come from."""
    hosts = tuple(hosts)
    connect = folder / "connect.py"
    write_atomic(connect, (files(__package__) / "connect.py").read_text(encoding="utf-8"), private=True)
    write_atomic(folder / "known_hosts", known_hosts(hosts), private=True)
    write_atomic(folder / "ssh_config", _client(folder, hosts, f"{_proxy(connect, ops)} %h %p"), private=True)
    settings = {
        "format": "1",
        "ssh_config": folder / "ssh_config",
        "known_hosts": folder / "known_hosts",
        "ssh_user": "root",
        "private_key": folder / "id_ed25519",
        "device_user": OPERATOR,
        "device_key": folder / "id_ed25519",
    }
    write_atomic(folder / "worker.yaml", "".join(f"{key}: {value}\n" for key, value in settings.items()), private=True)


def _proxy(connect: Path, ops: int) -> str:
    return f"nsenter --target={ops} --net -- '{sys.executable}' -I -S '{connect}'"


def _client(folder: Path, hosts: Iterable[LabHost], proxy: str) -> str:
    lines = []
    for host in hosts:
        if not host.host_key:
            continue
        address = next((found for found in host.addresses if ":" not in found), host.addresses[0])
        lines += [f"Host {' '.join((host.name, *host.names))}", f"    HostName {address}"]
    lines += [
        "Host *",
        "    User root",
        f"    IdentityFile {folder / 'id_ed25519'}",
        "    IdentitiesOnly yes",
        f"    UserKnownHostsFile {folder / 'known_hosts'}",
        "    GlobalKnownHostsFile /dev/null",
        "    StrictHostKeyChecking yes",
        "    UpdateHostKeys no",
        "    PasswordAuthentication no",
        f"    KexAlgorithms {_KEY_EXCHANGE}",
        "    ServerAliveInterval 5",
        f"    ProxyCommand {proxy}",
        "    ProxyUseFdpass yes",
    ]
    return "\n".join(lines) + "\n"
