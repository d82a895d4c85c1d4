"""One system from room to cloud and once back between, while its client writes; what that has cost is counted."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from migration.plan_file import read_plan
from migration.runbook.read import load_runbook
from network.lab import Lab
from tools.lab_migrate.accounts import Ack, longest_gap, read_log
from tools.lab_migrate.counting import count
from tools.lab_migrate.estate import System
from tools.lab_migrate.hosts import CLIENT_PROGRAM
from tools.lab_migrate.program import Program
from tools.lab_migrate.runs import Boundary, Crew, boundaries_of

__all__ = ["STAGES", "Kills", "Migration", "Result"]

STAGES = ("prepare", "cutover", "decommission")
VALUES = Path(__file__).resolve().parent / "values.yaml"
IN_OUTAGE = {
    "cutover": Boundary("system-cutover", "Close"),
    "rollback": Boundary("system-cutover", "Close", "rollback"),
    "again": Boundary("system-cutover", "Promote"),
}
"""Tasks of the role system_cutover after which one side is closed and the other not open yet; one in each outage."""
SETTLE_SECONDS = 1.0
"""How long the client writes on before and after each part, so that each has its share of rows."""


@dataclass(frozen=True)
class Result:
    """What one system's migration has cost. ``rollback_lost``: counted right after the rollback, at the source."""

    make: str
    lost: int
    doubled: int
    outage_s: float
    rollback_lost: int
    rows: int
    died: tuple[Boundary, ...] = ()

    def __str__(self) -> str:
        return (
            f"{self.make} lost={self.lost} doubled={self.doubled} outage_s={self.outage_s:.1f} "
            f"rollback_lost={self.rollback_lost}"
        )

    def faults(self, limit: float) -> list[str]:
        """What is not as it must be, one line each. ``limit``: seconds of outage that are not reached."""
        found = [f"{self.make}: {name}={value}, not 0" for name, value in self._losses() if value]
        if self.outage_s >= limit:
            found.append(f"{self.make}: outage_s={self.outage_s:.3f}, not under {limit:g}")
        return found

    def _losses(self) -> tuple[tuple[str, int], ...]:
        return ("lost", self.lost), ("doubled", self.doubled), ("rollback_lost", self.rollback_lost)


@dataclass(frozen=True)
class Kills:
    """When the worker is killed: at ``count`` step boundaries chosen by ``seed`` (None: at each), or ``in_outage``."""

    count: int | None = 0
    seed: int = 1
    in_outage: bool = False

    @property
    def none(self) -> bool:
        """Whether it is left alone."""
        return self.count == 0 and not self.in_outage

    def of(self, moments: Mapping[str, tuple[Boundary, ...]]) -> dict[str, set[Boundary]]:
        """Part -> its share of the moments chosen."""
        if self.in_outage:
            return {part: {IN_OUTAGE[part]} if part in IN_OUTAGE else set() for part in (*moments, "again")}
        all_moments = [(part, moment) for part, found in moments.items() for moment in found]
        wanted = len(all_moments) if self.count is None else min(self.count, len(all_moments))
        drawn = random.Random(self.seed).sample(all_moments, wanted)
        return {part: {moment for where, moment in drawn if where == part} for part in moments}


