"""The bed's processes: started each in its own session, found again by id and by a mark, ended by id.

Every process of a bed has ``QIANYUN_CLOUDBED=FOLDER`` in its environment, and so have its children. What records have
lost (a start that was killed between starting and noting) is found by this mark.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.cloudbed.errors import BedError
from tools.cloudbed.layout import Layout

__all__ = [
    "Running",
    "begin",
    "end",
    "ended",
    "environment",
    "memory",
    "record",
    "recorded",
    "run",
    "spawn",
    "stray",
    "tail",
]

MARK = "QIANYUN_CLOUDBED"


@dataclass(frozen=True)
class Running:
    """A process that is not easily mistaken for a later one with the same id.

    Attributes:
        pid: its id; also that of its session.
        started: clock ticks after the start of the machine, as in /proc/PID/stat.
    """

    pid: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether it still runs; a child that has ended is taken note of."""
        found = _stat(self.pid)
        if found is None or found[1] != self.started:
            return False
        if found[0] == "Z":
            with contextlib.suppress(OSError):
                os.waitpid(self.pid, os.WNOHANG)
            return False
        return True


def environment(layout: Layout, **more: str) -> dict[str, str]:
    """What the bed's processes get: nothing of the caller's, so that no proxy and no login of others is used."""
    return {
        "HOME": str(layout.root),
        "LANG": "C.UTF-8",
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": f"{layout.etc / 'python'}:{Path(__file__).with_name('inside')}",
        "PYTHONWARNINGS": "ignore",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Else a process that changes its title writes over its environment, and with it the mark.
        "SPT_NOENV": "1",
        "TMPDIR": str(layout.root / "tmp"),
        MARK: str(layout.root),
        **more,
    }


def run(layout: Layout, name: str, command: Sequence[str], **more: str) -> None:
    """Runs a command of the set-up to its end.

    Raises:
        BedError: it cannot be started, or failed; the last line of its log is in the message.
    """
    with begin(layout, name, command, more) as process:
        try:
            status = process.wait()
        except BaseException:
            process.kill()
            raise
    if status:
        raise BedError(f"{name} failed ({status}): {tail(layout, name)}")


def spawn(layout: Layout, name: str, command: Sequence[str], **more: str) -> Running:
    """Starts a process that stays, in a session of its own, and notes it.

    Raises:
        BedError: it cannot be started.
    """
    return record(layout, name, begin(layout, name, command, more).pid)


def begin(
    layout: Layout, name: str, command: Sequence[str], more: Mapping[str, str], stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Starts a process in a session of its own that writes into its log.

    Raises:
        BedError: it cannot be started.
    """
    try:
        with (layout.log / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=stdin,
                stdout=log,
                stderr=log,
                env=environment(layout, **more),
                cwd=layout.root,
                start_new_session=True,
            )
    except OSError as error:
        raise BedError(f"{name} cannot be started: {error}") from error


def record(layout: Layout, name: str, pid: int) -> Running:
    """Notes a process under a name."""
    found = _stat(pid)
    running = Running(pid=pid, started=found[1] if found else 0)
    (layout.run / f"{name}.json").write_text(json.dumps([running.pid, running.started]), encoding="utf-8")
    return running


def recorded(layout: Layout) -> dict[str, Running]:
    """The noted processes by name, running or not; a note that is cut off is left out."""
    found: dict[str, Running] = {}
    for path in sorted(layout.run.glob("*.json")):
        with contextlib.suppress(ValueError, TypeError):
            pid, started = json.loads(path.read_text(encoding="utf-8"))
            found[path.stem] = Running(pid=pid, started=started)
    return found


def stray(layout: Layout) -> list[Running]:
    """All processes of this user that carry the bed's mark, except this one."""
    mark = f"{MARK}={layout.root}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                seen = _stat(int(folder.name))
                if seen is not None and seen[0] != "Z":
                    found.append(Running(pid=int(folder.name), started=seen[1]))
    return found


def end(running: Iterable[Running], *, patience: float, first: signal.Signals = signal.SIGTERM) -> None:
    """Ends processes and their groups: asks first, insists after ``patience`` seconds."""
    left = [one for one in running if one.alive]
    for how, seconds in ((first, patience), (signal.SIGKILL, 10.0)):
        for one in left:
            _signal(one, how)
        until = time.monotonic() + seconds
        while left and time.monotonic() < until:
            left = [one for one in left if one.alive or _has_group(one)]
            time.sleep(0.02)
        if not left:
            return


def ended(layout: Layout, name: str) -> None:
    """Takes back the note of a process."""
    (layout.run / f"{name}.json").unlink(missing_ok=True)


def tail(layout: Layout, name: str) -> str:
    """The last line of a log that tells of an error, else the last at all, and where the log is."""
    path = layout.log / f"{name}.log"
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    said = [line.strip() for line in text.splitlines()[-200:] if line.strip()]
    wrong = [line for line in said if re.search(r"error|critical|exception|fatal", line, re.IGNORECASE)]
    last = (wrong or said or ["it said nothing"])[-1]
    return f"{last[-300:]} (see {path})"


def memory(processes: Mapping[str, Running]) -> dict[str, int]:
    """Bytes that each process and its session take, shared pages divided among those who share them."""
    owners = {one.pid: name for name, one in processes.items()}
    taken = dict.fromkeys(processes, 0)
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            name = owners.get(int(folder.name)) or owners.get(int(fields[3]))
            if name is not None:
                rollup = (folder / "smaps_rollup").read_text(encoding="utf-8").splitlines()
                taken[name] += sum(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Pss:"))
    return taken


def _signal(one: Running, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(one.pid) == one.pid:
            os.killpg(one.pid, how)
        else:
            os.kill(one.pid, how)


def _has_group(one: Running) -> bool:
    """Whether any process is left of the group that it led; such a one may still hold a socket."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                if int(fields[2]) == one.pid and fields[0] != "Z":
                    return True
    return False


def _stat(pid: int) -> tuple[str, int] | None:
    """State letter and start time of a process, None when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])
