"""Calls of a step, as the engine makes them, with the real launcher or a scripted one."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from migration.run.events import StepOutput
from migration.run.ports import Finished, StepCall
from migration.runbook.model import Call, ExecutorKind, Step


def launch(
    argv: Sequence[str],
    *,
    timeout: float,
    cancel: threading.Event,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: str = "",
    on_line: Callable[[str], None] | None = None,
) -> Finished:
    """Starts a program as the port says; ends it at the time limit or at once when already canceled."""
    process = subprocess.Popen(
        argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment or {}),
        cwd=folder,
        text=True,
        start_new_session=True,
    )
    stopped = False
    try:
        out, err = process.communicate(stdin, timeout=0 if cancel.is_set() else timeout)
    except subprocess.TimeoutExpired:
        stopped = True
        os.killpg(process.pid, 9)
        out, err = process.communicate()
    for line in out.splitlines():
        if on_line:
            on_line(line)
    return Finished(None if stopped else process.returncode, out, err)


class Calls:
    """Makes calls and keeps what they report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[StepOutput] = []
        self.cancel = threading.Event()

    def make(
        self, call: Call, *, step: dict[str, Any] | None = None, timeout: float = 20, **parameters: Any
    ) -> StepCall:
        whole = Step(**{"id": "one", "executor": ExecutorKind.COMMAND, "act": call, **(step or {})})
        return StepCall(
            run="r-1",
            item="system/a/cutover",
            step=whole,
            call=call,
            attempt=1,
            parameters={**parameters, **call.parameters},
            hosts={},
            timeout=timeout,
            cancel=self.cancel,
            emit=self.said.append,
            launch=launch,
            folder=self.folder,
        )
