"""``run start``: check everything, show what will be done, hand it over, and carry it out or leave it to workers."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inventory.errors import InputError
from inventory.problems import Problem, Severity
from migration.calendar import CHINA_TIME
from migration.plan_file import read_plan
from migration.runbook.model import ExecutorKind, Runbook, RunbookItem
from ui.commanding import Common, argument, command, common, option
from ui.commands.inventory import problem_answer
from ui.commands.run.asking import agreed
from ui.commands.run.checks import Start, exit_code, find_faults
from ui.commands.run.embedded import carry_out, tell, tell_failures
from ui.commands.run.ending import close
from ui.commands.run.registry import LISTED, actor, again, by_option, group, open_store, store_option
from ui.commands.run.rehearsal import report_rehearsal
from ui.commands.run.show import state_answer
from ui.commands.run.wording import clock, kind_word
from ui.commands.run.workers import anybody
from ui.executors import kinds_of, make_executors
from ui.opening import open_estate
from ui.output import emit, problem_line, say, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.plan import Plan
    from migration.run.ports import Executor
    from migration.run.settings import WorkerSettings
    from migration.run.store import Store
    from ui.commands.run.drift import Watch

__all__ = ["start"]


@command(
    group,
    "start",
    example="qianyun run start examples/shanxi plan.json cutover.yaml --rehearse\n"
    "qianyun run start examples/shanxi plan.json cutover.yaml\n"
    "qianyun run start examples/shanxi plan.json cutover.yaml --detach --store postgresql://runs@db.example/qianyun",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@argument("runbook", type=Path)
@option("--rehearse", is_flag=True, key="run.option.rehearse")
@option("--diff", "diffs", is_flag=True, key="run.option.diff")
@option("--detach", is_flag=True, key="run.option.detach")
@option("--config", type=Path, metavar="FILE", key="run.option.config")
@option("--yes", is_flag=True, key="run.option.yes")
@store_option
@by_option
@common()
@click.pass_context
def start(
    context: click.Context,
    common: Common,
    *,
    estate: Path,
    plan: Path,
    runbook: Path,
    rehearse: bool,
    diffs: bool,
    detach: bool,
    config: Path | None,
    yes: bool,
    store: str | None,
    by: str | None,
) -> None:
    """Exit code 0 when all of it has succeeded, 1 when something failed or only a person can go on, 5 when the runbook
    stands on another state than the present one."""
    if diffs and not rehearse:
        raise InputError("bad-argument", argument="--diff", reason=text("run.diff-needs-rehearse"))
    ready = _prepare(common, estate, plan, runbook, config, rehearse=rehearse)
    for found in ready.problems:
        if found.severity is not Severity.NOTE:
            sys.stderr.write(problem_line(found) + "\n")
    if ready.runbook is None or ready.refused:
        if common.json:
            emit({"run": None, "problems": [problem_answer(found) for found in ready.problems]})
        say("run.not-started", runbook=runbook)
        context.exit(ready.refused)
    if not common.json:
        _show(ready.runbook)
    if ready.runbook.gates and ready.settings.policy is None and not rehearse:
        say("run.no-policy", signers=ready.settings.signers)
    agreed(yes=yes or rehearse, json=common.json, question="run.start-question", needed=True)
    with open_store(store, estate, create=True) as opened:
        from migration.run import control

        run = control.start(opened, ready.runbook, by=actor(by), rehearse=rehearse)
        say("run.started", run=run, watch=again(opened, "watch", run))
        if detach:
            _leave(common, opened, run)
            return
        state, interrupted = carry_out(
            opened,
            run,
            executors=ready.executors,
            settings=ready.settings,
            estate=estate,
            show=tell_failures if rehearse else tell,
            drift=None if rehearse else _drift(ready, estate, plan),
        )
        if rehearse and not interrupted:
            context.exit(report_rehearsal(common, opened, state, diffs=diffs))
        context.exit(close(common, opened, state, interrupted=interrupted, worked=True))


@dataclass(frozen=True)
class _Ready:
    """What a run needs, and what is wrong with it; no runbook where its faults leave nothing to check."""

    runbook: Runbook | None
    problems: Sequence[Problem]
    executors: Mapping[ExecutorKind, Executor]
    settings: WorkerSettings
    plan: Plan
    declared: str
    """Hash of the estate's declarations as they were checked."""

    @property
    def refused(self) -> int:
        """Exit code of the refusal; 0: it may begin."""
        return exit_code(self.problems)


