"""Where a bed keeps what, its passwords and its ports."""

from __future__ import annotations

import base64
import json
import random
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from tools.cloudbed.errors import BedError

__all__ = ["LOCK", "MARK", "PORTS", "Layout", "free_ports"]

FOLDERS = ("dns", "etc", "etc/python", "images", "lib", "lock", "log", "queue", "run", "tmp")

PORTS = (
    "compute",
    "database",
    "dns",
    "dns_api",
    "epmd",
    "identity",
    "image",
    "network",
    "placement",
    "queue",
    "queue_peers",
    "rndc",
    "transfer",
    "volume",
)
"""What listens, all on 127.0.0.1."""

MARK = ".qianyun-cloudbed"
LOCK = "lock-file"


@dataclass(frozen=True)
class Layout:
    """The folder of one bed.

    Attributes:
        root: absolute; only the bed writes into it, and only its user may read it.
    """

    root: Path

    @property
    def log(self) -> Path:
        """A file for each process."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """Who runs, sockets."""
        return self.root / "run"

    @property
    def etc(self) -> Path:
        """Configuration, written anew at each start."""
        return self.root / "etc"

    @property
    def clouds(self) -> Path:
        """The clouds.yaml of the bed."""
        return self.root / "clouds.yaml"

    @property
    def finished(self) -> Path:
        """There when the set-up came to its end; holds its key."""
        return self.root / "set-up"

    def prepare(self) -> None:
        """The folder with its mark.

        Raises:
            BedError: a folder with something else in it, or one that cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            if not (self.root / MARK).exists() and any(self.root.iterdir()):
                raise BedError(f"{self.root} holds something else; name an empty folder or a new one")
            self.root.chmod(0o700)
            (self.root / MARK).touch()
            for name in FOLDERS:
                (self.root / name).mkdir(exist_ok=True)
        except OSError as error:
            raise BedError(f"{self.root} cannot hold a bed: {error.strerror}") from error

    def is_bed(self) -> bool:
        """Whether this is the folder of a bed, finished or not."""
        return (self.root / MARK).exists()

    def secrets(self) -> dict[str, str]:
        """Passwords by purpose, made at the first call."""
        path = self.root / "secrets.json"
        if not path.exists():
            made = {name: secrets.token_hex(12) for name in ("admin", "service", "database", "queue", "guest")}
            made["rndc"] = base64.b64encode(secrets.token_bytes(32)).decode()
            path.touch(mode=0o600)
            path.write_text(json.dumps(made), encoding="utf-8")
        read: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return read

    def ports(self) -> dict[str, int]:
        """Ports by purpose, as the last start chose them.

        Raises:
            BedError: the bed was never started.
        """
        try:
            read: dict[str, int] = json.loads((self.root / "ports.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BedError(f"the bed in {self.root} was never started") from error
        return read

    def choose_ports(self) -> dict[str, int]:
        """Ports that nobody listens on now, noted for later."""
        chosen = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        (self.root / "ports.json").write_text(json.dumps(chosen), encoding="utf-8")
        return chosen


def free_ports(count: int) -> list[int]:
    """So many ports of 127.0.0.1, below those that systems give to outgoing connections.

    A port of that range could be taken by any client between now and the start of its server.

    Raises:
        BedError: none left.
    """
    candidates = list(range(16_000, 32_000))
    random.SystemRandom().shuffle(candidates)
    found: list[int] = []
    for port in candidates:
        if len(found) == count:
            return found
        if _free(port, socket.SOCK_STREAM) and _free(port, socket.SOCK_DGRAM):
            found.append(port)
    raise BedError("no free ports between 16000 and 32000")


def _free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
