"""``python -m tools.push_kills``: pushers to simulated devices killed at random lines.

Exit code 1 where a device did not come back in time.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.push_kills.killing import Kill, faults_of, kill_pusher, moments
from tools.push_kills.simulated import simulated

__all__ = ["main", "run"]

ROOT = Path(__file__).parents[2]
ESTATE = ROOT / "examples" / "kaifeng"


def run(count: int, seed: int, folder: Path, estate: Path = ESTATE) -> list[Kill]:
    """So many kills, the devices in turn."""
    chance = random.Random(seed)
    kills: list[Kill] = []
    with simulated(estate) as devices:
        points = {one.victim.name: moments(chance, one.lines) for one in devices}
        for number in range(count):
            victim = devices[number % len(devices)].victim
            kills.append(kill_pusher(victim, next(points[victim.name]), folder / str(number)))
    return kills


def main(words: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--count", type=int, default=20, help="kills")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--estate", type=Path, default=ESTATE)
    asked = options.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="push-kills-") as folder:
        kills = run(asked.count, asked.seed, Path(folder), asked.estate)
    for kill in kills:
        print(f"{kill.name:20} {kill.moment:10} changed={kill.changed!s:5} {kill.seconds:6.2f} s {kill.fault}")
    faults = faults_of(kills)
    changed = sum(kill.changed for kill in kills)
    slowest = max((kill.seconds for kill in kills), default=0.0)
    print(f"kills={len(kills)} seed={asked.seed} changed={changed} slowest={slowest:.1f} faults={len(faults)}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