def _prepare(common: Common, estate: Path, plan: Path, runbook: Path, config: Path | None, *, rehearse: bool) -> _Ready:
    from inventory.hashes import declared_hash
    from migration.run.policy import require_policy
    from migration.run.settings import load_settings
    from migration.runbook.lint import lint_runbook
    from migration.runbook.read import load_runbook

    settings, read = load_settings(config), read_plan(plan)
    parsed, problems = load_runbook(runbook)
    inventory = open_estate(estate, common).inventory
    if parsed is None:
        return _Ready(None, problems, {}, settings, read, "")
    if not rehearse:
        require_policy(settings)
    executors = make_executors(settings, kinds_of(parsed), estate=estate)
    begun = Start(
        inventory=inventory,
        declared_hash=declared_hash(estate),
        plan=read,
        plan_path=plan,
        runbook=parsed,
        runbook_path=runbook,
        executors=executors,
        run_hours=settings.run_hours,
        now=_now(common),
        rehearse=rehearse,
    )
    found = (*problems, *lint_runbook(parsed, runbook), *find_faults(begun))
    return _Ready(parsed, found, executors, settings, read, begun.declared_hash)


def _drift(ready: _Ready, estate: Path, plan: Path) -> Watch:
    from ui.commands.run.drift import Watch

    assert ready.runbook is not None
    return Watch(estate, ready.declared, plan, ready.plan, ready.runbook)


def _now(common: Common) -> dt.datetime:
    """The moment of the start; with --now the same time of that day."""
    now = dt.datetime.now(CHINA_TIME)
    return now if common.now is None else dt.datetime.combine(common.now, now.timetz())


def _leave(common: Common, store: Store, run: str) -> None:
    """The run is on record; workers do the rest."""
    from migration.run.journal import run_state

    if common.json:
        emit(state_answer(store, run_state(store, run), with_items=False))
    if not anybody(store):
        say("run.no-worker", watch=again(store, "watch", run, "--work"))


def _show(runbook: Runbook) -> None:
    """What will be done: each item, then by whom, where, and what people have to do."""
    columns = [text(f"run.{name}") for name in ("item", "name", "site", "steps", "hosts", "window")]
    rows = [_row(item) for item in runbook.items]
    title = text("run.will-do", runbook=runbook.name, items=len(rows), hosts=len(runbook.hosts))
    table(columns, rows[:LISTED], title=title, right=[4])
    if len(rows) > LISTED:
        sys.stdout.write(text("cli.and-more", count=len(rows) - LISTED) + "\n")
    for gate, items in runbook.gates.items():
        roles = {step.role for _, step in runbook.steps() if step.id == gate and step.role}
        shown = ", ".join(sorted(roles)) or text("events.any-role")
        sys.stdout.write(text("run.will-ask", gate=gate, items=len(items), roles=shown) + "\n")
    for item, step in runbook.steps():
        if step.point_of_no_return:
            sys.stdout.write(text("run.no-return", item=item.item, step=step.id) + "\n")


def _row(item: RunbookItem) -> tuple[object, ...]:
    kinds = Counter(step.executor.value for step in item.steps)
    hosts = {host for step in item.steps for host in step.targets}
    window = ""
    if item.window_start is not None:
        window = text("run.window-of", start=clock(item.window_start), minutes=item.window_minutes or "-")
    return (
        item.item,
        item.name,
        item.site,
        ", ".join(f"{kind_word(kind)} {n}" for kind, n in kinds.items()),
        len(hosts),
        window,
    )
