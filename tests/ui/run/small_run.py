"""Runs of the small city: steps are real commands that leave a line in a file, so effects are counted there."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inventory.hashes import declared_hash
from inventory.load import load_estate
from migration.planning import _slice
from migration.runbook.model import Call, ExecutorKind, OnFailure, Runbook, RunbookItem, Stage, Step, StepGroup
from migration.runbook.read import write_runbook
from tests.migration.small_plan import item, plan
from tests.ui.small_estate import Files

__all__ = ["COPIES", "CUTOVERS", "City", "gate", "step"]

COPIES = ("system/idp/replicate", "system/hydj/replicate")
"""Items that need neither window nor approval."""
CUTOVERS = ("system/idp/cutover", "system/hydj/cutover")


class City(Files):
    """An estate, its plan with the hashes of its slices, and runbooks; ``effects`` is the folder where steps act."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        super().__init__(folder)
        made = plan()
        copies = [item("system:hydj", "replicate", "2021-01-09", "2021-01-10", pool="pool-a", department="bureau")]
        soon = {"window_start": dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(hours=1)}
        whole = (*made.items, *copies)
        items = tuple(one.model_copy(update=soon) if one.id in CUTOVERS else one for one in whole)
        made = made.model_copy(update={"items": items})
        self.write(made.model_copy(update=_slice(load_estate(self.estate, cache=False).inventory, made)))
        self.effects = folder / "effects"
        self.effects.mkdir()
        self.runbook = folder / "runbook.yaml"
        self.store = self.estate / ".qianyun" / "runs.db"

    def lines(self, step: str) -> int:
        """How often a step has acted."""
        path = self.effects / step
        return len(path.read_text().splitlines()) if path.exists() else 0

    def make(self, *steps: Step, items: Sequence[str] = COPIES[:1], **more: Any) -> Path:
        """Write a runbook whose items have these steps (those with ``{item}`` in their commands act for each)."""
        from migration.plan_file import read_plan

        planned = read_plan(self.plan)
        made = [
            RunbookItem(
                item=item,
                object=planned.by_id[item].object,
                name=item.split("/")[1],
                site="410200",
                window_start=planned.by_id[item].window_start,
                window_minutes=planned.by_id[item].window_minutes,
                slice_hash=planned.by_id[item].slice_hash,
                sets={planned.by_id[item].object: {"runs_in": "pool:pool-a", "moved": "{date}"}},
                parameters={"item": item.split("/")[1]},
                groups=(StepGroup(id="all", steps=steps),),
                on_failure=more.get("on_failure", OnFailure.ASK),
            )
            for item in items
        ]
        head = {
            "name": "night",
            "stage": Stage.ITEMS,
            "estate": planned.estate,
            "declared_hash": declared_hash(self.estate),
            "plan_hash": hashlib.sha256(self.plan.read_bytes()).hexdigest(),
        }
        write_runbook(self.runbook, Runbook.model_validate({**head, **more.get("head", {}), "items": made}))
        return self.runbook

    def step(self, id: str, *, before: str = "true", probe: bool = True, **more: Any) -> Step:
        """A step that appends a line to the file STEP-ITEM; ``before`` is a command that goes first."""
        file = f"{self.effects}/{id}-{{item}}"
        return step(id, f"{before} && echo x >> {file}", probe=f"test -s {file}" if probe else "", **more)


def step(id: str, act: str, *, probe: str = "", **more: Any) -> Step:
    """A step of shell commands."""

    def call(command: str) -> Call:
        return Call(argv=("sh", "-c", command))

    undo = more.pop("rollback", "")
    return Step(
        id=id,
        executor=ExecutorKind.COMMAND,
        act=call(act),
        probe=call(probe) if probe else None,
        rollback=call(undo) if undo else None,
        reasons=dict.fromkeys(("probe", "verify", "rollback"), "a test"),
        **more,
    )


def gate(id: str = "go", **more: Any) -> Step:
    """A step that waits for an approval."""
    return Step(id=id, executor=ExecutorKind.APPROVAL, changes=False, **more)
