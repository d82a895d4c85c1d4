"""`route` on small estates: by hand, and against every plan of random ones."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.inventory import Inventory
from migration.consolidation.check import check_routes
from migration.consolidation.model import ConsolidationPlan
from migration.consolidation.routing import route
from migration.consolidation.routing.build import Horizon, pose
from tests.migration.consolidation.routing.estates import (
    DAY,
    carrier,
    decided,
    department,
    device,
    estate,
    item,
    line,
    link,
    plan_of,
    random_case,
)
from tests.migration.consolidation.routing.small import best_cost

MONTH = 31 * 12 / 365.25
"""Months of a slot."""


def two_devices(*links: dict[str, Any], lines: int = 2, **records: Any) -> Inventory:
    """Department x at d0, and lines from it to d1; carriers ca and cb sell 100 Mbit/s for 50 and 60 yuan."""
    return estate(
        **{
            "devices": [device("d0"), device("d1")],
            "departments": [department("x", "d0")],
            "links": list(links),
            "lines": [line(f"l{number}", "department:x", "device:d1", 500) for number in range(lines)],
            "carriers": [carrier("ca", (100, 50)), carrier("cb", (100, 60))],
            **records,
        }
    )


def sound(records: Inventory, found: ConsolidationPlan, **given: Any) -> ConsolidationPlan:
    assert check_routes(records, found, **given) == ()
    return found


def test_lines_share_a_link_that_has_room_for_both() -> None:
    records = two_devices(link("k", "d0", "d1", 40))
    found = sound(records, route(records, [decided("l0", 10), decided("l1", 10)]))
    assert [(one.slot, one.links, one.postponed) for one in found.routes] == [(0, ("k",), 0)] * 2
    assert [(access.carrier, access.end) for access in found.routes[0].accesses] == [("ca", "department:x")]
    assert found.upgrades == ()
    # Two circuits of 50 yuan over four slots; the lines end at once.
    assert found.cost_yuan == pytest.approx(2 * 50 * 4 * MONTH, abs=0.01)
    assert found.bound_yuan == pytest.approx(found.cost_yuan, abs=1)


def test_a_link_is_widened_by_the_cheapest_step_that_does() -> None:
    steps = [{"bandwidth_mbps": mbps, "fee_yuan_per_month": fee} for mbps, fee in ((50, 130), (60, 120), (900, 400))]
    records = two_devices(link("k", "d0", "d1", 30, fee_yuan_per_month=100, upgrades=steps))
    found = sound(records, route(records, [decided("l0", 10), decided("l1", 10)]))
    assert [(one.link, one.slot, one.bandwidth_mbps, one.fee_yuan_per_month) for one in found.upgrades] == [
        ("k", 0, 60, 120)
    ]
    assert found.cost_yuan == pytest.approx((2 * 50 + 20) * 4 * MONTH, abs=0.01)


def test_another_path_is_taken_where_the_shortest_has_no_room() -> None:
    records = two_devices(link("k1", "d0", "d1", 20), link("k2", "d0", "d1", 20, metric_ab=30))
    found = sound(records, route(records, [decided("l0", 10), decided("l1", 10)]))
    assert sorted(one.links for one in found.routes) == [("k1",), ("k2",)]


def test_a_line_waits_while_copies_fill_the_link() -> None:
    records = two_devices(link("k", "d0", "d1", 40), lines=1)
    plan = plan_of(item("s", 1, "replicate", links=("k",), rate_mbps=15))
    found = sound(records, route(records, [decided("l0", 10)], plan=plan), plan=plan)
    assert [(one.slot, one.postponed) for one in found.routes] == [(2, 2)]
    assert found.cost_yuan == pytest.approx((2 * 500 + 2 * 50) * MONTH, abs=0.01)


def test_a_line_without_room_stays_and_says_why() -> None:
    records = two_devices(link("k", "d0", "d1", 20))
    found = sound(records, route(records, [decided("l0", 10), decided("l1", 8)]))
    assert [one.line for one in found.routes] == ["l0"] or found.unplaced.keys() == {"l0"}
    (name,) = found.unplaced
    reason = found.unplaced[name]
    assert (reason.code, reason.data["link"]) == ("no-capacity", "k")
    (kept,) = [one for one in found.decisions if one.id == name]
    assert (kept.outcome.value, kept.reason.code, kept.review) == ("keep", "no-capacity", dt.date(2022, 3, 1))


def test_growth_counts_to_the_end_of_the_horizon() -> None:
    growing = [line("l0", "department:x", "device:d1", 500, growth_per_year=0.5)]
    short = estate(
        devices=[device("d0"), device("d1")],
        departments=[department("x", "d0")],
        links=[link("k", "d0", "d1", 59)],
        lines=growing,
        carriers=[carrier("ca", (30, 50), (45, 80), (100, 90))],
    )
    found = sound(short, route(short, [decided("l0", 20)]))
    assert [found.unplaced["l0"].code] == ["no-capacity"]
    wide = short.replace(links={"k": short.links["k"].model_copy(update={"bandwidth_mbps": 60})})
    (one,) = sound(wide, route(wide, [decided("l0", 20)])).routes
    # 20 grown by half is 30; a circuit of which half is kept free is 60 at least.
    assert [access.bandwidth_mbps for access in one.accesses] == [100]


def test_a_critical_line_has_a_backup_of_another_carrier() -> None:
    links = [
        link("ka", "d0", "d1"),
        link("kc", "d0", "d1", metric_ab=5),
        link("kb", "d0", "d1", owner="cb", metric_ab=90),
    ]
    records = two_devices(*links, lines=1)
    (one,) = sound(records, route(records, [decided("l0", 10, "critical")])).routes
    assert {one.links, one.backup_links} == {("kc",), ("kb",)}
    carriers = {(one.links, one.accesses[0].carrier), (one.backup_links, one.backup_accesses[0].carrier)}
    assert carriers == {(("kc",), "ca"), (("kb",), "cb")}
    (two,) = sound(records, route(records, [decided("l0", 10, "protected")])).routes
    assert {access.carrier for access in (*two.accesses, *two.backup_accesses)} == {"ca"}


def test_a_line_that_stays_as_backup_keeps_its_rent_and_asks_for_another_carrier() -> None:
    lines = [line("l0", "department:x", "device:d1", 500, carrier="ca")]
    records = two_devices(link("ka", "d0", "d1"), link("kb", "d0", "d1", owner="cb", metric_ab=90), lines=0)
    records = records.replace(lines=estate(lines=lines).lines)
    found = sound(records, route(records, [decided("l0", 10, "critical", "backup")]))
    (one,) = found.routes
    assert (one.links, one.backup_links, one.backup_accesses) == (("kb",), (), ())
    assert [access.carrier for access in one.accesses] == ["cb"]
    assert found.cost_yuan == pytest.approx((500 + 60) * 4 * MONTH, abs=0.01)


def test_a_carrier_that_withdraws_or_comes_later_is_not_taken_before() -> None:
    ends = carrier("ca", (100, 50), valid_to=DAY + dt.timedelta(days=60))
    later = carrier("cb", (100, 20), valid_from=DAY + dt.timedelta(days=20))
    now = carrier("cc", (100, 490))
    records = two_devices(link("k", "d0", "d1"), lines=1, carriers=[ends, later, now])
    (one,) = sound(records, route(records, [decided("l0", 10)])).routes
    assert (one.slot, one.accesses[0].carrier) == (1, "cb")


def test_what_has_no_way_says_why() -> None:
    records = two_devices(link("k", "d0", "d1"), lines=0)
    lines = [
        line("outside", "department:x", "external:partner", 500),
        line("slow", "department:x", "device:d1", 500, max_latency_ms=2.5),
        line("huge", "department:x", "device:d1", 500),
        line("alone", "department:x", "device:d1", 500),
        line("apart", "department:x", "device:d2", 500),
    ]
    records = records.replace(
        lines=estate(lines=lines).lines, devices={**records.devices, **estate(devices=[device("d2")]).devices}
    )
    wanted = [decided("outside", 1), decided("slow", 1), decided("huge", 400), decided("alone", 1, "protected"),
              decided("apart", 1)]  # fmt: skip
    found = sound(records, route(records, wanted))
    assert {line: reason.code for line, reason in found.unplaced.items()} == {
        "outside": "end-outside", "slow": "too-slow", "huge": "no-circuit", "alone": "no-backup-path",
        "apart": "no-path",
    }  # fmt: skip
    assert found.routes == ()


def test_a_pinned_cutover_stays_in_its_slot_and_one_that_is_done_needs_nothing() -> None:
    records = two_devices(link("k", "d0", "d1"))
    plan = plan_of(item("l0", 2, state="pinned"), item("l1", 1, state="done"))
    found = sound(records, route(records, [decided("l0", 10), decided("l1", 10)], plan=plan), plan=plan)
    assert [(one.line, one.slot) for one in found.routes] == [("l0", 2)]


def test_nothing_to_route() -> None:
    records = two_devices(link("k", "d0", "d1"))
    found = sound(records, route(records, [decided("l0", 10, outcome="keep")]))
    assert (found.routes, found.cost_yuan) == ((), 0)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_result_is_sound_and_the_best_of_all(seed: int) -> None:
    records, decisions, plan = random_case(seed)
    found = sound(records, route(records, decisions, plan=plan, time_limit=100), plan=plan)
    horizon = Horizon.of(records, plan.grid, DAY)
    posed = pose(records, decisions, plan, horizon)
    beside = 0.01 * sum(1 for _ in product(posed.problem.choices, range(4))) + 1
    lost = [one for one in posed.problem.lines if one.id in found.unplaced]
    weights = dict(zip((one.id for one in posed.problem.lines), posed.problem.keeping.tolist(), strict=True))
    rents = sum(records.lines[one].fee_yuan_per_month for one in found.unplaced) * MONTH * 4
    own = found.cost_yuan - rents + sum(weights[one.id] for one in lost)
    assert own == pytest.approx(best_cost(posed.problem), abs=beside)
    assert found.bound_yuan is not None
    assert found.bound_yuan <= found.cost_yuan


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_same_input_gives_the_same_result(seed: int) -> None:
    records, decisions, plan = random_case(seed)
    assert route(records, decisions, plan=plan, time_limit=100) == route(records, decisions, plan=plan, time_limit=100)
