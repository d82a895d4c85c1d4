"""What everything in a worker shares."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from migration.run.errors import StoreError
from migration.run.ports import Executor, Launcher
from migration.run.settings import WorkerSettings
from migration.run.store import Store
from migration.runbook.model import ExecutorKind, RunbookItem

__all__ = ["Context", "Drift"]


@dataclass(frozen=True)
class Drift:
    """What an item stands on is not what it was when its run was started: ``records`` that have changed (KIND:ID), or
    ``plan``; ``digest`` of the state that was found."""

    records: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Context:
    """What all items in a worker share.

    stopping: begin nothing more. leaving: drop everything now. drift: looks whether an item stands on other records or
    another plan than at the start; None in workers that have neither at hand.
    """

    store: Store
    worker: str
    sites: tuple[str, ...]
    executors: Mapping[ExecutorKind, Executor]
    settings: WorkerSettings
    launch: Launcher
    stopping: threading.Event
    leaving: threading.Event
    tell: Callable[[StoreError], None]
    drift: Callable[[RunbookItem], Drift | None] | None = None
