"""Victims that are routers of a laboratory: FRR behind its own SSH server."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inventory.kinds.network import Ipv6Stage
from inventory.load import load_estate
from network.addressing import plan_addresses
from network.config import parse, to_text
from network.diff import patch
from network.intent import Intents
from network.lab import Lab, Pinger
from network.platforms import platform_of
from network.rendering import intended
from tools.example_twin import SIZES
from tools.lab_ipv6.twin import Twin, twin_of
from tools.push_kills.killing import Shown, Victim

__all__ = ["Ended", "a_twin", "kill_on", "routers"]

ROOT = Path(__file__).parents[2]
OPERATOR = "operator"
GUARD = 8
"""Seconds that routers wait for a confirmation."""
INTERVAL = 0.05
STAGE = Ipv6Stage.ROUTING
"""Up to which stage is pushed."""


@dataclass(frozen=True)
class Ended:
    """What came of kills on routers. ``line``: what the process that killed said last; ``code``: its exit code."""

    line: str
    code: int
    sent: int
    lost: int

    @property
    def failed(self) -> bool:
        """Whether something was not as it has to be."""
        return bool(self.code or self.lost or not self.sent)

    def __str__(self) -> str:
        return f"{self.line} ipv4_sent={self.sent} ipv4_lost={self.lost}"


@contextmanager
def a_twin(name: str, estate: Path, folder: Path) -> Iterator[Twin]:
    """The laboratory of a name with the estate that it was built from; without a name a twin of nine routers while the
    block runs, with its estate in the new ``folder``."""
    if name:
        yield Twin(Lab.open(name), estate)
        return
    with twin_of(SIZES[9], folder, "push-kills", dt.datetime.now(dt.UTC).date()) as twin:
        yield twin


def kill_on(twin: Twin, count: int, seed: int) -> Ended:
    """So many kills of pushers to the routers, in the network of the operators' host, from where these are reached.
    IPv4 is pinged between the users of each VPN meanwhile."""
    words = ["--lab", twin.lab.name, "--estate", str(twin.estate), "--count", str(count), "--seed", str(seed)]
    command = [sys.executable, "-m", "tools.push_kills", *words, "--inside"]
    with Pinger(twin.lab, twin.ring(), interval=INTERVAL) as pings:
        done = subprocess.run(
            twin.lab.command("ops", command, machine_files=True),
            cwd=ROOT,
            env=twin.lab.environment(machine_files=True),
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    *others, last = done.stdout.splitlines() or [f"the process ended with {done.returncode}"]
    print("\n".join(others))
    return Ended(last, done.returncode, pings.sent, pings.lost)


def routers(name: str, estate: Path) -> list[Shown]:
    """Routers of a laboratory that stands, with what ``STAGE`` adds to what they have now. Sessions come from this
    process's network, which has to be that of the operators' host."""
    lab, inventory = Lab.open(name), load_estate(estate).inventory
    intents = Intents(inventory, plan_addresses(inventory))
    platform = platform_of("frr")
    found = []
    for device in (one for one in inventory.devices if one in lab.hosts):
        host = lab.hosts[device]

        def running(device: str = device) -> str:
            return lab.run(device, ["vtysh", "-c", "show running-config"], check=True).stdout

        before = running()
        tree = parse(platform, before)
        wanted = intended(intents[device], STAGE, tree)
        order = {
            "device": device, "platform": "frr", "address": host.login or host.addresses[0], "port": 22,
            "host_key": host.host_key,
            "user": OPERATOR, "key_file": str(lab.folder / "id_ed25519"), "before": before,
            "intended": to_text(platform, wanted), "guard": GUARD,
        }  # fmt: skip
        victim = Victim(device, order, running, GUARD)
        found.append(Shown(victim, len(patch(platform, tree, wanted).commands)))
    return found
