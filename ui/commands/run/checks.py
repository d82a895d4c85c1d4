"""What has to hold before a run is started: every fault at once, each with its place."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.errors import MissingExtraError
from inventory.inventory import Inventory, nearest_names
from inventory.loaders.yaml_file import locate
from inventory.problems import Origin, Problem, Severity, problem
from migration.calendar import CHINA_TIME
from migration.plan import Plan
from migration.runbook.model import ExecutorKind, Runbook, RunbookItem, Step
from ui.commands.run.demands import less_than_demanded, missing_hashes
from ui.commands.run.registry import FAILED, VERSION
from ui.commands.run.wording import error_text
from ui.executors import PEOPLE, kinds_of, make_executors

if TYPE_CHECKING:
    from migration.run.ports import Executor

__all__ = ["Start", "exit_code", "find_faults", "flaws_of_file", "step_flaws"]

INPUT = 2
STALE = frozenset({"run-other-plan", "run-records-changed"})
"""The runbook stands on another state than the present one: exit code 5."""
FORBIDDEN = frozenset({"run-evidence-missing", "run-line-not-silent"})
"""Nothing is wrong with the files, but the rules do not let it begin: exit code 1."""


@dataclass(frozen=True)
class Start:
    """What a run is started from. ``declared_hash``: of the estate as it is; ``now``: the moment of the start."""

    inventory: Inventory
    declared_hash: str
    plan: Plan
    plan_path: Path
    runbook: Runbook
    runbook_path: Path
    executors: Mapping[ExecutorKind, Executor]
    run_hours: int
    now: dt.datetime
    rehearse: bool = False


def exit_code(problems: Iterable[Problem]) -> int:
    """0 where only warnings are left; 5 where the state is another one; 1 where rules forbid it; 2 for faulty input,
    which counts before the others."""
    codes = {found.code for found in problems if found.severity is Severity.ERROR}
    if codes - STALE - FORBIDDEN:
        return INPUT
    if codes & STALE:
        return VERSION
    return FAILED if codes else 0


def find_faults(start: Start) -> tuple[Problem, ...]:
    """All faults of a start, in the order of the runbook; those of the whole first."""
    at = _Places(start.runbook_path)
    found = [*_whole(start, at)]
    if not any(one.code == "run-other-estate" for one in found):
        found += missing_hashes(start.runbook, at)
        found += _items(start, at)
        found += less_than_demanded(start.inventory, start.plan, start.runbook, at)
        found += _changed(start, at) or _declared(start, at)
        if not start.rehearse:
            found += _evidence(start)
            found += _silence(start, at)
            found += _windows(start, at)
    found += step_flaws(start.runbook, start.executors, at)
    return tuple(found)


class _Places:
    """Lines of a runbook's parts; its file is read only when something is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, *path: str | int) -> Origin:
        return Origin(str(self.path), locate(self.path.read_bytes(), str(self.path), None, path))


def _whole(start: Start, at: _Places) -> Iterator[Problem]:
    runbook, plan, name = start.runbook, start.plan, start.inventory.estate.name
    if plan.estate != name:
        yield problem("run-other-estate", Origin(str(start.plan_path)), kind="plan", found=plan.estate, known=name)
    if runbook.estate and runbook.estate != name:
        yield problem("run-other-estate", at("estate"), kind="runbook", found=runbook.estate, known=name)
    if runbook.plan_hash and runbook.plan_hash != hashlib.sha256(start.plan_path.read_bytes()).hexdigest():
        yield problem("run-other-plan", at("plan_hash"), kind="runbook", plan=str(start.plan_path))


def _items(start: Start, at: _Places) -> Iterator[Problem]:
    for number, item in enumerate(start.runbook.items):
        about = partial(problem, kind="runbook", id=item.item)
        planned = start.plan.by_id.get(item.item)
        if planned is None:
            nearest = nearest_names(item.item, start.plan.by_id)
            yield about("run-item-unknown", at("items", number, "item"), nearest=nearest, plan=str(start.plan_path))
        elif planned.object != item.object:
            yield about("run-item-object", at("items", number, "object"), found=item.object, known=planned.object)
        if item.item in start.inventory.done:
            yield about("run-item-done", at("items", number, "item"), at=start.inventory.done[item.item])


def _declared(start: Start, at: _Places) -> list[Problem]:
    """Other declarations, none of which any item stands on."""
    known = start.runbook.declared_hash
    changed = bool(known) and known != start.declared_hash
    return [problem("run-declared-changed", at("declared_hash"), kind="runbook")] if changed else []


