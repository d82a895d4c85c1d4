"""The program as a user types it: each command a process of its own, said before it is run; none is left behind."""

from __future__ import annotations

import json
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["CommandError", "Program", "StandstillError"]

QIANYUN = Path(sys.executable).with_name("qianyun")
SECONDS = 120
"""Longest that a command may take, and longest that a run may be without an event."""
END_SECONDS = 10


class CommandError(Exception):
    """A command ended with another exit code than 0."""

    def __init__(self, words: tuple[str, ...], code: int, said: str) -> None:
        self.code = code
        super().__init__(f"qianyun {shlex.join(words)}\nexit code {code}\n{said.strip()[-2000:]}")


class StandstillError(Exception):
    """A run has had no event for too long."""


class Program:
    """Starts commands. As a context manager it ends at last whatever it has started.

    Attributes:
        folder: logs of what is left running go here.
        environment: variables that all commands get, beside this process's own.
        inside: words before all commands, to run them elsewhere than here.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], inside: Sequence[str] = ()) -> None:
        self.folder = folder
        self.inside = tuple(inside)
        self.environment = {**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", **environment}
        self._began = time.monotonic()
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running:
            self.end(process)

    def say(self, text: str) -> None:
        """One line for people, with the seconds since the beginning."""
        print(f"{time.monotonic() - self._began:6.1f}  {text}", file=sys.stderr, flush=True)

    def run(self, *words: str, seconds: float = SECONDS) -> str:
        """What a command prints on stdout. CommandError unless it ends with 0; subprocess.TimeoutExpired."""
        self.say(f"$ qianyun {shlex.join(words)}")
        # A session of its own: Ctrl-C reaches this process alone, which ends the others in order.
        process = subprocess.Popen(
            [*self.inside, QIANYUN, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            start_new_session=True,
        )
        try:
            out, said = process.communicate(timeout=seconds)
        except BaseException:
            self.end(process)
            raise
        if process.returncode:
            raise CommandError(words, process.returncode, (said or out).decode(errors="replace"))
        return out.decode()

    def start(self, *words: str, log: str) -> subprocess.Popen[bytes]:
        """Start a command and leave it running; what it says is added to ``log`` in the folder."""
        self.say(f"$ qianyun {shlex.join(words)} &")
        with (self.folder / log).open("ab") as file:
            process = subprocess.Popen(
                [*self.inside, QIANYUN, *words],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env=self.environment,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
        """End one of its processes; one that does not go by itself is killed."""
        if process.poll() is None:
            with suppress(ProcessLookupError):
                process.send_signal(how)
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self._running:
            self._running.remove(process)

    def events(self, run: str, after: int = 0) -> Iterator[dict[str, Any]]:
        """Events of a run as they come, up to its end. StandstillError where none comes for too long."""
        words = ("run", "events", run, "--follow", "--json", "--after", str(after))
        process = subprocess.Popen(
            [*self.inside, QIANYUN, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.environment,
            start_new_session=True,
        )
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
        reader.start()
        try:
            while True:
                try:
                    line = lines.get(timeout=SECONDS)
                except queue.Empty:
                    raise StandstillError(f"{run} has had no event for {SECONDS} s") from None
                if not line:
                    return
                yield json.loads(line)
        finally:
            self.end(process)
            reader.join()
            if process.stdout:
                process.stdout.close()


def _read(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(b"")
