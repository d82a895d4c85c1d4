"""Sessions recorded to a file and played back: one real device, asked once, serves tests for ever.

A line of JSON for each call. Secrets that the platform's row knows are masked before anything is written.
"""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from inventory.errors import QianyunError
from network.errors import RefusedError, TransportError
from network.transport.model import Reply, one_by_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from network.platforms import Platform
    from network.transport.model import Login, Session, Target, Transport

__all__ = ["RecordingTransport", "ReplayError", "ReplayTransport"]

FORMAT = 1
ERRORS = {"TransportError": TransportError, "RefusedError": RefusedError}


class ReplayError(RuntimeError):
    """What is asked was not recorded, or not in this order."""


class RecordingTransport:
    """See ``Transport``. Hands everything to another transport and writes it to ``path``, which it begins anew."""

    def __init__(self, inner: Transport, path: Path) -> None:
        self._inner, self._path, self._lock, self._sessions = inner, path, threading.Lock(), 0
        path.write_text(json.dumps({"format": FORMAT}) + "\n", encoding="utf-8")

    def open(self, target: Target, login: Login, *, timeout: float = 20) -> Session:
        """See ``Transport``."""
        with self._lock:
            self._sessions += 1
            number = self._sessions
        session = self.call(target, number, "open", "", lambda: self._inner.open(target, login, timeout=timeout))
        return _Recorded(self, target, number, session)

    def call(self, target: Target, number: int, name: str, text: str, what: Callable[[], Any]) -> Any:
        """Do it, write it down, give or raise what came of it."""
        masked = target.platform.masked
        row: dict[str, Any] = {"device": target.device, "session": number, "call": name, "text": masked(text)}
        try:
            found = what()
        except (TransportError, RefusedError) as error:
            data = {key: masked(value) if isinstance(value, str) else value for key, value in error.data.items()}
            self._write(row | {"error": type(error).__name__, "code": error.code, "data": data})
            raise
        if isinstance(found, Reply):
            self._write(row | {"said": masked(found.text), "refused": found.refused})
        else:
            self._write(row | {"said": masked(found) if isinstance(found, str) else ""})
        return found

    def _write(self, row: dict[str, Any]) -> None:
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


class ReplayTransport:
    """See ``Transport``. Plays a recording: sessions of a device in their order, the calls of each in theirs.

    ValueError: the file is no recording. Sessions raise ReplayError for a call that was not recorded.
    """

    def __init__(self, path: Path) -> None:
        head, *rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if head != {"format": FORMAT}:
            raise ValueError(f"{path}: no recording of format {FORMAT}")
        self._lock = threading.Lock()
        self._sessions: defaultdict[str, deque[deque[dict[str, Any]]]] = defaultdict(deque)
        found: dict[int, deque[dict[str, Any]]] = {}
        for row in rows:
            if row["session"] not in found:
                found[row["session"]] = deque()
                self._sessions[row["device"]].append(found[row["session"]])
            found[row["session"]].append(row)

    def open(self, target: Target, login: Login, *, timeout: float = 20) -> Session:  # noqa: ARG002 - the seam's
        """See ``Transport``."""
        with self._lock:
            if not self._sessions[target.device]:
                raise ReplayError(f"{target.device}: no further session was recorded")
            rows = self._sessions[target.device].popleft()
        session = _Played(target.platform, target.device, rows)
        session.next("open", "")
        return session


class _Calls(ABC):
    """The methods of a session, each as one call with its name and its text."""

    @abstractmethod
    def _call(self, name: str, text: str, timeout: float, stdin: str) -> Any:
        """Carry the call out; what it gives."""

    def command(self, text: str, *, timeout: float = 30) -> str:
        """See ``Session``."""
        return str(self._call("command", text, timeout, ""))

    def running(self) -> str:
        """See ``Session``."""
        return str(self._call("running", "", 0, ""))

    def enter(self) -> None:
        """See ``Session``."""
        self._call("enter", "", 0, "")

    def leave(self) -> None:
        """See ``Session``."""
        self._call("leave", "", 0, "")

    def line(self, text: str, *, timeout: float = 30) -> Reply:
        """See ``Session``."""
        found: Reply = self._call("line", text, timeout, "")
        return found

    def lines(self, texts: Sequence[str], *, timeout: float = 30) -> Iterator[Reply]:
        """See ``Session``; on record one by one."""
        return one_by_one(self, texts, timeout)

    def shell(self, script: str, *, stdin: str = "", timeout: float = 30) -> str:
        """See ``Session``."""
        return str(self._call("shell", script, timeout, stdin))

    @abstractmethod
    def close(self) -> None:
        """See ``Session``."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Recorded(_Calls):
    def __init__(self, recorder: RecordingTransport, target: Target, number: int, session: Session) -> None:
        self._recorder, self._target, self._number, self._session = recorder, target, number, session

    def close(self) -> None:
        """See ``Session``."""
        self._session.close()

    def _call(self, name: str, text: str, timeout: float, stdin: str) -> Any:
        session = self._session
        what: dict[str, Callable[[], Any]] = {
            "command": lambda: session.command(text, timeout=timeout),
            "running": session.running,
            "enter": session.enter,
            "leave": session.leave,
            "line": lambda: session.line(text, timeout=timeout),
            "shell": lambda: session.shell(text, stdin=stdin, timeout=timeout),
        }
        return self._recorder.call(self._target, self._number, name, text, what[name])


class _Played(_Calls):
    def __init__(self, platform: Platform, device: str, rows: deque[dict[str, Any]]) -> None:
        self._platform, self._device, self._rows = platform, device, rows

    def close(self) -> None:
        """Nothing is open."""

    def next(self, name: str, text: str) -> dict[str, Any]:
        """The next row, which must be this call. ReplayError; what was raised when it was recorded."""
        wanted = (name, self._platform.masked(text))
        if not self._rows:
            raise ReplayError(f"{self._device}: {wanted} was not recorded: the session ends before")
        row = self._rows.popleft()
        if (row["call"], row["text"]) != wanted:
            raise ReplayError(f"{self._device}: {wanted} is asked, {(row['call'], row['text'])} was recorded")
        if "error" in row:
            error: type[QianyunError] = ERRORS[row["error"]]
            raise error(row["code"], **row["data"])
        return row

    def _call(self, name: str, text: str, timeout: float, stdin: str) -> Any:  # noqa: ARG002 - the answer is known
        row = self.next(name, text)
        return Reply(text, row["said"], row["refused"]) if name == "line" else row["said"]
