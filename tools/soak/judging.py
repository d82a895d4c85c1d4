"""What must hold after a run that was hit: judged by the target's ledger, the journal and the store's tables."""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from migration.run.events import (
    DecisionAsked,
    Envelope,
    ItemStatus,
    Phase,
    RunStatus,
    StepEnded,
    StepStarted,
    StepStatus,
)
from migration.run.journal import read_events
from migration.run.schema import Place, holds, inbox, items, locks, workers
from migration.run.store import Store
from migration.runbook.model import Runbook
from tools.soak.deployment import Deployment
from tools.soak.people import Follower, kind_of

if TYPE_CHECKING:
    from tools.soak.chaos import Verdict

__all__ = ["judge"]


def judge(verdict: Verdict, deployment: Deployment, store: Store, followers: Sequence[Follower]) -> None:
    """Fill in what was counted, and every fault."""
    sites = {slot.name: slot.sites for slot in deployment.slots}
    done = {kind: deployment.target.effects(kind) for kind in ("line", "row")}
    for slot in deployment.slots:
        verdict.codes.update(slot.codes)
        verdict.workers += slot.started
    for follower in followers:
        for item, step in follower.runbook.steps():
            verdict.steps += 1
            key = f"{item.item}.{step.id}"
            found = {who: count for (what, who), count in done[kind_of(step)].items() if what == key}
            total = sum(found.values())
            verdict.effects += total > 0
            verdict.doubled += max(total - 1, 0)
            if total != 1:
                verdict.faults.append(f"{key}: {total} effects {found}")
            strangers = [who for who in found if sites.get(who) and item.site not in sites[who]]
            if strangers:
                verdict.faults.append(f"{key} of site {item.site} was done by {strangers}")
        verdict.faults += _of_journal(verdict, store, follower)
    verdict.faults += _of_store(store, deployment)
    verdict.faults += [f"left running: {command}" for command in _marked(store)]


def _of_journal(verdict: Verdict, store: Store, follower: Follower) -> Iterator[str]:
    run, events = follower.run_id, list[Envelope]()
    while found := read_events(store, run, events[-1].sequence if events else 0, 5000):
        events += found
    verdict.events += len(events)
    verdict.asked += follower.asked
    numbers = [envelope.sequence for envelope in events]
    if numbers != list(range(1, len(events) + 1)):
        yield f"{run}: the journal has gaps"
    if follower.seen != numbers:
        yield f"{run}: the follower saw {len(follower.seen)} of {len(numbers)} events, or not in order"
    if follower.state.ended is not RunStatus.SUCCEEDED:
        yield f"{run} ended as {follower.state.ended}"
    for item in follower.state.items.values():
        if item.status is not ItemStatus.SUCCEEDED:
            yield f"{item.item} ended as {item.status}"
    yield from _of_steps(verdict, follower.runbook, events)


def _of_steps(verdict: Verdict, runbook: Runbook, events: Sequence[Envelope]) -> Iterator[str]:
    """No recorded step begins again; what cannot be probed begins again only after a question."""
    blind = {(item.item, step.id) for item, step in runbook.steps() if step.probe is None}
    succeeded, begun = set[tuple[str, str]](), Counter[tuple[str, str]]()
    for envelope in events:
        key = envelope.item, envelope.step
        match envelope.event:
            case StepStarted(phase=Phase.FORWARD):
                if key in succeeded:
                    yield f"{key} was begun again after its end was on record"
                begun[key] += 1
            case StepEnded(status=status, adopted=adopted):
                if key in blind and begun[key] > 1:
                    yield f"{key} was done again without a question"
                begun[key] = 0
                verdict.adopted += adopted
                if status is StepStatus.SUCCEEDED:
                    succeeded.add(key)
            case DecisionAsked():
                begun[key] = 0


def _of_store(store: Store, deployment: Deployment) -> Iterator[str]:
    with store.read() as connection:
        for table in (holds, locks, inbox):
            if left := connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one():
                yield f"{left} rows are left in {table.name}"
        taken = sa.or_(items.c.place != Place.ENDED, items.c.worker != "")
        if left := connection.execute(sa.select(sa.func.count()).select_from(items).where(taken)).scalar_one():
            yield f"{left} items are not free"
    if not deployment.shared:
        for path in deployment.disk.glob("*.lock"):
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield f"{path.name} is still locked"


def _marked(store: Store) -> list[str]:
    """What still runs and carries the mark of one of the store's workers."""
    with store.read() as connection:
        names = [
            f"QIANYUN_WORKER={name}".encode() for name in connection.execute(sa.select(workers.c.worker)).scalars()
        ]
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                marks = (entry / "environ").read_bytes().split(b"\0")
                if any(name in marks for name in names):
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found
