"""``python -m tools.soak``: fifty hits on a run of a hundred systems, on SQLite and on PostgreSQL, and what was found.

The counts are printed and put into docs/benchmarks.md between their markers. Exit code 1 where something was lost, done
twice, or left behind.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.soak.chaos import Shape, Verdict, chaos
from tools.soak.record import DOCUMENT, record

COLUMNS = (
    "store", "systems", "steps", "effects", "lost", "doubled", "hits", "workers", "questions", "events", "minutes",
    "faults",
)  # fmt: skip
STORES = {False: "SQLite, one worker", True: "PostgreSQL, three workers on two sites"}


def main(words: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--systems", type=int, default=100, help="systems of five steps")
    options.add_argument("--hits", type=int, default=50, help="kills and other hits on each store")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--store", choices=("sqlite", "postgresql"), action="append", help="only this one")
    options.add_argument("--document", type=Path, default=DOCUMENT, metavar="FILE")
    asked = options.parse_args(words)
    shape = Shape(asked.systems, asked.hits, asked.seed, away_seconds=30, longest=1800)
    chosen = [shared for shared in STORES if not asked.store or ("sqlite", "postgresql")[shared] in asked.store]
    found = {}
    for shared in chosen:
        print(f"{STORES[shared]}: {shape.systems} systems, {shape.hits} hits, seed {shape.seed}", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            found[STORES[shared]] = chaos(Path(folder) / "chaos", shape, shared=shared)
    print(record("runs", list(_block(found, shape)), asked.document))
    for name, verdict in found.items():
        for fault in verdict.faults:
            print(f"{name}: {fault}", file=sys.stderr)
    return int(any(verdict.faults for verdict in found.values()))


def _block(found: dict[str, Verdict], shape: Shape) -> Iterator[str]:
    yield f"Seed {shape.seed}."
    yield ""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---|" + "---:|" * 5 + "---|---:|---|---:|---:|---:|"
    for name, one in found.items():
        cells = (
            name, one.systems, one.steps, one.effects, one.lost, one.doubled, _listed(one.hits), one.workers,
            _listed(one.asked), one.events, round(one.seconds / 60, 1), len(one.faults),
        )  # fmt: skip
        yield "| " + " | ".join(str(cell) for cell in cells) + " |"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


if __name__ == "__main__":
    sys.exit(main())
