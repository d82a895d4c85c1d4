"""How a person or a worker stops running engines: asked once they end cleanly, asked twice at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["Cancel", "on_interrupt"]


class Cancel:
    """Shared by the operations that are to be stopped together; safe from any thread and from signal handlers.

    The first ``ask`` has engines end the steps that they have begun, write their state and give their locks back.
    The second has them end at once, and `recover` is needed afterwards.
    """

    def __init__(self) -> None:
        self._times = 0
        self._listeners: dict[int, Callable[[int], None]] = {}

    @property
    def asked(self) -> int:
        """How often it was asked."""
        return self._times

    def ask(self) -> None:
        """Ask once more."""
        self._times += 1
        for listener in tuple(
            self._listeners.values()
        ):  # one step of the interpreter: no lock, which a handler could hold
            listener(self._times)

    @contextmanager
    def heard_by(self, listener: Callable[[int], None]) -> Iterator[None]:
        """``listener(times)`` is called for every ask from now on, and now if it was asked before."""
        self._listeners[id(listener)] = listener
        if self._times:
            listener(self._times)
        try:
            yield
        finally:
            self._listeners.pop(id(listener), None)


@contextmanager
def on_interrupt(cancel: Cancel) -> Iterator[None]:
    """Within it, SIGINT and SIGTERM ask ``cancel`` instead of ending the program. Main thread only."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        cancel.ask()

    before: dict[signal.Signals, Any] = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
