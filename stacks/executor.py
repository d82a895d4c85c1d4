"""The executor of steps that make places on clouds: the port ``migration.run.ports.Executor``.

Operations are those of ``stacks.steps``. What is to be made stands in the step's parameter ``design``, frozen with the
runbook: what was approved is what is made. The engine works in a child process on the worker's leash.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from inventory.inventory import nearest_names
from migration.run.events import Probed, StepOutput
from migration.run.ports import Flaw, Outcome, Preview, Probe, StepCall
from migration.runbook.model import Step
from stacks.design.model import SystemDesign, ZoneDesign
from stacks.errors import StackError
from stacks.steps import OPERATIONS, StepAnswer, StepRequest
from stacks.worksite import Worksite, worksite_of

if TYPE_CHECKING:
    from migration.run.settings import WorkerSettings

__all__ = ["StackExecutor", "step_mark"]

PASSED_ON = (
    "PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "http_proxy", "https_proxy",
    "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
)  # fmt: skip
"""Variables of the worker's environment that the engine and its plug-ins need, beside those that begin as below."""
PREFIXES = ("OS_", "AWS_", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_DYNAMIC_TF_", "QIANYUN_TERRAFORM_")
"""OpenStack's logins, S3's, passphrases, vendors' Terraform providers and their logins."""
Asked = Literal["preview", "probe", "act", "verify", "rollback"]


def step_mark(call: StepCall) -> str:
    """Mark of a step, the same in every attempt and on every worker."""
    return hashlib.sha256(f"{call.run}\n{call.item}\n{call.step.id}".encode()).hexdigest()[:16]


class StackExecutor:
    """Carries out operations on stacks. One instance serves many threads."""

    def __init__(self, settings: WorkerSettings, estate: Path | None = None) -> None:
        """``estate``: where stacks are kept that neither settings nor runbook have a place for. ModuleNotFoundError
        where what works on stacks is not installed."""
        if find_spec("pulumi") is None:
            raise ModuleNotFoundError(name="pulumi")
        self._settings, self._estate = settings, estate

    # ---- before anything is contacted ----

    def inspect(self, step: Step, shared: Mapping[str, Any]) -> tuple[Flaw, ...]:
        """See ``Executor``."""
        named = [call for call in (step.act, step.probe, step.verify, step.rollback) if call is not None]
        flaws = [
            Flaw("stack-operation", {"step": step.id, "operation": do, "nearest": nearest_names(do, OPERATIONS)})
            for do in dict.fromkeys(call.do for call in named)
            if do not in OPERATIONS
        ]
        if not flaws and _design({**shared, **step.parameters, **step.act.parameters}, step.act.do) is None:
            flaws.append(Flaw("stack-design", {"step": step.id, "operation": step.act.do}))
        return tuple(flaws)

    # ---- acting ----

    def preview(self, call: StepCall) -> Preview:
        """See ``Executor``: the engine's own preview."""
        answer = self._ask("preview", call)
        if not answer.ok:
            return Preview(ok=False, text=answer.message, code=answer.code)
        return Preview(ok=True, changes=answer.changes, text=answer.text)

    def probe(self, call: StepCall) -> Probe:
        """See ``Executor``. What a killed engine has left is ended first: then the cloud tells."""
        answer = self._ask("probe", call)
        return Probe(answer.found or Probed.UNKNOWN, answer.message)

    def act(self, call: StepCall) -> Outcome:
        """See ``Executor``."""
        return _outcome(self._ask("act", call))

    def verify(self, call: StepCall) -> Outcome:
        """See ``Executor``: a preview without changes, and outputs that lack nothing."""
        return _outcome(self._ask("verify", call))

    def rollback(self, call: StepCall) -> Outcome:
        """See ``Executor``: destroys what the step has made; what was there before it stays."""
        return _outcome(self._ask("rollback", call))

    def _ask(self, what: Asked, call: StepCall) -> StepAnswer:
        """Have the child do it. StackError ``stack-design``, ``stack-no-backend``: nothing can be asked."""
        design = _design(call.parameters, call.call.do)
        if design is None:
            raise StackError("stack-design", step=call.step.id, operation=call.call.do)
        step = StepRequest(
            call=what, design=design, step=step_mark(call), who=f"{call.run} {call.item}", seconds=call.timeout
        )
        worksite = worksite_of(
            self._settings,
            kept=str(call.parameters.get("backend", "")),
            project=str(call.parameters.get("project", "")),
            estate=self._estate,
        )
        answers: list[StepAnswer] = []

        def take(line: str) -> None:
            said = _read(line)
            if "output" in said:
                call.emit(StepOutput(**said["output"]))
            elif "answer" in said:
                answers.append(StepAnswer.model_validate(said["answer"]))

        finished = call.launch(
            [sys.executable, "-P", "-m", "stacks.child"],
            timeout=call.timeout,
            cancel=call.cancel,
            environment=_environment(worksite),
            folder=call.folder,
            stdin=json.dumps({"worksite": worksite.model_dump(mode="json"), "step": step.model_dump(mode="json")}),
            on_line=take,
        )
        if answers:
            return answers[-1]
        if finished.code is None:
            return StepAnswer(ok=False, code="canceled" if call.cancel.is_set() else "timed-out")
        return StepAnswer(ok=False, code="failed", message=finished.stderr.strip()[-2000:])


def _design(parameters: Mapping[str, Any], operation: str) -> ZoneDesign | SystemDesign | None:
    """The design in a step's parameters; None where it is none of the operation's."""
    model = OPERATIONS.get(operation)
    if model is None:
        return None
    try:
        return model.model_validate(parameters.get("design"))
    except ValidationError:
        return None


def _outcome(answer: StepAnswer) -> Outcome:
    return Outcome(answer.ok, answer.code, answer.message, answer.evidence)


def _read(line: str) -> dict[str, Any]:
    """An object of the child's stream; empty for what is none."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _environment(worksite: Worksite) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith(PREFIXES)}
    named = {"OS_CLIENT_CONFIG_FILE": worksite.clouds} if worksite.clouds else {}
    return {
        "PATH": os.defpath,
        "HOME": pwd.getpwuid(os.geteuid()).pw_dir,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(Path(__file__).parent.parent),
        **kept,
        **named,
    }
