"""What a lost worker held on hosts stays held for a while: what it has begun there may still be at work."""

from __future__ import annotations

import sqlalchemy as sa

from migration.run.leases import Registration
from migration.run.schema import Place, holds, items, workers
from tests.migration.run.engine import Bench, make_item, make_step

A, HOST = "system/a/cutover", "room:r1"


def held(bench: Bench) -> list[str]:
    found = sa.select(holds.c.resource).order_by(holds.c.resource)
    return list(bench.store.look(lambda connection: connection.execute(found).scalars().all()))


def lose(bench: Bench, run: str) -> None:
    """A worker that died while it was at a step of item a."""
    gone = Registration(bench.store, name="gone", sites=(), lease_seconds=30)
    gone.unlock()
    with bench.store.write() as connection:
        connection.execute(sa.insert(holds).values(resource=HOST, run=run, item=A, worker=gone.worker))
        mine = sa.update(items).where(items.c.run == run, items.c.item == A)
        connection.execute(mine.values(place=Place.CLAIMED, worker=gone.worker))


def test_holds_of_a_lost_worker_are_freed_when_its_items_may_go_on(bench: Bench) -> None:
    run = bench.start(make_item("a"))
    lose(bench, run)
    mine = Registration(bench.store, name="mine", sites=(), lease_seconds=30)
    assert len(mine.reap(5.0)) == 1
    mine.reap(5.0)
    assert held(bench) == [HOST], "its program on the host may still act"
    with bench.store.write() as connection:
        connection.execute(sa.update(workers).values(renewed=workers.c.renewed - 6.0))
    mine.reap(5.0)
    assert held(bench) == []
    mine.leave()


def test_others_wait_for_a_host_of_a_lost_worker_and_its_own_item_goes_on(bench: Bench) -> None:
    step = make_step("one", limits=(HOST,))
    bench.changed = {"limits": {"room": 1}, "settle_seconds": 1.0}
    run = bench.start(make_item("a", step), make_item("b", step))
    lose(bench, run)
    state = bench.work(run)
    assert sorted(bench.acted()) == ["a/one", "b/one"]
    types = [(name, state.items[name].status) for name in state.items]
    assert all(status.value == "succeeded" for _, status in types)
    assert "item_held" in bench.types(run), "b had to wait"


def test_an_item_takes_over_what_was_held_for_it(bench: Bench) -> None:
    """Also where more than one may use the object, and nobody has freed anything yet."""
    step = make_step("one", limits=(HOST,))
    run = bench.start(make_item("a", step))
    with bench.store.write() as connection:
        connection.execute(sa.insert(holds).values(resource=HOST, run=run, item=A, worker="gone-1"))
    bench.work(run)
    assert (bench.acted(), held(bench)) == (["a/one"], [])
