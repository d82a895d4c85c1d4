"""``run workers``: who is there to carry runs out."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ui.commanding import Common, command, common
from ui.commands.run.registry import group, open_store, store_option
from ui.commands.run.wording import clock
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.leases import WorkerRow
    from migration.run.store import Store

__all__ = ["anybody", "present", "workers"]

SILENT_SECONDS = 300
"""A worker on another machine that has not renewed its lease for so long is not counted on; no lease is longer."""


def present(store: Store) -> list[WorkerRow]:
    """Workers that live, as far as can be told from here: none that has left, was lost, or whose process is gone."""
    from migration.run.leases import list_workers, machine_id

    here = machine_id()

    def lives(row: WorkerRow) -> bool:
        if row.machine == here:
            return Path(f"/proc/{row.pid}").exists()
        return time.time() - row.renewed < SILENT_SECONDS

    return [row for row in list_workers(store) if row.state == "alive" and lives(row)]


def anybody(store: Store) -> bool:
    """Whether a worker is there."""
    return bool(present(store))


@command(group, "workers", example="qianyun run workers --store postgresql://runs@db.example/qianyun")
@store_option
@common(estate=False)
def workers(common: Common, *, store: str | None) -> None:
    """Workers that are there, with the sites they work for."""
    with open_store(store) as opened:
        found = present(opened)
    if common.json:
        emit({"workers": [_answer(row) for row in found]})
    elif not found:
        say("run.no-workers")
    else:
        columns = [text(f"run.{name}") for name in ("worker", "sites", "machine", "pid", "since", "heard")]
        table(columns, [_row(row) for row in found], right=[3])


def _row(row: WorkerRow) -> tuple[object, ...]:
    sites = ", ".join(row.sites) or text("run.all-sites")
    return (row.worker, sites, row.machine.split("/")[0], row.pid, clock(_at(row.started)), clock(_at(row.renewed)))


def _answer(row: WorkerRow) -> dict[str, object]:
    return {
        "worker": row.worker,
        "sites": list(row.sites),
        "machine": row.machine.split("/")[0],
        "pid": row.pid,
        "started": _at(row.started).isoformat(),
        "renewed": _at(row.renewed).isoformat(),
    }


def _at(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
