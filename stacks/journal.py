"""The journal of stacks: a line of JSON for each thing that was about to be done to one, on disk before it is done.

It says who did what when, and which resources a step of a run found there before it: what has come since then is what
the step has made, and all that undoing it may take away.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from inventory.files import append_line

__all__ = ["Action", "Entry", "Event", "Journal"]


class Action(StrEnum):
    """What is done to a stack."""

    UP = "up"
    REFRESH = "refresh"
    IMPORT = "import"
    DESTROY = "destroy"
    UNDO = "undo"
    RECOVER = "recover"
    UNLOCK = "unlock"


class Event(StrEnum):
    """Begin and end; a begin without an end was killed."""

    BEGIN = "begin"
    END = "end"


@dataclass(frozen=True)
class Entry:
    """One line.

    Attributes:
        who: account and machine, or the run.
        step: mark of the run's step that does it; empty for people.
        hash: of the preview that was agreed to.
        data: of a begin ``before``, the URNs that were there, and ``orphans``, what goes with a stack though its state
            does not know it; of an end ``status`` (done, failed, canceled) and ``code``.
    """

    at: dt.datetime
    event: Event
    action: Action
    stack: str
    who: str = ""
    step: str = ""
    hash: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


class Journal:
    """The file ``journal.jsonl`` of a folder; several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.jsonl"

    def append(
        self,
        event: Event,
        action: Action,
        stack: str,
        *,
        who: str = "",
        step: str = "",
        hash: str = "",  # noqa: A002 - the field's name
        **data: Any,
    ) -> None:
        """Put on disk what is about to be done, or how it ended. InputError ``cannot-write``."""
        plain = {
            "at": dt.datetime.now(dt.UTC).isoformat(),
            "event": event.value,
            "action": action.value,
            "stack": stack,
            "who": who,
            "step": step,
            "hash": hash,
        }
        line = {name: value for name, value in plain.items() if value} | ({"data": data} if data else {})
        append_line(self.path, json.dumps(line, ensure_ascii=False, default=str))

    def entries(self, stack: str = "") -> Iterator[Entry]:
        """Entries, of one stack where it is named, oldest first; a line that a crash has torn is left out."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        for line in content.splitlines():
            entry = _entry(line)
            if entry is not None and stack in ("", entry.stack):
                yield entry

    def made_by(self, stack: str, step: str, present: Collection[str]) -> frozenset[str] | None:
        """Of the URNs that are present now, those that came with a step; None where the step never acted, or was
        undone since."""
        before: frozenset[str] | None = None
        for entry in self.entries(stack):
            if entry.step != step:
                continue
            if entry.action is Action.UP and entry.event is Event.BEGIN and before is None:
                before = frozenset(entry.data.get("before", ()))
            elif _undone(entry):
                before = None
        return None if before is None else frozenset(present) - before

    def is_undone(self, stack: str, step: str) -> bool:
        """Whether undoing is the last that a step has done."""
        own = [entry for entry in self.entries(stack) if entry.step == step]
        return bool(own) and _undone(own[-1])


def _undone(entry: Entry) -> bool:
    return entry.action is Action.UNDO and entry.event is Event.END and entry.data.get("status") == "done"


def _entry(line: bytes) -> Entry | None:
    try:
        plain = json.loads(line)
        return Entry(
            dt.datetime.fromisoformat(plain["at"]),
            Event(plain["event"]),
            Action(plain["action"]),
            plain["stack"],
            plain.get("who", ""),
            plain.get("step", ""),
            plain.get("hash", ""),
            plain.get("data", {}),
        )
    except (ValueError, KeyError, TypeError):
        return None
