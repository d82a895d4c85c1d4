"""Every event and every code has words in both languages; none has words that nothing says."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import migration.run
import playbooks
from migration.run.errors import ApprovalError, StepError
from migration.run.events import (
    ApprovalAsked,
    ApprovalGiven,
    ApprovalRefused,
    Decision,
    DecisionAsked,
    DecisionTaken,
    Envelope,
    ItemHeld,
    ItemStatus,
    Phase,
    Probed,
    RunEvent,
    RunStatus,
    StepEnded,
    StepOutput,
    StepProbed,
    StepStarted,
    StepStatus,
)
from migration.runbook.model import ExecutorKind, Stage
from playbooks.errors import PlaybookError
from ui.commands.run.wording import (
    code_text,
    decision_text,
    error_text,
    event_line,
    event_text,
    item_status,
    kind_word,
    result_text,
    run_status,
    stage_word,
    step_status,
)
from ui.texts import LANGUAGES, set_language
from ui.texts.en.events import TEXTS

AT = dt.datetime(2021, 4, 12, 18, 10, 5, tzinfo=dt.UTC)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HYPHENATED = re.compile(r"[a-z]+(-[a-z]+)+")
# Modules whose codes people read as the reason of a wait or the end of an attempt.
SPEAKERS = ("attempts", "itemrow", "itemwork", "gates", "calling", "limits", "stepping", "waits")
ERRORS = {code for kind in (StepError, PlaybookError, ApprovalError) for code in kind.templates}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    set_language("en")


def said(event: RunEvent, *, attempt: int = 1) -> str:
    return event_text(Envelope(run="r-1", sequence=1, at=AT, item="i", step="s", attempt=attempt, event=event))


def sample(kind: type[RunEvent]) -> RunEvent:
    """An event of a kind, its text fields filled with a letter."""
    filled = {
        "str": "x", "int": 1, "bool": True, "float": 1.5, "ItemStatus": "succeeded", "RunStatus": "succeeded",
        "StepStatus": "failed", "Decision": "retry", "Probed": "unknown", "datetime": AT,
    }  # fmt: skip
    fields: dict[str, object] = {"expires": AT} if "expires" in kind.model_fields else {}
    if kind is StepOutput:
        fields = {"message": "x"}
    for name, info in kind.model_fields.items():
        label = getattr(info.annotation, "__name__", "")
        if name not in ("type", *fields) and info.is_required():
            fields[name] = filled.get(label, [])
    return kind.model_validate(fields)


EVENTS = get_args(get_args(RunEvent)[0])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_has_a_line(kind: type[RunEvent], language: str) -> None:
    set_language(language)
    envelope = Envelope(run="r-1", sequence=7, at=AT, item="system/a/cutover", step="switch", event=sample(kind))
    line = event_line(envelope)
    assert line.startswith("2021-04-13 02:10:05  system/a/cutover switch  "), "China's time, then where"
    assert "\n" not in line
    what = line.split("  ", 2)[2]
    assert what
    if kind is not StepOutput:
        assert bool(CHINESE.search(what)) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_word(language: str) -> None:
    set_language(language)
    words = {
        "run": [run_status(status) for status in RunStatus],
        "item": [item_status(status) for status in ItemStatus],
        "step": [step_status(status) for status in StepStatus],
        "decision": [decision_text(decision) for decision in Decision],
        "kind": [kind_word(kind) for kind in ExecutorKind],
        "stage": [stage_word(stage) for stage in Stage],
    }
    for name, found in words.items():
        assert len(set(found)) == len(found), name
        assert all(found)


def spoken() -> set[str]:
    """Codes in the sources: what a keyword ``code`` gets, and words with hyphens."""
    root = Path(migration.run.__file__).parent
    files = [path for path in root.glob("*.py") if path.stem in SPEAKERS]
    files += [*root.glob("executors/*.py"), *Path(playbooks.__file__).parent.glob("*.py")]
    found: set[str] = set()
    for path in files:
        if path.stem == "errors":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                found.add(str(node.value.value))
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("_ask", "ask")
            ):
                found |= {
                    word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)
                }
            elif isinstance(node, ast.Constant) and HYPHENATED.fullmatch(str(node.value)):
                found.add(str(node.value))
    return found


WHY = {key.removeprefix("why.") for key in TEXTS if key.startswith("why.")}
RESULT = {key.removeprefix("result.") for key in TEXTS if key.startswith("result.")}
# Words with hyphens that are no codes, and codes that only name the author of a decision.
NO_CODES = re.compile(r"(utf|ssh|ansible|private|vault|x|no-color|become-method|python)-.*|.*-(keygen|playbook|vault)")


def test_every_code_has_words() -> None:
    codes = {code for code in spoken() if not NO_CODES.fullmatch(code)}
    assert {"step-failed", "window-over", "manual", "no-probe", "limit", "executor-bug"} <= codes, "the search works"
    assert codes - WHY - RESULT - ERRORS == set()


def test_every_failure_of_a_step_has_a_short_word() -> None:
    assert {*StepError.templates, *PlaybookError.templates} - RESULT == set()


def test_no_words_are_left_over() -> None:
    everything = spoken() | ERRORS
    assert WHY - everything == set()
    assert RESULT - everything == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_codes_are_shown_with_their_data(language: str) -> None:
    set_language(language)
    assert code_text("brand-new", {"step": "s"}) == "brand-new (step s)"
    assert code_text("limit", {"thing": "x"}) == "limit (thing x)", "data of another release"
    assert error_text("brand-new", {}) == "brand-new"
    assert error_text("exit-code", {}) == "exit-code"
    assert result_text("brand-new", "it broke") == "it broke"
    assert result_text("brand-new", "") == "brand-new"


def test_words_say_what_happened() -> None:
    assert said(ItemHeld(code="window", until=AT)) == (
        "waits until 2021-04-13 02:10:05: its change window has not begun"
    )
    failed = {"step": "s", "code": "unreachable", "message": "no route\nto host\n"}
    assert said(DecisionAsked(code="step-failed", data=failed)) == (
        "a person has to decide: step s has failed: a machine does not answer: no route to host"
    )
    assert said(StepStarted(worker="w"), attempt=3) == "begins, attempt 3"
    assert said(StepStarted(worker="w", phase=Phase.ROLLBACK)) == "is undone"
    assert said(StepProbed(found=Probed.DONE)) == "probe: already so"
    assert said(StepEnded(status=StepStatus.SUCCEEDED, seconds=1.25, adopted=True)) == "done: it was so already"
    assert said(StepEnded(status=StepStatus.FAILED, seconds=1.25, message="gone")) == "failed in 1.2 s: gone"
    assert said(StepOutput(host="db-1", task="stop", status="changed")) == "db-1 stop: changed"
    assert said(DecisionTaken(decision=Decision.ROLLBACK, by="")) == "as the runbook says: roll back"
    assert said(ApprovalAsked(gate="go", binds="", keys=2)) == "waits for approval go: 2 signatures of any role"
    assert said(ApprovalRefused(gate="go", code="no-signers", data={"path": "/etc/x"})).startswith(
        "approval refused: the worker has no file of allowed signers: /etc/x"
    )
    given = ApprovalGiven(
        gate="go", binds="", principal="wang", key="k", role="", document="", signature="", signers_hash="",
        policy_hash="", expires=AT,
    )  # fmt: skip
    assert said(given) == "approved by wang as signer, until 2021-04-13 02:10:05"


def test_what_a_program_says_is_cut_to_a_line() -> None:
    line = said(StepEnded(status=StepStatus.FAILED, code="exit-code", message="line\n" * 500))
    assert "\n" not in line
    assert len(line) < 500
    assert line.endswith("…")


def test_frames_around_what_a_program_says_are_left_out() -> None:
    message = "@@@@@@@@@@@@\n@  WARNING: HOST KEY HAS CHANGED!  @\n@@@@@@@@@@@@\nask li@host"
    line = said(StepEnded(status=StepStatus.FAILED, seconds=1, message=message))
    assert line == "failed in 1.0 s: WARNING: HOST KEY HAS CHANGED! ask li@host"
