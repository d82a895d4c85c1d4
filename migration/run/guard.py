"""The leash: a small process that ends a worker's children when the worker dies, stops or loses its lease.

A paused or killed worker cannot end its own children, and what they still do another worker would do again. So every
child carries the worker's mark in its environment, and this process, which needs nothing but the standard library,
reads lines from a pipe: at the end of the pipe, or after too long a silence, it kills the worker and all that it has
started. Finding processes by a mark in their environment is how build servers end what a job has left behind. The
environment of a program that runs as another user (setuid) cannot be read: such ones are found by the session that each
child is the head of.

Run as ``guard.py MARK WORKER_PID SILENCE_SECONDS`` with the pipe as standard input; silence 0: only the end counts.
Lines: ``beat SECONDS`` (CLOCK_BOOTTIME at which the lease was renewed), ``began PID``, ``ended PID``.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
import zlib
from collections.abc import Collection
from pathlib import Path

__all__ = ["MARK", "kill_marked", "trace_of"]

MARK = "QIANYUN_WORKER"
"""Environment variable that names the worker a process belongs to."""


def trace_of(name: str) -> str:
    """Name of the folders in which a worker's children keep the sockets of shared SSH connections.

    The process that holds such a connection overwrites its environment with its title: ``ssh: PATH OF SOCKET [mux]``.
    """
    return f"qy-{zlib.crc32(name.encode()):08x}"


def marked(name: str, sessions: Collection[int] = ()) -> list[int]:
    """Processes that carry the mark of a worker or belong to one of the sessions, apart from this one."""
    wanted = f"{MARK}={name}".encode()
    trace = f"/{trace_of(name)}/".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            title = (entry / "cmdline").read_bytes()
            ours = title.startswith(b"ssh: ") and trace in title
            ours = ours or (bool(sessions) and _session(entry) in sessions)
            if ours or wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue  # ended in between, or another user's
    return found


def _session(entry: Path) -> int:
    """Session of a process that has not ended; 0 otherwise. proc(5), stat: state and session are fields 3 and 6."""
    state, _, _, session = (entry / "stat").read_bytes().rpartition(b")")[2].split()[:4]
    return 0 if state in (b"Z", b"X") else int(session)


def kill_marked(name: str, sessions: Collection[int] = (), *, seconds: float = 5.0) -> int:
    """Kill all that carries the mark of a worker or belongs to one of the sessions, also what they start meanwhile; how
    many there were. What another user has taken over altogether (sudo) is out of reach."""
    killed, beyond = set[int](), set[int]()
    until = time.monotonic() + seconds
    while (found := set(marked(name, sessions)) - beyond) and time.monotonic() < until:
        for pid in found:
            (killed if _kill(pid) else beyond).add(pid)
        time.sleep(0.02)
    return len(killed)


def _kill(pid: int) -> bool:
    """Whether it may be killed."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return True


def watch(name: str, worker: int, silence: float) -> None:
    """Wait for the end of the beats, then kill."""
    last = time.clock_gettime(time.CLOCK_BOOTTIME)
    sessions, rest = set[int](), b""
    while True:
        left = None if silence <= 0 else last + silence - time.clock_gettime(time.CLOCK_BOOTTIME)
        if left is not None and left <= 0:
            _kill(worker)
            break
        if not select.select([0], [], [], left)[0]:
            continue
        read = os.read(0, 4096)
        if not read:
            break
        *lines, rest = (rest + read).split(b"\n")
        for word, value in (line.split() for line in lines):
            if word == b"beat":  # when the lease was renewed, not when this process came to read of it
                last = max(last, float(value))
            elif word == b"began":
                sessions.add(int(value))
            else:
                sessions.discard(int(value))
    kill_marked(name, sessions)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a Ctrl-C on the terminal reaches the worker; this one sees it end
    watch(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
