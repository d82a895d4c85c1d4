"""A running laboratory: run commands in its hosts, pull their cables, take it down."""

from __future__ import annotations

import difflib
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from network.errors import LabFailedError, UnknownLabError
from network.lab import state
from network.lab.kernel import PATH
from network.lab.processes import MARK, to_enter, to_enter_network
from network.lab.state import LabHost, Record
from network.lab.topology import BACKBONE
from network.lab.wiring import set_interfaces, set_ports

__all__ = ["Lab"]


class Lab:
    """A laboratory that has been built (``network.lab.build``), by this process or another one.

    As a context manager it is taken down at the end.

    Attributes:
        name: its name.
        folder: its state folder: hosts.json, ssh_config, known_hosts, id_ed25519, worker.yaml, tsig.key.
        hosts: all hosts by name, the backbone first.
    """

    def __init__(self, record: Record) -> None:
        self.name = record.name
        self.folder: Path = state.LABS / record.name
        self.hosts: dict[str, LabHost] = {host.name: host for host in record.hosts}
        self._known = {
            word: host for host in reversed(record.hosts) for word in (host.name, *host.names, *host.addresses)
        }

    @classmethod
    def open(cls, name: str) -> Lab:
        """A laboratory that stands on this machine; what dead processes left behind is taken down first.

        Raises:
            UnknownLabError: lab-unknown, also for one that is not built to the end.
        """
        state.sweep()
        record = state.read(name)
        if not record.ready:
            raise UnknownLabError("lab-unknown", name=name, known=", ".join(cls.names()) or "-")
        return cls(record)

    @staticmethod
    def names() -> tuple[str, ...]:
        """Names of the laboratories that stand on this machine, after taking down what dead processes left behind."""
        state.sweep()
        return state.known()

    @property
    def ssh_config(self) -> Path:
        """For ``ssh -F``: every host by name and by address, from anywhere on the machine, as root."""
        return self.folder / "ssh_config"

    def host(self, word: str) -> LabHost:
        """A host by any of its names or addresses; UnknownLabError (lab-host-unknown) with the nearest."""
        if word not in self._known:
            nearest = difflib.get_close_matches(word, list(self._known), n=1, cutoff=0.4)
            raise UnknownLabError("lab-host-unknown", name=self.name, host=word, nearest=", ".join(nearest) or "-")
        return self._known[word]

    def command(self, host: str, argv: Sequence[str], *, machine_files: bool = False) -> list[str]:
        """The command that runs ``argv`` in a host. ``machine_files``: with the files and processes of the machine, and
        only the network of the host and the resolver and /etc/hosts of the laboratory. In a router's VPN instance
        run ``ip netns exec VPN COMMAND...``."""
        found = self.host(host)
        if not machine_files:
            return to_enter(found.pid, argv)
        own = {f"/etc/{name}": self.folder / name for name in ("resolv.conf", "hosts")}
        return to_enter_network(found.pid, argv, own)

    def environment(self, added: Mapping[str, str] | None = None, *, machine_files: bool = False) -> dict[str, str]:
        """All variables of a command: few, or with ``machine_files`` this process's own, and the laboratory's mark, by
        which it ends with the laboratory."""
        base = os.environ if machine_files else {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"}
        return {**base, MARK: str(self.folder), **(added or {})}

    def run(
        self,
        host: str,
        argv: Sequence[str],
        *,
        stdin: str = "",
        check: bool = True,
        timeout: float | None = None,
        environment: Mapping[str, str] | None = None,
        machine_files: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a host as root, without SSH, and wait for it; ``timeout`` in seconds.

        It waits until nobody holds the command's output any more: send that of what stays in the background elsewhere.

        Raises:
            UnknownLabError: lab-host-unknown.
            LabFailedError: lab-command, its status is not 0 and ``check`` is set; lab-timeout, it was ended.
        """
        try:
            done = subprocess.run(  # noqa: S603
                self.command(host, argv, machine_files=machine_files),
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                check=False,
                env=self.environment(environment, machine_files=machine_files),
            )
        except subprocess.TimeoutExpired:
            raise LabFailedError("lab-timeout", host=host, command=argv[0], seconds=timeout) from None
        if check and done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            reason = lines[-1] if lines else "-"
            raise LabFailedError("lab-command", host=host, command=argv[0], status=done.returncode, reason=reason)
        return done

    def start(
        self,
        host: str,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        machine_files: bool = False,
        **options: Any,
    ) -> subprocess.Popen[Any]:
        """Start a command in a host as root and leave it running; ``options`` go to subprocess.Popen.

        ``kill`` and ``terminate`` end the command at once; what it has started itself goes on until the laboratory is
        taken down.
        """
        return subprocess.Popen(  # noqa: S603
            self.command(host, argv, machine_files=machine_files),
            env=self.environment(environment, machine_files=machine_files),
            **options,
        )

    def cut(self, host: str) -> None:
        """Pull the cables of a host: nothing reaches it any more, and connections just hang, as in a real fault."""
        self._set_ports(host, "down")

    def mend(self, host: str) -> None:
        """Put the cables of a host back; the kernel may take a second to notice."""
        self._set_ports(host, "up")

    def _set_ports(self, host: str, wanted: str) -> None:
        found = self.host(host)
        set_ports(self.hosts[BACKBONE].pid, [plug.port for plug in found.plugs if plug.port], wanted)
        set_interfaces(found.name, found.pid, [(plug.name, plug.vpn) for plug in found.plugs if not plug.port], wanted)

    def down(self) -> None:
        """End everything that runs in the laboratory and forget it; nothing is left on the machine.

        Raises:
            LabError: lab-busy. UnknownLabError: lab-unknown, it is down already. LabFailedError: lab-stuck.
        """
        state.remove(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()
