"""The leash: a small process that ends a worker's children when the worker dies, stops or loses its lease.

A paused or killed worker cannot end its own children, and what they still do another worker would do again. So every
child carries the worker's mark in its environment, and this process, which needs nothing but the standard library,
reads beats from a pipe: at the end of the pipe, or after too long a silence, it kills all that is marked, the worker
first. Finding processes by a mark in their environment is how build servers end what a job has left behind.

Run as ``guard.py MARK WORKER_PID SILENCE_SECONDS`` with the pipe as standard input; silence 0: only the end counts.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import zlib
from pathlib import Path

__all__ = ["MARK", "kill_marked", "trace_of"]

MARK = "QIANYUN_WORKER"
"""Environment variable that names the worker a process belongs to."""


def trace_of(name: str) -> str:
    """Name of the folders in which a worker's children keep the sockets of shared SSH connections.

    The process that holds such a connection overwrites its environment with its title: ``ssh: PATH OF SOCKET [mux]``.
    """
    return f"qy-{zlib.crc32(name.encode()):08x}"


def marked(name: str) -> list[int]:
    """Processes that carry the mark of a worker, apart from this one."""
    wanted = f"{MARK}={name}".encode()
    trace = f"/{trace_of(name)}/".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            title = (entry / "cmdline").read_bytes()
            shared = title.startswith(b"ssh: ") and trace in title
            if shared or wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue  # ended in between, or another user's
    return found


def kill_marked(name: str, *, seconds: float = 5.0) -> int:
    """Kill all that carries the mark of a worker, also what they start meanwhile; how many there were."""
    killed = set[int]()
    until = time.monotonic() + seconds
    while (found := marked(name)) and time.monotonic() < until:
        for pid in found:
            killed.add(pid)
            _kill(pid)
        time.sleep(0.02)
    return len(killed)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def watch(name: str, worker: int, silence: float) -> None:
    """Wait for the end of the beats, then kill."""
    last = time.clock_gettime(time.CLOCK_BOOTTIME)
    while True:
        left = None if silence <= 0 else last + silence - time.clock_gettime(time.CLOCK_BOOTTIME)
        if left is not None and left <= 0:
            _kill(worker)
            break
        ready, _, _ = select.select([0], [], [], left)
        if ready:
            if not os.read(0, 4096):
                break
            last = time.clock_gettime(time.CLOCK_BOOTTIME)
    kill_marked(name)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a Ctrl-C on the terminal reaches the worker; this one sees it end
    watch(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
