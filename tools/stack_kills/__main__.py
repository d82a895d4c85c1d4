"""``python -m tools.stack_kills``: engines, plug-ins and workers killed at random moments.

Exit code 1 where something was doubled, forgotten or lost.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.soak.record import record
from tools.stack_kills.grounds import BedGround, FolderGround, Ground
from tools.stack_kills.killing import Kill, kill, orders

__all__ = ["main", "run"]


def run(ground: Ground, count: int, seed: int, tell: Callable[[Kill], None] = lambda _: None) -> list[Kill]:
    """So many kills, each on a stack of its own."""
    chance = random.Random(seed)
    kills = []
    for number, (action, victim) in enumerate(orders(count, chance)):
        kills.append(kill(ground, f"zone.kills.{seed}-{number}", action, victim, chance))
        tell(kills[-1])
    return kills


@contextmanager
def _bed(running: Path | None, own: bool) -> Iterator[Path | None]:
    """The folder of a running bed, or None."""
    if running or not own:
        yield running and running.absolute()
        return
    from tools.cloudbed import Bed

    with tempfile.TemporaryDirectory(prefix="stack-kills-bed-") as folder:
        bed = Bed(Path(folder) / "bed")
        try:
            bed.start(owner=os.getpid())
            yield bed.layout.root
        finally:
            bed.discard()


def main(words: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--count", type=int, default=12, help="kills")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--bed", type=Path, help="folder of a running bed, instead of a cloud that is a folder")
    options.add_argument("--own-bed", action="store_true", help="a bed that is started for this and taken down again")
    options.add_argument("--record", action="store_true", help="put the last line into docs/benchmarks.md")
    asked = options.parse_args(words)

    def tell(one: Kill) -> None:
        print(
            f"{one.action:7} {one.victim:8} hit={one.hit!s:5} adopted={one.adopted} dropped={one.dropped} "
            f"recovered in {one.seconds:5.1f} s {'; '.join(one.faults)}",
            flush=True,
        )

    with tempfile.TemporaryDirectory(prefix="stack-kills-") as folder, _bed(asked.bed, asked.own_bed) as bed:
        ground = BedGround(Path(folder), bed) if bed else FolderGround(Path(folder))
        kills = run(ground, asked.count, asked.seed, tell)
    faults = sum(len(one.faults) for one in kills)
    line = _line(kills, asked.seed)
    print(line)
    if asked.record:
        record("stacks", [*_block(kills, "a real OpenStack" if bed else "a cloud that is a folder"), f"    {line}"])
    return int(bool(faults))


def _line(kills: Sequence[Kill], seed: int) -> str:
    hit, adopted, dropped = (sum(getattr(one, name) for one in kills) for name in ("hit", "adopted", "dropped"))
    slowest = max((one.seconds for one in kills), default=0.0)
    faults = sum(len(one.faults) for one in kills)
    return (
        f"kills={len(kills)} seed={seed} hit={hit} adopted={adopted} dropped={dropped} slowest={slowest:.1f} "
        f"faults={faults}"
    )


def _block(kills: Sequence[Kill], where: str) -> Iterator[str]:
    """Where it was, and how often each victim was killed at what."""
    found = Counter(f"{one.victim} at {one.action}" for one in kills if one.hit)
    yield f"On {where}: {', '.join(f'{count} {name}' for name, count in sorted(found.items()))}."
    yield ""


if __name__ == "__main__":
    sys.exit(main())
