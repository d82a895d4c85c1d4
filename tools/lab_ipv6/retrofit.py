"""The retrofit in the plan's order, through ``net push`` and through a run with its approvals and a worker."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import yaml

from migration.plan import PlanItem
from migration.plan_file import read_plan
from migration.steps import Track
from tools.lab_ipv6.twin import Twin
from tools.lab_migrate.program import Program
from tools.lab_migrate.runs import APPROVER, Crew, Workers

__all__ = ["GUARD", "Retrofit"]

GUARD = 60
"""Seconds after which a router goes back without a confirmation."""
PUSHED = ("addressed", "underlay", "routing", "service", "security")
"""Steps of the network track that change a device; the others look at it."""
SECONDS = 560
"""Longest that a command may take."""
NOTHING = "e3b0c44298fc1c14"
"""Hash of a preview without changes (SHA-256 of nothing)."""


@dataclass(frozen=True)
class Retrofit:
    """The retrofit of a twin. ``program``: the commands, started in the network of the operators' host."""

    twin: Twin
    program: Program
    folder: Path

    def plan(self) -> Path:
        """Plan the retrofit."""
        path = self.folder / "plan.json"
        self.program.run("plan", "make", str(self.twin.estate), "-o", str(path))
        return path

    def by_push(self, plan: Path) -> int:
        """Preview and push in the plan's order. Returns the lines sent."""
        lines = 0
        config = str(self.twin.lab.folder / "worker.yaml")
        for step, devices in _batches(plan):
            only = [word for device in devices for word in ("--only", device)]
            words = (str(self.twin.estate), "--stage", step, "--config", config, *only)
            preview = json.loads(self.program.run("net", "preview", *words, "--json", seconds=SECONDS))
            changes = sum(device["lines"] for device in preview["devices"])
            self.program.say(f"  {step}: {len(devices)} routers, {changes} lines")
            lines += changes
            if changes:
                agreed = ("--yes", preview["hash"], "--guard", str(GUARD))
                self.program.run("net", "push", *words, *agreed, seconds=SECONDS)
        return lines

    def by_run(self, plan: Path) -> None:
        """A run of all stages, and one of the verification: it lasts seven days in the plan and looks at what devices
        reach behind them as well, which by then have come."""
        config, key = self._worker_files()
        self.program.environment["QIANYUN_WORKER_CONFIG"] = str(config)
        crew = Crew(self.program, Workers(self.program, "", config), key)
        items = [item for item in read_plan(plan).items if item.track is Track.NETWORK]
        for name, verified in (("stages", False), ("verified", True)):
            runbook = self.folder / f"{name}.yaml"
            chosen = " ".join(item.id for item in items if (item.step == "verified") is verified)
            words = (str(self.twin.estate), str(plan), "--items", chosen, "-o", str(runbook))
            self.program.run("runbook", "make", *words, seconds=SECONDS)
            run = crew.start(self.twin.estate, plan, runbook)
            crew.see_through(run, "succeeded")
            self.program.run("state", "pull", str(self.twin.estate), run)

    def _worker_files(self) -> tuple[Path, Path]:
        """Settings of the worker and the approver's key."""
        key = self.folder / "approver"
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", APPROVER, "-f", str(key)]
        subprocess.run(command, check=True, capture_output=True)
        public = key.with_suffix(".pub").read_text("utf-8")
        (self.folder / "allowed_signers").write_text(f'{APPROVER} namespaces="qianyun-approval" {public}', "utf-8")
        policy = {"format": 1, "principals": {APPROVER: [APPROVER]}, "rules": [{"role": APPROVER}]}
        (self.folder / "approval-policy.yaml").write_text(yaml.safe_dump(policy), "utf-8")
        settings = yaml.safe_load((self.twin.lab.folder / "worker.yaml").read_text("utf-8"))
        settings |= {"signers": "allowed_signers", "approval_policy": "approval-policy.yaml", "poll_seconds": 0.2}
        settings |= {"guard_seconds": GUARD, "device_folder": str(self.folder / "pushes")}
        config = self.folder / "worker.yaml"
        config.write_text(yaml.safe_dump(settings), "utf-8")
        return config, key


def _batches(plan: Path) -> Iterator[tuple[str, list[str]]]:
    """(step, devices) as the plan has them one after the other: what is of one day and one step together."""

    def moment(item: PlanItem) -> tuple[str, int]:
        return item.start.isoformat(), PUSHED.index(item.step)

    items = [item for item in read_plan(plan).items if item.track is Track.NETWORK and item.step in PUSHED]
    for (_, step), some in groupby(sorted(items, key=moment), key=moment):
        yield PUSHED[step], [item.object.partition(":")[2] for item in some]
