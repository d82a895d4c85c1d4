"""Real FRR daemons without a network: one namespace, one router."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

DAEMONS = ("zebra", "staticd", "ospfd", "ospf6d", "bgpd")
INTERFACES = 20
"""eth0 to eth19, joined two by two and down: FRR does not take an address back from an interface that is not there."""
PROGRAMS = Path("/usr/lib/frr")


class Router:
    """A running router; its name is that of its namespace and of its folders."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.settings = Path("/etc/frr") / name
        self.state = Path("/var/run/frr") / name

    def start(self) -> None:
        """Namespace and daemons."""
        _run(["ip", "netns", "add", self.name])
        inside = ["ip", "netns", "exec", self.name]
        _run([*inside, "ip", "link", "set", "lo", "up"])
        for one, other in zip(range(0, INTERFACES, 2), range(1, INTERFACES, 2), strict=True):
            _run([*inside, "ip", "link", "add", f"eth{one}", "type", "veth", "peer", "name", f"eth{other}"])
        for folder in (self.settings, self.state):
            folder.mkdir(parents=True)
            shutil.chown(folder, "frr", "frr")
        for name in ("frr.conf", "vtysh.conf"):
            (self.settings / name).write_text("service integrated-vtysh-config\n", encoding="utf-8")
            shutil.chown(self.settings / name, "frr", "frrvty")
        for daemon in DAEMONS:
            _run([*inside, str(PROGRAMS / daemon), "-d", "-N", self.name, "--log", "syslog:errors"])
        end = time.monotonic() + 30
        while "bgpd" not in self.show("show daemons"):
            assert time.monotonic() < end, "the daemons do not answer"
            time.sleep(0.1)

    def stop(self) -> None:
        """Ends what start began."""
        pids = [int(path.read_text()) for path in self.state.glob("*.pid")]
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < end:
            time.sleep(0.05)
        _run(["ip", "netns", "del", self.name])
        for folder in (self.settings, self.state):
            shutil.rmtree(folder, ignore_errors=True)

    def show(self, command: str) -> str:
        """The answer to one command."""
        return self._shell([command])[0]

    def running(self) -> str:
        """The running configuration."""
        return self.show("show running-config")

    def type(self, lines: Sequence[str]) -> tuple[int, str]:
        """Types lines in the configuration view until one is refused: its 1-based number, or 0, and the answer."""
        answer, status = self._shell(["configure terminal", *lines], echo=True)
        if not status:
            return 0, answer
        prompts = [line for line in answer.splitlines() if line.startswith(f"{os.uname().nodename}")]
        return len(prompts) - 1, answer

    def clear(self) -> None:
        """Takes the whole configuration back, bluntly: what is refused is left, lines in views of what is gone too."""
        script, head = ["configure terminal"], ""
        for line in self.running().splitlines():
            if line.startswith(" ") and head.startswith("interface"):
                script += [head, f"no {line.strip()}".replace("no no ", "")]
            elif line and not line.startswith(
                (" ", "!", "frr ", "Build", "Current", "end", "exit", "service", "hostname")
            ):
                head = line
                script += [] if head.startswith("interface") else [f"no {head}"]
        command = ["vtysh", "-N", self.name]
        subprocess.run(command, input="\n".join([*script, ""]), capture_output=True, text=True, check=True, timeout=60)

    def _shell(self, commands: Sequence[str], *, echo: bool = False) -> tuple[str, int]:
        words = [word for command in commands for word in ("-c", command)]
        done = subprocess.run(
            ["vtysh", "-N", self.name, *(["-E"] if echo else []), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout + done.stderr, done.returncode


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@contextmanager
def router() -> Iterator[Router]:
    """A router for the time of a test."""
    made = Router(f"qy-diff-{secrets.token_hex(3)}")
    try:
        made.start()
        yield made
    finally:
        made.stop()
