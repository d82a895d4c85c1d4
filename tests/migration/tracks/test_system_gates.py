"""When gates of cutovers open."""

from __future__ import annotations

import datetime as dt

from migration.tracks.system_gates import Gates, Waited, ipv6_needs, lines_of, pool_needs, system_needs
from migration.work import Need
from tests.migration.check.builder import Draft
from tests.migration.planned import decide


def day(number: int) -> dt.date:
    return dt.date(2021, 1, number)


GATES = Gates({"a": day(5), "b": day(9)}, {"never"})


def test_all_gates_are_waited_for_and_each_opens_with_its_first_item() -> None:
    assert GATES.wait([Need(("a",)), Need(("b",))]) == Waited(day(9), "b")
    assert GATES.wait([Need(("b", "a"))]) == Waited(day(5), "a")
    assert GATES.wait([]) == Waited()


def test_lags_are_waited_for_as_well() -> None:
    assert GATES.wait([Need(("a",), lag=6), Need(("b",))]) == Waited(day(11), "a")


def test_what_is_done_or_not_needed_is_no_gate() -> None:
    assert GATES.wait([Need(("done",)), Need(("b", "done")), Need(("never", "done"))]) == Waited()


def test_a_gate_never_opens_when_none_of_its_items_has_a_place() -> None:
    assert GATES.wait([Need(("a",)), Need(("never",))]) == Waited(missing=("never",))
    assert GATES.wait([Need(("never", "a"))]) == Waited(day(5), "a")


def test_pools_are_built_connected_and_docked_by_tier() -> None:
    draft = Draft()
    assert [need.any_of for need in pool_needs(draft.inventory(), "city-a", ipv6=False)] == [
        ("cloud/city-a/built",),
        ("cloud/city-a/connected",),
    ]
    draft.settings["docking"] = {"city": "hard"}
    assert ("cloud/yun-city/docked",) in [need.any_of for need in pool_needs(draft.inventory(), "city-a", ipv6=False)]


def test_only_systems_that_need_ipv6_at_once_wait_for_devices() -> None:
    draft = Draft().system("now", needs_ipv6="at_cutover").system("later", needs_ipv6={"by": day(9)}).system("no")
    draft.change("device", "access", ipv6_stage="routing").change("device", "aggregate", ipv6_stage="none")
    inventory = draft.inventory()
    access, aggregate = Need(("network/access/verified",)), Need(("network/aggregate/verified",))
    assert system_needs(inventory, "now", {}) == (access,)
    assert system_needs(inventory, "later", {}) == system_needs(inventory, "no", {}) == ()
    assert aggregate in pool_needs(inventory, "city-a", ipv6=True)
    assert aggregate not in pool_needs(inventory, "city-a", ipv6=False)
    assert ipv6_needs(inventory, "later", "city-a") == (access, aggregate)


def test_lines_that_move_hold_the_systems_on_them() -> None:
    draft = Draft().system("s")
    for outcome in ("move", "Internal_Network ", "end", "keep"):
        id = outcome.strip().lower()
        draft.add("line", id=id, department="city", systems=["s"], decisions=decide(outcome, "outcome"))
    found = lines_of(draft.inventory())
    assert found == {"s": ("line/move/path_ready", "line/internal_network/path_ready")}
    assert system_needs(draft.inventory(), "s", found) == tuple(Need((item,)) for item in found["s"])
