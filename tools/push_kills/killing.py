"""Killing a pusher, watching its device, and letting the next call end what it has left."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from network.push.aftermath import recover_device
from network.push.journal import Journal
from network.push.model import Limits, PushStatus
from network.transport import NetmikoTransport
from tools.push_kills.pusher import target_of_order

__all__ = ["ROOM", "Kill", "Shown", "Victim", "faults_of", "kill_pusher", "moments"]

ROOM = 3.0
"""Seconds that going back may take, beyond the guard's time."""
LOOK_SECONDS = 0.05
LONGEST = 120.0


@dataclass(frozen=True)
class Victim:
    """A device that is pushed to.

    Attributes:
        order: what ``tools.push_kills.pusher`` reads, without ``journal``.
        running: reads its configuration, not through what is tried here.
        guard_seconds: of real time, from arming on.
    """

    name: str
    order: dict[str, Any] = field(repr=False)
    running: Callable[[], str]
    guard_seconds: float


@dataclass(frozen=True)
class Shown:
    """A victim and how many lines its push has."""

    victim: Victim
    lines: int


@dataclass(frozen=True)
class Kill:
    """What came of one. ``seconds``: from arming to the former configuration; ``fault``: what was wrong, if any."""

    name: str
    moment: str
    changed: bool
    seconds: float
    fault: str = ""


def moments(chance: random.Random, lines: int) -> Iterator[str]:
    """Moments to kill at, as the pusher tells them: mostly lines, now and then what lies between."""
    while True:
        between = chance.random() < 0.2
        yield (chance.choice(("armed 0", "sent 0", "tested 0")) if between else f"line {chance.randint(1, lines)}")


def kill_pusher(victim: Victim, moment: str, journal: Path) -> Kill:
    """Start a pusher, kill it at a moment, and see that the device is byte for byte as before in time, and that the
    next call says so."""
    before = victim.running()
    armed_at, seen = _push_until(victim, moment, journal)
    if not seen:
        return Kill(victim.name, moment, False, 0.0, "the pusher never came there")
    changed = victim.running() != before
    until = armed_at + victim.guard_seconds + ROOM
    while victim.running() != before and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    seconds = time.monotonic() - armed_at
    if victim.running() != before:
        return Kill(victim.name, moment, changed, seconds, "it is not as before")
    return Kill(victim.name, moment, changed, seconds, _recovered(victim, Journal(journal)))


def _push_until(victim: Victim, moment: str, journal: Path) -> tuple[float, bool]:
    """(monotonic time of arming, whether the moment came)."""
    words = [sys.executable, "-m", "tools.push_kills.pusher"]
    armed_at = time.monotonic()
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pusher:
        assert pusher.stdin is not None
        assert pusher.stdout is not None
        pusher.stdin.write(json.dumps(victim.order | {"journal": str(journal)}))
        pusher.stdin.close()
        seen = False
        for line in pusher.stdout:
            if line.startswith(("arming", "sent")):  # trials begin after the last line
                armed_at = time.monotonic()
            if line.strip() == moment:
                seen = True
                break
        pusher.kill()
    return armed_at, seen


def _recovered(victim: Victim, journal: Journal) -> str:
    """What is wrong with how the next call ends it; empty: nothing."""
    left = journal.unfinished_of(victim.order["device"])
    if left is None:
        return "the journal knows of nothing unfinished"
    target, login = target_of_order(victim.order)
    limits = Limits(margin=ROOM, poll=0.2, nap=0.5)
    found = recover_device(left, target, login, NetmikoTransport(), journal, limits, cancel=threading.Event())
    return "" if found.status is PushStatus.UNDONE else f"recovered as {found.status.value}: {found.detail}"


def faults_of(kills: Sequence[Kill]) -> list[str]:
    """What was wrong, in words."""
    return [f"{kill.name} killed at '{kill.moment}': {kill.fault}" for kill in kills if kill.fault]
