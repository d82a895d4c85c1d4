"""Events and states of runs in words of the present language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from inventory.errors import QianyunError
from migration.calendar import CHINA_TIME
from migration.run.events import (
    ApprovalAsked,
    ApprovalGiven,
    ApprovalRefused,
    ApprovalRejected,
    DecisionAsked,
    DecisionTaken,
    Envelope,
    ItemEnded,
    ItemHeld,
    ItemQueued,
    ItemStarted,
    Phase,
    RunEnded,
    RunPaused,
    RunRollbackAsked,
    RunStarted,
    StepEnded,
    StepOutput,
    StepProbed,
    StepStarted,
)
from ui.texts import error_texts, has_text, text

__all__ = [
    "clock",
    "code_text",
    "decision_text",
    "error_text",
    "event_line",
    "event_text",
    "item_status",
    "kind_word",
    "refusal_text",
    "result_text",
    "run_status",
    "stage_word",
    "step_status",
]

LONGEST = 400
"""Characters of what a program said that are shown in one line."""


def clock(at: dt.datetime) -> str:
    """A moment in China's time, to the second."""
    return f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}"


def run_status(status: str) -> str:
    """The word for a run's status."""
    return text(f"events.run.{status}")


def item_status(status: str) -> str:
    """The word for an item's status."""
    return text(f"events.item.{status}")


def step_status(status: str) -> str:
    """The word for a step's status."""
    return text(f"events.step.{status}")


def kind_word(executor: str) -> str:
    """The word for who does a step."""
    return text(f"runbook.executor.{executor}")


def stage_word(stage: str) -> str:
    """The word for a part of the plan."""
    return text(f"runbook.stage.{stage}")


def decision_text(decision: str) -> str:
    """The word for a decision."""
    return text(f"events.decision.{decision}")


def code_text(code: str, data: Mapping[str, Any]) -> str:
    """Why an item waits or asks. Codes that the catalogue does not know, such as those of a newer release on another
    machine, are shown as they are."""
    key = f"events.why.{code}"
    if not has_text(key):
        return _unknown(code, data)
    words = {"reason": "-"} | {name: _one_line(value) for name, value in data.items()}
    if "code" in words:
        words["result"] = result_text(str(words.pop("code")), str(words.pop("message", "")))
    try:
        return text(key, **words)
    except (KeyError, IndexError, TypeError, ValueError):  # written by another release with other data
        return _unknown(code, data)


def result_text(code: str, message: str) -> str:
    """How an attempt ended, from its code and what its executor said."""
    shown = _one_line(message)
    if not code or has_text(f"events.result.{code}"):
        said = text(f"events.result.{code}") if code else ""
        return text("run.colon").join(part for part in (said, shown) if part)
    return shown or code


def _one_line(value: Any) -> Any:
    """Words of a program as one line of a length that can be read; all of it is in ``run events --json``."""
    if not isinstance(value, str):
        return value
    parts = (part.strip("@ \t") for part in value.splitlines())  # ssh frames its warnings with @
    line = " ".join(part for part in parts if part)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def refusal_text(refused: ApprovalRefused) -> str:
    """Why something that was handed in is no approval."""
    return error_text(refused.code, refused.data)


def error_text(code: str, data: Mapping[str, Any]) -> str:
    """The words of an error's code, such as a flaw's; of a code that this release does not know the code itself."""
    kind = next((kind for kind in _tree(QianyunError) if code in kind.__dict__.get("templates", ())), None)
    if kind is None:
        return _unknown(code, data)
    try:
        message, hint = error_texts(_with_data(kind, code, data))
    except (KeyError, IndexError, ValueError):  # written by another release with other data
        return _unknown(code, data)
    return text("run.dash", message=message, hint=hint) if hint else message


def _with_data(kind: type[QianyunError], code: str, data: Mapping[str, Any]) -> QianyunError:
    error = kind(code)
    error.data = dict(data)
    return error


def _tree(kind: type[QianyunError]) -> Iterator[type[QianyunError]]:
    """All classes of errors that are loaded; those of an executor are as soon as it has found a flaw."""
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


def _unknown(code: str, data: Mapping[str, Any]) -> str:
    return f"{code} ({', '.join(f'{name} {value}' for name, value in data.items())})" if data else code


def event_line(envelope: Envelope) -> str:
    """One line: when, where, what."""
    where = " ".join(part for part in (envelope.item, envelope.step) if part)
    return "  ".join(part for part in (clock(envelope.at), where, event_text(envelope)) if part)


