"""What estate and plan demand of a run, beside what its runbook says: a runbook may ask for more, never for less."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from inventory.inventory import Inventory
from inventory.problems import Origin, Problem, problem
from migration.plan import Plan, PlanItem
from migration.runbook.chosen import STEPS_OF
from migration.runbook.model import ExecutorKind, Runbook, RunbookItem, Stage, Step
from migration.runbook.values import approval_facts
from migration.steps import Track

__all__ = ["less_than_demanded", "missing_hashes"]

GATED = frozenset({Stage.CUTOVER, Stage.DECOMMISSION})
"""Parts of the plan in which nothing is changed without an approval."""
Places = Callable[..., Origin]


def missing_hashes(runbook: Runbook, at: Places) -> Iterator[Problem]:
    """Hashes without which nobody can tell whether a runbook fits plan and estate."""
    about = partial(problem, "run-hash-missing", kind="runbook")
    for name in ("plan_hash", "declared_hash"):
        if not getattr(runbook, name):
            yield about(origin=at(), field=name)
    for number, item in enumerate(runbook.items):
        if not item.slice_hash:
            yield about(origin=at("items", number), id=item.item, field="slice_hash")


def less_than_demanded(inventory: Inventory, plan: Plan, runbook: Runbook, at: Places) -> Iterator[Problem]:
    """Grades and levels, stages, windows and approvals for which a runbook asks less than estate and plan say."""
    for number, item in enumerate(runbook.items):
        planned = plan.by_id.get(item.item)
        if planned is None or planned.object_id not in inventory.of(planned.kind):
            continue
        about = partial(problem, kind="runbook", id=item.item)
        yield from _facts(inventory, planned, item, partial(at, "items", number), about)
        yield from _stage(planned, runbook, item, partial(at, "items", number), about)
        yield from _window(planned, item, partial(at, "items", number), about)


def _facts(
    inventory: Inventory, planned: PlanItem, item: RunbookItem, at: Places, about: Callable[..., Problem]
) -> Iterator[Problem]:
    """Grade and level decide which rules of the approval policy hold; a gate that names neither falls under all."""
    facts = approval_facts(inventory, planned)
    grade, level = int(facts.get("grade") or 0), str(facts.get("level") or "")
    for path, parameters in _parameters(item):
        written = str(parameters.get("grade", ""))
        number = int(written) if written.isdecimal() else None
        if number is not None and (not grade or number < grade):
            yield about("run-grade-less", at(*path, "grade"), found=number, known=grade or "-")
        found = parameters.get("level")
        if found and found != level:
            yield about("run-level-other", at(*path, "level"), found=str(found), known=level or "-")


def _parameters(item: RunbookItem) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Parameters from which a gate takes grade and level, with their place."""
    yield ("parameters",), item.parameters
    for place, group in enumerate(item.groups):
        for number, step in enumerate(group.steps):
            if step.executor is ExecutorKind.APPROVAL:
                path = ("groups", place, "steps", number)
                yield (*path, "parameters"), step.parameters
                yield (*path, "act", "parameters"), step.act.parameters


def _stage(
    planned: PlanItem, runbook: Runbook, item: RunbookItem, at: Places, about: Callable[..., Problem]
) -> Iterator[Problem]:
    """The stage decides which rules hold and whether an approval is needed at all."""
    stage = next((stage for stage, steps in STEPS_OF.items() if planned.base_step in steps), Stage.ITEMS)
    stage = stage if planned.track is Track.SYSTEM else Stage.ITEMS
    if runbook.stage not in (stage, Stage.ITEMS):
        yield about("run-stage-other", at("item"), found=runbook.stage.value, known=stage.value)
    elif stage in GATED:
        bare = _unapproved(item)
        if bare is not None:
            path, step = bare
            yield about("run-no-approval", at(*path), step=step.id, stage=stage.value)


def _unapproved(item: RunbookItem) -> tuple[tuple[str | int, ...], Step] | None:
    """The first step that changes something before any approval."""
    for place, group in enumerate(item.groups):
        for number, step in enumerate(group.steps):
            if step.executor is ExecutorKind.APPROVAL:
                return None
            if step.changes:
                return ("groups", place, "steps", number), step
    return None


def _window(planned: PlanItem, item: RunbookItem, at: Places, about: Callable[..., Problem]) -> Iterator[Problem]:
    """The window of a change lies within the plan's, and some step is bound to it."""
    if planned.window_start is None:
        return
    known = _span(planned.window_start, planned.window_minutes)
    if item.window_start is None:
        yield about("run-window-other", at("item"), found="-", known=_shown(known))
        return
    found = _span(item.window_start, item.window_minutes)
    if not any(step.in_window for step in item.steps):
        yield about("run-no-window", at("item"), known=_shown(known))
    if found[0] < known[0] or found[1] > known[1]:
        yield about("run-window-other", at("window_start"), found=_shown(found), known=_shown(known))


def _span(start: dt.datetime, minutes: int | None) -> tuple[dt.datetime, dt.datetime]:
    return start, start + dt.timedelta(minutes=minutes or 0)


def _shown(span: tuple[dt.datetime, dt.datetime]) -> str:
    return " - ".join(f"{moment:%Y-%m-%d %H:%M %z}" for moment in span)
