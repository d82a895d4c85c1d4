"""What a rehearsal has found: per step what it would change, how long looking took, and what nobody can tell before."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migration.run.events import Envelope, StepEnded, StepOutput, StepStatus
from ui.commanding import Common
from ui.commands.run.registry import FAILED
from ui.commands.run.show import state_answer
from ui.commands.run.warned import Warned, all_events, warned
from ui.commands.run.wording import kind_word, result_text
from ui.output import emit, table
from ui.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migration.run.fold import RunState
    from migration.run.store import Store

__all__ = ["Previewed", "previews", "report_rehearsal"]

LONGEST_REMARK = 200


@dataclass
class Previewed:
    """One step as it was previewed. ``changes``: things that would change, None where nobody can tell before."""

    item: str
    step: str
    executor: str
    ended: StepEnded | None = None
    diffs: list[str] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    @property
    def changes(self) -> int | None:
        """Things that would change."""
        found = None if self.ended is None else self.ended.evidence.get("changes")
        return found if isinstance(found, int) else None

    @property
    def failed(self) -> bool:
        """Whether it could not be previewed although it should."""
        return self.ended is not None and self.ended.status not in (StepStatus.SUCCEEDED, StepStatus.SKIPPED)

    @property
    def unknown(self) -> bool:
        """Whether nobody can tell before what it changes; what people do is not asked for."""
        return self.ended is not None and self.ended.status is StepStatus.SUCCEEDED and self.changes is None


def previews(state: RunState, events: Iterable[Envelope]) -> list[Previewed]:
    """All steps of a rehearsal, in the order of the runbook."""
    found = {
        (item.item, step.outline.id): Previewed(item.item, step.outline.id, step.outline.executor)
        for item in state.items.values()
        for step in item.steps.values()
    }
    known = list(events)
    for one in warned(known):
        if (at := found.get((one.item, one.step))) is not None:
            at.warnings.append(one)
    for envelope in known:
        step = found.get((envelope.item, envelope.step))
        if step is None:
            continue
        if isinstance(envelope.event, StepEnded):
            step.ended = envelope.event
        elif isinstance(envelope.event, StepOutput) and envelope.event.diff:
            step.diffs.append(envelope.event.diff)
    return list(found.values())


def report_rehearsal(common: Common, store: Store, state: RunState, *, diffs: bool) -> int:
    """Print what was found; the exit code: 1 where a preview failed."""
    steps = previews(state, all_events(store, state.run))
    if common.json:
        answer = state_answer(store, state, with_items=False)
        emit(answer | {"changes": sum(step.changes or 0 for step in steps), "steps": [_answer(step) for step in steps]})
    else:
        _print(steps, diffs=diffs)
    return FAILED if any(step.failed or step.ended is None for step in steps) else 0


def _answer(step: Previewed) -> dict[str, Any]:
    ended = step.ended
    return {
        "item": step.item,
        "step": step.step,
        "executor": step.executor,
        "status": "pending" if ended is None else ended.status.value,
        "changes": step.changes,
        "seconds": 0.0 if ended is None else ended.seconds,
        "code": "" if ended is None else ended.code,
        "message": "" if ended is None else ended.message,
        "diff": "\n".join(step.diffs),
        "warnings": [one.answer for one in step.warnings],
    }


def _print(steps: list[Previewed], *, diffs: bool) -> None:
    columns = [text(f"run.{name}") for name in ("item", "step", "executor", "would-change", "seconds", "remark")]
    table(columns, [_row(step) for step in steps], right=[3, 4])
    for step in steps:
        sys.stdout.writelines(
            text("run.warned", item=one.item, step=one.step, warning=one) + "\n" for one in step.warnings
        )
    if diffs:
        for step in steps:
            for diff in step.diffs:
                sys.stdout.write(
                    text("run.diff-of", item=step.item, step=step.step) + "\n" + diff.rstrip("\n") + "\n\n"
                )
    said = text(
        "run.rehearsed",
        steps=len(steps),
        changes=sum(step.changes or 0 for step in steps),
        unknown=sum(step.unknown for step in steps),
        failed=sum(step.failed for step in steps),
        seconds=sum(step.ended.seconds for step in steps if step.ended is not None),
    )
    sys.stdout.write(said + "\n")


def _row(step: Previewed) -> tuple[object, ...]:
    ended = step.ended
    if ended is None:
        return (step.item, step.step, kind_word(step.executor), "", "", text("run.not-reached"))
    changes = text("run.unknown-changes") if step.unknown else step.changes
    first = ended.message.strip().splitlines()[:1]
    remark = result_text(ended.code, first[0][:LONGEST_REMARK] if first else "")
    return (
        step.item,
        step.step,
        kind_word(step.executor),
        "" if step.failed or changes is None else changes,
        f"{ended.seconds:.1f}",
        remark,
    )
