"""Several stacks at a time, no more than a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from inventory.errors import QianyunError
from stacks.engine.cancelling import Cancel

__all__ = ["Outcome", "each"]

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What came of one stack: a result or an error, or neither when it was not begun any more."""

    stack: str
    result: T | None = None
    error: QianyunError | None = None

    @property
    def begun(self) -> bool:
        """Whether anything was done at all."""
        return self.result is not None or self.error is not None


def each(
    stacks: Iterable[str], work: Callable[[str], T], *, limit: int, cancel: Cancel | None = None
) -> Iterator[Outcome[T]]:
    """``work(stack)`` for every stack in threads, at most ``limit`` at a time; outcomes as they come.

    One stack's error does not keep the others from being done. After ``cancel`` was asked none is begun; those that run
    are stopped by what they have been given themselves. Other errors than ours are bugs, raised once all have ended.
    """
    with ThreadPoolExecutor(max_workers=max(1, limit), thread_name_prefix="stack") as pool:
        running: dict[Future[T], str] = {}
        waiting = list(stacks)[::-1]
        while waiting or running:
            while waiting and len(running) < max(1, limit):
                name = waiting.pop()
                if cancel and cancel.asked:
                    yield Outcome(name)
                else:
                    running[pool.submit(work, name)] = name
            done, _ = wait(running, return_when=FIRST_COMPLETED) if running else (set(), None)
            for future in done:
                name = running.pop(future)
                try:
                    yield Outcome(name, result=future.result())
                except QianyunError as error:
                    yield Outcome(name, error=error)
