"""Stacks that were worked on: progress while it goes on, how each ended, what is left, what the estate learns."""

from __future__ import annotations

import datetime as dt
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from inventory.errors import QianyunError
from inventory.inventory import Inventory
from ui.commands.stack.showing import change_answer, error_answer, tell_errors
from ui.output import Report, progress, say, table
from ui.texts import text

if TYPE_CHECKING:
    from stacks.engine import Cancel, Progress, ResourceChange
    from stacks.operations import Desk

__all__ = ["Ended", "Steps", "answer_of", "show_ended", "tell_left", "write_outputs"]

T = TypeVar("T")
SYSTEM = "system."
BROKEN = frozenset({"engine-killed", "plugin-died", "stack-interrupted", "state-damaged"})
"""Codes after which ``stack recover`` comes first."""


@dataclass(frozen=True)
class Ended(Generic[T]):
    """How work on one stack ended; neither result nor error: it was not begun any more."""

    stack: str
    result: T | None = None
    error: QianyunError | None = None

    @property
    def begun(self) -> bool:
        """Whether anything was done."""
        return self.result is not None or self.error is not None

    @property
    def changes(self) -> tuple[ResourceChange, ...]:
        """Resources that were changed, or are otherwise."""
        return tuple(getattr(self.result, "changes", ()))

    @property
    def status(self) -> str:
        """done, failed, stopped or not-begun."""
        if not self.begun:
            return "not-begun"
        if self.error is None:
            return "done"
        return "stopped" if self.error.code == "engine-stopped" else "failed"


class Steps:
    """A progress bar over resources, and work on several stacks at a time."""

    def __init__(self, label: str, total: int) -> None:
        self._label, self._total, self._done = label, total, 0
        self._lock, self._stack = threading.Lock(), ExitStack()
        self._report: Report = lambda _stage, _done, _total: None

    def __enter__(self) -> Self:
        self._report = self._stack.enter_context(progress(self._label))
        self._report("", 0, self._total)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def tell(self, event: Progress) -> None:
        """Counts resources that have ended."""
        if event.kind in ("done", "failed") and event.name:
            with self._lock:
                self._done += 1
                self._report("", min(self._done, self._total), self._total)

    def each(
        self, names: Sequence[str], work: Callable[[str], T], *, limit: int, cancel: Cancel
    ) -> tuple[Ended[T], ...]:
        """``work`` on every stack, in the order of the names."""
        from stacks.engine import each

        found = {
            one.stack: Ended(one.stack, one.result, one.error) for one in each(names, work, limit=limit, cancel=cancel)
        }
        return tuple(found[name] for name in names)


def answer_of(one: Ended[Any]) -> dict[str, Any]:
    """One stack that was worked on."""
    return {
        "stack": one.stack,
        "status": one.status,
        "seconds": round(getattr(one.result, "seconds", 0.0), 3),
        "changes": [change_answer(change) for change in one.changes],
        **error_answer(one.error),
    }


def show_ended(ended: Sequence[Ended[Any]], written: Sequence[str] = ()) -> None:
    """One line a stack, then what went wrong."""
    if ended:
        rows = [
            (
                one.stack,
                text(f"stack.status.{one.status}"),
                len(one.changes),
                f"{getattr(one.result, 'seconds', 0.0):.1f}",
            )
            for one in ended
        ]
        columns = [text(f"stack.column.{name}") for name in ("stack", "state", "resources", "seconds")]
        table(columns, rows, right=[2, 3])
    tell_errors([one.error for one in ended])
    sys.stdout.writelines(text("stack.written", path=path) + "\n" for path in written)


def tell_left(estate: Path, ended: Sequence[Ended[Any]]) -> None:
    """After an interrupt or a kill: what is left, and how it goes on."""
    left = [one.stack for one in ended if not one.begun]
    if left:
        say("stack.left", count=len(left), stacks=", ".join(left[:5]))
    for one in ended:
        if one.error is not None and one.error.code in BROKEN:
            say("stack.recover-first", estate=estate, stack=one.stack)


def write_outputs(desk: Desk, inventory: Inventory, estate: Path, names: Sequence[str]) -> list[str]:
    """Addresses of machines that were made become state of their components, all of them the first time, then what is
    otherwise than the estate says; the files written. Errors of ``migration.run.outcomes.write_state``."""
    from migration.run.outcomes import state_file, write_state
    from stacks.outcome import endpoint_entries

    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    written = []
    for name in names:
        state = desk.state(name) if name.startswith(SYSTEM) else None
        if state is None:
            continue
        run, system = f"stack-{name}", name.removeprefix(SYSTEM)
        entries = endpoint_entries(inventory, system, state.outputs, at, known=state_file(estate, run).exists())
        if entries:
            written.append(str(write_state(estate, run, entries)))
    return written
