"""A bed: set up, started, asked, stopped."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.cloudbed import backing, cache
from tools.cloudbed.building import build, finish
from tools.cloudbed.clearing import clear
from tools.cloudbed.configs import CLOUD, write
from tools.cloudbed.content import connect, fill, fill_catalogue
from tools.cloudbed.errors import BedError
from tools.cloudbed.layout import LOCK, MARK, Layout
from tools.cloudbed.processes import end, memory, recorded, spawn, stray
from tools.cloudbed.services import BACKING, names
from tools.cloudbed.starting import revive, start_backing, start_control_plane

if TYPE_CHECKING:
    from openstack.connection import Connection

__all__ = ["Bed", "State"]

ROOM = 1 << 30
"""Bytes that must be free: a bed takes half."""


@dataclass(frozen=True)
class State:
    """What a process of a bed does.

    Attributes:
        pid: None when it does not run.
        memory: bytes, shared pages divided among those who share them.
    """

    name: str
    pid: int | None
    memory: int


class Bed:
    """A real OpenStack control plane in one folder.

    Args:
        folder: an empty folder, a new one, or that of a bed.
        say: takes a line of narration.
    """

    def __init__(self, folder: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self.layout = Layout(folder.absolute())
        self._say = say

    @property
    def clouds(self) -> Path:
        """clouds.yaml: the entry ``bed`` is the administrator, ``guest`` may use one project."""
        return self.layout.clouds

    def variables(self) -> Mapping[str, str]:
        """Environment for programs that log in with clouds.yaml."""
        return {"OS_CLIENT_CONFIG_FILE": str(self.clouds), "OS_CLOUD": CLOUD}

    def set_up(self) -> None:
        """Makes a stopped bed in the folder: from the cache, else from nothing (then the cache has it).

        Raises:
            BedError: Debian packages are missing, no room, another command is at work in the folder, or a step failed.
        """
        with self._at_work():
            self._set_up()

    def start(self, owner: int | None = None) -> None:
        """Starts the bed; it is ready for requests when this returns. Sets up first where that has not been done.

        A bed that runs is left as it is. One of which a part runs is stopped first.

        Args:
            owner: a process; when it ends, however it ends, the bed is ended and its folder removed.

        Raises:
            BedError: see set_up; what was started is ended.
        """
        with self._at_work():
            if not self.missing():
                return
            self._end_all()
            self._set_up()
            if owner is not None:
                self._watch(owner)
            with self._ended_on_failure():
                self._say("starting")
                ports = self.layout.choose_ports()
                write(self.layout, ports)
                start_backing(self.layout, ports)
                backing.move_to_ports(self.layout)
                start_control_plane(self.layout, ports)

    def stop(self) -> None:
        """Ends all processes of the bed; done when it does not run."""
        if self.layout.is_bed():
            with self._at_work():
                self._end_all()

    def discard(self) -> None:
        """Ends all processes at once and removes the folder, if it is one of a bed."""
        if self.layout.is_bed():
            end([*recorded(self.layout).values(), *stray(self.layout)], patience=0, first=signal.SIGKILL)
            shutil.rmtree(self.layout.root, ignore_errors=True)

    def connection(self) -> Connection:
        """A new login as the administrator.

        Raises:
            BedError: the bed was never started.
        """
        if not self.clouds.exists():
            raise BedError(f"the bed in {self.layout.root} was never started")
        return connect(self.clouds)

    def reset(self) -> None:
        """Makes the bed as it was: starts what was killed, removes everything that the bed did not make itself.

        Raises:
            BedError: something did not start or did not go.
        """
        self.revive()
        clear(self.layout, self.connection)

    def kill(self, name: str) -> None:
        """Kills a process of the bed, such as ``neutron``, with its children.

        Raises:
            BedError: there is no such process.
        """
        found = recorded(self.layout).get(name)
        if found is None or not found.alive:
            raise BedError(f"{name} does not run; known are {', '.join(names())}")
        end([found], patience=5, first=signal.SIGKILL)

    def revive(self) -> None:
        """Starts the processes that have ended; they are ready when this returns.

        Raises:
            BedError: one does not start.
        """
        if dead := self.missing():
            revive(self.layout, self.layout.ports(), dead)

    def missing(self) -> set[str]:
        """The processes of a running bed that do not run."""
        noted = recorded(self.layout)
        return {name for name in names() if name not in noted or not noted[name].alive}

    def status(self) -> tuple[State, ...]:
        """A row for each process that belongs to a running bed."""
        alive = {name: one for name, one in recorded(self.layout).items() if one.alive} if self.layout.is_bed() else {}
        taken = memory(alive)
        return tuple(State(name, alive[name].pid if name in alive else None, taken.get(name, 0)) for name in names())

    def _set_up(self) -> None:
        fitting = cache.key()
        self.layout.prepare()
        with contextlib.suppress(OSError):
            if self.layout.finished.read_text(encoding="utf-8") == fitting:
                return
        self._end_all()
        for item in self.layout.root.iterdir():
            if item.is_dir():
                shutil.rmtree(item)
            elif item.name not in {LOCK, MARK}:
                item.unlink()
        self.layout.prepare()
        if (free := shutil.disk_usage(self.layout.root).free) < ROOM:
            raise BedError(f"{self.layout.root}: {free >> 20} MiB free, a bed needs {ROOM >> 20}")
        archive = cache.archive(fitting)
        if cache.take(self.layout, archive):
            return
        self._say("setting up, about a minute; later beds are unpacked from the cache")
        with self._ended_on_failure():
            ports = self.layout.choose_ports()
            write(self.layout, ports)
            build(self.layout, ports)
            fill_catalogue(self.connection(), ports, self.layout.secrets())
            self._say("setting up: starting the services for the first time")
            backing.move_to_ports(self.layout)
            start_control_plane(self.layout, ports)
            finish(self.layout)
            fill(self.connection())
        self._end_all()
        self.layout.finished.write_text(fitting, encoding="utf-8")
        cache.keep(self.layout, archive)

    def _end_all(self) -> None:
        noted = recorded(self.layout)
        last = [noted.pop(name) for name in BACKING if name in noted]
        end(noted.values(), patience=3)
        end(last, patience=30)
        end(stray(self.layout), patience=0, first=signal.SIGKILL)
        for path in self.layout.run.glob("*.json"):
            path.unlink()

    @contextlib.contextmanager
    def _ended_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._end_all()
            raise

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """One command at a time in a folder."""
        self.layout.prepare()
        with (self.layout.root / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BedError(f"another command is at work in {self.layout.root}") from error
            yield

    def _watch(self, owner: int) -> None:
        words = ["-m", "tools.cloudbed", "watch", str(self.layout.root), str(owner)]
        spawn(self.layout, "watch", [sys.executable, *words], PYTHONPATH=str(Path(__file__).parents[2]))
