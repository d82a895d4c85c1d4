"""Runs of no-op steps: overhead, a long queue, an idle worker, a take-over; the peer is DBOS Transact on the same work.

Overhead of a step: from the moment its executor is called until the executor of the item's next step is called, when
the executor does nothing: end of the one and begin of the other on disk. The peer's step does nothing either.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks._measure import ROOT, Usage, measure, task
from benchmarks._report import Required, note, parser, publish, row
from tools.soak.cluster import Cluster

if TYPE_CHECKING:
    from migration.run.store import Store
    from migration.run.worker import Worker
    from migration.runbook.model import Runbook

STEPS = 5
THREADS = 8
LEASE_SECONDS = 5.0
IDLE_SECONDS = 30.0
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
ONE, EIGHT, QUEUE = "steps, one item after the other", "steps, 8 threads", "queue of items of one step"
IDLE, ANSIBLE, TAKEOVER = "idle worker", "idle worker with Ansible", "take-over of a killed worker"
REQUIRED: Required = {
    (f"{ONE}, {SQLITE}", None): {"p95_ms": 5.0},
    (f"{IDLE}, {SQLITE}", None): {"cpu_percent": 5.0, "peak_rss_mb": 120.0},
    (f"{IDLE}, {POSTGRESQL}", None): {"cpu_percent": 5.0, "peak_rss_mb": 120.0},
    (f"{ANSIBLE}, {SQLITE}", None): {"peak_rss_mb": 120.0},
    (f"{TAKEOVER}, {POSTGRESQL}", None): {"seconds": LEASE_SECONDS + 3},
}


def runbook_of_steps(items: int, steps: int) -> Runbook:
    """Items of so many steps."""
    from migration.runbook.model import Call, ExecutorKind, Runbook, RunbookItem, Stage, Step, StepGroup

    group = StepGroup(
        id="all",
        steps=tuple(
            Step(id=f"s{number}", executor=ExecutorKind.COMMAND, act=Call(argv=("true",)), changes=False)
            for number in range(steps)
        ),
    )
    made = tuple(
        RunbookItem(item=f"i{number}", object=f"system:i{number}", site="140000", groups=(group,))
        for number in range(items)
    )
    return Runbook(name="bench", stage=Stage.ITEMS, items=made)


class _Nothing:
    """An executor whose steps do nothing; ``calls``: when each step of an item was called."""

    def __init__(self) -> None:
        from migration.run.testing import FakeExecutor

        self.calls: dict[str, list[float]] = {}
        self.executor = FakeExecutor()
        self.executor.act = self._act  # type: ignore[method-assign]

    def _act(self, call: Any) -> Any:
        from migration.run.ports import Outcome

        self.calls.setdefault(call.item, []).append(perf_counter())
        return Outcome(True)


def _worker(store: Store, nothing: _Nothing, threads: int) -> Worker:
    from migration.run.settings import WorkerSettings
    from migration.run.worker import Worker
    from migration.runbook.model import ExecutorKind

    settings = WorkerSettings(threads=threads, lease_seconds=LEASE_SECONDS, limits={"site": 1000})
    return Worker(store, executors={ExecutorKind.COMMAND: nothing.executor}, settings=settings)


def _spread(times: Sequence[Sequence[float]]) -> dict[str, float]:
    """Milliseconds between calls that follow each other."""
    gaps = sorted(1000 * (after - before) for one in times for before, after in pairwise(one))
    return {f"p{share}_ms": round(gaps[min(len(gaps) * share // 100, len(gaps) - 1)], 2) for share in (50, 95, 99)}


def work(url: str, items: int, steps: int, threads: int) -> dict[str, Any]:
    """Start a run and work it off."""
    from migration.run import control
    from migration.run.store import Store

    runbook = runbook_of_steps(items, steps)
    with Store.open(url) as store:
        nothing = _Nothing()
        began = perf_counter()
        run = control.start(store, runbook, by="bench")
        started = perf_counter()
        _worker(store, nothing, threads).run(threading.Event(), until_run=run)
        seconds = perf_counter() - started
    found: dict[str, Any] = {
        "seconds": round(seconds, 3),
        "start_seconds": round(started - began, 3),
        "steps_per_second": round(items * steps / seconds),
    }
    return found | (_spread(list(nothing.calls.values())) if steps > 1 else {})


def idle(url: str, seconds: float, ansible: bool) -> dict[str, Any]:
    """A worker that has nothing to do."""
    from migration.run.store import Store

    nothing = _Nothing()
    if ansible:
        from migration.run.settings import WorkerSettings
        from playbooks.executor import AnsibleExecutor

        AnsibleExecutor(WorkerSettings())
    stop = threading.Event()
    with Store.open(url) as store:
        thread = threading.Thread(target=_worker(store, nothing, THREADS).run, args=(stop,))
        thread.start()
        time.sleep(1.0)
        before = time.process_time()
        time.sleep(seconds)
        used = time.process_time() - before
        stop.set()
        thread.join()
    return {"cpu_percent": round(100 * used / seconds, 2)}


def takeover(url: str) -> dict[str, Any]:
    """From kill -9 of the worker that is at a step until another begins that step."""
    from migration.run import control
    from migration.run.journal import read_events
    from migration.run.store import Store

    command = [sys.executable, "-m", "benchmarks.run", "--serve", url]
    with Store.open(url) as store, ExitStack() as stack:
        run = control.start(store, runbook_of_steps(1, 1), by="bench")

        def begins(times: int) -> float:
            while sum(each.event.type == "step_started" for each in read_events(store, run, 0)) < times:
                time.sleep(0.01)
            return perf_counter()

        first = stack.enter_context(subprocess.Popen(command, cwd=ROOT))
        begins(1)
        second = stack.enter_context(subprocess.Popen(command, cwd=ROOT))
        stack.callback(second.kill)
        time.sleep(3.0)
        first.send_signal(signal.SIGKILL)
        killed = perf_counter()
        return {"seconds": round(begins(2) - killed, 2)}


def serve(url: str) -> None:
    """A worker whose steps take long."""
    from migration.run.store import Store

    nothing = _Nothing()
    nothing.executor.act = lambda _call: time.sleep(600)  # type: ignore[method-assign,assignment,return-value]
    with Store.open(url) as store:
        _worker(store, nothing, 1).run(threading.Event())


def peer(url: str, items: int, steps: int, threads: int) -> dict[str, Any]:
    """The same number of workflows with recorded steps that do nothing, by DBOS."""
    import logging

    from dbos import DBOS, SetWorkflowID

    logging.disable(logging.WARNING)
    calls: dict[str, list[float]] = {}

    @DBOS.step()
    def nothing(item: str) -> None:
        calls.setdefault(item, []).append(perf_counter())

    @DBOS.workflow()
    def flow(item: str) -> None:
        for _ in range(steps):
            nothing(item)

    DBOS(config={"name": "bench", "system_database_url": url})
    DBOS.launch()
    queue = DBOS.register_queue("bench", worker_concurrency=threads, polling_interval_sec=0.1)
    if url.startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.execute("PRAGMA journal_mode=WAL")  # its own default is slower
    began = perf_counter()
    handles = []
    for number in range(items):
        if threads == 1:
            with SetWorkflowID(f"i{number}"):
                flow(f"i{number}")
        else:
            handles.append(queue.enqueue(flow, f"i{number}"))
    for handle in handles:
        handle.get_result()
    seconds = perf_counter() - began
    DBOS.destroy()
    found = {"seconds": round(seconds, 3), "steps_per_second": round(items * steps / seconds)}
    return found | _spread(list(calls.values()))


TASKS = {"work": work, "idle": idle, "takeover": takeover, "peer": peer}


def rows(items: int, queued: int, idling: float, cluster: Cluster | None) -> Iterator[dict[str, Any]]:
    """On SQLite, then on PostgreSQL where it is there."""
    for kind in (SQLITE, POSTGRESQL):
        with tempfile.TemporaryDirectory() as folder:
            if kind == POSTGRESQL and cluster is None:
                yield row(f"{ONE}, {kind}", Usage("skipped", note="no PostgreSQL here"))
                return
            yield from _of(kind, Path(folder), cluster if kind == POSTGRESQL else None, items, queued, idling)


def _of(
    kind: str, folder: Path, cluster: Cluster | None, items: int, queued: int, idling: float
) -> Iterator[dict[str, Any]]:
    def url(name: str) -> str:
        return f"sqlite:///{folder}/{name}.db" if cluster is None else cluster.database(name)

    def one(case: str, job: str, against: str = "", size: int | None = None, **arguments: Any) -> dict[str, Any]:
        case = f"{case}, {kind}"
        note(case)
        place = url(case.replace(" ", "_").replace(",", "").replace(":", "").lower())
        if job == "peer" and cluster is not None:
            place = place.replace("postgresql:", "postgresql+psycopg:")
        used = measure(task("run", job, url=place, **arguments), longest=300)
        return row(case, used, size=size, **({"against": f"{against}, {kind}"} if against else {}), **used.answer)

    for case, threads in ((ONE, 1), (EIGHT, THREADS)):
        amount: dict[str, Any] = {"items": items, "steps": STEPS, "threads": threads}
        yield one(case, "work", size=items, **amount)
        yield one(f"peer: DBOS, {case}", "peer", against=case, size=items, **amount)
    if cluster is None:
        yield one(QUEUE, "work", size=queued, items=queued, steps=1, threads=THREADS)
    yield one(IDLE, "idle", seconds=idling, ansible=False)
    if cluster is None:
        yield one(ANSIBLE, "idle", seconds=1.0, ansible=True)
    yield one(TAKEOVER, "takeover")


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--items", type=int, default=200, metavar="N", help="items of five steps")
    options.add_argument("--queued", type=int, default=10_000, metavar="N", help="items of the long queue")
    options.add_argument("--idle", type=float, default=IDLE_SECONDS, metavar="S", help="seconds that a worker idles")
    options.add_argument("--serve", metavar="STORE", help="be a worker of a store")
    chosen = options.parse_args()
    if chosen.serve:
        serve(chosen.serve)
        return
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"bench-{os.getpid()}-")))
        try:
            cluster = stack.enter_context(Cluster(place / "database"))
        except (FileNotFoundError, subprocess.CalledProcessError):
            cluster = None
        publish("run", rows(chosen.items, chosen.queued, chosen.idle, cluster), chosen, REQUIRED)


if __name__ == "__main__":
    main()
