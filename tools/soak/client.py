"""A client with the worker in it, as ``run start`` on SQLite: ``python -m tools.soak.client STORE RUNBOOK CONFIG``."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from migration.run import control
from migration.run.executors.command import CommandExecutor
from migration.run.settings import load_settings
from migration.run.store import Store
from migration.run.worker import Worker
from migration.runbook.model import ExecutorKind, Runbook


def main(url: str, runbook: str, config: str) -> None:
    """Start the run and work until it has ended."""
    with Store.open(url) as store:
        run = control.start(store, Runbook.model_validate_json(Path(runbook).read_text(encoding="utf-8")), by="client")
        executors = {ExecutorKind.COMMAND: CommandExecutor()}
        settings = load_settings(Path(config))
        Worker(store, executors=executors, settings=settings, name="client").run(threading.Event(), until_run=run)


if __name__ == "__main__":
    main(*sys.argv[1:])
