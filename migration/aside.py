"""Work done in a process of its own while this one goes on: for two long steps that need nothing of each other."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["aside"]

Result = TypeVar("Result")


def aside(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begin some work in a forked process; calling what is returned waits for its result, or raises what it raised.

    Everything that the work reads is shared as it stands, only its result is copied. Where processes cannot be forked,
    or the process is killed, the work is done when the result is asked for.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        return work
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def run() -> None:
        try:
            answer: tuple[bool, Any] = (True, work())
        except BaseException as error:  # noqa: BLE001 - it is raised again by whoever asks for the result
            answer = (False, error)
        sender.send(answer)

    process = context.Process(target=run, daemon=True)
    process.start()
    sender.close()

    def result() -> Result:
        try:
            good, value = receiver.recv()
        except EOFError:
            return work()
        finally:
            receiver.close()
            process.join()
        if not good:
            raise value
        found: Result = value
        return found

    return result
