"""What holds while several workers go on side by side: limits, as the target sees them, pausing, and taking over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from migration.run import control
from migration.run.events import ItemStarted, RunStatus
from migration.run.journal import read_events, run_state
from migration.run.store import Store
from tools.soak.chaos import ONE, THREE
from tools.soak.deployment import LIMITS, Deployment
from tools.soak.runbooks import SITES, make_runbook
from tools.soak.target import Span

PATIENCE = 120.0
LEASE = 3.0

pytestmark = [pytest.mark.component(name) for name in ("namespaces", "sshd", "postgresql")]


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """Three workers on two sites."""
    with Deployment(tmp_path / "run", shared=True, workers=THREE, lease_seconds=LEASE, away_seconds=0) as made:
        yield made


def until(condition: Callable[[], bool]) -> float:
    """The moment at which it holds."""
    late = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < late, "it never holds"
        time.sleep(0.02)
    return time.monotonic()


def most_at_a_time(spans: Sequence[Span]) -> int:
    """Steps that acted together, at the worst moment."""
    changes = sorted([(span.began, 1) for span in spans] + [(span.ended, -1) for span in spans])
    worst = now = 0
    for _, change in changes:
        now += change
        worst = max(worst, now)
    return worst


def test_limits_hold_at_the_target(deployment: Deployment) -> None:
    runbook = make_runbook(deployment.target, "limits", 24, act_seconds=0.5)
    with Store.open(deployment.url) as store:
        run = control.start(store, runbook, by="tester")
        deployment.start()
        until(lambda: len(deployment.target.spans()) >= 48)
        control.cancel(store, run, by="tester", reason="seen enough")
        until(lambda: run_state(store, run).ended is not None)
    of_item = {item.item: number for number, item in enumerate(runbook.items)}
    by_host: dict[int, list[Span]] = {}
    for span in deployment.target.spans():
        by_host.setdefault(of_item[span.key.partition(".")[0]] % len(deployment.target.hosts), []).append(span)
    by_room = [[span for host, spans in by_host.items() if host % 2 == room for span in spans] for room in (0, 1)]
    assert max(most_at_a_time(spans) for spans in by_host.values()) <= LIMITS["host"]
    assert 1 < max(most_at_a_time(spans) for spans in by_room) <= LIMITS["room"]


def test_a_paused_run_stands_still_under_load(deployment: Deployment) -> None:
    runbook = make_runbook(deployment.target, "pause", 8, act_seconds=0.1)
    with Store.open(deployment.url) as store:
        run = control.start(store, runbook, by="tester")
        deployment.start()
        until(lambda: len(deployment.target.spans()) >= 8)
        control.pause(store, run, by="tester")
        until(
            lambda: not any(step.open for item in run_state(store, run).items.values() for step in item.steps.values())
        )
        before = len(deployment.target.spans())
        time.sleep(2.0)
        assert len(deployment.target.spans()) == before
        assert run_state(store, run).status is RunStatus.PAUSED
        control.resume(store, run, by="tester")
        until(lambda: run_state(store, run).ended is not None)
        assert run_state(store, run).ended is RunStatus.SUCCEEDED
    assert len(deployment.target.spans()) == 40


def test_what_a_killed_worker_had_is_taken_over_when_its_lease_has_ended(tmp_path: Path) -> None:
    workers = {**ONE, "w2": ()}
    with Deployment(tmp_path / "run", shared=True, workers=workers, lease_seconds=LEASE, away_seconds=0) as deployment:
        deployment.keep = False
        runbook = make_runbook(deployment.target, "over", 6, act_seconds=2.0, sites=SITES[:1])
        with Store.open(deployment.url) as store:
            deployment.start()
            until(lambda: len(control.list_workers(store)) == len(workers))
            run = control.start(store, runbook, by="tester")

            def taken_by(name: str) -> set[str]:
                events = read_events(store, run, limit=10_000)
                started = (each for each in events if isinstance(each.event, ItemStarted))
                return {each.item for each in started if each.event.worker.startswith(f"{name}-")}  # type: ignore[union-attr]

            until(lambda: bool(taken_by("w1")) and bool(taken_by("w2")))
            had = taken_by("w1")
            process = deployment.slots[0].process
            assert process is not None
            process.kill()
            killed = time.monotonic()
            over = until(lambda: bool(had & taken_by("w2"))) - killed
            assert over > LEASE * 0.6, "taken while its lease may still have held"
