"""Child processes of a worker, on its leash (``migration.run.guard``): the ``Launcher`` that executors get."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from migration.run import guard
from migration.run.ports import Finished

__all__ = ["Leash"]

CHECK_SECONDS = 0.05
LONGEST_OUTPUT = 4_000_000
"""Characters of a child's output that are kept; the rest is read and thrown away."""
GRACE_SECONDS = 2.0
"""From the polite signal to the certain one."""


class Leash:
    """Starts the guard of a worker, passes beats on to it, and launches children that carry the worker's mark."""

    def __init__(self, worker: str, *, silence: float) -> None:
        """``silence``: seconds without a beat after which the guard kills everything; 0: only the worker's end does."""
        self.worker = worker
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", str(Path(guard.__file__)), worker, str(os.getpid()), str(silence)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", os.defpath)},
        )

    @property
    def held(self) -> bool:
        """Whether the guard is alive."""
        return self._process.poll() is None

    def beat(self, at: float) -> None:
        """The lease was renewed by a request that was sent at ``at`` (CLOCK_BOOTTIME, seconds)."""
        self._say(f"beat {at}")

    def _say(self, line: str) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(BrokenPipeError, ValueError):
            pipe.write(f"{line}\n".encode("ascii"))
            pipe.flush()

    def release(self) -> None:
        """End the guard, which ends what is left of the children."""
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(BrokenPipeError):
            pipe.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def launch(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        cancel: threading.Event,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        stdin: str = "",
        on_line: Callable[[str], None] | None = None,
    ) -> Finished:
        """See ``migration.run.ports.Launcher``."""
        marked = {**(environment or {}), guard.MARK: self.worker}
        process = subprocess.Popen(  # noqa: S603 - what runbooks say is what is started; never through a shell
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=marked,
            start_new_session=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        self._say(f"began {process.pid}")
        try:
            return _finish(process, timeout, cancel, stdin, on_line)
        finally:
            _kill_group(process.pid)
            self._say(f"ended {process.pid}")


def _finish(
    process: subprocess.Popen[str],
    timeout: float,
    cancel: threading.Event,
    given: str,
    on_line: Callable[[str], None] | None,
) -> Finished:
    """Feed and read a child until it ends, or end it."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = _Reader(process.stdout, on_line), _Reader(process.stderr, None)
    writer = threading.Thread(target=_feed, args=(process.stdin, given), daemon=True)
    writer.start()
    until = time.monotonic() + timeout
    stopped = False
    while process.poll() is None:
        if cancel.is_set() or time.monotonic() >= until:
            stopped = True
            _end(process)
            break
        with suppress(subprocess.TimeoutExpired):
            process.wait(CHECK_SECONDS)
    for reader in (out, err):
        reader.join(GRACE_SECONDS)  # a grandchild may hold the pipe open
    return Finished(None if stopped else process.returncode, out.text, err.text)


class _Reader(threading.Thread):
    """Reads a pipe to its end, so that the child never waits for us."""

    def __init__(self, pipe: IO[str], on_line: Callable[[str], None] | None) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._on_line = on_line
        self._kept: list[str] = []
        self._length = 0
        self.start()

    @property
    def text(self) -> str:
        return "".join(self._kept)

    def run(self) -> None:
        with suppress(ValueError, OSError), self._pipe:
            for line in self._pipe:
                if self._length < LONGEST_OUTPUT:
                    self._kept.append(line)
                    self._length += len(line)
                if self._on_line is not None:
                    self._on_line(line.rstrip("\n"))


def _feed(pipe: IO[str], text: str) -> None:
    with suppress(BrokenPipeError, OSError), pipe:
        pipe.write(text)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _kill_group(process.pid)
        process.wait()


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
