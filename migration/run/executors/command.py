"""Executor ``command``: starts a program on the worker, without a shell.

``{name}`` in a word of ``argv`` is filled from the parameters, ``{{name}}`` stands for ``{name}`` itself. Acting,
verifying and undoing succeed with exit code 0. A probe says with 0 that the effect is there, with 1 that it is not;
anything else leaves it open. A program that prints one JSON object gives the step's evidence: the names that the step
lists under ``evidence`` are kept.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from migration.run.errors import StepError
from migration.run.events import Probed, StepOutput
from migration.run.executors.results import failed, flaw
from migration.run.masking import LineMask, mask
from migration.run.ports import Finished, Flaw, Outcome, Preview, Probe, StepCall
from migration.runbook.model import Call, Step

__all__ = ["CommandExecutor", "fill"]

PASSED_ON = ("PATH", "HOME", "LANG", "SSH_AUTH_SOCK")
"""All that a program gets of the worker's environment: what else is there is none of its business."""
_PLACE = re.compile(r"\{\{(?P<kept>[A-Za-z_]\w*)\}\}|\{(?P<name>[A-Za-z_]\w*)\}", re.ASCII)
_SHOWN = 2000


class CommandExecutor:
    """See ``migration.run.ports.Executor``."""

    def inspect(self, step: Step, shared: Mapping[str, Any]) -> tuple[Flaw, ...]:
        """Calls that name no program, and parameters that they lack."""
        calls = {"act": step.act, "probe": step.probe, "verify": step.verify, "rollback": step.rollback}
        flaws = []
        for name, call in calls.items():
            if call is None:
                continue
            if not (call.argv and call.argv[0].strip()):
                flaws.append(flaw("no-argv", step=step.id, call=name))
            known = {**shared, **step.parameters, **call.parameters}
            lacking = [parameter for parameter in _places(call) if known.get(parameter) is None]
            flaws += [flaw("missing-parameter", step=step.id, parameter=parameter) for parameter in lacking]
        return tuple(flaws)

    def preview(self, call: StepCall) -> Preview:
        """The command as it would be started; whether it would change anything only the program knows."""
        argv = fill(call)
        shown = mask(shlex.join(argv))
        if shutil.which(argv[0], path=_environment()["PATH"]) is None:
            return Preview(False, text=shown, code="program-missing")
        return Preview(True, changes=None if call.step.changes else 0, text=shown)

    def probe(self, call: StepCall) -> Probe:
        """By the exit code."""
        outcome, done = self._run(call)
        code = None if done is None else done.code
        found = {0: Probed.DONE, 1: Probed.NOT_DONE}.get(-1 if code is None else code, Probed.UNKNOWN)
        return Probe(found, outcome.message)

    def act(self, call: StepCall) -> Outcome:
        """By the exit code."""
        return self._run(call)[0]

    def verify(self, call: StepCall) -> Outcome:
        """By the exit code."""
        return self._run(call)[0]

    def rollback(self, call: StepCall) -> Outcome:
        """By the exit code."""
        return self._run(call)[0]

    def _run(self, call: StepCall) -> tuple[Outcome, Finished | None]:
        argv, masked = fill(call), LineMask()

        def report(line: str) -> None:
            call.emit(StepOutput(task=Path(argv[0]).name, message=masked(line)))

        began = time.monotonic()
        try:
            done = call.launch(
                argv,
                timeout=call.timeout,
                cancel=call.cancel,
                environment=_environment(),
                folder=call.folder,
                on_line=report,
            )
        except FileNotFoundError:
            return failed("program-missing", program=argv[0]), None
        except PermissionError:
            return failed("program-denied", program=argv[0]), None
        said = mask((done.stderr.strip() or done.stdout.strip())[-_SHOWN:])
        if done.code is None:
            if time.monotonic() - began >= call.timeout:
                return failed("timed-out", said, seconds=round(call.timeout)), done
            return failed("canceled", said), done
        if done.code:
            return failed("exit-code", said, exit_code=done.code), done
        return Outcome(True, message=said, evidence=_evidence(call.step, done.stdout)), done


def fill(call: StepCall) -> list[str]:
    """Program and arguments with their places filled.

    Raises:
        StepError: ``no-argv``, ``missing-parameter``, ``bad-parameter``.
    """
    argv = [_filled(word, call.step, call.parameters) for word in call.call.argv]
    if not argv or not argv[0].strip():
        raise StepError("no-argv", step=call.step.id, call="act")
    return argv


def _places(call: Call) -> tuple[str, ...]:
    names = (match["name"] for word in call.argv for match in _PLACE.finditer(word))
    return tuple(dict.fromkeys(name for name in names if name))


def _filled(word: str, step: Step, parameters: Mapping[str, Any]) -> str:
    def one(match: re.Match[str]) -> str:
        if match["kept"]:
            return f"{{{match['kept']}}}"
        name = match["name"]
        if parameters.get(name) is None:
            raise StepError("missing-parameter", step=step.id, parameter=name)
        value = parameters[name]
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if "\x00" in text:
            raise StepError(
                "bad-parameter", step=step.id, parameter=name, value=repr(text), expected="text without NUL"
            )
        return text

    return _PLACE.sub(one, word)


def _environment() -> dict[str, str]:
    defaults = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    return defaults | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def _evidence(step: Step, stdout: str) -> dict[str, Any]:
    if not step.evidence:
        return {}
    try:
        said = json.loads(stdout)
    except (ValueError, RecursionError):
        return {}
    return {name: said[name] for name in step.evidence if name in said} if isinstance(said, dict) else {}
