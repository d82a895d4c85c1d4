"""What a run tells the estate: entries of ``inventory.state`` from the journal, and the file ``state/RUN.yaml``.

The journal stays the record: the file is only its image in the estate, and can be written again at any time.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from inventory.base import Struct
from inventory.errors import FileError, InputError
from inventory.files import reason_of, write_atomic
from inventory.kinds import KINDS
from inventory.loaders.yaml_file import read_yaml
from inventory.problems import Origin
from inventory.state import CHANGED_BY_RUNS, StateEntry
from inventory.validation import validate
from migration.run.errors import RunError
from migration.run.events import Envelope, ItemEnded, ItemStatus

__all__ = ["entries_of", "state_file", "write_state"]

FORMAT = 1
CHINA = dt.timezone(dt.timedelta(hours=8))
"""Files carry China's time: the day of an entry is the day there (``inventory.state``)."""
FOLDER = "state"


class _Head(Struct):
    run: str
    format: int = FORMAT


def entries_of(envelopes: Iterable[Envelope]) -> list[StateEntry]:
    """An entry for each object that an item changed when it succeeded, or that was put back when it was undone."""
    return [
        StateEntry(
            at=envelope.at,
            item=envelope.item,
            object=change.object,
            set=change.set,
            undone=event.status is ItemStatus.ROLLED_BACK,
        )
        for envelope in envelopes
        if isinstance(event := envelope.event, ItemEnded)
        for change in event.changes
    ]


def state_file(estate: Path, run: str) -> Path:
    """Where the state that a run leaves is written."""
    return estate / FOLDER / f"{run}.yaml"


def write_state(estate: Path, run: str, entries: Sequence[StateEntry]) -> Path:
    """Add entries to ``state/RUN.yaml``, in the order of their time; those that stand there already are not doubled.

    The file is replaced at once or stays as it was; several writers wait for each other.

    Raises:
        RunError: ``state-kind``, ``state-field`` for what runs do not change; ``state-unreadable``,
            ``state-other-run`` when the file that is there was spoilt.
        InputError: ``cannot-write``.
    """
    for entry in entries:
        _allowed(entry)
    path = state_file(estate, run)
    with _alone(path.parent):
        there = _read(path, run) if path.exists() else []
        known = {_identity(entry) for entry in there}
        merged = list(there)
        for entry in entries:
            if _identity(entry) not in known:
                known.add(_identity(entry))
                merged.append(entry)
        if len(merged) > len(there) or not path.exists():
            merged.sort(key=_moment)
            write_atomic(path, _text(run, merged))
    return path


def _allowed(entry: StateEntry) -> None:
    kind, _, id = entry.object.partition(":")
    if not id or (kind not in KINDS and kind != "component") or (entry.set and kind not in CHANGED_BY_RUNS):
        raise RunError("state-kind", item=entry.item, object=entry.object, known=", ".join(CHANGED_BY_RUNS))
    for name in entry.set:
        if name not in CHANGED_BY_RUNS[kind]:
            known = ", ".join(CHANGED_BY_RUNS[kind])
            raise RunError("state-field", item=entry.item, object=entry.object, field=name, known=known)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise InputError("cannot-write", path=str(folder), reason=reason_of(error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _read(path: Path, run: str) -> list[StateEntry]:
    try:
        raw = read_yaml(path.read_bytes(), str(path))
    except FileError as error:
        raise RunError(
            "state-unreadable", path=str(path), line=error.data.get("line", 1), reason=error.data.get("reason", error)
        ) from error
    except OSError as error:
        raise RunError("state-unreadable", path=str(path), line=1, reason=reason_of(error)) from error
    head, problems = validate(_Head, raw.loose, lambda _: Origin(str(path), 1), kind="state")
    problems = [*raw.problems, *problems]
    entries = []
    for record in raw.lists.get("entries", []):
        entry, found = validate(StateEntry, record.data, lambda _, origin=record.origin: origin, kind="state")  # type: ignore[misc]
        problems += found
        entries.append(entry)
    if problems:
        line = problems[0].origin.line or 1
        raise RunError("state-unreadable", path=str(path), line=line, reason=problems[0].message)
    if head.run != run:
        raise RunError("state-other-run", path=str(path), found=head.run, run=run)
    return entries


def _moment(entry: StateEntry) -> dt.datetime:
    return entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=CHINA)


def _identity(entry: StateEntry) -> str:
    content = [_moment(entry).timestamp(), entry.item, entry.object, _as_read(entry.set), entry.undone]
    return json.dumps(content, sort_keys=True)


def _as_read(value: Any) -> Any:
    """As the loader gives it back: every scalar is text, only nothing stays nothing."""
    match value:
        case dict():
            return {str(key): _as_read(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_as_read(inner) for inner in value]
        case bool():
            return str(value).lower()
        case None:
            return None
    return str(value)


def _text(run: str, entries: Sequence[StateEntry]) -> str:
    plain = [
        {
            "at": _moment(entry).astimezone(CHINA).isoformat(),
            "item": entry.item,
            "object": entry.object,
            "set": _as_read(entry.set),
        }
        | ({"undone": True} if entry.undone else {})
        for entry in entries
    ]
    whole = {"run": run, "format": FORMAT, "entries": plain}
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1_000_000)
