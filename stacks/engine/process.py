"""Runs the engine's program: in a process group of its own, asked to end by SIGINT, and never outliving us for long."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import CommandError
from semver import VersionInfo

from stacks.engine.cancelling import Cancel
from stacks.engine.model import EngineFound

__all__ = ["Command", "CommandFailed"]


class CommandFailed(CommandError):  # noqa: N818  the parent's own name ends in Error
    """A program ended with another status than 0. ``result`` holds what it said."""

    def __init__(self, result: CommandResult) -> None:
        super().__init__(result)
        self.result = result


class Command(PulumiCommand):
    """The program as the Automation API runs it, with the reins in our hands.

    Unlike its parent it asks the program for its version only once (when it is found), keeps the terminal's Ctrl-C away
    from it, and hands on what a `Cancel` asks for: SIGINT once (the engine ends what it has begun and gives the lock
    back), SIGINT twice (at once). Where `setpriv` is there, the kernel sends SIGINT as well when our process is killed.
    """

    def __init__(self, found: EngineFound) -> None:
        self.command = str(found.path)
        self.version = VersionInfo.parse(found.version)
        self._start = [self.command]
        setpriv = shutil.which("setpriv")
        if setpriv:
            self._start = [setpriv, "--pdeathsig", "INT", "--", self.command]
        self._asked = threading.local()

    @contextmanager
    def under(self, cancel: Cancel | None) -> Iterator[None]:
        """Programs that this thread starts within it are stopped by ``cancel``."""
        self._asked.cancel = cancel
        try:
            yield
        finally:
            self._asked.cancel = None

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> CommandResult:
        """As the parent's.

        Raises:
            CommandFailed: it ended with another status than 0.
        """
        environment = {**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        # Files, not pipes: when our process is killed, writing into a pipe would kill the engine in the middle as well.
        with TemporaryFile() as out, TemporaryFile() as err:
            process = subprocess.Popen(  # noqa: S603  the engine that was found
                [*self._start, "--non-interactive", *args],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=cwd,
                env=environment,
                process_group=0,
            )
            with process, self._stopping(process):
                status = process.wait()
            result = CommandResult(stdout=_text(out, on_output), stderr=_text(err, on_error), code=status)
        if status != 0:
            raise CommandFailed(result)
        return result

    @contextmanager
    def _stopping(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        cancel: Cancel | None = getattr(self._asked, "cancel", None)
        if cancel is None:
            yield
            return

        def send(_times: int) -> None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)

        with cancel.heard_by(send):
            yield


def _text(file: IO[bytes], listener: Callable[[str], Any] | None) -> str:
    file.seek(0)
    lines = [line.rstrip() for line in file.read().decode(errors="replace").splitlines()]
    if listener:
        for line in lines:
            listener(line)
    return "\n".join(lines)
