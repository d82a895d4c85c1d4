"""The group ``qianyun runbook``, and what several of its commands share."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from inventory.problems import Problem
from migration.runbook.errors import RunbookError, TemplateError
from ui.commanding import Group
from ui.output import problem_line
from ui.texts import text

__all__ = ["FAULTY", "FOUND", "LISTED", "group", "listing_faults", "print_problems"]

group = Group("runbook")
FOUND = 1
FAULTY = 2
LISTED = 10
"""Entries of a list that are printed before the rest is only counted."""


def print_problems(problems: Sequence[Problem], most: int | None = None) -> None:
    """Problems on stdout, one a line; the rest beyond ``most`` is counted."""
    shown = problems if most is None else problems[:most]
    sys.stdout.writelines(f"{problem_line(found)}\n" for found in shown)
    if len(shown) < len(problems):
        sys.stdout.write(text("cli.and-more", count=len(problems) - len(shown)) + "\n")


@contextmanager
def listing_faults() -> Iterator[None]:
    """Faults of a runbook, a template or a file of values are listed on stderr before the failure itself."""
    try:
        yield
    except (RunbookError, TemplateError) as error:
        _complain(error.problems)
        raise


def _complain(problems: Iterable[Problem]) -> None:
    sys.stderr.writelines(f"{problem_line(found)}\n" for found in problems)
