"""Calls of steps for tests: a launcher as a worker has it, and what it saw."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migration.run.events import StepOutput
from migration.run.ports import Finished, StepCall
from migration.runbook.model import Call, ExecutorKind, Host, Step

MARK = "QIANYUN_WORKER"


@dataclass
class Launch:
    """Starts children as a worker does: in a session of their own, with a mark, ended at the deadline."""

    mark: str
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    def __call__(
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
        marked = {**(environment or {}), MARK: self.mark}
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            argv, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=marked, start_new_session=True, text=True
        )
        self.process = process
        assert process.stdin
        assert process.stdout
        assert process.stderr
        errors: list[str] = []
        readers = [
            threading.Thread(target=self._read, args=(process.stdout, on_line), daemon=True),
            threading.Thread(target=lambda stream: errors.append(stream.read()), args=(process.stderr,), daemon=True),
        ]
        for reader in readers:
            reader.start()
        process.stdin.write(stdin)
        process.stdin.close()
        until, stopped = time.monotonic() + timeout, False
        while process.poll() is None:
            if not stopped and (cancel.is_set() or time.monotonic() > until):
                stopped = True
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
            time.sleep(0.01)
        for reader in readers:
            reader.join(5)
        return Finished(None if stopped else process.returncode, "".join(self.lines), "".join(errors))

    def _read(self, stream: Any, on_line: Callable[[str], None] | None) -> None:
        for line in stream:
            self.lines.append(line)
            if on_line is not None:
                on_line(line.rstrip("\n"))


def processes(word: str) -> dict[int, str]:
    """Process id -> command line of all processes, but this one, with ``word`` in their environment or command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            with suppress(OSError):
                command = (entry / "cmdline").read_bytes()
                if command and word.encode() in (entry / "environ").read_bytes() + command:
                    found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


@dataclass
class Calls:
    """Makes calls in ``folder`` and keeps what they emit."""

    folder: Path
    hosts: tuple[Host, ...]
    timeout: float = 60
    outputs: list[StepOutput] = field(default_factory=list)
    cancel: threading.Event = field(default_factory=threading.Event)
    launch: Launch = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700)
        self.launch = Launch(str(self.folder))

    def __call__(self, do: str, **parameters: Any) -> StepCall:
        call = Call(do=do)
        return StepCall(
            run="test-1",
            item="system/a/cutover",
            step=step(do, targets=tuple(host.name for host in self.hosts)),
            call=call,
            attempt=1,
            parameters=parameters,
            hosts={host.name: host for host in self.hosts},
            timeout=self.timeout,
            cancel=self.cancel,
            emit=self.outputs.append,
            launch=self.launch,
            folder=self.folder,
        )

    def said(self, task: str) -> StepOutput:
        """What was emitted for a task."""
        return next(output for output in self.outputs if output.task.endswith(task))


def step(do: str, **others: Any) -> Step:
    return Step(**{"id": "act", "executor": ExecutorKind.ANSIBLE, "act": Call(do=do), "targets": ("one",), **others})