def event_text(envelope: Envelope) -> str:
    """What happened, without when and where."""
    event = envelope.event
    match event:
        case RunStarted():
            key = "rehearsal_started" if event.rehearse else "run_started"
            return text(f"events.line.{key}", runbook=event.runbook, items=event.items, by=event.by)
        case RunPaused(code=code) if code:
            return text("events.line.run_paused_why", by=event.by, why=error_text(code, event.data))
        case RunRollbackAsked():
            items = ", ".join(event.items) or text("events.all")
            return text("events.line.run_rollback_asked", items=items, by=event.by, reason=event.reason)
        case RunEnded(status=status):
            return text("events.line.run_ended", status=run_status(status))
        case ItemQueued() | ItemStarted() | ItemHeld() | ItemEnded() | DecisionAsked() | DecisionTaken():
            return _item_text(event)
        case StepStarted() | StepProbed() | StepOutput() | StepEnded():
            return _step_text(event, envelope.attempt)
        case ApprovalAsked() | ApprovalGiven() | ApprovalRefused() | ApprovalRejected():
            return _approval_text(event)
        case _:
            return text(f"events.line.{event.type}", **event.model_dump())


def _item_text(event: ItemQueued | ItemStarted | ItemHeld | ItemEnded | DecisionAsked | DecisionTaken) -> str:
    key = f"events.line.{event.type}"
    match event:
        case ItemQueued():
            return text(key, object=event.object, name=event.name, site=event.site, steps=len(event.steps))
        case ItemHeld(until=None):
            return text(key, why=code_text(event.code, event.data))
        case ItemHeld(until=until):
            assert until is not None
            return text("events.line.item_held_until", why=code_text(event.code, event.data), until=clock(until))
        case ItemEnded(status=status):
            return text(key, status=item_status(status))
        case DecisionAsked():
            return text(key, why=code_text(event.code, event.data))
        case DecisionTaken(by=""):
            return text("events.line.decision_of_runbook", decision=decision_text(event.decision))
        case DecisionTaken(reason=""):
            return text(key, by=event.by, decision=decision_text(event.decision))
        case DecisionTaken():
            decision = decision_text(event.decision)
            return text("events.line.decision_taken_reason", by=event.by, decision=decision, reason=event.reason)
        case ItemStarted(worker=worker):
            return text(key, worker=worker)


def _step_text(event: StepStarted | StepProbed | StepOutput | StepEnded, attempt: int) -> str:
    match event:
        case StepStarted(phase=Phase.ROLLBACK):
            return text("events.line.step_undone")
        case StepStarted() if attempt > 1:
            return text("events.line.step_started_again", attempt=attempt)
        case StepStarted():
            return text("events.line.step_started")
        case StepProbed():
            key = "step_probed_message" if event.message else "step_probed"
            return text(
                f"events.line.{key}", found=text(f"events.found.{event.found}"), message=_one_line(event.message)
            )
        case StepOutput() if has_text(f"events.warning.{event.task}"):
            return text(f"events.warning.{event.task}", host=event.host, message=event.message)
        case StepOutput():
            what = " ".join(part for part in (event.host, event.task) if part)
            if not what:
                return str(_one_line(event.message))
            key = "step_output_message" if event.message else "step_output"
            return text(
                f"events.line.{key}",
                what=what,
                status=text(f"events.output.{event.status}"),
                message=_one_line(event.message),
            )
        case StepEnded():
            status = step_status(event.status)
            if event.adopted:
                return text("events.line.step_adopted", status=status)
            if event.code or event.message:
                why = result_text(event.code, event.message)
                return text("events.line.step_ended_why", status=status, seconds=event.seconds, why=why)
            return text("events.line.step_ended", status=status, seconds=event.seconds)


def _approval_text(event: ApprovalAsked | ApprovalGiven | ApprovalRefused | ApprovalRejected) -> str:
    key = f"events.line.{event.type}"
    match event:
        case ApprovalAsked():
            roles = ", ".join(event.roles) or text("events.any-role")
            return text(key, gate=event.gate, keys=event.keys, roles=roles)
        case ApprovalGiven():
            role = event.role or text("events.no-role")
            return text(key, principal=event.principal, role=role, expires=clock(event.expires))
        case ApprovalRefused():
            return text(key, why=refusal_text(event))
        case ApprovalRejected():
            return text(key, by=event.by, reason=event.reason)
