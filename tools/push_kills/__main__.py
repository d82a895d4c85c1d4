"""``python -m tools.push_kills``: pushers to simulated devices or to routers killed at random lines.

Exit code 1 where a device did not come back in time, or where an IPv4 ping was lost meanwhile.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.push_kills.killing import Kill, Shown, faults_of, kill_pusher, moments
from tools.push_kills.laboratory import a_twin, kill_on, routers
from tools.push_kills.simulated import simulated
from tools.soak.record import record

__all__ = ["main", "run", "run_simulated"]

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
        "--lab",
        nargs="?",
        const="",
        help="instead of simulated devices: the routers of this laboratory, which was built from the estate; without a "
        "name those of a twin of nine that is built for it",
    )
    options.add_argument("--record", action="store_true", help="put the last line into docs/benchmarks.md")
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="push-kills-") as name:
        folder = Path(name)
        if asked.lab is not None and not asked.inside:
            with a_twin(asked.lab, asked.estate, folder / "estate") as twin:
                ended = kill_on(twin, asked.count, asked.seed)
            line, failed = str(ended), ended.failed
        else:
            if asked.inside:
                kills = run(asked.count, asked.seed, folder, routers(asked.lab, asked.estate))
            else:
                kills = run_simulated(asked.count, asked.seed, folder, asked.estate)
            line, failed = _told(kills, asked.seed), bool(faults_of(kills))
    print(line)
    if asked.record:
        record("pushes" if asked.lab is None else "pushes, FRR", [f"    {line}"])
    return int(failed)


def _told(kills: Sequence[Kill], seed: int) -> str:
    """A line for each kill is printed; the last one, of all of them."""
    for kill in kills:
        print(f"{kill.name:20} {kill.moment:10} changed={kill.changed!s:5} {kill.seconds:6.2f} s {kill.fault}")
    changed = sum(kill.changed for kill in kills)
    slowest = max((kill.seconds for kill in kills), default=0.0)
    return f"kills={len(kills)} seed={seed} changed={changed} slowest={slowest:.1f} faults={len(faults_of(kills))}"


if __name__ == "__main__":
    sys.exit(main())
