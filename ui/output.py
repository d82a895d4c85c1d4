"""Where words go: data to stdout (tables or JSON), narration, progress and failures to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import QianyunError
from ui.texts import error_texts, problem_texts, text

if TYPE_CHECKING:
    from rich.console import Console

    from inventory.problems import Problem

__all__ = ["FORMAT", "Report", "emit", "fail", "note", "problem_line", "progress", "say", "table"]

FORMAT = 1
"""Version of every JSON answer (docs/formats.md)."""
PIPE_WIDTH = 10_000
NOTED = "qianyun.noted"

Report = Callable[[str, int, int], None]
"""(stage, done, total): what long work calls as it goes on."""


def emit(answer: dict[str, Any]) -> None:
    """Print a JSON answer on stdout: the version of its format first, last what ``note`` has added."""
    context = click.get_current_context(silent=True)
    noted = context.meta.get(NOTED, {}) if context is not None else {}
    sys.stdout.write(json.dumps({"format": FORMAT, **answer, **noted}, ensure_ascii=False, indent=2) + "\n")


def note(**facts: Any) -> None:
    """Have facts that hold for the whole command, such as ``quarantined``, in its JSON answer."""
    click.get_current_context().meta.setdefault(NOTED, {}).update(facts)


def say(key: str, **data: Any) -> None:
    """Narrate on stderr."""
    sys.stderr.write(text(key, **data) + "\n")


def fail(error: QianyunError) -> None:
    """Print an expected failure: what happened and what to do, two lines at most."""
    message, hint = error_texts(error)
    sys.stderr.write(text("cli.failed", message=message) + "\n")
    if "qianyun run " in hint and "run" in error.data:  # to be typed where the error was met: with the same store
        hint = " ".join((hint, *getattr(error, "__notes__", ())))
    if hint:
        sys.stderr.write(text("cli.hint", hint=hint) + "\n")


def problem_line(found: Problem) -> str:
    """One line: place, severity, rule, message, hint, nearest name."""
    message, hint = problem_texts(found)
    parts = [f"{found.origin}: {text('cli.severity.' + found.severity)} [{found.code}]"]
    if found.id:
        parts.append(f"{found.id}{'.' + found.path if found.path else ''}:")
    parts.append(message)
    if found.nearest and f"{found.nearest}" not in hint:
        parts.append(text("cli.nearest", nearest=found.nearest))
    line = " ".join(parts)
    return f"{line} — {hint}" if hint and found.severity != "note" else line


def _console(file: Any) -> Console:
    from rich.console import Console

    terminal = file.isatty()
    width = None if terminal else PIPE_WIDTH
    return Console(file=file, width=width, highlight=False, soft_wrap=not terminal)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str = "", right: Sequence[int] = ()) -> None:
    """Print an aligned table on stdout. ``right``: numbers of the columns that are aligned to the right."""
    from rich.text import Text

    from ui.tables import lay_out

    console = _console(sys.stdout)
    made = lay_out(columns, rows, right=right, width=console.width if sys.stdout.isatty() else None)
    head = [title] if title else []
    for line in [*head, "", *made.head[:-1]]:
        console.print(Text(line, style="bold"), soft_wrap=True)
    sys.stdout.writelines(f"{line}\n" for line in (*made.head[-1:], *made.body, ""))


@contextmanager
def progress(label: str) -> Iterator[Report]:
    """A progress bar on stderr where that is a terminal; the block gets a ``Report``."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _stage, _done, _total: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn(),
        console=_console(sys.stderr), transient=True,
    )  # fmt: skip
    tasks: dict[str, Any] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(f"{label} {stage}", total=total)
        bars.update(tasks[stage], completed=done, total=total)

    with bars:
        yield report
