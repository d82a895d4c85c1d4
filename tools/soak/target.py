"""Hosts on which steps act: a network namespace with several addresses, an SSH server in it, and a ledger."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.soak import ledger

__all__ = ["Span", "Target"]

PATIENCE = 20.0
HOSTS = 6
SSHD = """\
ListenAddress 0.0.0.0
Port 22
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/key.pub
PidFile none
StrictModes no
UsePAM no
UseDNS no
PrintMotd no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 500
AcceptEnv WHO
SetEnv HOME={folder}/home
"""
SSH = """\
Host *
  IdentityFile {folder}/key
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile {folder}/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 5
  ServerAliveInterval 1
  ServerAliveCountMax 3
"""


@dataclass(frozen=True)
class Span:
    """When a step acted on the host, by the host's clock in seconds, and for whom."""

    key: str
    who: str
    began: float
    ended: float


class Target:
    """Made with the block and removed with it. Needs root.

    Attributes:
        hosts: addresses of the hosts, all of one machine.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        number = os.getpid()
        self._name = f"qy-soak-{number}"
        self._link = f"qys{number}"
        self._net = f"100.{64 + (number >> 8) % 64}.{number % 256}"
        self.hosts = tuple(f"{self._net}.{10 + host}" for host in range(HOSTS))
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        (self._folder / "home").mkdir()
        shutil.copy(ledger.__file__, self._folder / "ledger.py")
        for key in ("key", "host_key"):
            _do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._folder / key))
        public = " ".join((self._folder / "host_key.pub").read_text().split()[:2])
        (self._folder / "known_hosts").write_text("".join(f"{host} {public}\n" for host in self.hosts))
        (self._folder / "sshd_config").write_text(SSHD.format(folder=self._folder))
        (self._folder / "ssh_config").write_text(SSH.format(folder=self._folder))
        _do("ip", "netns", "add", self._name)
        try:
            _do("ip", "link", "add", self._link, "type", "veth", "peer", "name", "eth0", "netns", self._name)
            _do("ip", "address", "add", f"{self._net}.1/24", "dev", self._link)
            _do("ip", "link", "set", self._link, "up")
            for host in self.hosts:
                _do("ip", "-n", self._name, "address", "add", f"{host}/24", "dev", "eth0")
            _do("ip", "-n", self._name, "link", "set", "eth0", "up")
            self._serve()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _serve(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        program = shutil.which("sshd") or "/usr/sbin/sshd"
        with (self._folder / "sshd.log").open("wb") as log:
            self._server = subprocess.Popen(
                ["ip", "netns", "exec", self._name, program, "-D", "-e", "-f", str(self._folder / "sshd_config")],
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection((self.hosts[-1], 22), 1).close()
                return
            except OSError:
                if time.monotonic() > until:
                    raise TimeoutError((self._folder / "sshd.log").read_text()) from None
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        found = subprocess.run(["ip", "netns", "pids", self._name], capture_output=True, text=True, check=False)
        for pid in found.stdout.split():
            subprocess.run(["kill", "-9", pid], check=False, capture_output=True)
        if self._server is not None:
            self._server.wait(PATIENCE)
        for words in (("link", "delete", self._link), ("netns", "delete", self._name)):
            subprocess.run(["ip", *words], check=False, capture_output=True)

    def programs(self, who: str) -> str:
        """Folder with an ``ssh`` that reaches the hosts and says who asks."""
        folder = self._folder / f"programs-{who}"
        if not folder.exists():
            folder.mkdir()
            real = shutil.which("ssh")
            script = folder / "ssh"
            script.write_text(f'#!/bin/sh\nexec {real} -F {self._folder}/ssh_config -o SetEnv=WHO={who} "$@"\n')
            script.chmod(0o755)
        return str(folder)

    def command(self, host: str, what: str, kind: str, key: str, seconds: float = 0.0) -> tuple[str, ...]:
        """Program and arguments of a step's call."""
        there = f"{sys.executable} -I -S {self._folder}/ledger.py {what} {kind} {key}"
        return ("ssh", host, there + (f" {seconds}" if seconds else ""))

    def cut(self) -> None:
        """Take the cable out."""
        _do("ip", "link", "set", self._link, "down")

    def mend(self) -> None:
        """Put it in again."""
        _do("ip", "link", "set", self._link, "up")

    # ---- counting ------------------------------------------------------------------------------------------------

    def wait_and_count(self, kind: str, key: str) -> int:
        """How often a step had its effect, once nobody is at it."""
        with (self._folder / f"{key}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return ledger.count(kind, key, self._folder)

    def effects(self, kind: str) -> Counter[tuple[str, str]]:
        """(key, who) -> how often, by the ledger."""
        if kind == "line":
            path = self._folder / "lines"
            lines = path.read_text().splitlines() if path.exists() else []
        else:
            ledger.count(kind, "", self._folder)
            table = self._folder / "rows.db"
            lines = _rows(table)
        return Counter((words[0], words[1]) for line in lines if (words := line.split()))

    def spans(self) -> Sequence[Span]:
        """When steps acted."""
        path = self._folder / "spans"
        words = (line.split() for line in path.read_text().splitlines()) if path.exists() else ()
        return [Span(key, who, float(began), float(ended)) for key, who, began, ended in words]


def _rows(table: Path) -> list[str]:
    import sqlite3

    with sqlite3.connect(table) as opened:
        return [f"{key} {who}" for key, who in opened.execute("SELECT key, who FROM done")]


def _do(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)
