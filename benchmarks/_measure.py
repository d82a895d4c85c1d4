"""Run a command in a process of its own and read what it used from the kernel: wall time, CPU time, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from threading import Timer
from time import perf_counter
from typing import Any

__all__ = ["ROOT", "Usage", "measure", "qianyun", "task"]

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 1800.0
"""Wall seconds after which a measured process is ended."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process used.

    status: ok, failed or timeout (``note`` says how), skipped. wall, cpu: seconds, the median of ``runs``. rss: the
    largest resident memory of any run in MB (10^6 bytes). None where nothing was measured. output: what the last run
    wrote to stdout.
    """

    status: str
    wall: float | None = None
    cpu: float | None = None
    rss: float | None = None
    runs: int = 0
    output: str = ""
    note: str = ""

    @property
    def answer(self) -> dict[str, Any]:
        """The output as JSON; empty when the process did not end well."""
        found: dict[str, Any] = json.loads(self.output) if self.status == "ok" and self.output.strip() else {}
        return found


def measure(
    command: Sequence[str],
    *,
    runs: int = 1,
    accept: Collection[int] = (0,),
    environment: Mapping[str, str] | None = None,
    longest: float = LONGEST,
) -> Usage:
    """Run a command ``runs`` times from the root of the clone, one after the other, until one does not end well.

    accept: exit codes that are no failure. environment: added to this process's own. longest: wall seconds a run.
    A process starts with its parent's peak memory on its account, so callers import nothing large before this.
    """
    found: list[Usage] = []
    for _ in range(max(1, runs)):
        found.append(_once(command, accept, {**os.environ, **(environment or {})}, longest))
        if found[-1].status != "ok":
            return replace(found[-1], runs=len(found))
    return replace(
        found[-1],
        wall=median(usage.wall or 0 for usage in found),
        cpu=median(usage.cpu or 0 for usage in found),
        rss=max(usage.rss or 0 for usage in found),
        runs=len(found),
    )


def _once(command: Sequence[str], accept: Collection[int], environment: dict[str, str], longest: float) -> Usage:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        timer = Timer(longest, process.kill)
        timer.start()
        # wait4 alone gives the use of this one child and of all that it waited for.
        _, status, used = os.wait4(process.pid, 0)
        wall = perf_counter() - began
        ended = timer.finished.is_set()
        timer.cancel()
        process.returncode = code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        output, errors = out.read().decode(errors="replace"), err.read().decode(errors="replace")
    cpu, rss = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6
    if code in accept:
        return Usage("ok", wall, cpu, rss, 1, output)
    if ended:
        return Usage("timeout", wall, cpu, rss, 1, output, f"ended after {longest:g} s")
    last = errors.strip().splitlines()[-1:] or ["no message"]
    return Usage("failed", wall, cpu, rss, 1, output, f"exit code {code}: {last[0][:200]}")


def qianyun(*arguments: str) -> list[str]:
    """The command line of this clone."""
    return [sys.executable, "-m", "cli", *arguments]


def task(module: str, name: str, **arguments: Any) -> list[str]:
    """A function of a benchmark's ``TASKS`` in a fresh interpreter; its answer is printed as JSON."""
    return [sys.executable, "-m", "benchmarks._child", module, name, json.dumps(arguments)]
