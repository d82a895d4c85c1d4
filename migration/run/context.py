"""What everything in a worker shares."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from migration.run.errors import StoreError
from migration.run.ports import Executor, Launcher
from migration.run.settings import WorkerSettings
from migration.run.store import Store
from migration.runbook.model import ExecutorKind

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """What all items in a worker share. ``stopping``: begin nothing more; ``leaving``: drop everything now."""

    store: Store
    worker: str
    sites: tuple[str, ...]
    executors: Mapping[ExecutorKind, Executor]
    settings: WorkerSettings
    launch: Launcher
    stopping: threading.Event
    leaving: threading.Event
    tell: Callable[[StoreError], None]
