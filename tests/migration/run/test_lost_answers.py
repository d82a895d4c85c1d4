"""Lost answers to commits, clocks that were wrong, items that only wait: nothing is done twice or forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from migration.run.errors import StoreError
from migration.run.events import RunStatus
from migration.run.ports import Outcome, StepCall
from migration.run.schema import items
from migration.run.store import Store
from tests.migration.run.engine import Bench, make_item, make_step


@pytest.mark.parametrize("seed", range(3))
def test_commits_whose_answer_is_lost_do_nothing_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    run = bench.start(*(make_item(name) for name in "abcdef"))
    attempt, random = Store.attempt, Random(seed)

    def unsure(store: Store, work: Callable[[sa.Connection], Any]) -> Any:
        found = attempt(store, work)
        if random.random() < 0.1:
            raise StoreError("store-unreachable", store=store.url, reason="the answer is lost")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Store, "attempt", unsure)
        with suppress(StoreError):  # at its start or end: the next worker goes on
            bench.work(run, until=lambda state: state.ended is not None)
    assert bench.work(run).status is RunStatus.SUCCEEDED
    assert sorted(bench.acted()) == sorted(f"{name}/{step}" for name in "abcdef" for step in ("one", "two", "three"))


def test_an_item_put_off_by_a_clock_that_was_ahead_is_taken(bench: Bench) -> None:
    run = bench.start(make_item("a"))
    with bench.store.write() as connection:
        now = bench.store.now(connection)
        connection.execute(sa.update(items).values(not_before=now + 3600))
    assert bench.work(run).status is RunStatus.SUCCEEDED


def test_items_that_wait_for_a_limit_are_left_alone(bench: Bench) -> None:
    def slow(method: str, _: StepCall) -> None:
        if method == "act":
            time.sleep(0.3)

    bench.executor.before = slow
    bench.changed["limits"] = {"room": 1}
    step = make_step("one", limits=("room:a",))
    state = bench.done(*(make_item(name, step) for name in "abcd"))
    assert state.status is RunStatus.SUCCEEDED
    types = bench.types("w14-1")
    assert types.count("item_held") <= 3
    assert types.count("item_started") == 4


def test_a_step_that_cannot_be_probed_is_not_tried_again_by_itself(bench: Bench) -> None:
    bench.executor.failures["system/a/cutover/one"] = [Outcome(False, "unreachable")]
    state = bench.done(make_item("a", make_step("one", probe=None, reasons={"probe": "a letter"}, retries=3)))
    assert bench.acted() == ["a/one"]
    assert state.status is RunStatus.FAILED
