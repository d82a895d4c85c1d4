"""Time of simulated devices."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Protocol

__all__ = ["Clock", "LoopClock", "ManualClock", "Timer"]


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None:
        """It will not."""
        ...


class Clock(Protocol):
    """Seconds, and things that happen later."""

    def now(self) -> float:
        """Seconds since some moment."""
        ...

    def call_later(self, seconds: float, what: Callable[[], None]) -> Timer:
        """Have something happen."""
        ...


class _Later:
    def __init__(self, what: Callable[[], None]) -> None:
        self.what: Callable[[], None] | None = what

    def cancel(self) -> None:
        """See ``Timer``."""
        self.what = None


class ManualClock:
    """Time that stands still until ``advance`` moves it."""

    def __init__(self) -> None:
        self._now, self._numbers = 0.0, itertools.count()
        self._later: list[tuple[float, int, _Later]] = []

    def now(self) -> float:
        """See ``Clock``."""
        return self._now

    def call_later(self, seconds: float, what: Callable[[], None]) -> Timer:
        """See ``Clock``."""
        later = _Later(what)
        heapq.heappush(self._later, (self._now + seconds, next(self._numbers), later))
        return later

    def advance(self, seconds: float) -> None:
        """Move on; what is due happens in order."""
        until = self._now + seconds
        while self._later and self._later[0][0] <= until:
            self._now, _, later = heapq.heappop(self._later)
            if later.what is not None:
                later.what()
        self._now = until


class LoopClock:
    """The time of an asyncio loop; a device's second lasts ``scale`` of ours."""

    def __init__(self, loop: asyncio.AbstractEventLoop, scale: float = 1.0) -> None:
        self._loop, self._scale = loop, scale

    def now(self) -> float:
        """See ``Clock``."""
        return self._loop.time() / self._scale

    def call_later(self, seconds: float, what: Callable[[], None]) -> Timer:
        """See ``Clock``."""
        return self._loop.call_later(seconds * self._scale, what)
