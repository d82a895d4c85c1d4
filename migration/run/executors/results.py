"""What both executors say: flaws and failures by code, with the words of ``StepError``."""

from __future__ import annotations

from typing import Any

from migration.run.errors import StepError
from migration.run.ports import Flaw, Outcome

__all__ = ["failed", "flaw"]

_SHOWN = 2000


def failed(code: str, detail: str = "", /, **data: Any) -> Outcome:
    """A failure. ``detail``: what a program or a server said."""
    message = StepError.template(code)[0].format(**data)
    return Outcome(False, code, f"{message}\n{detail[-_SHOWN:]}" if detail else message)


def flaw(code: str, /, **data: str) -> Flaw:
    """A flaw of a step; KeyError for a code that has no words."""
    StepError.template(code)
    return Flaw(code, data)
