"""What steps do on a target host, and how it counts: ``ledger.py act|probe|verify|count line|row KEY [SECONDS]``.

Needs nothing but the standard library. ``line`` appends a line to a file, ``row`` inserts a row into a table without a
unique key; nothing here keeps a second one out. Acting and looking hold one lock, so that whoever looks waits for
whoever is still acting. The environment variable WHO names the worker.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import sys
import time
from pathlib import Path

__all__ = ["count"]

FOLDER = Path(__file__).resolve().parent
LINES, ROWS, SPANS = FOLDER / "lines", FOLDER / "rows.db", FOLDER / "spans"


def count(kind: str, key: str, folder: Path = FOLDER) -> int:
    """How often a step had its effect."""
    if kind == "line":
        path = folder / LINES.name
        lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
        return sum(line.split()[0] == key for line in lines)
    with sqlite3.connect(folder / ROWS.name, timeout=30) as table:
        table.execute("CREATE TABLE IF NOT EXISTS done (key TEXT, who TEXT)")
        found: int = table.execute("SELECT count(*) FROM done WHERE key = ?", (key,)).fetchone()[0]
        return found


def act(kind: str, key: str, seconds: float) -> None:
    """Have the effect, in the middle of some seconds."""
    who = os.environ.get("WHO", "-")
    began = time.monotonic()
    time.sleep(seconds / 2)
    if kind == "line":
        _append(LINES, f"{key} {who}\n")
    else:
        with sqlite3.connect(ROWS, timeout=30) as table:
            table.execute("CREATE TABLE IF NOT EXISTS done (key TEXT, who TEXT)")
            table.execute("INSERT INTO done VALUES (?, ?)", (key, who))
    time.sleep(seconds / 2)
    _append(SPANS, f"{key} {who} {began} {time.monotonic()}\n")


def _append(path: Path, line: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(file, line.encode("ascii"))
    os.close(file)


def main(what: str, kind: str, key: str, seconds: str = "0") -> int:
    """The exit code; a probe's is 0 where the effect is there and 1 where it is not."""
    with (FOLDER / f"{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if what == "act":
            act(kind, key, float(seconds))
            return 0
        found = count(kind, key)
        if what == "count":
            print(found)
            return 0
        return 0 if found == 1 or (found and what == "probe") else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
