"""A real SSH server on a free port of 127.0.0.1, with its own keys, ended with the test."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migration.run.settings import WorkerSettings
from migration.runbook.model import Host


@dataclass(frozen=True)
class Server:
    """A running server: ``folder`` holds its keys (host, client) and known_hosts."""

    folder: Path
    port: int

    @property
    def host_key(self) -> str:
        return " ".join((self.folder / "host.pub").read_text().split()[:2])

    def settings(self, **others: Any) -> WorkerSettings:
        """Settings of a worker that may log in here."""
        known = {"ssh_user": getpass.getuser(), "private_key": str(self.folder / "client")}
        return WorkerSettings(**{**known, "known_hosts": str(self.folder / "known_hosts"), **others})

    def host(self, name: str = "one", **others: Any) -> Host:
        return Host(**{"name": name, "address": "127.0.0.1", "port": self.port, "groups": ("source",), **others})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def make_key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


@contextmanager
def served(folder: Path, environment: str = "") -> Iterator[Server]:
    """A server whose files are in ``folder``. ``environment``: more variables of its sessions, NAME=VALUE."""
    for name in ("host", "client"):
        make_key(folder / name)
    server = Server(folder, free_port())
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {server.host_key}\n")
    shutil.copy(folder / "client.pub", folder / "authorized_keys")
    lines = (
        f"ListenAddress 127.0.0.1:{server.port}",
        f"HostKey {folder}/host",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PermitRootLogin yes",
        "PasswordAuthentication no",
        "MaxStartups 100",
        # A home of its own: nothing of the tester's shell start-up files, nothing left in his home.
        f"SetEnv HOME={folder} {environment}",
    )
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    Path("/run/sshd").mkdir(exist_ok=True)
    with (folder / "log").open("w") as log:
        daemon = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log)
    try:
        _wait(server.port)
        yield server
    finally:
        daemon.terminate()
        daemon.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
