"""``python -m tools.push_kills``: pushers to simulated devices killed at random lines.

Exit code 1 where a device did not come back in time.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from inventory.kinds.network import Ipv6Stage
from inventory.load import load_estate
from tools.push_kills.killing import Kill, Shown, faults_of, kill_pusher, moments
from tools.push_kills.laboratory import routers
from tools.push_kills.simulated import simulated
from tools.soak.record import record

__all__ = ["main", "run", "run_simulated"]

GUARD = 8
"""Seconds that routers of a laboratory wait for a confirmation."""

ROOT = Path(__file__).parents[2]
ESTATE = ROOT / "examples" / "kaifeng"


def run(count: int, seed: int, folder: Path, devices: Sequence[Shown]) -> list[Kill]:
    """So many kills, the devices in turn."""
    chance = random.Random(seed)
    points = {one.victim.name: moments(chance, one.lines) for one in devices}
    turns = [devices[number % len(devices)].victim for number in range(count)]
    return [kill_pusher(victim, next(points[victim.name]), folder / str(number)) for number, victim in enumerate(turns)]


def run_simulated(count: int, seed: int, folder: Path, estate: Path = ESTATE) -> list[Kill]:
    """The same on simulated devices of an estate."""
    with simulated(estate) as devices:
        return run(count, seed, folder, devices)


def main(words: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--count", type=int, default=20, help="kills")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--estate", type=Path, default=ESTATE)
    options.add_argument(
        "--lab", help="routers of this laboratory, built from the estate, instead of simulated devices"
    )
    options.add_argument("--record", action="store_true", help="put the last line into docs/benchmarks.md")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args(words)
    if asked.lab and not asked.inside:
        return _from_operators(asked.lab, sys.argv[1:] if words is None else words)
    with tempfile.TemporaryDirectory(prefix="push-kills-") as folder:
        if asked.lab:
            kills = run(asked.count, asked.seed, Path(folder), _routers(asked.lab, asked.estate))
        else:
            kills = run_simulated(asked.count, asked.seed, Path(folder), asked.estate)
    for kill in kills:
        print(f"{kill.name:20} {kill.moment:10} changed={kill.changed!s:5} {kill.seconds:6.2f} s {kill.fault}")
    faults = faults_of(kills)
    changed = sum(kill.changed for kill in kills)
    slowest = max((kill.seconds for kill in kills), default=0.0)
    line = f"kills={len(kills)} seed={asked.seed} changed={changed} slowest={slowest:.1f} faults={len(faults)}"
    print(line)
    if asked.record:
        record("pushes", [f"    {line}"])
    return int(bool(faults))


def _routers(name: str, estate: Path) -> list[Shown]:
    from network.lab import Lab

    lab = Lab.open(name)
    inventory = load_estate(estate).inventory
    devices = [device for device in inventory.devices if device in lab.hosts]
    return routers(lab, inventory, devices, Ipv6Stage.ROUTING, GUARD)


def _from_operators(name: str, words: Sequence[str]) -> int:
    """The same in the network of the operators' host, from where routers are reached."""
    from network.lab import Lab

    lab = Lab.open(name)
    command = lab.command("ops", [sys.executable, "-m", "tools.push_kills", *words, "--inside"], machine_files=True)
    return subprocess.run(command, cwd=ROOT, env=lab.environment(machine_files=True), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
