"""The journal of a run: events appended and read in a second; what a commit holds is named with each case."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks._measure import Usage, measure, task
from benchmarks._report import Required, note, parser, publish, row
from tools.soak.cluster import Cluster

EVENTS = 20_000
ASKED = 2_000
"""Events a second."""
TALK = 50
"""Results of tasks that a step's executor hands in between two commits, at a time: 0.2 s or 200 of them at most."""
APPEND, READ = f"append, {TALK} events a commit", "read and fold"
REQUIRED: Required = {(f"{APPEND}, SQLite", None): {"seconds": EVENTS / ASKED}}


def append(url: str, events: int, commit: int, threads: int) -> dict[str, Any]:
    """Results of tasks, so many a commit, on one run, by so many threads."""
    from benchmarks.run import runbook_of_steps
    from migration.run import control
    from migration.run.events import StepOutput
    from migration.run.journal import Entry
    from migration.run.journal import append as put
    from migration.run.store import Store

    output = StepOutput(host="140000-mzt-0003.db.source", task="Copy the files", status="changed", message="312 files")
    with Store.open(url) as store:
        run = control.start(store, runbook_of_steps(1, 1), by="bench")
        entries = [Entry(output, "i0", "s0", 1)] * commit

        def write() -> None:
            for _ in range(events // commit // threads):
                store.attempt(lambda connection: put(connection, run, entries))

        writers = [threading.Thread(target=write) for _ in range(threads)]
        began = perf_counter()
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        seconds = perf_counter() - began
    return {"seconds": round(seconds, 3), "events_per_second": round(events / seconds)}


def read(url: str) -> dict[str, Any]:
    """All events of the run that ``append`` has written."""
    from migration.run.journal import run_state
    from migration.run.store import Store

    with Store.open(url) as store:
        began = perf_counter()
        events = run_state(store, "bench-1").last
        seconds = perf_counter() - began
    return {"seconds": round(seconds, 3), "events_per_second": round(events / seconds)}


TASKS = {"append": append, "read": read}


def rows(events: int, cluster: Cluster | None) -> Iterator[dict[str, Any]]:
    """On SQLite, then on PostgreSQL where it is there."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _of("SQLite", lambda name: f"sqlite:///{folder}/{name}.db", events)
    if cluster is None:
        yield row(f"{APPEND}, PostgreSQL", Usage("skipped", note="no PostgreSQL here"))
    else:
        yield from _of("PostgreSQL", cluster.database, events)


def _of(kind: str, url: Any, events: int) -> Iterator[dict[str, Any]]:
    def one(case: str, job: str, **arguments: Any) -> dict[str, Any]:
        note(f"{case}, {kind}")
        used = measure(task("journal", job, **arguments), longest=300)
        return row(f"{case}, {kind}", used, size=arguments.get("events"), **used.answer)

    place = url("many")
    yield one(APPEND, "append", url=place, events=events, commit=TALK, threads=2)
    yield one(READ, "read", url=place)
    few = {"events": events // 10, "commit": 2, "threads": 2}  # what the end of a step puts on record
    yield one("append, 2 events a commit", "append", url=url("few"), **few)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--events", type=int, default=EVENTS, metavar="N", help="events that are written")
    chosen = options.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"bench-{os.getpid()}-")))
        try:
            cluster = stack.enter_context(Cluster(place / "database"))
        except (FileNotFoundError, subprocess.CalledProcessError):
            cluster = None
        publish("journal", rows(chosen.events, cluster), chosen, REQUIRED)


if __name__ == "__main__":
    main()
