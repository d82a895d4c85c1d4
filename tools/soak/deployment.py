"""A store and real worker processes, started again whenever one has ended, as a service manager would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tools.soak.cluster import Cluster
from tools.soak.target import Target

__all__ = ["ROOT", "Deployment", "Slot"]

ROOT = Path(__file__).resolve().parents[2]
DISK = "16m"
"""Size of the file system that holds a store on SQLite."""
AGAIN_SECONDS = 0.3
"""From the end of a worker to the next one in its place."""
SLEEP = """\
import select, time
time.sleep = lambda seconds: select.select((), (), (), seconds) and None
"""
"""libfaketime 0.9.10 refuses clock_nanosleep up to a time of a clock that it leaves alone, which Python sleeps by."""
LIMITS = {"host": 2, "room": 5, "site": 8}
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


@dataclass
class Slot:
    """A place for a worker process, which has a name; ``process`` is the one that runs there now."""

    name: str
    sites: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started: int = 0
    codes: list[int] = field(default_factory=list)


class Deployment:
    """Store, hosts and workers of one test, removed with the block.

    Attributes:
        url: the store.
        cluster: where it is on PostgreSQL.
        disk: the small file system that it is on, on SQLite.
        cut: set while the hosts cannot be reached.
        away: set while the database is.
        lease_seconds, away_seconds: a worker's lease, and how long a database stays away.
    """

    def __init__(
        self,
        folder: Path,
        *,
        shared: bool,
        workers: Mapping[str, Sequence[str]],
        lease_seconds: float,
        away_seconds: float,
    ) -> None:
        self.folder = folder
        self.shared = shared
        self.target = Target(folder / "target")
        self.cluster = Cluster(folder / "database") if shared else None
        self.disk = folder / "disk"
        self.url = f"sqlite:///{self.disk}/runs.db"
        self.slots = [Slot(name, tuple(sites)) for name, sites in workers.items()]
        self.cut = threading.Event()
        self.away = threading.Event()
        self.keep = True
        self.config = folder / "worker.yaml"
        self.lease_seconds, self.away_seconds = lease_seconds, away_seconds
        self._end = threading.Event()
        self._keeper = threading.Thread(target=self._keep)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {"lease_seconds": self.lease_seconds, "limits": LIMITS}
        self.config.write_text(json.dumps(settings))  # which is YAML, too
        (self.folder / "site").mkdir()
        (self.folder / "site" / "sitecustomize.py").write_text(SLEEP)
        self.clock("+0")
        with ExitStack() as stack:
            stack.enter_context(self.target)
            if self.cluster is not None:
                self.url = stack.enter_context(self.cluster).url
            else:
                self.disk.mkdir()
                subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(self.disk)], check=True)
                stack.callback(subprocess.run, ["umount", "-l", str(self.disk)], check=False)
            stack.callback(self.stop)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self) -> None:
        """The first worker of each slot."""
        for slot in self.slots:
            self._spawn(slot)
        self._keeper.start()

    def stop(self) -> None:
        """End all workers: politely, then surely."""
        self._end.set()
        if self._keeper.ident is not None:
            self._keeper.join()
        for number in (signal.SIGTERM, signal.SIGKILL):
            for slot in self.slots:
                if slot.process is not None and slot.process.poll() is None:
                    slot.process.send_signal(signal.SIGCONT)
                    slot.process.send_signal(number)
            for slot in self.slots:
                if slot.process is not None:
                    try:
                        slot.process.wait(15)
                    except subprocess.TimeoutExpired:
                        continue

    def _keep(self) -> None:
        while not self._end.wait(AGAIN_SECONDS):
            for slot in self.slots:
                if self.keep and slot.process is not None and (code := slot.process.poll()) is not None:
                    slot.codes.append(code)
                    self._spawn(slot)

    def _spawn(self, slot: Slot) -> None:
        sites = [word for site in slot.sites for word in ("--site", site)]
        words = ["worker", "--store", self.url, "--config", str(self.config), "--name", slot.name, *sites]
        slot.process = self.process(["-m", "cli", *words], slot.name, faked=slot is self.slots[0])
        slot.started += 1

    def process(self, words: Sequence[str], who: str, *, faked: bool = False) -> subprocess.Popen[bytes]:
        """A Python program of ours whose ssh reaches the hosts in the name of ``who``."""
        environment = {
            **os.environ,
            "PATH": f"{self.target.programs(who)}:{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
        }
        if faked and Path(FAKETIME).exists():
            environment |= {
                "LD_PRELOAD": FAKETIME,
                "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "PYTHONPATH": str(self.folder / "site"),
            }
        with (self.folder / f"{who}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def clock(self, offset: str) -> None:
        """Set the clock of the first slot's worker off by so many seconds, as ``+3600``."""
        new = self.folder / "clock.new"
        new.write_text(f"{offset}\n")
        new.replace(self.folder / "clock")
