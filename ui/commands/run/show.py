"""``run list``, ``run status`` and ``run workers``: what is on record, and what a person can do about it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from migration.run.events import RunStatus
from ui.commanding import Common, argument, command, common, option
from ui.commands.run.advice import Advice, advice
from ui.commands.run.registry import LISTED, again, group, open_store, store_option
from ui.commands.run.wording import (
    clock,
    code_text,
    item_status,
    kind_word,
    result_text,
    run_status,
    stage_word,
    step_status,
)
from ui.commands.run.workers import anybody
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.control import RunSummary
    from migration.run.fold import ItemState, RunState, StepState
    from migration.run.store import Store

__all__ = ["list_runs", "print_state", "state_answer", "status"]


@command(group, "list", example="qianyun run list --store examples/shanxi")
@store_option
@common(estate=False)
def list_runs(common: Common, *, store: str | None) -> None:
    """All runs of a store, the latest last."""
    from migration.run import control

    with open_store(store) as opened:
        found = control.list_runs(opened)
    if common.json:
        emit({"runs": [_summary_answer(run) for run in found]})
        return
    if not found:
        say("run.none")
        return
    columns = [text(f"run.{name}") for name in ("run", "status", "started-at", "by", "stage", "wave", "ended-items")]
    rows = [
        (
            run.run,
            _status_word(run),
            clock(run.started_at),
            run.by,
            stage_word(run.stage),
            run.wave,
            f"{run.ended}/{run.items}",
        )
        for run in found
    ]
    table(columns, rows, right=[6])


def _status_word(run: RunSummary) -> str:
    word = run_status(run.status)
    return text("run.rehearsal-of", status=word) if run.rehearse else word


@command(
    group,
    "status",
    example="qianyun run status 2021-W14-yun-ty-cutover-1\nqianyun run status 2021-W14 --items",
)
@argument("run")
@option("--items", "with_items", is_flag=True, key="run.option.with-items")
@store_option
@common(estate=False)
def status(common: Common, run: str, *, with_items: bool, store: str | None) -> None:
    """Where a run stands, what it waits for, and which commands let it go on."""
    from migration.run import control
    from migration.run.journal import run_state

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        state = run_state(opened, found)
        if common.json:
            emit(state_answer(opened, state, with_items=with_items))
            return
        print_state(opened, state, with_items=with_items)
        if state.status is RunStatus.RUNNING and not anybody(opened):
            say("run.no-worker", watch=again(opened, "watch", found, "--work"))


def state_answer(store: Store, state: RunState, *, with_items: bool) -> dict[str, Any]:
    """A run for programs."""
    started = state.started
    assert started is not None
    assert state.started_at is not None
    answer: dict[str, Any] = {
        "run": state.run,
        "status": state.status.value,
        "runbook": started.runbook,
        "stage": started.stage,
        "wave": started.wave,
        "rehearse": started.rehearse,
        "by": started.by,
        "started_at": state.started_at.isoformat(),
        "runbook_hash": started.runbook_hash,
        "plan_hash": started.plan_hash,
        "events": state.last,
        "counts": dict(Counter(item.status.value for item in state.items.values())),
        "waiting": [_advice_answer(entry) for entry in advice(store, state)],
    }
    if with_items:
        answer["items"] = [_item_answer(item) for item in state.items.values()]
    return answer


def _advice_answer(entry: Advice) -> dict[str, Any]:
    return {
        "items": list(entry.items),
        "gate": entry.gate,
        "code": entry.code,
        "message": entry.message,
        "commands": list(entry.commands),
    }


def _item_answer(item: ItemState) -> dict[str, Any]:
    return {
        "item": item.item,
        "object": item.object,
        "name": item.name,
        "site": item.site,
        "status": item.status.value,
        "undoing": item.undoing,
        "worker": item.worker,
        "gate": item.gate,
        "held": None if item.held is None else item.held.model_dump(mode="json", exclude={"type"}),
        "asked": None if item.asked is None else item.asked.model_dump(mode="json", exclude={"type"}),
        "ended_at": None if item.ended_at is None else item.ended_at.isoformat(),
        "steps": [_step_answer(step) for step in item.steps.values()],
    }


def _step_answer(step: StepState) -> dict[str, Any]:
    return {
        "step": step.outline.id,
        "name": step.outline.name,
        "group": step.outline.group,
        "executor": step.outline.executor,
        "status": step.status.value,
        "attempts": step.attempts,
        "adopted": step.adopted,
        "seconds": round(step.seconds, 3),
        "code": step.code,
        "message": step.message,
    }


def print_state(store: Store, state: RunState, *, with_items: bool) -> None:
    """A run for people: head, counts, what it waits for; with the items if wanted."""
    sys.stdout.writelines(f"{line}\n" for line in _head(state))
    chosen = list(state.items.values())
    if not with_items:
        chosen = [item for item in chosen if item.status.value not in ("pending", "succeeded")]
    if with_items:
        for item in chosen:
            _print_item(item)
    elif chosen:
        columns = [text(f"run.{name}") for name in ("item", "name", "status", "at-step", "why")]
        table(columns, [_row(item) for item in chosen[:LISTED]])
        if len(chosen) > LISTED:
            sys.stdout.write(text("cli.and-more", count=len(chosen) - LISTED) + "\n")
    print_advice(advice(store, state))


def print_advice(entries: tuple[Advice, ...]) -> None:
    """What a person can do, a line for the reason and one for each command."""
    for entry in entries[:LISTED]:
        sys.stdout.write(f"{entry.message}\n")
        sys.stdout.writelines(f"  {line}\n" for line in entry.commands)
    if len(entries) > LISTED:
        sys.stdout.write(text("cli.and-more", count=len(entries) - LISTED) + "\n")


def _head(state: RunState) -> Iterator[str]:
    started = state.started
    assert started is not None
    assert state.started_at is not None
    yield text("run.head", run=state.run, status=run_status(state.status.value))
    key = "run.head-rehearsal" if started.rehearse else "run.head-started"
    yield text(key, runbook=started.runbook, by=started.by, at=clock(state.started_at))
    counts = Counter(item.status.value for item in state.items.values())
    words = text("run.comma").join(f"{item_status(name)} {count}" for name, count in counts.items())
    yield text("run.head-items", items=len(state.items), counts=words)


def _row(item: ItemState) -> tuple[str, ...]:
    """Why a person has to decide stands with the commands that do."""
    at = current_step(item)
    return (
        item.item,
        item.name,
        _word(item),
        "" if at is None else at.outline.id,
        "" if item.asked else _why(item, at),
    )


def _word(item: ItemState) -> str:
    word = item_status(item.status.value)
    return text("run.undoing", status=word) if item.undoing else word


def current_step(item: ItemState) -> StepState | None:
    """The step that an item is at: the one that runs, waits or failed, else the first that is not done."""
    steps = list(item.steps.values())
    active = [step for step in steps if step.status.value in ("running", "waiting_approval", "failed", "timed_out")]
    if active:
        return active[-1]
    return None if item.status.final else next((step for step in steps if step.status.value == "pending"), None)


def _why(item: ItemState, step: StepState | None) -> str:
    if item.asked is not None:
        return code_text(item.asked.code, item.asked.data)
    if item.gate:
        return text("run.at-gate", gate=item.gate)
    if item.held is not None:
        return code_text(item.held.code, item.held.data)
    return result_text(step.code, step.message) if step is not None else ""


def _print_item(item: ItemState) -> None:
    at = current_step(item)
    why = _why(item, at)
    title = " ".join(part for part in (item.item, item.name, _word(item)) if part)
    columns = [text(f"run.{name}") for name in ("step", "name", "executor", "status", "attempts", "seconds", "why")]
    rows = [
        (
            step.outline.id,
            step.outline.name,
            kind_word(step.outline.executor),
            text("run.adopted", status=step_status(step.status.value))
            if step.adopted
            else step_status(step.status.value),
            step.attempts or "",
            f"{step.seconds:.1f}" if step.seconds else "",
            result_text(step.code, step.message),
        )
        for step in item.steps.values()
    ]
    table(columns, rows, title=text("run.colon").join(part for part in (title, why) if part), right=[4, 5])


def _summary_answer(run: RunSummary) -> dict[str, Any]:
    return {
        "run": run.run,
        "status": run.status.value,
        "started_at": run.started_at.isoformat(),
        "by": run.by,
        "stage": run.stage,
        "wave": run.wave,
        "rehearse": run.rehearse,
        "items": run.items,
        "ended": run.ended,
    }