@dataclass
class Migration:
    """The migration of one system.

    Attributes:
        folder: logs, runbooks.
        kills: when the worker is killed.
    """

    lab: Lab
    system: System
    program: Program
    crew: Crew
    estate: Path
    plan: Path
    folder: Path
    kills: Kills = Kills()
    _runbooks: dict[str, Path] = field(default_factory=dict)

    def carry_out(self) -> Result:
        """Prepare, cut over, go back, cut over again, decommission. RunFailedError, CommandError, StandstillError."""
        self._make_runbooks()
        deaths = self.kills.of({stage: self._moments(stage) for stage in (*STAGES, "rollback")})
        workers = self.crew.workers
        died: list[Boundary] = []
        workers.died = died
        with self._client() as log:
            self._rehearse("prepare")
            self._run("prepare", deaths["prepare"])
            self._rehearse("cutover")
            cutover, last = self._run("cutover", deaths["cutover"])
            workers.deaths = deaths["rollback"]
            lost_by_rollback = self._roll_back(cutover, last, log)
            self._run("cutover", deaths.get("again", set()))
            self._rehearse("decommission")
            self._run("decommission", deaths["decommission"])
            time.sleep(SETTLE_SECONDS)
        acks = _acks(log)
        accounts = count(self.lab, self.system, "target", acks)
        if not accounts.clean:
            self.program.say(
                f"lost {accounts.lost[:20]}, doubled {accounts.doubled[:20]}, unasked {accounts.unasked[:20]}"
            )
        return Result(
            make=self.system.make,
            lost=len(accounts.lost),
            doubled=len(accounts.doubled) + len(accounts.unasked),
            outage_s=longest_gap(acks).seconds,
            rollback_lost=lost_by_rollback,
            rows=accounts.acknowledged,
            died=tuple(died),
        )

    def _make_runbooks(self) -> None:
        (wave,) = (
            wave.id
            for wave in read_plan(self.plan).waves
            if any(item.object_id == self.system.id for item in wave.items)
        )
        for stage in STAGES:
            path = self.folder / f"{self.system.make}-{stage}.yaml"
            words = ("--wave", wave, "--stage", stage, "--values", str(VALUES), "-o", str(path))
            self.program.run("runbook", "make", str(self.estate), str(self.plan), *words)
            self._runbooks[stage] = path

    def _moments(self, stage: str) -> tuple[Boundary, ...]:
        runbook, _ = load_runbook(self._runbooks["cutover" if stage == "rollback" else stage])
        assert runbook is not None
        return boundaries_of(runbook, rollback=stage == "rollback")

    def _rehearse(self, stage: str) -> None:
        """Not where workers are killed: a rehearsal is carried out by the command itself."""
        if not self.kills.none:
            return
        words = (str(self.estate), str(self.plan), str(self._runbooks[stage]))
        self.program.run("run", "start", *words, "--rehearse")

    def _run(self, stage: str, deaths: set[Boundary]) -> tuple[str, int]:
        runbook = self._runbooks[stage]
        time.sleep(SETTLE_SECONDS)
        self.crew.workers.deaths = set(deaths)
        run = self.crew.start(self.estate, self.plan, runbook)
        last = self.crew.see_through(run, "succeeded")
        self.program.run("state", "pull", str(self.estate), run)
        return run, last

    def _roll_back(self, run: str, last: int, log: Path) -> int:
        """Undo a cutover. Returns the rows that are lost by it."""
        time.sleep(SETTLE_SECONDS)
        self.program.run("run", "rollback", run, "--reason", "the users see faults")
        self.crew.see_through(run, "canceled", last)
        self.program.run("state", "pull", str(self.estate), run)
        time.sleep(SETTLE_SECONDS)
        accounts = count(self.lab, self.system, "source", _acks(log))
        return len(accounts.lost) + len(accounts.doubled)

    @contextmanager
    def _client(self) -> Iterator[Path]:
        """The client writes for the block; its log grows meanwhile."""
        path = self.folder / f"{self.system.make}-client.jsonl"
        with path.open("wb") as log:
            argv = ["python3", CLIENT_PROGRAM, self.system.url]
            client = self.lab.start("client", argv, stdin=subprocess.PIPE, stdout=log, start_new_session=True)
        assert client.stdin is not None
        try:
            time.sleep(SETTLE_SECONDS)
            yield path
            client.stdin.close()
            client.wait(20)
        finally:
            client.stdin.close()
            if client.poll() is None:
                client.kill()
                client.wait()


def _acks(log: Path) -> tuple[Ack, ...]:
    with log.open(encoding="utf-8") as lines:
        return read_log(lines)
