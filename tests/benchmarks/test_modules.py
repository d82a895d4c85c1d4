"""Each benchmark runs at a tiny size and prints what docs/benchmarks.md promises. How fast is not asked here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.borders.tree import ROOT

SMALL: dict[str, list[str]] = {
    "addressing": ["--prefixes", "3000", "--runs", "1"],
    "check": ["--systems", "30"],
    "diff": ["--interfaces", "4"],
    "flows": ["--systems", "30", "--rows", "500"],
    "graph": ["--systems", "30"],
    "journal": ["--events", "200"],
    "ledger": ["--systems", "30", "--rows", "20"],
    "lines": ["--lines", "30", "--time", "2"],
    "load": ["--systems", "30", "--runs", "1"],
    "plan": ["--systems", "30", "--time-limit", "0.5", "--effort", "3"],
    "rendering": ["--devices", "20"],
    "run": ["--items", "3", "--queued", "5", "--idle", "0.5"],
    "sessions": ["--compared", "2", "--many", "2", "--most", "2", "--threads", "2", "--routers", "0"],
    "stacks": ["--resources", "0", "--stacks", "--runs", "1"],
    "start": ["--runs", "1"],
}
SKIPPING = ("journal", "run", "sessions", "stacks", "start")
NAMES = sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))
HEAD = {
    "format", "benchmark", "date", "commit", "cpu", "cores", "memory_gb", "load_average", "kernel", "python",
    "versions", "results",
}  # fmt: skip
Answer = Callable[[str], dict[str, Any]]
ALWAYS = {"case", "size", "status", "note", "runs", "wall_seconds", "cpu_seconds", "peak_rss_mb"}


@pytest.fixture(scope="session")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """What a benchmark prints; each is run once."""
    folder = str(tmp_path_factory.mktemp("benchmarks"))

    @cache
    def run(name: str) -> dict[str, Any]:
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", "--folder", folder, *SMALL[name]]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    return run


def documented() -> set[str]:
    """Keys of rows that the document explains."""
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").partition("## The JSON")[2]
    first_cells = re.findall(r"^\| (`[^|]+) \|", text, flags=re.MULTILINE)
    return {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_prints_what_is_documented(name: str, answer: Answer) -> None:
    found = answer(name)
    assert set(found) == HEAD
    assert (found["format"], found["benchmark"]) == (1, name)
    rows = found["results"]
    assert rows
    for row in rows:
        assert set(row) >= ALWAYS, row
        assert set(row) <= documented(), set(row) - documented()
        # Peers of `start` and `sessions`, and PostgreSQL need not be installed; whatever is there must work.
        assert row["status"] == "ok" or (name in SKIPPING and row["status"] == "skipped"), row
    by_case = {(row["case"], row["size"]): row for row in rows}
    for row in rows:
        if "against" in row and row["status"] == "ok":
            assert (row["against"], row["size"]) in by_case
            assert row["ratio"] > 0


@pytest.mark.slow
def test_what_is_measured_is_what_was_asked_for(answer: Answer) -> None:
    """Rows that say what they did: all rows taken, all lines read, plans whole, sound and repeated."""
    cold, _, cached, _ = answer("load")["results"]
    assert cold["errors"] == cached["errors"] == 0
    assert cold["records"] == cached["records"] > 30
    for row in answer("ledger")["results"]:
        assert row["rows"] in ({"taken": 20, "guessed": 0, "refused": 0}, 22), row
    imported, peer = answer("flows")["results"]
    assert imported["lines"] == peer["rows"] == 500
    assert 0 < imported["unknown_count"] <= 25
    first, whole, twice, searched, *peers = answer("plan")["results"]
    assert first["items"] == whole["items"] > searched["items"] > 0
    assert first["unplanned"] == whole["unplanned"] == whole["violations"] == 0
    assert twice["repeated"]
    for row in peers:
        assert row.get("sound", True), row
    rendered, again, touched, _ = answer("rendering")["results"]
    assert (rendered["computed"], again["computed"], touched["computed"]) == (20, 0, 20)
    assert rendered["commands"] == again["commands"] > 200
