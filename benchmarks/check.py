"""Checking an estate and a plan: ``inventory check`` with nothing cached and from the cache, and ``plan check``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._estates import cache_at, estate
from benchmarks._measure import measure, qianyun
from benchmarks._report import Required, note, parser, publish, row

REQUIRED: Required = {}
ENDS = (0, 1, 2, 3, 5)
"""Exit codes of an answer; the row says what was found."""


def rows(folder: Path, sizes: list[int]) -> Iterator[dict[str, Any]]:
    for size in sizes:
        path = str(estate(folder, size))
        with tempfile.TemporaryDirectory() as name:
            at = cache_at(Path(name))
            for case in ("inventory check, cold", "inventory check, from the cache"):
                note(f"{case}, {size} systems")
                used = measure(qianyun("inventory", "check", path, "--json"), accept=ENDS, environment=at)
                yield row(case, used, size=size, **({"found": used.answer["counts"]} if used.answer else {}))
            plan = str(Path(name) / "plan.json")
            note(f"plan check, {size} systems")
            measure(qianyun("plan", "make", path, "-o", plan, "--effort", "0"), accept=ENDS, environment=at)
            used = measure(qianyun("plan", "check", path, plan, "--json"), accept=ENDS, environment=at)
            counts: dict[str, Any] = {"violations": len(used.answer["violations"])} if used.answer else {}
            yield row("plan check, from the cache", used, size=size, **counts)


def main() -> None:
    chosen = parser(__doc__, sizes=(10_000,)).parse_args()
    publish("check", rows(chosen.folder, chosen.systems), chosen, REQUIRED)


if __name__ == "__main__":
    main()
