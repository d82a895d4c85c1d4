"""Forward scheduling: gates, windows, teams, waves, path safety, hard targets. Days count from Monday 2021-01-04."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from inventory.effort import Effort
from inventory.kinds.people import Skill
from migration.batches import Batches
from migration.calendar import ChangeCalendar
from migration.forward import Forward, forward
from migration.graph.upstreams import Upstreams
from migration.plan import Finding
from migration.steps import Track
from migration.tables.causes import CAUSES
from migration.teams import Load, TeamBook
from migration.work import Need, WorkItem
from tests.migration.check.builder import MONDAY, SLOTS, Draft
from ui.texts.zh.causes import TEXTS

LAST = 7 * SLOTS - 1
DEVICES = ("root", "aggregate", "access", "edge")


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def work(step: str, id: str = "access", *, days: int = 1, network: float = 0, **fields: Any) -> WorkItem:
    """A step of a device."""
    effort = Effort({Skill.NETWORK: network} if network else {}, days, 60, 30, ())
    known: dict[str, Any] = {"area": f"area-{id}"} if step in ("underlay", "routing", "service", "security") else {}
    return WorkItem(
        track=Track.NETWORK, step=step, object=f"device:{id}", department="", effort=effort, **(known | fields)
    )


def after(*ids: str, **fields: Any) -> tuple[Need, ...]:
    return tuple(Need((f"network/{id}",), **fields) for id in ids)


def scheduled(draft: Draft, *items: WorkItem, now: dt.date = MONDAY, **fields: Any) -> Forward:
    inventory = draft.inventory()
    calendar = ChangeCalendar(inventory, now)
    book = TeamBook(inventory, calendar)
    known: dict[str, Any] = {
        "calendar": calendar,
        "teams": book,
        "load": Load(book),
        "placed": {},
        "blocked": {},
        "due": {},
        "latest": {},
        "paths": Upstreams(inventory).paths,
        "waves": {},
        "pause": lambda: None,
    }
    found = forward(items, **(known | fields))
    assert found.placed.keys() | found.unplanned.keys() == {item.id for item in items}
    assert not found.placed.keys() & found.unplanned.keys()
    for causes in found.unplanned.values():
        for cause in causes:
            assert CAUSES[cause.code].format(**cause.data)
            assert TEXTS[cause.code].format(**cause.data)
    return found


def starts(found: Forward) -> dict[str, int]:
    """DEVICE/STEP -> number of its first day."""
    return {id.removeprefix("network/"): (place.start - MONDAY).days for id, place in found.placed.items()}


def causes(found: Forward) -> dict[str, list[tuple[str, str]]]:
    return {
        id.removeprefix("network/"): [(cause.rule, cause.code) for cause in entry]
        for id, entry in found.unplanned.items()
    }


def weekly(draft: Draft, weekday: str = "WE", minutes: int = 300) -> Draft:
    rule = f"FREQ=WEEKLY;BYDAY={weekday}"
    return draft.add("window", id=weekday, selector="kind:device", rule=rule, start="22:00", duration_minutes=minutes)


def team(draft: Draft, a_week: float) -> Draft:
    return draft.add("team", id="t", skills={"network": a_week})


# ---- gates ----------------------------------------------------------------------------------------------------------


def test_each_item_starts_on_the_day_after_what_it_waits_for() -> None:
    found = scheduled(
        Draft(),
        work("addressed", days=2, needs=after("access/assessed")),
        work("assessed", days=3),
        work("verified", days=1, needs=(*after("access/assessed"), *after("access/addressed", lag=4))),
    )
    assert starts(found) == {"access/assessed": 0, "access/addressed": 3, "access/verified": 9}
    assert (found.placed["network/access/addressed"].end - MONDAY).days == 4


def test_of_alternatives_the_first_that_ends_opens_the_gate() -> None:
    found = scheduled(
        Draft(),
        work("assessed", "root", days=9),
        work("assessed", "edge", days=4),
        work("assessed", needs=(Need(("network/root/assessed", "network/edge/assessed")),)),
    )
    assert starts(found)["access/assessed"] == 4


def test_a_gate_that_names_what_has_a_place_already_counts() -> None:
    placed = {"system/s/cutover": (day(5), day(6))}
    needs = (Need(("system/s/cutover",)),)
    assert starts(scheduled(Draft(), work("assessed", needs=needs), placed=placed)) == {"access/assessed": 7}


def test_a_gate_that_names_what_is_done_or_not_needed_is_open() -> None:
    needs = (Need(("network/gone/assessed", "network/root/assessed")),)
    found = scheduled(Draft(), work("assessed", "root", days=9), work("assessed", needs=needs))
    assert starts(found)["access/assessed"] == 0


def test_nothing_starts_before_now_or_its_first_day() -> None:
    found = scheduled(Draft(), work("assessed"), work("addressed", not_before=day(20)), now=day(3))
    assert starts(found) == {"access/assessed": 3, "access/addressed": 20}
    assert starts(scheduled(Draft(), work("assessed"), now=day(-9))) == {"access/assessed": 0}


def test_what_waits_for_something_without_a_place_has_none() -> None:
    fault = Finding(rule="H9", code="room-not-empty", data={"count": 1, "first": "s"})
    found = scheduled(
        Draft(),
        work("assessed", fault=fault),
        work("addressed", needs=after("access/assessed")),
        work("verified", needs=after("access/addressed")),
        work("assessed", "root", needs=(Need(("network/access/addressed", "network/edge/assessed")),)),
        work("assessed", "edge"),
        work("assessed", "aggregate", needs=after("out/assessed")),
        blocked={"network/out/assessed": ()},
    )
    assert causes(found) == {
        "access/assessed": [("H9", "room-not-empty")],
        "access/addressed": [("H9", "gate-unplanned")],
        "access/verified": [("H9", "gate-unplanned")],
        "aggregate/assessed": [("H9", "gate-unplanned")],
    }
    assert found.unplanned["network/access/verified"][0].items == ("network/access/addressed",)
    assert starts(found) == {"edge/assessed": 0, "root/assessed": 1}


def test_a_cycle_has_no_place_and_neither_has_what_waits_for_it() -> None:
    found = scheduled(
        Draft(),
        work("assessed", needs=after("access/addressed")),
        work("addressed", needs=after("access/assessed")),
        work("verified", needs=after("access/addressed")),
        work("assessed", "edge", needs=(Need(("network/access/addressed", "network/root/assessed")),)),
        work("assessed", "root", needs=after("root/assessed")),
        work("addressed", "root"),
    )
    assert causes(found) == {
        "access/assessed": [("H9", "gate-cycle")],
        "access/addressed": [("H9", "gate-cycle")],
        "root/assessed": [("H9", "gate-cycle")],
        "access/verified": [("H9", "gate-unplanned")],
        "edge/assessed": [("H9", "gate-unplanned")],
    }
    assert starts(found) == {"root/addressed": 0}


# ---- promised days, horizon, hard targets ---------------------------------------------------------------------------


def test_what_was_promised_ends_on_its_day() -> None:
    found = scheduled(Draft(), work("assessed", days=5, ends_on=day(20)), work("addressed", days=50, ends_on=day(20)))
    spans = [(place.start, place.end) for place in found.placed.values()]
    assert sorted(spans) == [(day(0), day(20)), (day(16), day(20))]


def test_what_was_promised_too_early_has_no_place() -> None:
    found = scheduled(
        Draft(), work("assessed", days=5), work("addressed", ends_on=day(4), needs=after("access/assessed"))
    )
    assert causes(found) == {"access/addressed": [("H9", "promised-too-early")]}
    found = scheduled(Draft(), work("assessed", ends_on=day(LAST + 1)), work("addressed", ends_on=day(LAST)))
    assert causes(found) == {"access/assessed": [("H8", "beyond-horizon")]}


def test_nothing_ends_after_the_horizon() -> None:
    found = scheduled(Draft(), work("assessed", days=LAST + 1), work("addressed", days=LAST + 2))
    assert starts(found) == {"access/assessed": 0}
    assert causes(found) == {"access/addressed": [("H8", "beyond-horizon")]}


def test_what_would_miss_a_hard_target_has_no_place() -> None:
    items = (work("assessed", days=3), work("addressed", days=4), work("verified", needs=after("access/addressed")))
    latest = {"network/access/assessed": (day(2), ("a",)), "network/access/addressed": (day(2), ("a", "b"))}
    found = scheduled(Draft(), *items, latest=latest)
    assert causes(found) == {
        "access/addressed": [("H10", "target-missed")],
        "access/verified": [("H9", "gate-unplanned")],
    }
    assert found.unplanned["network/access/addressed"][0].records == ("target:a", "target:b")


def test_what_misses_a_hard_target_takes_nothing_of_its_team() -> None:
    items = (work("assessed", days=3, network=5), work("addressed", days=7, network=5))
    found = scheduled(team(Draft(), 5), *items, latest={"network/access/addressed": (day(0), ("a",))})
    assert starts(found) == {"access/assessed": 0}


# ---- windows, waves, batches ----------------------------------------------------------------------------------------


def test_a_change_takes_the_first_opening_that_is_long_enough() -> None:
    draft = weekly(weekly(Draft(), "TU", 89), "FR", 90).add(
        "freeze", id="f", selector="kind:device", start=day(4).isoformat(), end=day(4).isoformat()
    )
    found = scheduled(draft, work("routing"))
    place = found.placed["network/access/routing"]
    assert (place.start, place.end) == (day(11), day(11))
    assert place.window is not None
    assert (place.window.window, place.window.minutes, place.window.start.date()) == ("FR", 90, day(11))


def test_a_change_without_a_window_has_no_place() -> None:
    short = scheduled(weekly(Draft(), minutes=89), work("routing"))
    assert causes(short) == {"access/routing": [("H8", "window-too-short")]}
    assert short.unplanned["network/access/routing"][0].records == ("window:WE",)
    closed = weekly(Draft()).add("freeze", id="f", start="2021-01-01", end="2021-12-31")
    assert causes(scheduled(closed, work("routing"))) == {"access/routing": [("H8", "frozen")]}
    late = scheduled(weekly(Draft()), work("assessed", days=LAST), work("routing", needs=after("access/assessed")))
    assert causes(late) == {"access/routing": [("H8", "beyond-horizon")]}


def test_the_freezes_that_close_a_change_are_an_irreducible_set() -> None:
    closed = weekly(Draft())
    for name, start, end in (("a", "01-01", "01-20"), ("b", "01-18", "12-31"), ("c", "01-08", "01-16")):
        closed.add("freeze", id=name, start=f"2021-{start}", end=f"2021-{end}")
    (found,) = scheduled(closed, work("routing")).unplanned.values()
    assert [(cause.records, cause.data["alone"]) for cause in found] == [(("freeze:a",), True), (("freeze:b",), True)]


def test_a_wave_of_devices_has_a_largest_size() -> None:
    draft = Draft()
    draft.settings["network_changes"] = 1
    waves = {(0, "city"): 1, (3, "city"): 7}
    found = scheduled(
        draft,
        work("routing", "access", area="city"),
        work("routing", "edge", area="city"),
        work("routing", "root", area="province"),
        waves=waves,
    )
    assert starts(found) == {"access/routing": 7, "edge/routing": 14, "root/routing": 0}
    assert waves == {(0, "city"): 1, (0, "province"): 1, (1, "city"): 1, (2, "city"): 1, (3, "city"): 7}


def test_waves_that_are_all_full_leave_no_place() -> None:
    waves = {(slot, "city"): 60 for slot in range(SLOTS)}
    found = scheduled(Draft(), work("routing", area="city"), waves=waves)
    assert causes(found) == {"access/routing": [("H6", "network-changes")]}


def test_devices_on_one_way_are_never_changed_on_one_day() -> None:
    found = scheduled(weekly(Draft()), *(work("routing", id) for id in DEVICES))
    by_day: dict[int, set[str]] = {}
    for id, number in starts(found).items():
        by_day.setdefault(number, set()).add(id.partition("/")[0])
    assert sorted(map(sorted, by_day.values())) == [["access", "edge"], ["aggregate"], ["root"]]


def test_devices_that_back_each_other_up_are_never_changed_on_one_day() -> None:
    draft = weekly(Draft().change("device", "access", redundancy_group="g"))
    draft.change("device", "edge", redundancy_group="g")
    found = scheduled(draft, work("routing", "access"), work("routing", "edge"))
    assert starts(found) == {"access/routing": 2, "edge/routing": 9}


def test_changes_that_have_a_place_already_count_for_their_batch() -> None:
    placed = {"network/root/service": (day(2), day(2)), "network/root/verified": (day(9), day(15))}
    assert starts(scheduled(weekly(Draft()), work("routing"), placed=placed)) == {"access/routing": 9}


def test_batches_that_are_all_taken_leave_no_place() -> None:
    placed = {f"network/root/{step}": (day(2 + 7 * n), day(2 + 7 * n)) for n, step in enumerate(["routing", "service"])}
    draft = weekly(Draft()).add("freeze", id="f", start=day(14).isoformat(), end=day(LAST + 7).isoformat())
    assert causes(scheduled(draft, work("routing"), placed=placed)) == {"access/routing": [("H13", "path-safety")]}


def test_two_devices_conflict_either_way_round() -> None:
    inventory = Draft().change("device", "edge", redundancy_group="g").inventory()
    for first in DEVICES:
        batches = Batches(inventory, Upstreams(inventory).paths)
        batches.add(first, MONDAY)
        admitted = {other for other in DEVICES if other != first and batches.admits(other, MONDAY)}
        assert admitted == ({"access", "edge"} - {first} if first in ("access", "edge") else set())
        assert all(batches.admits(other, day(1)) for other in DEVICES)


# ---- teams ----------------------------------------------------------------------------------------------------------


def test_what_a_week_no_longer_holds_starts_later() -> None:
    found = scheduled(team(Draft(), 1), *(work("assessed", id, network=0.5) for id in ("access", "edge", "root")))
    assert starts(found) == {"access/assessed": 0, "edge/assessed": 0, "root/assessed": 7}


def test_a_change_takes_a_window_in_a_week_that_has_room() -> None:
    draft = weekly(team(Draft(), 1))
    found = scheduled(draft, work("routing", "access", network=1), work("routing", "edge", network=1))
    assert starts(found) == {"access/routing": 2, "edge/routing": 9}


def test_work_that_no_week_holds_has_no_place() -> None:
    draft = team(Draft(), 1)
    items = work("assessed", network=2), work("routing", network=2), work("addressed", network=2, ends_on=day(0))
    found = scheduled(draft, *items)
    assert causes(found) == {f"access/{item.step}": [("H5", "team-full")] for item in items}
    assert {cause.records for (cause,) in found.unplanned.values()} == {("team:t",)}


def test_work_of_before_takes_what_there_is() -> None:
    inventory = team(Draft(), 1).inventory()
    book = TeamBook(inventory, ChangeCalendar(inventory))
    load = Load(book)
    load.add(book.work("device", "edge", Effort({Skill.NETWORK: 1}, 1, 0, 0, ())), MONDAY, 1)
    found = scheduled(team(Draft(), 1), work("assessed", network=0.2), load=load, teams=book)
    assert starts(found) == {"access/assessed": 7}
    assert load.left("t", Skill.NETWORK)[:2] == (0, 800)


def test_the_most_pressing_comes_first_then_the_track_then_the_id() -> None:
    room = WorkItem(Track.ROOM, "emptied", "device:edge", "", Effort({Skill.NETWORK: 1}, 1, 0, 0, ()))
    items = [work("assessed", id, network=1) for id in DEVICES]
    found = scheduled(team(Draft(), 1), room, *items, due={"network/root/assessed": day(30)})
    order = sorted(found.placed, key=lambda id: found.placed[id].start)
    assert order == [*(f"network/{id}/assessed" for id in ("root", "access", "aggregate", "edge")), "room/edge/emptied"]


# ---- lags (H12) -----------------------------------------------------------------------------------------------------


def lagging(most: int, days: int = 7, **fields: Any) -> tuple[WorkItem, WorkItem]:
    return work("assessed", days=days, **fields), work("routing", needs=after("access/assessed", most=most))


def closed(until: int) -> Draft:
    return Draft().add("freeze", id="f", start="2021-01-01", end=day(until).isoformat())


def test_a_wait_that_began_too_early_is_brought_closer() -> None:
    assert starts(scheduled(closed(19), *lagging(20))) == {"access/assessed": 0, "access/routing": 20}
    assert starts(scheduled(closed(20), *lagging(20))) == {"access/assessed": 14, "access/routing": 21}


def test_a_wait_that_is_brought_closer_takes_its_work_along() -> None:
    draft = closed(20).add("team", id="t", skills={"network": 1})
    found = scheduled(
        draft, *lagging(20, network=1), work("verified", network=1, days=7, needs=after("access/routing"))
    )
    assert starts(found) == {"access/assessed": 14, "access/routing": 21, "access/verified": 22}
    early = scheduled(draft, *lagging(20, network=1), work("assessed", "edge", network=1, days=14, not_before=day(14)))
    assert starts(early)["edge/assessed"] >= 14


@pytest.mark.parametrize(("most", "days"), [(6, 7), (20, 21)])
def test_a_wait_that_lasts_longer_than_it_may_has_no_change(most: int, days: int) -> None:
    found = scheduled(closed(30), *lagging(most, days))
    assert causes(found) == {"access/routing": [("H12", "lag-too-long")]}
    assert starts(found) == {"access/assessed": 0}


def test_a_wait_that_others_follow_or_that_has_its_place_is_not_moved() -> None:
    follower = work("addressed", needs=after("access/assessed"))
    assert causes(scheduled(closed(20), *lagging(20), follower)) == {"access/routing": [("H12", "lag-too-long")]}
    found = scheduled(closed(20), lagging(20)[1], placed={"network/access/assessed": (day(0), day(6))})
    assert causes(found) == {"access/routing": [("H12", "lag-too-long")]}


def test_a_wait_is_not_brought_past_its_own_hard_target() -> None:
    found = scheduled(closed(20), *lagging(20), latest={"network/access/assessed": (day(10), ("a",))})
    assert causes(found) == {"access/routing": [("H12", "lag-too-long")]}


def test_a_pause_may_stop_it() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    draft = Draft()
    for number in range(300):
        draft.add("device", id=f"d{number}", division="140100", level="city", role="access")
    with pytest.raises(KeyboardInterrupt):
        scheduled(draft, *(work("assessed", f"d{number}") for number in range(300)), pause=stop)
