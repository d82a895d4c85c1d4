"""The stopwatch itself, and the tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import _table
from benchmarks._measure import measure
from tests.borders.tree import ROOT


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


THREE = """
import sys
from benchmarks._measure import measure
for code in ("pass", "held = b'x' * 200_000_000", "pass"):
    print(measure([sys.executable, "-c", code]).rss)
"""


def test_memory_is_that_of_each_process_alone() -> None:
    # From a small process: a child's account starts with its parent's memory.
    result = subprocess.run(python(THREE), cwd=ROOT, capture_output=True, text=True, check=True)
    small, large, again = map(float, result.stdout.split())
    assert large - small > 150
    assert large - again > 150


def test_waiting_is_wall_time_and_no_processor_time() -> None:
    used = measure(python("import time; time.sleep(0.5)"))
    assert (used.wall or 0) >= 0.5
    assert (used.cpu or 0) < (used.wall or 0)


def test_output_is_the_answer() -> None:
    assert measure(python("print('{\"a\": 1}')"), runs=2).answer == {"a": 1}
    assert measure(python("print('{\"a\": 1}')"), runs=2).runs == 2


def test_failures_are_named() -> None:
    failed = measure(python("import sys; sys.exit('no such thing')"), runs=3)
    assert (failed.status, failed.runs, failed.answer) == ("failed", 1, {})
    assert "no such thing" in failed.note
    assert measure(python("raise SystemExit(3)"), accept=(3,)).status == "ok"
    assert measure(python("import time; time.sleep(60)"), longest=0.3).status == "timeout"


def result(met: bool) -> dict[str, object]:
    row = {
        "case": "cold", "size": 10_000, "status": "ok", "runs": 3, "wall_seconds": 7.1234, "cpu_seconds": 7.0,
        "peak_rss_mb": 512.3, "note": "", "required": {"wall_seconds": 8.0}, "met": met, "records": 90_000,
    }  # fmt: skip
    peer = row | {"case": "peer: a|b", "ratio": 0.25, "against": "cold"}
    return {
        "date": "2020-06-30", "commit": "abc", "cpu": "A", "cores": 2, "memory_gb": 16.0, "load_average": 0.1,
        "kernel": "Linux 6", "python": "3.11.2", "versions": {"numpy": "2.1"}, "results": [row, peer],
    }  # fmt: skip


@pytest.mark.parametrize("met", [True, False])
def test_the_table_replaces_what_stands_between_its_markers(tmp_path: Path, met: bool) -> None:
    document = tmp_path / "document.md"
    document.write_text(f"before\n{_table.BEGIN}\nearlier results\n{_table.END}\nafter\n", encoding="utf-8")
    (tmp_path / "load.json").write_text(json.dumps(result(met)), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks._table", "--results", str(tmp_path), "--document", str(document)]
    for _ in range(2):
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == (0 if met else 1), ended.stderr
        assert ("missed: load: cold, 10,000" in ended.stderr) is not met
    text = document.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "earlier results" not in text
    judged = "met" if met else "**missed**"
    assert f"| cold | 10,000 | 7.12 | 7 | 512 |  | wall < 8: {judged} |  | records 90,000 |" in text
    assert "| peer: a\\|b |" in text
    assert "| 0.25 |" in text
    assert text.count("Not measured.") == len(_table.names()) - 1


def test_a_document_without_markers_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("text\n", encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks._table", "--results", str(tmp_path), "--document", str(document)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 1
    assert document.read_text(encoding="utf-8") == "text\n"
