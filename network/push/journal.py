"""The journal of pushes: one line of JSON for each thing that was about to be done, on disk before it is done.

A folder holds ``journal.jsonl`` (append-only), for each push of a device the configuration before and the intended one,
and a lock file for each device. After a crash the journal says which devices were left in the middle.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from inventory.errors import InputError
from inventory.files import append_line, reason_of, write_atomic
from network.errors import PushError

__all__ = ["ENDED", "Entry", "Event", "Journal", "Unfinished"]


class Event(StrEnum):
    """What the journal knows of a push of one device, in this order."""

    AGREED = "agreed"
    """A person has agreed to the whole push; of no device."""
    BEGUN = "begun"
    """Nothing was done yet; the configurations are kept."""
    ARMING = "arming"
    """From here on the device may be guarded."""
    ARMED = "armed"
    """The guard was read back."""
    SENT = "sent"
    """All lines were accepted."""
    TESTED = "tested"
    """Compared, and tested from a new login."""
    CONFIRMING = "confirming"
    """From here on the guard may be gone: confirm and save are one."""
    LEFT = "left"
    """The guard is left to fire."""
    DONE = "done"
    UNDONE = "undone"
    FAILED = "failed"
    """Ended before anything was changed."""
    ALARM = "alarm"
    """Nothing more is pushed to the device until a person has looked at it."""
    ACKNOWLEDGED = "acknowledged"
    """A person has looked at what the alarm was about."""


ENDED = frozenset({Event.DONE, Event.UNDONE, Event.FAILED, Event.ALARM, Event.ACKNOWLEDGED})
"""After these nothing is left to be done by this program."""


@dataclass(frozen=True)
class Entry:
    """One line of the journal."""

    at: dt.datetime
    push: str
    device: str
    event: Event
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unfinished:
    """A push of a device that a crash or an interrupt has left in the middle.

    Attributes:
        last: the last event on record.
        deadline: when the guard has fired at the latest, as far as it was armed.
    """

    push: str
    device: str
    last: Event
    deadline: dt.datetime | None
    entries: tuple[Entry, ...]

    @property
    def confirming(self) -> bool:
        """Whether the guard may have been taken away on purpose."""
        return any(entry.event is Event.CONFIRMING for entry in self.entries)

    @property
    def touched(self) -> bool:
        """Whether the device may have been changed."""
        return any(entry.event is Event.ARMING for entry in self.entries)


class Journal:
    """The journal in a folder; several threads and processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._offset = 0
        self._entries: list[Entry] = []
        self._by_device: dict[str, list[Entry]] = {}

    @property
    def path(self) -> Path:
        """The append-only file."""
        return self.folder / "journal.jsonl"

    def append(self, push: str, device: str, event: Event, **data: Any) -> None:
        """Put on disk, before it is done, what is about to be done. InputError ``cannot-write``."""
        plain = {"at": dt.datetime.now(dt.UTC).isoformat(), "push": push, "device": device, "event": event.value}
        line = json.dumps(plain | ({"data": data} if data else {}), ensure_ascii=False, default=str)
        with self._lock:
            append_line(self.path, line)

    def _folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def entries(self) -> Iterator[Entry]:
        """All entries, oldest first; a line that a crash has torn is left out."""
        self._read_on()
        return iter(tuple(self._entries))

    def of(self, device: str) -> Sequence[Entry]:
        """The entries of one device, oldest first."""
        self._read_on()
        return tuple(self._by_device.get(device, ()))

    def _read_on(self) -> None:
        """Take in what was written since, by this process or another one; a line counts once it has its end."""
        with self._lock:
            try:
                with self.path.open("rb") as file:
                    if os.fstat(file.fileno()).st_size < self._offset:
                        self._offset = 0
                        self._entries.clear()
                        self._by_device.clear()
                    file.seek(self._offset)
                    content = file.read()
            except FileNotFoundError:
                return
            whole, _, _ = content.rpartition(b"\n")
            for line in whole.splitlines():
                if (entry := _entry(line)) is not None:
                    self._entries.append(entry)
                    self._by_device.setdefault(entry.device, []).append(entry)
            self._offset += len(whole) + 1 if whole else 0

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Pushes of devices without an end, oldest first; of one device only the last push counts."""
        return tuple(found for device in self._devices() if (found := self.unfinished_of(device)) is not None)

    def unfinished_of(self, device: str) -> Unfinished | None:
        """The push of a device that has no end; None where the last one has ended."""
        own = self.of(device)
        if not own or own[-1].event in ENDED:
            return None
        rows = tuple(entry for entry in own if entry.push == own[-1].push)
        deadlines = [entry.data["deadline"] for entry in rows if "deadline" in entry.data]
        deadline = dt.datetime.fromisoformat(deadlines[-1]) if deadlines else None
        return Unfinished(own[-1].push, device, own[-1].event, deadline, rows)

    def last_event(self, push: str, device: str) -> Event | None:
        """The last that is on record of a push of a device."""
        return next((one.event for one in reversed(self.of(device)) if one.push == push), None)

    def last_done(self, device: str) -> str:
        """Id of the last push that has changed a device and holds; empty without one."""
        held: list[str] = []
        undoes: dict[str, str] = {}
        for entry in self.of(device):
            undoes |= {entry.push: entry.data["undoes"]} if "undoes" in entry.data else {}
            if entry.event is Event.DONE and entry.push in undoes:
                held = [push for push in held if push != undoes[entry.push]]
            elif entry.event is Event.DONE:
                held.append(entry.push)
        return held[-1] if held else ""

    def alarm_of(self, device: str) -> Entry | None:
        """The alarm of a device that nobody has acknowledged."""
        ends = (entry for entry in reversed(self.of(device)) if entry.event in (Event.ALARM, Event.ACKNOWLEDGED))
        last = next(ends, None)
        return last if last is not None and last.event is Event.ALARM else None

    def alarms(self) -> tuple[Entry, ...]:
        """The alarms that nobody has acknowledged, oldest first."""
        found = (self.alarm_of(device) for device in self._devices())
        return tuple(sorted((one for one in found if one is not None), key=lambda one: one.at))

    def refuse_alarmed(self, device: str) -> None:
        """PushError ``push-alarmed``: nobody has looked at what the last push has left on the device."""
        alarm = self.alarm_of(device)
        if alarm is not None:
            why = alarm.data.get("why", "")
            raise PushError("push-alarmed", device=device, push=alarm.push, difference=why)

    def acknowledge(self, device: str, *, by: str, reason: str) -> Entry:
        """Put on record that a person has looked at the device; the alarm that is over by it. PushError
        ``push-no-alarm``; errors of ``only`` and ``append``."""
        with self.only(device):
            alarm = self.alarm_of(device)
            if alarm is None:
                raise PushError("push-no-alarm", device=device)
            self.append(alarm.push, device, Event.ACKNOWLEDGED, by=by, reason=reason)
        return alarm

    def _devices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.device for entry in self.entries() if entry.device))

    # ---- configurations ----------------------------------------------------------------------------------------------

    def keep(self, push: str, device: str, what: str, text: str) -> None:
        """Keep a configuration (``before`` or ``intended``) of a push, readable by its owner only."""
        self._folder()
        path = self.kept_path(push, device, what)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(path, text, private=True)

    def kept(self, push: str, device: str, what: str) -> str:
        """A configuration that was kept. PushError ``push-not-kept``: it is not there."""
        try:
            return self.kept_path(push, device, what).read_text(encoding="utf-8")
        except OSError as error:
            raise PushError("push-not-kept", device=device, push=push, reason=reason_of(error)) from error

    def kept_path(self, push: str, device: str, what: str) -> Path:
        return self.folder / "configs" / push / f"{device}.{what}.txt"

    # ---- one push of a device at a time ------------------------------------------------------------------------------

    @contextmanager
    def only(self, device: str) -> Iterator[None]:
        """The device for the block. PushError ``push-busy``: another process is pushing to it."""
        folder = self.folder / "locks"
        try:
            self._folder()
            folder.mkdir(exist_ok=True, mode=0o700)
            file = (folder / device).open("ab")
        except OSError as error:
            raise InputError("cannot-write", path=str(folder / device), reason=reason_of(error)) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise PushError("push-busy", device=device) from error
            yield


def _entry(line: bytes) -> Entry | None:
    try:
        plain = json.loads(line)
        at = dt.datetime.fromisoformat(plain["at"])
        return Entry(at, plain["push"], plain["device"], Event(plain["event"]), plain.get("data", {}))
    except (ValueError, KeyError, TypeError):
        return None
