"""What the long tests have found, put into docs/benchmarks.md with day and commit."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Sequence
from pathlib import Path

__all__ = ["DOCUMENT", "ROOT", "record"]

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def record(name: str, lines: Sequence[str], document: Path = DOCUMENT) -> str:
    """Put ``lines`` under day and commit between the marks of ``name``, as ``make soak`` does; the whole block.

    Raises:
        ValueError: the document has no such marks.
    """
    begin, end = f"<!-- soak {name}: written by make soak -->", f"<!-- end of soak {name} -->"
    command = ["git", "describe", "--always", "--abbrev=10", "--exclude=*", "--dirty=+"]
    commit = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    block = "\n".join([f"{dt.datetime.now(dt.UTC).date().isoformat()}, commit {commit}.", "", *lines])
    text = document.read_text(encoding="utf-8")
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{document} has no marks {begin} ... {end}")
    document.write_text(f"{before}{begin}\n\n{block}\n\n{end}{after}", encoding="utf-8")
    return block
