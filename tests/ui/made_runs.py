"""A store with a run of each kind, for one good call of every command of runs: made once, copied for each test."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import subprocess
import tempfile
import threading
from functools import cache
from pathlib import Path

from inventory.hashes import declared_hash
from migration.plan_file import read_plan
from migration.run import control
from migration.run.ports import Outcome
from migration.run.settings import WorkerSettings
from migration.run.store import Store
from migration.run.testing import FakeExecutor
from migration.run.worker import Worker
from migration.runbook.model import Call, ExecutorKind, Runbook, RunbookItem, Stage, Step, StepGroup
from migration.runbook.read import write_runbook

__all__ = ["copy_runs", "write_small_runbook"]

SETTINGS = WorkerSettings(poll_seconds=0.02, settle_seconds=0)


def _runbook(name: str, item: str, *steps: Step) -> Runbook:
    made = RunbookItem(
        item=item,
        object=f"system:{item.split('/')[1]}",
        site="140000",
        groups=(StepGroup(id="all", steps=steps),),
    )
    return Runbook(name=name, stage=Stage.ITEMS, items=(made,))


def _step(id: str, executor: ExecutorKind = ExecutorKind.COMMAND) -> Step:
    return Step(id=id, executor=executor, act=Call(argv=("true",)), changes=False)


@cache
def _made() -> Path:
    """A folder with ``runs.db``, which has the runs done-1, stuck-1 and open-1, and a key to sign with."""
    folder = Path(tempfile.mkdtemp(prefix="qianyun-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fake = FakeExecutor(failures={"system/stuck/cutover/look": [Outcome(False, "exit-code", "broken")]})
    with Store.open(f"sqlite:///{folder / 'runs.db'}") as store:
        for name in ("done", "stuck"):
            runbook = _runbook(name, f"system/{name}/cutover", _step("look"))
            run = control.start(store, runbook, by="test")
            worker = Worker(store, executors={ExecutorKind.COMMAND: fake}, settings=SETTINGS)
            worker.run(threading.Event(), until_run=run)
        gate = _step("go", ExecutorKind.APPROVAL)
        control.start(store, _runbook("open", "system/open/cutover", gate, _step("look")), by="test")
    if shutil.which("ssh-keygen"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True)
    return folder


def copy_runs(folder: Path) -> None:
    """Files of the store, and the key, in a folder."""
    for path in _made().iterdir():
        shutil.copy(path, folder / path.name)


def write_small_runbook(path: Path, estate: Path, plan: Path | None) -> None:
    """A runbook for an item of the plan that tests of all commands make, with the plan's hashes; it changes nothing."""
    name = "system/mz-dibao/verify"
    runbook = _runbook("small", name, _step("look"))
    if plan is not None:
        (item,) = (
            one.model_copy(update={"slice_hash": read_plan(plan).by_id[name].slice_hash}) for one in runbook.items
        )
        hashes = {
            "declared_hash": declared_hash(estate),
            "plan_hash": hashlib.sha256(plan.read_bytes()).hexdigest(),
        }
        runbook = runbook.model_copy(update={"items": (item,), **hashes})
    write_runbook(path, runbook)
