"""What the child process reports, as results of a step: who was reached, what changed, why it failed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from migration.run.events import StepOutput
from playbooks.errors import PlaybookError

__all__ = ["Results"]

_LONGEST_TEXT = 20_000
_LINES = 60
_RELAYED = ("ansible.builtin.validate_argument_spec", "ansible.builtin.include_role", "ansible.builtin.include_tasks")
"""Tasks that only lead to others; their results are of interest when they fail."""

_HOST_KEY = re.compile(
    r"host key verification failed|host identification has changed|no .* host key is known", re.IGNORECASE
)
_LOGIN = re.compile(
    r"permission denied \(|too many authentication failures|invalid/incorrect (username/)?password", re.IGNORECASE
)
_BECOME = re.compile(
    r"(incorrect|missing) (sudo|su|doas) password|privilege escalation|a (password|terminal) is required"
    r"|not in the sudoers file|may not run sudo|is not allowed to (run sudo|execute)|incorrect password attempts?"
    r"|unable to become|sudo: .*not found",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"recursive loop|is undefined|has no attribute|template error|syntax error in template|error while resolving"
    r"|finalization of task args|conditional result|error while evaluating conditional|maximum recursion depth",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"^Origin: (?P<path>/.+?):(?P<line>\d+)(?::\d+)?\s*$", re.MULTILINE)
_ROLE = re.compile(r"the role '(?P<role>[^']*)' was not found", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """A task that failed on a host."""

    host: str
    task: str
    place: str
    action: str
    reason: str
    unreachable: bool


class Results:
    """Takes the lines of the child process; afterwards tells how it went."""

    def __init__(self, expected: Collection[str], emit: Callable[[StepOutput], None], *, preview: bool = False) -> None:
        self.failures: list[Failure] = []
        self.changes: list[str] = []
        self.unknown: list[str] = []
        self.custom: dict[str, Any] = {}
        self._expected = expected
        self._emit = emit
        self._preview = preview
        self._seen: set[str] = set()
        self._text: list[str] = []
        self._code: int | None = None
        self._vault = ""

    def line(self, line: str) -> None:
        """Take one line."""
        with suppress(ValueError):
            event = json.loads(line)
            match event["event"]:
                case "task":
                    self._task(event)
                case "stats":
                    self._seen |= set(event["processed"])
                    self.custom = event["custom"] if isinstance(event["custom"], dict) else {}
                case "text":
                    self._text = [*self._text, event["text"]][-_LINES:]
                case "end":
                    self._code, self._vault = event["code"], event.get("vault", "")

    def _task(self, event: Mapping[str, Any]) -> None:
        result, status = event["result"], event["status"]
        name = f"{event['host']}: {event['task']}"
        message = _message(result, status)
        if status == "ok" and result.get("changed"):
            status = "changed"
        if status in ("failed", "unreachable") and not event["ignored"]:
            failure = Failure(
                event["host"], event["task"], event["path"], event["action"], message, status == "unreachable"
            )
            self.failures.append(failure)
        elif status == "failed":
            status, message = "note", f"failed, which the role allows: {message}"
            if self._preview:
                self.unknown.append(name)
        elif status == "changed":
            self.changes.append(f"{name}\n{event['diff']}".rstrip())
        elif status == "skipped" and self._preview and _only_in_check(result):
            self.unknown.append(name)
        if event["action"] not in _RELAYED or status not in ("ok", "skipped"):
            said: Literal["ok", "changed", "failed", "unreachable", "skipped", "note"] = status
            output = StepOutput(host=event["host"], task=event["task"], status=said, message=message)
            self._emit(output.model_copy(update={"diff": event["diff"]}))

    def problem(self, stderr: str) -> PlaybookError | None:
        """Why it failed; None when every host that was expected did what it should. ``stderr``: of the child."""
        if self._vault:
            return PlaybookError("vault-wrong", reason=self._vault)
        if self._code == 0:  # also where a role has caught a failure by itself
            missing = sorted(set(self._expected) - self._seen)
            return PlaybookError("no-hosts", hosts=", ".join(missing)) if missing else None
        return self._failed() if self.failures else self._unparsed(stderr)

    def _failed(self) -> PlaybookError:
        # A host that cannot be reached explains failures elsewhere; else the last one counts: a role may have caught
        # those before it.
        told = next((failure for failure in self.failures if failure.unreachable), self.failures[-1])
        code = _code(told)
        alike = [failure for failure in self.failures if failure.task == told.task and _code(failure) == code]
        return PlaybookError(
            code,
            hosts=", ".join(dict.fromkeys(failure.host for failure in alike)),
            task=told.task,
            place=_origin(told.reason) or told.place,
            reason=_sentence(told.reason),
        )

    def _unparsed(self, stderr: str) -> PlaybookError:
        text = "\n".join(self._text)
        role = _ROLE.search(text)
        if role:
            return PlaybookError("role-unknown", step="", role=role["role"], nearest="")
        error = text.partition("[ERROR]: ")[2] or text.partition("ERROR! ")[2]
        place = _origin(text)
        if place and error:
            return PlaybookError("playbook-broken", place=place, reason=_sentence(error))
        return PlaybookError(
            "ansible-ended", ended=self._code, reason=_sentence(error or text or stderr.strip().rpartition("\n")[2])
        )

    @property
    def summary(self) -> str:
        """What would change, for a preview."""
        lines = [f"~ {change}" for change in self.changes] + [f"? {name}" for name in self.unknown]
        text = "\n".join(lines)
        return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}\n[...]"


def _code(failure: Failure) -> str:
    if failure.unreachable:
        kinds = ((_HOST_KEY, "host-key"), (_BECOME, "become"), (_LOGIN, "login-refused"))
        return next((code for pattern, code in kinds if pattern.search(failure.reason)), "unreachable")
    if failure.action.endswith("validate_argument_spec"):
        return "parameters-refused"
    if _BECOME.search(failure.reason):
        return "become"
    return "template-error" if _TEMPLATE.search(failure.reason) else "failed"


def _message(result: Mapping[str, Any], status: str) -> str:
    if "censored" in result:
        return "hidden, as the role demands" if status in ("failed", "unreachable") else ""
    parts = [str(result[key]).strip() for key in ("msg",) if result.get(key)]
    if status in ("failed", "unreachable"):
        parts += [str(result[key]).strip() for key in ("reason", "stderr", "module_stderr") if result.get(key)]
        parts += [str(result["stdout"]).strip()] if result.get("stdout") and not result.get("stderr") else []
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _only_in_check(result: Mapping[str, Any]) -> bool:
    """Whether a task was left out because nothing may change, not because there was nothing to do."""
    return "check mode" in str(result.get("msg", "")) or "check_mode" in str(result.get("false_condition", ""))


def _origin(text: str) -> str:
    found = _ORIGIN.search(text)
    return f"{found['path']}:{found['line']}" if found else ""


def _sentence(text: str) -> str:
    """The words of an error without the piece of source that Ansible shows with it."""
    lines = [line.strip() for line in text.partition("\nOrigin: ")[0].splitlines() if line.strip()]
    return " ".join(lines)[:600] or "no reason given"
