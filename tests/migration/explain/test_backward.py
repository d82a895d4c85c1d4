"""Latest starts, slack and critical paths, against dates worked out by hand and by walking every path."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration.explain import network
from migration.explain.backward import Backward
from migration.plan import ItemState, PlanItem, Track
from migration.work import Need
from tests.migration.check.builder import Draft
from tests.migration.explain.builder import cutover, day, plan_with, step

LAST = 41
"""Last day of the grid of six weeks."""


def promised(draft: Draft, on: int, **fields: object) -> Draft:
    """A target that all systems have moved by a day."""
    return draft.add("target", **({"id": "t", "metric": "systems_moved", "date": day(on)} | fields))


def chained(system: str, slot: int, inventory: object, pool: str = "city-a") -> list[PlanItem]:
    """A cutover with preparation (3 days), copy (5), hypercare (4) and removal (2), as the system track places them."""
    first = 7 * slot
    return [
        step(f"system:{system}", "prepare", first - 8, first - 6),
        step(f"system:{system}", "replicate", first - 5, first - 1, pool=pool),
        cutover(inventory, system, first, pool),  # type: ignore[arg-type]
        step(f"system:{system}", "verify", first + 7, first + 10),
        step(f"system:{system}", "decommission", first + 11, first + 12),
    ]


def test_a_chain_moves_with_its_cutover() -> None:
    inventory = promised(Draft().system("a"), 30).inventory()
    back = Backward(inventory, plan_with(inventory, chained("a", 2, inventory)))
    # Day 30 is a Wednesday of slot 4 (days 28 to 34): the cutover may take it, the copy ends before the slot.
    latest = {name: back.latest_start(f"system/a/{name}", "t") for name in ("cutover", "replicate", "prepare")}
    assert latest == {"cutover": day(30), "replicate": day(23), "prepare": day(20)}
    assert back.slack("system/a/cutover", "t") == 16
    assert back.slack("system/a/prepare", "t") == 14
    assert back.latest_start("system/a/verify", "t") is None
    assert back.critical_path("t") == ("system/a/prepare", "system/a/replicate", "system/a/cutover")


def test_what_follows_a_cutover_ends_with_the_grid() -> None:
    inventory = Draft().system("a").inventory()
    back = Backward(inventory, plan_with(inventory, chained("a", 2, inventory)))
    # Removal ends on day 41 at the latest, so hypercare starts on day 36 or earlier: after slot 4, on day 35.
    assert back.latest_start("system/a/cutover") == day(34)
    assert back.latest_start("system/a/verify") == day(35)
    assert back.latest_start("system/a/decommission") == day(39)


def test_only_days_with_a_window_count() -> None:
    draft = promised(Draft().system("a", windows=["fri"]), 30)
    draft.add("window", id="fri", rule="FREQ=WEEKLY;BYDAY=FR", start="22:00", duration_minutes=240)
    inventory = draft.add("freeze", id="f", selector="kind:system", start=day(24), end=day(26)).inventory()
    back = Backward(inventory, plan_with(inventory, [cutover(inventory, "a", 4)]))
    assert back.latest_start("system/a/cutover", "t") == day(18)  # the Friday of day 25 is frozen, that of 32 too late


def test_a_provider_goes_no_later_than_its_client() -> None:
    draft = promised(Draft().system("client").system("provider").needs("client", "provider"), 16, selector="id:client")
    inventory = draft.inventory()
    items = [cutover(inventory, "client", 14), cutover(inventory, "provider", 0)]
    back = Backward(inventory, plan_with(inventory, items))
    assert back.latest_start("system/client/cutover", "t") == day(16)
    assert back.latest_start("system/provider/cutover", "t") == day(20)  # any day of the client's last slot
    assert back.critical_path("t") == ("system/provider/cutover", "system/client/cutover")


def test_a_move_group_shares_its_last_slot() -> None:
    draft = promised(Draft().system("a").system("b"), 16, selector="id:a").add("move_group", id="g", systems=["a", "b"])
    inventory = draft.inventory()
    back = Backward(inventory, plan_with(inventory, [cutover(inventory, "a", 0), cutover(inventory, "b", 0)]))
    assert back.latest_start("system/b/cutover", "t") == day(20)


def test_the_pool_must_be_ready_before_the_copy() -> None:
    inventory = promised(Draft().system("a"), 30).inventory()
    built = step("pool:city-a", "built", 0, 3, Track.CLOUD)
    items = [*chained("a", 2, inventory), built, step("pool:city-b", "built", 0, 3, Track.CLOUD)]
    back = Backward(inventory, plan_with(inventory, items))
    assert back.latest_start("cloud/city-a/built", "t") == day(19)  # four days, the copy starts on day 23
    assert back.latest_start("cloud/city-b/built", "t") is None
    assert back.targets_of("cloud/city-a/built") == ("t",)


def test_of_a_share_those_count_that_are_done_first() -> None:
    draft = promised(Draft().system("a").system("b").system("c"), 10, value=0.5)
    inventory = draft.inventory()
    items = [cutover(inventory, name, on) for name, on in (("a", 0), ("b", 7), ("c", 14))]
    back = Backward(inventory, plan_with(inventory, items))
    assert [back.slack(f"system/{name}/cutover", "t") for name in "abc"] == [10, 3, None]
    assert back.critical_path("t") == ("system/b/cutover",)


def test_late_items_have_negative_slack() -> None:
    inventory = promised(Draft().system("a"), 9).inventory()
    back = Backward(inventory, plan_with(inventory, [cutover(inventory, "a", 14)]))
    assert back.slack("system/a/cutover") == -5


def test_what_is_done_has_no_slack_and_no_path() -> None:
    inventory = promised(Draft().system("a"), 9).inventory()
    back = Backward(inventory, plan_with(inventory, [cutover(inventory, "a", 0, state=ItemState.DONE)]))
    assert back.critical_path("t") == ()
    with pytest.raises(KeyError):
        back.slack("system/a/cutover")


# ---- any network of gates, by walking every path ----


def longest(
    id: str, ends: Mapping[str, int], after: Mapping[str, list[tuple[str, int]]], days: Mapping[str, int]
) -> int:
    """Latest start over every path from an item, in days."""
    found = [ends[id] - days[id] + 1] if id in ends else []
    found += [longest(other, ends, after, days) - 1 - lag - days[id] + 1 for other, lag in after.get(id, ())]
    return min(found, default=10**6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_latest_starts_are_those_of_the_tightest_path(seed: int) -> None:
    random = Random(seed)
    count = random.randint(2, 9)
    draft = Draft()
    for number in range(count):
        draft.add("room", id=f"r{number}", division="140100")
    names = [f"room/r{number}/closed" for number in range(count)]
    days = {name: random.randint(1, 5) for name in names}
    after: dict[str, list[tuple[str, int]]] = {}
    needs: dict[str, tuple[Need, ...]] = {}
    for place, name in enumerate(names):
        before = random.sample(names[:place], random.randint(0, min(place, 3)))
        lags = {other: random.choice([0, 0, 4]) for other in before}
        needs[name] = tuple(Need((other,), lag=lag) for other, lag in lags.items())
        for other, lag in lags.items():
            after.setdefault(other, []).append((name, lag))
    date = random.randint(10, 40)
    wanted = random.sample(range(count), random.randint(1, count))
    selector = "id:" + ",".join(f"r{number}" for number in wanted)
    inventory = draft.add("target", id="t", metric="rooms_closed", selector=selector, date=day(date)).inventory()
    starts = {name: random.randint(0, LAST - 5) for name in names}
    items = [
        step(f"room:r{number}", "closed", starts[name], starts[name] + days[name] - 1, Track.ROOM)
        for number, name in enumerate(names)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "needs_of", lambda _inventory, _plan: needs)
        back = Backward(inventory, plan_with(inventory, items))
        ends = {names[number]: date for number in wanted}
        expected = {name: longest(name, ends, after, days) for name in names}
        for name in names:
            latest = back.latest_start(name, "t")
            assert latest == (None if expected[name] > 10**5 else day(expected[name]))
        path = back.critical_path("t")
        assert path[-1] in ends
        assert all(other in {one for one, _ in after[before]} for before, other in pairwise(path))
        over_all = dict.fromkeys(names, LAST) | ends
        for name in names:
            assert back.latest_start(name) == day(longest(name, over_all, after, days))
