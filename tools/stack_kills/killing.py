"""One kill: an operation is begun, one of its processes is killed, and what is left is recovered and looked at."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inventory.errors import QianyunError
from stacks.engine import Engine
from tools.stack_kills.grounds import Ground

__all__ = ["ACTIONS", "VICTIMS", "Kill", "children", "kill", "orders", "wait_for_the_end"]

VICTIMS = ("engine", "plug-in", "worker", "both")
"""Both: the worker and the plug-in at once, so that nobody who was making something sees its end."""
ACTIONS = ("make", "change", "delete")
_PATIENCE = 300.0
_WITHIN = 0.8
"""Seconds after a resource was begun in which the kill comes."""


@dataclass(frozen=True)
class Kill:
    """What came of one.

    Attributes:
        hit: whether the victim still ran when it was to be killed.
        seconds: how long the recovery took.
        faults: empty: all is well.
    """

    action: str
    victim: str
    hit: bool
    adopted: int
    dropped: int
    seconds: float
    faults: tuple[str, ...]


def orders(count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """(action, victim): every pair once before any comes again."""
    pairs: list[tuple[str, str]] = []
    for _ in range(count):
        if not pairs:
            pairs = [(action, victim) for action in ACTIONS for victim in VICTIMS]
            chance.shuffle(pairs)
        yield pairs.pop()


def kill(ground: Ground, stack: str, action: str, victim: str, chance: random.Random) -> Kill:
    """On a stack of its own, which is gone at the end."""
    engine = ground.engine()
    if action != "make":
        try:
            engine.up(stack, ground.program(stack, 0))
        except QianyunError as error:
            return Kill(action, victim, hit=False, adopted=0, dropped=0, seconds=0.0, faults=(f"before: {error}",))
    goal = {"make": 0, "change": 1, "delete": None}[action]
    hit = _killed_within(ground, engine, stack, goal, victim, chance)
    faults: list[str] = []
    begun = time.monotonic()
    adopted = dropped = 0
    if engine.state(stack) is not None:
        found = engine.recover(stack, ground.find)
        adopted, dropped = len(found.adopted), len(found.dropped)
    seconds = time.monotonic() - begun
    try:
        faults += _brought_to_its_goal(ground, engine, stack, goal)
    except QianyunError as error:
        faults.append(f"{error.code}: {error}")
    return Kill(action, victim, hit, adopted, dropped, seconds, tuple(faults))


def _brought_to_its_goal(ground: Ground, engine: Engine, stack: str, goal: int | None) -> list[str]:
    """What is wrong once the operation was done again, and once all was deleted."""
    faults: list[str] = []
    if goal is not None:
        engine.up(stack, ground.program(stack, goal))
        faults += ground.faults(stack, engine.state(stack))
        again = engine.preview(stack, ground.program(stack, goal), refresh=True)
        faults += [f"still {change.op}: {change.name} {dict(change.diff)}" for change in again.changes]
    if engine.state(stack) is not None:
        engine.destroy(stack, remove=True)
    return faults + [f"after deletion: {fault}" for fault in ground.faults(stack, None)]


def _killed_within(
    ground: Ground, engine: Engine, stack: str, goal: int | None, victim: str, chance: random.Random
) -> bool:
    """Whether the victim was still there; nothing that the worker had started runs any more afterwards."""
    order = json.dumps({"ground": ground.words(), "stack": stack, "version": goal})
    command = [sys.executable, "-m", "tools.stack_kills.worker"]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(order)
        worker.stdin.close()
        wanted, seen = chance.randint(1, 6), 0
        for line in worker.stdout:
            seen += line.startswith("begin")
            if seen == wanted:
                break
        time.sleep(chance.uniform(0, _WITHIN))
        lock = engine.lock(stack)
        family = [lock.pid, *children(lock.pid)] if lock else []
        plugins = family[1:]
        both = [worker.pid, *plugins] if plugins else []
        target = {"worker": [worker.pid], "engine": family[:1], "plug-in": plugins, "both": both}[victim]
        hit = bool(target) and worker.poll() is None
        for pid in target if hit else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        worker.stdout.read()  # to its end: nobody holds the other side when it and the engine are gone
        worker.wait(_PATIENCE)
    wait_for_the_end(family)
    return hit


def children(parent: int) -> list[int]:
    """Processes that a process has started itself."""
    found = []
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in path.read_text().split()]
    return found


def wait_for_the_end(pids: list[int]) -> None:
    """Processes that are none of ours to wait for. TimeoutError where they do not end."""
    until = time.monotonic() + _PATIENCE
    while any(_runs(pid) for pid in pids):
        if time.monotonic() > until:
            raise TimeoutError(f"still running: {pids}")
        time.sleep(0.1)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
