"""The executor of steps on stacks: what its child is asked for, and what becomes of its answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from migration.run.events import Probed, StepOutput
from migration.run.ports import Finished, StepCall
from migration.run.settings import WorkerSettings
from migration.runbook.model import Call, ExecutorKind, Step
from stacks.errors import StackError
from stacks.executor import StackExecutor, step_mark
from tests.stacks.made_places import ZONE, system_of

DESIGN = ZONE.model_dump(mode="json", exclude_none=True)


class Child:
    """In place of the child process: keeps what it was asked, says the lines."""

    def __init__(self, *lines: object, code: int | None = 0) -> None:
        self.lines, self.code = lines, code
        self.request: dict[str, Any] = {}
        self.environment: Mapping[str, str] = {}

    def __call__(
        self,
        argv: Any,
        *,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        on_line: Callable[[str], None] | None = None,
        **_: Any,
    ) -> Finished:
        assert argv[1:] == ["-P", "-m", "stacks.child"]
        self.request, self.environment = json.loads(stdin), environment or {}
        for line in self.lines:
            assert on_line is not None
            on_line(line if isinstance(line, str) else json.dumps(line))
        return Finished(self.code, "", "it broke")


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., StepCall]:
    """A call of a step that makes a landing zone; ``said`` collects what it reports."""

    def make(child: Child, said: list[StepOutput] | None = None, **parameters: Any) -> StepCall:
        step = Step(id="zone", executor=ExecutorKind.STACK, act=Call(do="zone"))
        return StepCall(
            run="run-1",
            item="system/a/prepare",
            step=step,
            call=step.act,
            attempt=1,
            parameters={"design": DESIGN, **parameters},
            hosts={},
            timeout=60,
            cancel=threading.Event(),
            emit=(said if said is not None else []).append,
            launch=child,
            folder=tmp_path,
        )

    return make


def test_the_child_gets_the_design_and_the_place_where_stacks_are_kept(
    call: Callable[..., StepCall], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", "/elsewhere")
    monkeypatch.setenv("UNRELATED_SECRET", "x")
    child = Child({"output": {"task": "create network", "status": "changed"}}, {"answer": {"evidence": {"changed": 3}}})
    said: list[StepOutput] = []
    executor = StackExecutor(WorkerSettings(stack_clouds="/etc/clouds.yaml"), tmp_path / "estate")
    done = executor.act(call(child, said, project="other"))
    assert (done.ok, done.evidence) == (True, {"changed": 3})
    assert [one.task for one in said] == ["create network"]
    assert child.request["step"]["call"] == "act"
    assert child.request["step"]["design"] == ZONE.model_dump(mode="json")
    site = child.request["worksite"]
    assert site["backend"] == f"file://{tmp_path}/estate/.qianyun/stacks"
    assert (site["project"], site["clouds"]) == ("other", "/etc/clouds.yaml")
    assert child.environment["OS_CLIENT_CONFIG_FILE"] == "/etc/clouds.yaml"
    assert "UNRELATED_SECRET" not in child.environment


def test_settings_of_the_worker_come_before_those_of_the_runbook(
    call: Callable[..., StepCall], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x\n", encoding="utf-8")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(secret))
    child = Child({"answer": {}})
    StackExecutor(WorkerSettings()).act(call(child, backend="s3://ours"))
    assert child.request["worksite"]["backend"] == "s3://ours"
    folder = str(tmp_path / "journal")
    StackExecutor(WorkerSettings(stack_backend="s3://theirs", stack_folder=folder)).act(
        call(child, backend="s3://ours")
    )
    assert child.request["worksite"]["backend"] == "s3://theirs"
    assert child.request["worksite"]["folder"] == folder


def test_nobody_says_where_stacks_are_kept(call: Callable[..., StepCall]) -> None:
    with pytest.raises(StackError) as raised:
        StackExecutor(WorkerSettings()).act(call(Child()))
    assert raised.value.code == "stack-no-backend"


def test_answers_of_each_call(call: Callable[..., StepCall], tmp_path: Path) -> None:
    executor = StackExecutor(WorkerSettings(), tmp_path)
    probed = executor.probe(call(Child({"answer": {"found": "done"}})))
    assert probed.found is Probed.DONE
    shown = executor.preview(call(Child({"answer": {"changes": 2, "text": "create Network network"}})))
    assert (shown.ok, shown.changes, shown.text) == (True, 2, "create Network network")
    failed = executor.verify(call(Child({"answer": {"ok": False, "code": "stack-differs", "message": "no"}})))
    assert (failed.ok, failed.code, failed.message) == (False, "stack-differs", "no")
    wrong = executor.probe(call(Child({"answer": {"ok": False, "code": "unreachable", "message": "away"}})))
    assert (wrong.found, wrong.message) == (Probed.UNKNOWN, "away")


def test_a_child_without_an_answer_has_failed(call: Callable[..., StepCall], tmp_path: Path) -> None:
    executor = StackExecutor(WorkerSettings(), tmp_path)
    broken = executor.act(call(Child("no json", code=1)))
    assert (broken.ok, broken.code, broken.message) == (False, "failed", "it broke")
    late = executor.act(call(Child(code=None)))
    assert late.code == "timed-out"
    stopped = call(Child(code=None))
    stopped.cancel.set()
    assert executor.act(stopped).code == "canceled"


def test_a_design_of_another_operation_is_none(call: Callable[..., StepCall], tmp_path: Path) -> None:
    other = system_of("a", 10).model_dump(mode="json")
    with pytest.raises(StackError) as raised:
        StackExecutor(WorkerSettings(), tmp_path).act(call(Child(), design=other))
    assert raised.value.code == "stack-design"
    step = Step(id="x", executor=ExecutorKind.STACK, act=Call(do="requested"), parameters={"design": DESIGN})
    assert [flaw.code for flaw in StackExecutor(WorkerSettings()).inspect(step, {})] == ["stack-operation"]


def test_a_mark_is_the_same_in_every_attempt(call: Callable[..., StepCall]) -> None:
    first = call(Child())
    again = StepCall(**{**vars(first), "attempt": 2})
    assert step_mark(first) == step_mark(again)
    assert step_mark(first) != step_mark(StepCall(**{**vars(first), "run": "run-2"}))
