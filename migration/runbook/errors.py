"""Errors of runbooks.

InputError, VersionError (inventory.errors)
├── RunbookError          a runbook cannot be read, or cannot be made of what was asked for
├── TemplateError         a template of runbooks is wrong
└── RunbookVersionError   a runbook of a newer format
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from inventory.errors import InputError, VersionError
from inventory.problems import Problem

__all__ = ["RunbookError", "RunbookVersionError", "TemplateError"]


class _FaultyError(InputError):
    """``problems``: every fault of the file, where it has faults."""

    def __init__(self, code: str, *, problems: Iterable[Problem] = (), **data: Any) -> None:
        super().__init__(code, **data)
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self.code, self.problems, self.data))


def _restore(kind: type[_FaultyError], code: str, problems: tuple[Problem, ...], data: dict[str, Any]) -> _FaultyError:
    return kind(code, problems=problems, **data)


class RunbookError(_FaultyError):
    """A runbook cannot be read, or cannot be made of what was asked for (exit 2)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "runbook-missing": ("{path} does not exist", "make a runbook with: qianyun runbook make ESTATE PLAN -o {path}"),
        "runbook-not-a-runbook": (
            "{path} is not a runbook",
            "runbooks are written by: qianyun runbook make ESTATE PLAN -o RUNBOOK",
        ),
        "runbook-invalid": (
            "{path} has {count} fault(s), the first at {place}",
            "all of them are listed by: qianyun runbook lint {path}",
        ),
        "values-invalid": (
            "{path} has {count} fault(s), the first at {place}",
            "docs/runbooks.md says what a file of values may hold",
        ),
        "runbook-wave": ("the plan has no wave of systems '{wave}'", "nearest: {nearest}"),
        "runbook-selection": (
            "'{selector}' selects no item of the plan that is still to be done",
            "write item ids (TRACK/OBJECT/STEP), or a selector with track: and step: such as 'track:room -step:closed'",
        ),
        "runbook-nothing": (
            "wave '{wave}' has nothing to do at the stage {stage}",
            "its items are shown by: qianyun plan show PLAN --wave {wave}",
        ),
        "runbook-item": ("no item '{item}' in {path}", "nearest: {nearest}"),
    }


class TemplateError(_FaultyError):
    """A template of runbooks is wrong (exit 2)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "template-invalid": (
            "a template has {count} fault(s), the first at {place}",
            "docs/runbooks.md says what a template may hold",
        ),
        "template-loop": ("{place}: templates include each other: {templates}", "take one of them out"),
        "template-unknown": ("{place}: no template '{template}'", "nearest: {nearest}"),
        "template-value": ("{place}: no value is called '{name}'", "nearest: {nearest}; docs/runbooks.md lists them"),
        "template-parameter": (
            "{place}: template '{template}' needs the parameter '{name}'",
            "give it under 'with:', or give it a default there",
        ),
        "template-surplus": ("{place}: template '{template}' has no parameter '{name}'", "nearest: {nearest}"),
        "template-twice": ("{place}: template '{template}' stands in {first} as well", "give one of them another id"),
        "template-none": ("no template fits {object}, step {step}", "write one and name its folder with --templates"),
    }


class RunbookVersionError(VersionError):
    """A runbook of a newer format (exit 5)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "runbook-format": (
            "{path} is written in runbook format {found}; this program reads {known}",
            "use a release of qianyun that reads this format",
        ),
    }