def _changed(start: Start, at: _Places) -> list[Problem]:
    """Items that stand on other records than the plan's, and those whose slice in the runbook is not the plan's."""
    from migration.planning import changed_records

    chosen = tuple(start.plan.by_id[item.item] for item in start.runbook.items if item.item in start.plan.by_id)
    changed = changed_records(start.inventory, start.plan.model_copy(update={"items": chosen}))
    found = []
    for number, item in enumerate(start.runbook.items):
        planned = start.plan.by_id.get(item.item)
        other = planned is not None and item.slice_hash != planned.slice_hash and bool(item.slice_hash)
        if item.item in changed or other:
            records = ", ".join(changed.get(item.item, ())) or item.object
            place = at("items", number, "item")
            found.append(problem("run-records-changed", place, kind="runbook", id=item.item, records=records))
    return found


def _evidence(start: Start) -> Iterator[Problem]:
    """Rule H9: a cutover is refused while evidence that its grade requires is not on record."""
    from migration.tracks.system_chain import missing_evidence

    for item in start.runbook.items:
        planned = start.plan.by_id.get(item.item)
        system = None if planned is None else start.inventory.systems.get(planned.object_id)
        if planned is None or system is None or not planned.is_cutover:
            continue
        for kind in missing_evidence(start.inventory, system, start.now.date()):
            place = start.inventory.origin("system", system.id)
            yield problem("run-evidence-missing", place, kind="system", id=system.id, path="evidence", evidence=kind)


def _silence(start: Start, at: _Places) -> Iterator[Problem]:
    """Rule H9: a line ends only once it has been idle for long enough."""
    from migration.consolidation.evidence import lacking

    today = start.now.astimezone(CHINA_TIME).date()
    for number, item in enumerate(start.runbook.items):
        planned = start.plan.by_id.get(item.item)
        if planned is None or planned.kind != "line" or planned.base_step != "terminated":
            continue
        if planned.object_id in start.inventory.lines:
            found = lacking(start.inventory, start.inventory.path, planned.object_id, today)
            if found is not None:
                why = error_text(found.code, found.data)
                place = at("items", number, "item")
                yield problem("run-line-not-silent", place, kind="runbook", id=item.item, why=why)


def _windows(start: Start, at: _Places) -> Iterator[Problem]:
    """Windows that are over, or that open when the run has to have ended."""
    for number, item in enumerate(start.runbook.items):
        if item.window_start is None or not any(step.in_window for step in item.steps):
            continue
        about = partial(problem, kind="runbook", id=item.item)
        closes = item.window_start + dt.timedelta(minutes=item.window_minutes or 0)
        shown = item.window_start.isoformat()
        if item.window_minutes is not None and closes <= start.now:
            yield about("run-window-over", at("items", number, "window_start"), start=shown)
        elif item.window_start >= start.now + dt.timedelta(hours=start.run_hours):
            place = at("items", number, "window_start")
            yield about("run-window-far", place, start=shown, hours=start.run_hours)


def flaws_of_file(runbook: Runbook, path: Path) -> Iterator[Problem]:
    """What the executors that are installed find wrong with the steps of a runbook's file: unknown roles and checks,
    missing parameters. Kinds of steps that nobody here carries out are passed over."""
    from migration.run.settings import WorkerSettings

    executors: dict[ExecutorKind, Executor] = {}
    for kind in kinds_of(runbook):
        with suppress(MissingExtraError):
            made = make_executors(WorkerSettings()).get(kind)
            executors |= {} if made is None else {kind: made}
    return step_flaws(runbook, executors, _Places(path), missing=False)


def step_flaws(
    runbook: Runbook, executors: Mapping[ExecutorKind, Executor], at: _Places, *, missing: bool = True
) -> Iterator[Problem]:
    """What executors find wrong with steps before anything is contacted; ``missing``: also where there is none."""
    for number, item in enumerate(runbook.items):
        for path, step in _paths(item):
            about = partial(problem, kind="runbook", id=item.item, step=step.id)
            executor = executors.get(step.executor)
            if step.executor in PEOPLE:
                continue
            if executor is None:
                if not missing:
                    continue
                yield about("run-no-executor", at("items", number, *path), executor=step.executor.value)
                continue
            for flaw in executor.inspect(step, item.parameters):
                said = error_text(flaw.code, flaw.data)
                yield about("run-step-flaw", at("items", number, *path), flaw=said)


def _paths(item: RunbookItem) -> Iterator[tuple[tuple[str | int, ...], Step]]:
    for place, group in enumerate(item.groups):
        for number, step in enumerate(group.steps):
            yield ("groups", place, "steps", number), step
