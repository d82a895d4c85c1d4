"""Pushing to many devices: batch after batch, the canary first, never past the error budget, few at a time per site."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from network.errors import PushError
from network.push.model import Change, PushResult, PushStatus

__all__ = ["Fleet", "push_fleet"]


LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Fleet:
    """How many at a time, and how much may fail.

    Attributes:
        threads: devices at a time.
        per_site: devices at a time on one site.
        error_budget: failed devices after which no further one is begun.
        canary: whether the first device goes alone, and everything stops when it fails.
    """

    threads: int = 20
    per_site: int = 20
    error_budget: int = 0
    canary: bool = True


@dataclass
class _Progress:
    failed: int = 0
    canary_failed: bool = False
    results: dict[str, PushResult] = field(default_factory=dict)


def push_fleet(
    changes: Mapping[str, Change],
    batches: Sequence[Sequence[str]],
    push_one: Callable[[Change], PushResult],
    fleet: Fleet,
    *,
    sites: Mapping[str, str],
    cancel: threading.Event,
    done: Callable[[PushResult], None] = lambda _result: None,
) -> tuple[PushResult, ...]:
    """Results of all ``changes``, in the order of ``batches``. ``push_one`` is called from several threads.

    A batch begins when the one before has ended. An exception of ``push_one`` is a bug: nothing further is begun, what
    is under way is waited for, and it is raised.
    """
    order = [tuple(device for device in batch if device in changes) for batch in batches]
    order = [batch for batch in order if batch]
    if fleet.canary and order and sum(map(len, order)) > 1:
        order = [order[0][:1], order[0][1:], *order[1:]]
    progress = _Progress()
    with ThreadPoolExecutor(fleet.threads, thread_name_prefix="push") as pool:
        for number, batch in enumerate(order):
            for result in _batch(pool, [changes[device] for device in batch], push_one, fleet, sites, cancel, progress):
                progress.results[result.device] = result
                if not result.status.good and result.status is not PushStatus.SKIPPED:
                    progress.failed += 1
                done(result)
            progress.canary_failed = progress.canary_failed or (fleet.canary and number == 0 and progress.failed > 0)
    return tuple(progress.results[device] for batch in order for device in batch)


def _batch(
    pool: ThreadPoolExecutor,
    waiting: list[Change],
    push_one: Callable[[Change], PushResult],
    fleet: Fleet,
    sites: Mapping[str, str],
    cancel: threading.Event,
    progress: _Progress,
) -> Iterator[PushResult]:
    running: dict[Future[PushResult], str] = {}
    while waiting or running:
        stopped = cancel.is_set() or progress.canary_failed or progress.failed > fleet.error_budget
        while stopped and waiting:
            yield _skipped(waiting.pop(0), progress, canceled=cancel.is_set())
        for change in list(waiting):
            site = sites.get(change.device, "")
            busy = sum(1 for other in running.values() if other == site)
            if len(running) < fleet.threads and busy < fleet.per_site:
                waiting.remove(change)
                running[pool.submit(push_one, change)] = site
        if not running:
            continue
        # Signals reach a thread that waits only where it wakes up now and then.
        ended, _ = wait(running, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in ended:
            del running[future]
            if future.exception() is not None:
                cancel.set()
            yield future.result()


def _skipped(change: Change, progress: _Progress, *, canceled: bool) -> PushResult:
    error = (
        PushError("push-not-begun", device=change.device)
        if canceled
        else PushError("push-budget", device=change.device, failed=progress.failed)
    )
    return PushResult(change.device, PushStatus.SKIPPED, error)
