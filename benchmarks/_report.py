"""What every benchmark shares: its options, its rows, the machine they were measured on, and how they are printed."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks._measure import ROOT, Usage

__all__ = ["FORMAT", "Required", "note", "parser", "publish", "row"]

FORMAT = 1
LIBRARIES = (
    "asyncssh", "highspy", "netmiko", "numba", "numpy", "networkx", "openpyxl", "orjson",
    "openstacksdk", "ortools", "pandas", "paramiko", "pulumi", "pydantic", "PyYAML",
)  # fmt: skip
Required = Mapping[tuple[str, int | None], Mapping[str, float]]
"""(case, size or None for every size) -> key of a row -> the number that it must stay under."""


def parser(doc: str | None, *, sizes: Sequence[int] = ()) -> argparse.ArgumentParser:
    """Options that every benchmark has: --json, --folder, and --systems where estates of several sizes are measured."""
    made = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    made.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    made.add_argument(
        "--folder", type=Path, default=ROOT / "build" / "benchmarks", help="made estates, plans and caches, kept"
    )
    if sizes:
        made.add_argument("--systems", type=int, nargs="+", default=list(sizes), metavar="N", help="sizes of estates")
    return made


def note(text: str) -> None:
    """Say on stderr what is being measured."""
    print(f"  {text}", file=sys.stderr, flush=True)


def row(case: str, usage: Usage, *, size: int | None = None, against: str = "", **details: Any) -> dict[str, Any]:
    """One measurement.

    size: systems or rows. against: for a peer, the case of ours that it does the same work as. A detail ``seconds``
    is the time of the work alone, without starting Python and reading input.
    """
    return {
        "case": case,
        "size": size,
        "status": usage.status,
        "runs": usage.runs,
        "wall_seconds": _rounded(usage.wall, 3),
        "cpu_seconds": _rounded(usage.cpu, 3),
        "peak_rss_mb": _rounded(usage.rss, 1),
        "note": usage.note,
        **({"against": against} if against else {}),
        **details,
    }


def _rounded(number: float | None, digits: int) -> float | None:
    return None if number is None else round(number, digits)


def publish(benchmark: str, rows: Iterable[dict[str, Any]], options: argparse.Namespace, required: Required) -> None:
    """Print all rows with machine and versions, each beside what is required of it and its ratio to our case."""
    machine = _machine()
    judged = list(rows)
    for each in judged:
        limits = {**required.get((each["case"], None), {}), **required.get((each["case"], each["size"]), {})}
        if limits:
            each["required"] = limits
            each["met"] = each["status"] == "ok" and all(each[key] < limit for key, limit in limits.items())
        ratio = _ratio(each, judged)
        if ratio is not None:
            each["ratio"] = ratio
    if options.json:
        answer = {"format": FORMAT, "benchmark": benchmark, **machine, "results": judged}
        print(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    for each in judged:
        print("  ".join(f"{key}={value}" for key, value in each.items() if value not in ("", None)))


def _ratio(peer: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> float | None:
    """Time of ours by time of the peer, by the work alone where both say it; below 1 ours is faster."""
    ours = next((each for each in rows if each["case"] == peer.get("against") and each["size"] == peer["size"]), None)
    if ours is None or ours["status"] != "ok" or peer["status"] != "ok":
        return None
    key = "seconds" if "seconds" in ours and "seconds" in peer else "wall_seconds"
    return round(float(ours[key]) / max(float(peer[key]), 1e-6), 3)


def _machine() -> dict[str, Any]:
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "commit": _commit(),
        "cpu": _first("/proc/cpuinfo", r"model name\s*:\s*(.+)") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load_average": round(os.getloadavg()[0], 2),
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "versions": {name: found for name in LIBRARIES if (found := _version(name))},
    }


def _first(path: str, pattern: str) -> str:
    try:
        found = re.search(pattern, Path(path).read_text(encoding="utf-8"))
    except OSError:
        return ""
    return found[1].strip() if found else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _commit() -> str:
    """Short hash of the commit, with a + when tracked files differ from it; empty outside of a clone."""
    command = ["git", "describe", "--always", "--abbrev=10", "--exclude=*", "--dirty=+"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip()
