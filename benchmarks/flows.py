"""Importing observed connections; the peer is a plain loop of csv.reader over the same file.

The list is made from the estate: connections along its dependencies between the parts' own addresses, some between any
two of them, one in twenty with an address that nobody has. The peer splits lines and adds up bytes; the ratio is the
price of reading addresses, ports and days, of mapping them to components, and of merging and writing proposals.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from benchmarks._estates import cache_at, estate
from benchmarks._measure import measure, qianyun, task
from benchmarks._report import Required, note, parser, publish, row

ROWS = 1_000_000
CASE = "import csv"
REQUIRED: Required = {(CASE, ROWS): {"wall_seconds": 60.0}}
HEADERS = ("源地址", "源端口", "目的地址", "目的端口", "协议", "字节数", "首次发现", "最近发现时间")


def make(path: str, file: str, count: int) -> dict[str, Any]:
    """Write a list of ``count`` connections of an estate."""
    from inventory.inventory import end_of
    from inventory.load import load_estate

    inventory = load_estate(path).inventory
    of_system: dict[str, list[tuple[str, int]]] = {}
    for system in inventory.systems.values():
        ends = (end for part in system.components for end in part.endpoints)
        of_system[system.id] = [(str(end.address), end.port or 443) for end in ends if end.address]
    systems = [id for id, points in of_system.items() if points]
    pairs = [(end_of(each.client).system, end_of(each.provider).system) for each in inventory.dependencies.values()]
    pairs = [pair for pair in pairs if of_system.get(pair[0]) and of_system.get(pair[1])]
    random = Random(1)
    with Path(file).open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(HEADERS)
        for number in range(count):
            any_two = not pairs or number % 10 == 0
            client, provider = (random.choice(systems), random.choice(systems)) if any_two else random.choice(pairs)
            source = random.choice(of_system[client])[0]
            target, port = random.choice(of_system[provider])
            if number % 20 == 0:
                source = f"172.20.{random.randrange(256)}.{random.randrange(256)}"
            day = random.randint(1, 28)
            first, last = f"2020-05-{day:02d} 08:30:00", f"2020-06-{day:02d} 17:45:00"
            own = random.randint(32768, 60999)
            writer.writerow((source, own, target, port, "TCP", random.randrange(1 << 24), first, last))
    return {}


def read(file: str) -> dict[str, Any]:
    """Split all lines and add up the bytes."""
    began = perf_counter()
    total = count = 0
    with Path(file).open(encoding="utf-8", newline="") as text:
        lines = csv.reader(text)
        place = next(lines).index("字节数")
        for cells in lines:
            total += int(cells[place])
            count += 1
    return {"seconds": round(perf_counter() - began, 3), "rows": count, "bytes": total}


TASKS = {"make": make, "read": read}


def rows(folder: Path, systems: int, count: int) -> Iterator[dict[str, Any]]:
    path = estate(folder, systems)
    at = cache_at(folder / "cache")
    with tempfile.TemporaryDirectory() as name:
        copy, file = Path(name) / "estate", str(Path(name) / "flows.csv")
        shutil.copytree(path, copy)
        note(f"making {count} connections")
        measure(task("flows", "make", path=str(path), file=file, count=count), environment=at)
        note(f"{CASE}, {count} rows")
        command = qianyun("flows", "import", file, "--into", str(copy), "--json")
        used = measure(command, environment=at)
        counts: dict[str, Any] = {key: used.answer[key] for key in ("lines", "unknown_count") if key in used.answer}
        yield row(CASE, used, size=count, **counts)
        note("peer: csv.reader")
        used = measure(task("flows", "read", file=file))
        yield row("peer: csv.reader", used, size=count, against=CASE, **used.answer)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--systems", type=int, default=10_000, metavar="N", help="size of the estate it goes into")
    options.add_argument("--rows", type=int, default=ROWS, metavar="N", help="rows of the list")
    chosen = options.parse_args()
    publish("flows", rows(chosen.folder, chosen.systems, chosen.rows), chosen, REQUIRED)


if __name__ == "__main__":
    main()
