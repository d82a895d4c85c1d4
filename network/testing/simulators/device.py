"""A simulated device: its configurations, its rollback points, its timers, its sessions."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from network.testing.simulators.clock import Clock, ManualClock, Timer
from network.testing.simulators.editor import Editor
from network.testing.simulators.faults import Account, Faults
from network.testing.simulators.tables.comware import COMWARE
from network.testing.simulators.tables.vrp import VRP
from network.testing.simulators.tree import Line, print_lines, read

if TYPE_CHECKING:
    from network.testing.simulators.console import Console
    from network.testing.simulators.rules import Dialect

__all__ = ["Commit", "Simulator", "Trial"]

DIALECTS: dict[str, Dialect] = {"huawei_vrp8": VRP, "h3c_comware7": COMWARE}
FIRST_COMMIT = 1000000001
KEPT_COMMITS = 80
DEFAULT_ACCOUNTS = {"netops": Account("Lab-Pass-1")}


@dataclass(frozen=True)
class Commit:
    """A rollback point: ``before`` is the configuration that the commit has changed."""

    id: int
    user: str
    label: str
    before: Line = field(repr=False)


@dataclass
class Trial:
    """A guard that is armed: a trial (``session`` confirms it) or a delay (any session does)."""

    before: Line = field(repr=False)
    seconds: int
    due: float
    timer: Timer = field(repr=False)
    session: int


class Simulator:
    """One device. What tests look at: ``running``, ``startup``, ``commits``, ``armed``, ``consoles``, ``typed``.

    Args:
        platform: ``huawei_vrp8`` or ``h3c_comware7``.
        running: configuration as text; saved as well.
        name: of the device, where the configuration does not name it.
        encoding: of its terminal, ``utf-8`` or ``gb18030``.
        accounts: user -> account; by default ``netops`` with the password ``Lab-Pass-1``.
        unreachable: addresses that its ping does not reach, those of a VPN instance as ``VPN ADDRESS``; all others
            answer.
        answers: (expression over a display command, answer), before the device's own.
    """

    def __init__(
        self,
        platform: str,
        running: str,
        *,
        name: str = "",
        encoding: str = "utf-8",
        accounts: dict[str, Account] | None = None,
        faults: Faults = Faults(),  # noqa: B008 - frozen
        unreachable: Iterable[str] = (),
        answers: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.platform, self.dialect = platform, DIALECTS[platform]
        self.two_stage = platform == "huawei_vrp8"
        self.root = read(running)
        if name and not any(one.text.startswith("sysname ") for one in self.root.children):
            self.root.children.insert(0, Line(f"sysname {name}"))
        self.encoding, self.faults = faults.encoding or encoding, faults
        self.accounts = dict(DEFAULT_ACCOUNTS if accounts is None else accounts)
        self.unreachable, self.answers = frozenset(unreachable), tuple(answers)
        self.saved = self.root.copy()
        self.files: dict[str, Line] = {}
        self.commits: list[Commit] = []
        self.armed: Trial | None = None
        self.consoles: dict[int, Console] = {}
        self.traffic: dict[str, tuple[int, int]] = {}
        """Interface -> octets in and out, as ``display interface`` shows them."""
        self.typed: list[tuple[str, str]] = []
        """(user, line) of all lines, in order."""
        self.version = 0
        """Counts changes of the running configuration."""
        self.down_until = 0.0
        self.clock: Clock = ManualClock()
        self.lock = threading.RLock()
        self._sessions = 0
        self._faulted: set[str] = set()

    # ---- what tests look at ------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """As its prompt says it."""
        found = next((one.text for one in self.root.children if one.text.startswith("sysname ")), "")
        return found.removeprefix("sysname ") or ("HUAWEI" if self.two_stage else "H3C")

    @property
    def running(self) -> str:
        """The running configuration, as display shows it."""
        return self.printed(self.root)

    @property
    def startup(self) -> str:
        """The saved configuration."""
        return self.printed(self.saved)

    def printed(self, root: Line) -> str:
        """A configuration as the device prints it."""
        head = (
            ["!Software Version V800R022C00SPC500", "!Last configuration was updated at 2024-05-06 07:08:09+08:00", "#"]
            if self.two_stage
            else ["#", " version 7.1.070, Release 6555P01", "#"]
        )
        body = [line for line in print_lines(root) if not line.startswith("version 7.")]
        return "\n".join([*head, *body, "return"]) + "\n"

    def change(self, *lines: str) -> None:
        """Change the running configuration as another person would; ValueError: the device refuses a line."""
        with self.lock:
            editor = Editor(self.dialect, self.root.copy())
            path: tuple[str, ...] = ()
            for line in lines:
                if line == "quit":
                    path = path[:-1]
                    continue
                typed = editor.type(path, line)
                if typed.error:
                    raise ValueError(f"{line}: {typed.error}")
                path = typed.views
            self.put(editor.root, user="another", label="")

    def reboot(self) -> None:
        """Restart: all sessions end, timers are gone, the saved configuration is read."""
        with self.lock:
            for console in list(self.consoles.values()):
                console.cut()
            self.consoles.clear()
            if self.armed is not None:
                self.armed.timer.cancel()
                self.armed = None
            self.root = self.saved.copy()
            self.version += 1
            self.down_until = self.clock.now() + self.faults.reboot_seconds

    @property
    def down(self) -> bool:
        """Whether it is just restarting."""
        return self.clock.now() < self.down_until

    # ---- what consoles use -------------------------------------------------------------------------------------------

    def next_session(self) -> int:
        """A number for a login."""
        self._sessions += 1
        return self._sessions

    def wait_for(self, line: str) -> float:
        """Seconds until a line is answered."""
        return self.faults.line_delay + sum(
            seconds for pattern, seconds in self.faults.slow if re.search(pattern, line)
        )

    def once(self, fault: str) -> bool:
        """True the first time that it is asked for a fault."""
        if fault in self._faulted:
            return False
        self._faulted.add(fault)
        return True

    def put(self, root: Line, *, user: str, label: str) -> None:
        """Make a configuration the running one, with a rollback point."""
        number = self.commits[-1].id + 1 if self.commits else FIRST_COMMIT
        self.commits.append(Commit(number, user, label, self.root))
        del self.commits[:-KEPT_COMMITS]
        self.root = root
        self.version += 1

    def touch(self) -> None:
        """The running configuration was changed in place."""
        self.version += 1

    def arm(self, before: Line, seconds: int, session: int) -> None:
        """Have ``before`` come back after a time."""
        if self.armed is not None:
            self.armed.timer.cancel()
        timer = self.clock.call_later(seconds, self.fire)
        self.armed = Trial(before, seconds, self.clock.now() + seconds, timer, session)

    def disarm(self) -> Trial | None:
        """Keep what is there."""
        armed, self.armed = self.armed, None
        if armed is not None:
            armed.timer.cancel()
        return armed

    def fire(self) -> None:
        """The time is over, or somebody wants it back now."""
        with self.lock:
            armed = self.disarm()
            if armed is not None:
                self.bring_back(armed.before)

    def bring_back(self, before: Line) -> None:
        """Make a former configuration the running one, but for what the device cannot restore."""
        stays = re.compile(self.faults.not_restored) if self.faults.not_restored else None
        self.root = before.copy() if stays is None else _mixed(before, self.root, stays)
        self.version += 1

    def save(self, name: str = "") -> None:
        """Save the running configuration; with a name, to a file only."""
        if name and name != "startup.cfg":
            self.files[name] = self.root.copy()
        else:
            self.saved = self.root.copy()

    def updated(self) -> str:
        """A time for listings."""
        day = dt.datetime(2024, 5, 6, 7, 8, 9, tzinfo=dt.UTC) + dt.timedelta(seconds=self.version)
        return day.strftime("%Y-%m-%d %H:%M:%S")


def _mixed(before: Line, now: Line, stays: re.Pattern[str]) -> Line:
    """``before`` with the lines of ``now`` that stay."""
    mixed = Line(before.text, [])
    for line in before.children:
        below = now.child(line.text)
        mixed.children.append(line.copy() if below is None else _mixed(line, below, stays))
    for line in now.children:
        if before.child(line.text) is None and any(stays.search(text) for text in _texts(line)):
            mixed.children.append(_only(line, stays))
    return mixed


def _texts(line: Line) -> list[str]:
    return [line.text, *(text for child in line.children for text in _texts(child))]


def _only(line: Line, stays: re.Pattern[str]) -> Line:
    kept = [_only(child, stays) for child in line.children if any(stays.search(text) for text in _texts(child))]
    return Line(line.text, kept)
