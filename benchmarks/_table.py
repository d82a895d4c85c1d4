"""Put the results of all benchmarks into docs/benchmarks.md, between its markers: ``python -m benchmarks._table``.

Reads NAME.json of every benchmark in build/benchmarks; those that are not there are named as not measured. Exit code 1
when a figure that is required was missed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks._measure import ROOT

BEGIN, END = "<!-- results: written by make bench -->", "<!-- end of results -->"
COLUMNS = ("case", "size", "wall s", "CPU s", "memory MB", "work s", "required", "ours / peer", "found")
UNITS = {"wall_seconds": "wall", "peak_rss_mb": "memory", "seconds": "work", "worst_seconds": "worst",
         "gap_percent": "gap %", "p95_ms": "p95 ms", "cpu_percent": "CPU %", "plain_share": "ours / peer",
         "guarded_share": "ours guarded / peer"}  # fmt: skip
SHOWN = (
    "p50_ms", "p95_ms", "p99_ms", "steps_per_second", "events_per_second", "start_seconds", "cpu_percent",
    "resources", "made", "up_seconds", "plugin_mb",
    "devices_per_second", "plain_share", "guarded_share", "device_mb",
    "worst_seconds", "records", "dependencies", "nodes", "edges", "rows", "lines", "unknown_count", "found", "items",
    "unplanned", "violations", "plan_status", "repeated", "sound", "search_cpu_seconds", "build_seconds",
    "gap_percent", "planted_percent", "first_percent", "first_seconds", "unplaced", "upgrades", "columns",
    "costs", "note",
)  # fmt: skip
"""Keys of a row that the last column says, in this order."""
COSTS = ("lateness", "shortfall", "slots", "waves", "end", "traffic")


def names() -> list[str]:
    """The benchmarks, in the order of their names."""
    return sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))


def table(results: Mapping[str, Mapping[str, Any]], before: str = "") -> str:
    """Markdown of all results, by benchmark, each below its machine; what was not measured anew stays as it was
    ``before``."""
    kept = {part.partition("\n")[0]: part for part in re.split(r"^### ", before, flags=re.MULTILINE)}
    sections = []
    for name in names():
        if name in results:
            sections.append("\n".join(_section(name, results[name])))
        else:
            sections.append("### " + kept.get(name, f"{name}\n\nNot measured.").strip())
    return "\n\n".join(sections)


def _section(name: str, result: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {name}\n"
    yield _machine(result) + "\n"
    yield f"Load average at the start: {result['load_average']:g}.\n"
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|---" + "|---:" * 5 + "|---|---:|---|"
    for row in result["results"]:
        yield "| " + " | ".join(_cells(row)) + " |"


def _machine(result: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    return (
        f"{result['date']}, commit {result['commit']}; {result['cpu']}, {result['cores']} cores, "
        f"{result['memory_gb']:g} GB; {result['kernel']}, "
        f"Python {result['python']}, {versions}."
    )


def _cells(row: Mapping[str, Any]) -> Iterator[str]:
    ended_well = row["status"] == "ok"
    yield str(row["case"]).replace("|", "\\|")
    yield _number(row["size"])
    for key in ("wall_seconds", "cpu_seconds", "peak_rss_mb", "seconds"):
        yield _number(row.get(key))
    yield _required(row)
    yield _number(row.get("ratio"))
    found = [_found(key, row[key]) for key in SHOWN if row.get(key) not in (None, "")]
    yield "; ".join([*([] if ended_well else [f"**{row['status']}**"]), *found]).replace("|", "\\|")


def _number(value: float | None) -> str:
    """Three digits that count, thousands apart."""
    if value is None:
        return ""
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _required(row: Mapping[str, Any]) -> str:
    if "required" not in row:
        return ""
    limits = ", ".join(f"{UNITS[key]} < {limit:g}" for key, limit in row["required"].items())
    return f"{limits}: {'met' if row['met'] else '**missed**'}"


def _found(key: str, value: Any) -> str:
    words = key.removesuffix("_seconds").replace("_", " ")
    if key == "note":
        return str(value)
    if key == "costs":
        return ", ".join(f"{name} {value[name]:,}" for name in COSTS)
    if isinstance(value, dict):
        return ", ".join(f"{count:,} {name}" for name, count in value.items())
    if isinstance(value, bool):
        return words if value else f"not {words}"
    if isinstance(value, str):
        return value.replace("_", " ")
    return f"{words} {value:,}" + (" s" if key.endswith("_seconds") else "")


def missed(results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Cases that are required to be better."""
    return [
        f"{name}: {row['case']}" + (f", {row['size']:,}" if row["size"] else "")
        for name, result in results.items()
        for row in result["results"]
        if row.get("met") is False
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--results", type=Path, default=ROOT / "build" / "benchmarks", metavar="DIR")
    options.add_argument("--document", type=Path, default=ROOT / "docs" / "benchmarks.md", metavar="FILE")
    chosen = options.parse_args()
    files = {name: chosen.results / f"{name}.json" for name in names()}
    results = {name: json.loads(file.read_text(encoding="utf-8")) for name, file in files.items() if file.is_file()}
    before, _, rest = chosen.document.read_text(encoding="utf-8").partition(BEGIN)
    old, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{chosen.document}: no place between {BEGIN} and {END}")
    chosen.document.write_text(f"{before}{BEGIN}\n\n{table(results, old)}\n\n{END}{after}", encoding="utf-8")
    failed = missed(results)
    for line in failed:
        print(f"missed: {line}", file=sys.stderr)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
