"""Processes of a laboratory: a host's first process, commands inside, and the end of them all.

Everything that a host is - namespaces, mounts, interfaces, files - is held by its first process and nothing else, so
that nothing of it can outlive a SIGKILL. All processes that are started here carry ``MARK`` in their environment.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path

from network.errors import LabFailedError
from network.lab.kernel import PATH

__all__ = ["MARK", "boot", "end", "is_alive", "marked", "start_time", "to_enter", "to_enter_network"]

MARK = "QIANYUN_LAB"
_NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc")


def start_time(pid: int) -> int:
    """When a process started, in clock ticks since boot (proc(5), field 22); 0: there is none. With the number it
    names a process for good."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])


def is_alive(pid: int, started: int) -> bool:
    """Whether the very process is still there."""
    return pid > 0 and start_time(pid) == started != 0


def boot(folder: Path, name: str, hostname: str, layer: bytes) -> int:
    """Start a host: its first process in namespaces of its own, its files in place, its network still unplugged.

    ``folder``: of the laboratory, has ``stage``. Returns the number of the host's first process on the machine.

    Raises:
        LabFailedError: lab-failed, with the last line that it wrote.
    """
    stage = folder / "stage"
    environment = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", MARK: str(folder)}
    with as_file(files(__package__) / "boot.sh") as script:
        command = ["unshare", *_NAMESPACES, "--fork", "/bin/sh", str(script), name, hostname, str(stage)]
        starter = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        assert starter.stdin is not None
        assert starter.stdout is not None
        assert starter.stderr is not None
        try:
            starter.stdin.write(layer)
            starter.stdin.close()
        except BrokenPipeError:
            starter.stdin = None
        said = starter.stdout.readline()  # not to its end: the starter keeps it open
    # Its work is done: the host's first process goes on without it, and dies only with the laboratory.
    if not said.strip().isdigit():
        starter.kill()
        reason = starter.stderr.read().decode(errors="replace").strip().splitlines()
        starter.wait()
        raise LabFailedError("lab-failed", host=hostname, command="boot", reason=reason[-1] if reason else "-")
    starter.kill()
    starter.wait()
    starter.stdout.close()
    starter.stderr.close()
    return int(said)


def to_enter(pid: int, argv: Sequence[str]) -> list[str]:
    """The command that runs ``argv`` inside the host whose first process is ``pid``; it dies with who starts it."""
    # nsenter forks to enter the process namespace; without the signal its child would outlive a killed nsenter.
    inside = ["setpriv", "--pdeathsig", "KILL", "--", *argv]
    return ["nsenter", f"--target={pid}", *_NAMESPACES, "--", *inside]


def to_enter_network(pid: int, argv: Sequence[str], overlaid: Mapping[str, Path] = {}) -> list[str]:
    """The command that runs ``argv`` with the machine's files and processes, but in the network of a host.

    ``overlaid``: files of /etc that it sees in place of the machine's.
    """
    command = ["nsenter", f"--target={pid}", "--net", "--"]
    if overlaid:
        mounts = "".join(f"mount --bind '{source}' '{target}' && " for target, source in overlaid.items())
        command += ["unshare", "--mount", "/bin/sh", "-c", f'{mounts}exec "$@"', "sh"]
    return [*command, *argv]


def marked(folder: Path) -> Iterator[int]:
    """Processes that were started for a laboratory, and what they have started with their environment."""
    wanted = f"{MARK}={folder}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if wanted in environment.split(b"\0"):
                yield int(entry.name)


def end(pids: Iterable[int], seconds: float = 10) -> int:
    """Kill processes and wait until they are gone. The first process of a host takes all in the host with it.

    Returns how many are left after ``seconds``.
    """
    handles = []
    for pid in pids:
        try:
            handles.append(os.pidfd_open(pid))
        except ProcessLookupError:
            continue
    try:
        for handle in handles:
            try:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + seconds
        waiting = set(handles)
        poll = select.poll()
        for handle in waiting:
            poll.register(handle, select.POLLIN)
        while waiting and (left := deadline - time.monotonic()) > 0:
            for handle, _ in poll.poll(left * 1000):
                poll.unregister(handle)
                waiting.discard(handle)
        return len(waiting)
    finally:
        for handle in handles:
            os.close(handle)
