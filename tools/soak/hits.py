"""What happens to a deployment: each hit is done, lasts a while, and is mended before it returns."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

from tools.soak.deployment import Deployment, Slot

__all__ = ["HITS", "Hit", "schedule", "victim"]

BEGIN_SECONDS = 30.0
"""Time in which a worker that was started begins to work, on a busy machine."""
AFTER_CUT_SECONDS = 3.0
"""What the kernel still sends again of connections whose client has gone."""


def victim(deployment: Deployment, random: Random) -> tuple[Slot, subprocess.Popen[bytes], int]:
    """A slot whose worker lives and has begun to work, its process, and its guard's id. TimeoutError: there is none."""
    until = time.monotonic() + BEGIN_SECONDS
    while time.monotonic() < until:
        found = [
            (slot, slot.process, guard)
            for slot in deployment.slots
            if slot.process is not None and (guard := _guard_of(slot)) is not None
        ]
        if found:
            return random.choice(found)
        time.sleep(0.05)
    raise TimeoutError("no worker begins to work")


def _guard_of(slot: Slot) -> int | None:
    """The guard's process id: there as soon as the worker works."""
    if slot.process is None or slot.process.poll() is not None:
        return None
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if len(words) > 5 and words[3].endswith(b"guard.py") and words[5] == str(slot.process.pid).encode():
                    return int(entry.name)
    return None


def kill_worker(deployment: Deployment, random: Random) -> None:
    """kill -9."""
    _, process, _ = victim(deployment, random)
    time.sleep(random.uniform(0.0, 1.0))
    process.kill()
    process.wait()


def kill_guard(deployment: Deployment, random: Random) -> None:
    """kill -9 of the process that ends a worker's children."""
    _, _, guard = victim(deployment, random)
    with suppress(ProcessLookupError):
        os.kill(guard, signal.SIGKILL)


def stop_worker(deployment: Deployment, random: Random) -> None:
    """SIGSTOP for longer than the lease, then SIGCONT."""
    _, process, _ = victim(deployment, random)
    process.send_signal(signal.SIGSTOP)
    time.sleep(deployment.lease_seconds + 1.5)
    process.send_signal(signal.SIGCONT)


def kill_database(deployment: Deployment, random: Random) -> None:
    """kill -9 of the database server, and a new start."""
    cluster = deployment.cluster
    assert cluster is not None
    deployment.away.set()
    cluster.kill()
    time.sleep(random.uniform(0.1, 1.0))
    cluster.start()
    deployment.away.clear()


def stop_database(deployment: Deployment, random: Random) -> None:  # noqa: ARG001 - one signature for all hits
    """The database away for longer than a lease."""
    cluster = deployment.cluster
    assert cluster is not None
    deployment.away.set()
    cluster.stop()
    time.sleep(deployment.away_seconds)
    cluster.start()
    deployment.away.clear()


def fill_disk(deployment: Deployment, random: Random) -> None:  # noqa: ARG001
    """The store's disk full, and free again."""
    path = deployment.disk / "filler"
    with path.open("wb", buffering=0) as filler:
        for size in (1 << 16, 1 << 12):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
        time.sleep(3.0)
    path.unlink()


def move_clock(deployment: Deployment, random: Random) -> None:
    """The first worker's clock an hour ahead or behind, then right."""
    deployment.clock(random.choice(("+3600", "-3600")))
    time.sleep(2.5)
    deployment.clock("+0")


def cut_network(deployment: Deployment, random: Random) -> None:
    """No way to the hosts, so that connections hang; longer than ssh waits."""
    deployment.cut.set()
    deployment.target.cut()
    time.sleep(random.uniform(1.0, 5.0))
    deployment.target.mend()
    time.sleep(AFTER_CUT_SECONDS)
    deployment.cut.clear()


Hit = Callable[[Deployment, Random], None]
HITS: Mapping[str, Hit] = {
    "worker killed": kill_worker,
    "guard killed": kill_guard,
    "worker stopped": stop_worker,
    "database killed": kill_database,
    "database away": stop_database,
    "disk full": fill_disk,
    "clock moved": move_clock,
    "network cut": cut_network,
}
"""Name -> hit. ``client killed`` is done by who starts the runs."""
BOTH = ("guard killed", "worker stopped", "clock moved", "network cut", "client killed")


def schedule(number: int, random: Random, *, shared: bool) -> list[str]:
    """So many hits in some order: one of each kind that fits the store in twelve, the others kills of a worker."""
    kinds = (*BOTH, *(("database killed", "database away") if shared else ("disk full",)))
    found = [kind for kind in kinds for _ in range(max(number // 12, 1))]
    found += ["worker killed"] * (number - len(found))
    random.shuffle(found)
    return found[:number]
