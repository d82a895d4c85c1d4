"""Devices that are only objects: enough of each platform's guard to try the push against, with faults."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from network.config import ConfigLine, ConfigTree, parse, to_text
from network.errors import RefusedError, TransportError
from network.platforms import Platform, platform_of
from network.transport import Reply
from network.transport.model import one_by_one
from tests.network.push.frr_box import FrrBox

INTERFACE = "interface GigabitEthernet0/0/1\n ip address 10.0.0.1 255.255.255.252\n"
BEFORE = {
    "huawei_vrp8": f"#\nsysname R1\n#\n{INTERFACE}#\nreturn\n",
    "h3c_comware7": f"#\n sysname R1\n#\n{INTERFACE}#\nreturn\n",
    "frr": "frr version 8.4.4\nhostname R1\n!\ninterface eth0\n ip address 10.0.0.1/30\nexit\n!\nend\n",
}
HEADS = re.compile(r"(?:interface|router|ospfv3|bgp) ")
HEAD = {"frr": "interface eth0"}
ADDED = {
    "huawei_vrp8": ("ipv6 enable", "ipv6 address 2001:db8::1/64"),
    "h3c_comware7": ("ipv6 address 2001:db8::1/64",),
    "frr": ("ipv6 address 2001:db8::1/64",),
}
"""Lines that a change adds to the interface."""


def short_guard(id: str) -> Platform:
    """The platform with a guard of seconds."""
    return platform_of(id).model_copy(update={"guard_seconds": (1, 600), "guard_step": 1})


def with_lines(platform: Platform, text: str, head: str, lines: tuple[str, ...]) -> ConfigTree:
    """The configuration with lines added to the view of ``head``."""
    return ConfigTree(
        tuple(
            replace(line, children=(*line.children, *map(ConfigLine, lines))) if line.text == head else line
            for line in parse(platform, text).lines
        )
    )


@dataclass
class Faults:
    """What goes wrong: ``refuse`` lines, ``drop_at`` the line of a number, no more ``logins`` than so many."""

    refuse: str = ""
    drop_at: int = 0
    logins: int = 1000
    unarmed: bool = False
    unsaved: bool = False
    guard_fails: bool = False
    after_line: Callable[[Box, int], None] | None = None
    loses: str = ""


@dataclass
class Box:
    """One device. ``armed``: the timer of its own guard."""

    platform: Platform
    running: str
    saved: str
    faults: Faults = field(default_factory=Faults)
    armed: threading.Timer | None = None
    former: str = ""
    sent: list[str] = field(default_factory=list)
    frr: FrrBox | None = None
    logins: int = 0

    @property
    def now(self) -> str:
        """Its running configuration."""
        return self.running if self.frr is None else self.frr.running

    def set(self, text: str) -> None:
        """Change it, as another hand would."""
        if self.frr is None:
            self.running = text
        else:
            self.frr.running = text

    def arm(self, seconds: int, former: str) -> None:
        self.former = former
        self.armed = threading.Timer(seconds, self.fire)
        self.armed.daemon = True
        self.armed.start()

    def fire(self) -> None:
        self.armed = None
        if not self.faults.guard_fails:
            self.running = self.former

    def disarm(self) -> None:
        if self.armed is not None:
            self.armed.cancel()
            self.armed = None


def make_box(id: str, folder: Path, faults: Faults | None = None) -> Box:
    """A device of a platform with the usual configuration."""
    text = BEFORE[id]
    frr = None
    if id == "frr":
        folder.mkdir(parents=True, exist_ok=True)
        frr = FrrBox(folder)
    return Box(short_guard(id), text, text, faults or Faults(), frr=frr)


class BoxSession:
    """One login."""

    def __init__(self, box: Box) -> None:
        self.box, self.view, self.candidate, self.number, self.open = box, "", "", 0, True
        self.trial = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.open = False

    def _alive(self) -> None:
        if not self.open:
            raise TransportError("transport-dropped", device="r1", doing="")

    def command(self, text: str, *, timeout: float = 30) -> str:  # noqa: ARG002
        self._alive()
        box, commands = self.box, self.box.platform.commands
        if text == commands["running"]:
            return self.running()
        if text == commands.get("saved"):
            return box.saved
        if text == commands.get("version"):
            return "of a box that is none"
        if text == commands.get("armed"):
            if "commit delay" in commands["arm"]:
                return "configuration commit delay 1" if box.armed else ""
            return "Trial configuration is active, 12 seconds left" if box.armed else "No trial configuration"
        if text == commands["save"]:
            if box.faults.unsaved:
                return "Error: the flash is full"
            box.saved = box.running
            return "Save the configuration successfully."
        if text == commands.get("neighbours_ospf"):
            gone = box.faults.loses and box.faults.loses in box.now
            return "" if gone else " 0.0.0.0  GigabitEthernet0/0/1  10.9.9.9  Full"
        raise RefusedError("command-refused", device="r1", command=text, answer="Error: Unrecognized command")

    def running(self) -> str:
        self._alive()
        return self.box.now

    def enter(self) -> None:
        self._alive()
        self.view, self.candidate = "", self.box.now

    def leave(self) -> None:
        self._alive()

    def line(self, text: str, *, timeout: float = 30) -> Reply:  # noqa: ARG002
        self._alive()
        box = self.box
        said, refused = self._answer(text.strip()), False
        if box.faults.refuse and re.search(box.faults.refuse, text):
            said, refused = "Error: Unrecognized command found at '^' position.", True
        return Reply(text, said, refused or said.startswith("Error"))

    def lines(self, texts: Sequence[str], *, timeout: float = 30) -> Iterator[Reply]:
        return one_by_one(self, texts, timeout)

    def _answer(self, text: str) -> str:
        box, commands = self.box, self.box.platform.commands
        if found := re.fullmatch(r"commit trial (\d+)", text):
            if box.faults.unarmed:
                return "Committing..done."
            former, box.running = box.running, self.candidate
            box.arm(int(found[1]), former)
            return (
                "Info: The system enters the trial configuration mode. The system will revert to previous "
                f"configuration if the trial configuration is not confirmed in {found[1]} seconds."
            )
        if found := re.fullmatch(r"configuration commit delay (\d+)", text):
            if not box.faults.unarmed:
                box.arm(int(found[1]), box.running)
            return ""
        if text == commands.get("confirm"):
            box.disarm()
            return ""
        if text == commands.get("abort"):
            if box.armed is None:
                return "Error: The system is not in trial configuration mode."
            box.disarm()
            box.fire()
            return ""
        if text == commands.get("discard"):
            self.candidate = box.running
            return ""
        self.number += 1
        box.sent.append(text)
        if box.faults.drop_at == self.number:
            self.open = False
            raise TransportError("transport-dropped", device="r1", doing=text)
        if not (box.faults.refuse and re.search(box.faults.refuse, text)):
            self._configure(text)
        if box.faults.after_line is not None:
            box.faults.after_line(box, self.number)
        return ""

    def _configure(self, text: str) -> None:
        box = self.box
        now = self.candidate if box.platform.two_stage else box.now
        tree = parse(box.platform, now)
        if any(line.text == text for line in tree.lines):
            self.view = text
            return
        if text in ("quit", "exit"):
            self.view = ""
            return
        if HEADS.match(text):
            self.view = text
            tree = ConfigTree((*tree.lines, ConfigLine(text)))
            text = ""
        made = to_text(box.platform, _changed(tree, self.view, text) if text else tree)
        if box.platform.two_stage:
            self.candidate = made
        else:
            box.set(made)

    def shell(self, script: str, *, stdin: str = "", timeout: float = 30) -> str:
        self._alive()
        assert self.box.frr is not None
        return self.box.frr.shell(script, stdin=stdin, timeout=timeout)


def _changed(tree: ConfigTree, view: str, text: str) -> ConfigTree:
    def lines_of(lines: tuple[ConfigLine, ...]) -> tuple[ConfigLine, ...]:
        for word in ("undo ", "no "):
            if text.startswith(word):
                taken = text.removeprefix(word)
                return tuple(one for one in lines if not (one.text == taken or one.text.startswith(f"{taken} ")))
        return (*lines, ConfigLine(text))

    if not view:
        return ConfigTree(lines_of(tree.lines))
    return ConfigTree(
        tuple(replace(one, children=lines_of(one.children)) if one.text == view else one for one in tree.lines)
    )


class BoxTransport:
    """Opens sessions to boxes by device id."""

    def __init__(self, boxes: dict[str, Box]) -> None:
        self.boxes = boxes

    def open(self, target: Any, login: Any, *, timeout: float = 20) -> BoxSession:  # noqa: ARG002
        box = self.boxes[target.device]
        box.logins += 1
        if box.logins > box.faults.logins:
            raise TransportError("transport-unreachable", device=target.device, address="-", reason="no route")
        return BoxSession(box)
