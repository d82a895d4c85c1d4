"""A run that is hit again and again, and what must hold afterwards: every effect once, counted by the target."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from migration.run import control
from migration.run.errors import RunError, StoreError
from migration.run.store import Store
from migration.runbook.model import Runbook
from tools.soak.deployment import Deployment
from tools.soak.hits import HITS, schedule
from tools.soak.judging import judge
from tools.soak.people import Follower, Person
from tools.soak.runbooks import SITES, make_runbook

__all__ = ["ONE", "THREE", "Shape", "Verdict", "chaos"]

ONE: Mapping[str, Sequence[str]] = {"w1": ()}
"""One worker for all sites."""
THREE: Mapping[str, Sequence[str]] = {"w1": (SITES[0],), "w2": (SITES[1],), "w3": SITES}
"""Three workers on two sites."""
CLIENT_SYSTEMS = 3


@dataclass(frozen=True)
class Shape:
    """How much: systems of five steps in the first run, hits, and the longest time in seconds."""

    systems: int
    hits: int
    seed: int
    act_seconds: float = 0.1
    lease_seconds: float = 5.0
    away_seconds: float = 7.0
    longest: float = 300.0


@dataclass
class Verdict:
    """What was done and found; ``faults`` is empty when all holds.

    Attributes:
        steps, effects: steps of all runs, and different ones that had their effect.
        doubled: effects more than one a step.
        hits: by kind. asked: questions by code. codes: of workers that ended, negative for signals.
    """

    systems: int = 0
    steps: int = 0
    effects: int = 0
    doubled: int = 0
    events: int = 0
    adopted: int = 0
    seconds: float = 0.0
    hits: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    workers: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Steps without their effect."""
        return self.steps - self.effects


class Chaos:
    """One deployment under hits, until every run has ended."""

    def __init__(self, deployment: Deployment, shape: Shape) -> None:
        self.deployment, self.shape = deployment, shape
        self.random = Random(shape.seed)
        self.store = Store.open(deployment.url)
        self.person = Person(deployment, self.store)
        self.verdict = Verdict()
        self._until = time.monotonic() + shape.longest

    @property
    def followers(self) -> list[Follower]:
        """Of all runs."""
        return self.person.followers

    def start(self, systems: int) -> None:
        """One more run."""
        runbook = self._runbook(systems)
        self._watch(control.start(self.store, runbook, by="chaos"), runbook)

    def _runbook(self, systems: int) -> Runbook:
        name = f"w{len(self.followers):02d}-{self.random.randrange(1 << 20):05x}"
        return make_runbook(self.deployment.target, name, systems, act_seconds=self.shape.act_seconds)

    def _watch(self, run: str, runbook: Runbook) -> None:
        self.followers.append(Follower(self.store, run, runbook))
        self.verdict.systems += len(runbook.items)

    def kill_client(self) -> None:
        """kill -9 of a client that starts a run; a run that is not on record is started by the next client."""
        runbook = self._runbook(CLIENT_SYSTEMS)
        file = self.deployment.folder / f"{runbook.name}.json"
        file.write_text(runbook.model_dump_json())
        words = ["-m", "tools.soak.client", self.deployment.url, str(file), str(self.deployment.config)]
        client = self.deployment.process(words, "client")
        time.sleep(self.random.uniform(0.8, 3.5))
        client.kill()
        client.wait()
        found = [run.run for run in control.list_runs(self.store) if run.run.startswith(f"{runbook.name}-")]
        self._watch(found[0] if found else control.start(self.store, runbook, by="chaos"), runbook)

    def hit(self, kind: str) -> None:
        """One of them; the database may be away for a moment after it."""
        print(f"  {kind}", file=sys.stderr, flush=True)
        if kind == "client killed":
            self.kill_client()
        else:
            HITS[kind](self.deployment, self.random)
        self.verdict.hits[kind] += 1

    def going(self) -> bool:
        """Whether a run has not ended yet."""
        return any(follower.is_alive() for follower in self.followers)

    def carry_out(self) -> Verdict:
        """All hits, and the end of all runs."""
        began = time.monotonic()
        self.start(self.shape.systems)
        self.deployment.start()
        for kind in schedule(self.shape.hits, self.random, shared=self.deployment.shared):
            time.sleep(self.random.uniform(0.1, 0.8))
            if not self.going():
                self.start(self.shape.systems)
            self.hit(kind)
            if time.monotonic() > self._until:
                break
        while self.going() and time.monotonic() < self._until:
            time.sleep(0.1)
        self.verdict.seconds = time.monotonic() - began
        return self._judged()

    def _judged(self) -> Verdict:
        if self.going():
            self.verdict.faults.append(f"a run has not ended after {self.verdict.seconds:.0f} s")
        self.person.halt.set()
        self.person.join()
        self.deployment.stop()
        for follower in self.followers:
            follower.halt.set()
            follower.join()
        judge(self.verdict, self.deployment, self.store, self.followers)
        self.verdict.faults += self.person.failures
        self.store.close()
        return self.verdict


def chaos(folder: Path, shape: Shape, *, shared: bool) -> Verdict:
    """One worker on SQLite, or three on two sites on PostgreSQL, under hits. Needs root, sshd and PostgreSQL."""
    workers = THREE if shared else ONE
    leases = {"lease_seconds": shape.lease_seconds, "away_seconds": shape.away_seconds}
    with Deployment(folder, shared=shared, workers=workers, **leases) as deployment:
        try:
            return Chaos(deployment, shape).carry_out()
        except (StoreError, RunError, TimeoutError) as error:
            return Verdict(faults=[f"{type(error).__name__}: {error}"])
