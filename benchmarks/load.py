"""Loading estates: cold, cold with the cache written, and from the cache; the peer only parses the same files.

The peer is PyYAML's C loader and the csv module over the same files, into plain dictionaries: no models, no references,
no checks. Every program in Python that reads these files does at least that; the ratio is the price of the rest.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks._estates import cache_at, estate
from benchmarks._measure import measure, task
from benchmarks._report import Required, note, parser, publish, row

COUNTRY = 300_000
REQUIRED: Required = {
    ("cold", 10_000): {"wall_seconds": 8.0, "peak_rss_mb": 1000.0},
    ("from the cache", 10_000): {"wall_seconds": 2.0, "peak_rss_mb": 1000.0},
}


def load(path: str, cache: bool) -> dict[str, Any]:
    """Load an estate as every command does."""
    from inventory.load import load_estate

    began = perf_counter()
    loaded = load_estate(path, cache=cache)
    seconds = perf_counter() - began
    counts = loaded.inventory.counts
    return {
        "seconds": round(seconds, 3),
        "records": sum(counts.values()),
        "dependencies": counts.get("dependency", 0),
        "errors": loaded.errors,
        "quarantined": len(loaded.quarantined),
    }


def parse(path: str) -> dict[str, Any]:
    """Only parse the same files, as far as loading reads them."""
    import csv

    import yaml

    began = perf_counter()
    records = 0
    held: list[Any] = []
    for file in sorted(place for place in Path(path).rglob("*") if place.is_file()):
        with file.open(encoding="utf-8", newline="") as text:
            if file.suffix == ".csv":
                held.append(list(csv.DictReader(text)))
                records += len(held[-1])
            else:
                held.append(yaml.load(text, yaml.CSafeLoader))
                records += sum(len(listed) for listed in held[-1].values() if isinstance(listed, list))
    return {"seconds": round(perf_counter() - began, 3), "records": records}


TASKS = {"load": load, "parse": parse}


def rows(folder: Path, sizes: list[int], runs: int) -> Iterator[dict[str, Any]]:
    for size in sizes:
        path = str(estate(folder, size))
        with tempfile.TemporaryDirectory() as name:
            at = cache_at(Path(name))
            for case, cached, repeat in (
                ("cold", False, runs), ("cold, cache written", True, 1), ("from the cache", True, runs),
            ):  # fmt: skip
                note(f"{case}, {size} systems")
                used = measure(task("load", "load", path=path, cache=cached), runs=repeat, environment=at)
                yield row(case, used, size=size, **used.answer)
        note(f"parsed only, {size} systems")
        used = measure(task("load", "parse", path=path), runs=runs)
        yield row("peer: parsed only", used, size=size, against="cold", **used.answer)


def main() -> None:
    options = parser(__doc__, sizes=(1_000, 10_000, 100_000))
    options.add_argument("--runs", type=int, default=3, help="runs of each case; the median is reported")
    options.add_argument(
        "--country",
        action="store_true",
        default=os.environ.get("BENCH_COUNTRY") == "1",
        help=f"also {COUNTRY} systems (BENCH_COUNTRY=1 does the same)",
    )
    chosen = options.parse_args()
    sizes = [*chosen.systems, *([COUNTRY] if chosen.country else [])]
    publish("load", rows(chosen.folder, sizes, chosen.runs), chosen, REQUIRED)


if __name__ == "__main__":
    main()
