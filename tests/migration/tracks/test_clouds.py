"""Cloud track: pools, docking, dual-stack, request forms. Now is Monday 2021-01-04."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.steps import Nature
from migration.tracks.clouds import Landing, cloud_items, lead_days, requested_items
from migration.work import WorkItem
from tests.migration.check.builder import GRID, MONDAY, Draft
from tests.migration.tracks.making import by_id, fresh, gates, made, steps

ATTACHED = [{"device": "access"}]
ROOMY = {"vcpu": 10, "memory_gib": 10, "storage_gib": 10}


def draft(**pool: Any) -> Draft:
    """A province's cloud with nothing left to do but dual-stack, and one pool."""
    result = fresh()
    result.records["cloud"] = [{"id": "yun", "tier": "provincial", "division": "140000"}]
    result.records["pool"] = [{"id": "p", "cloud": "yun", "attachments": ATTACHED, "capacity": [ROOMY]} | pool]
    return result


def items(found: Draft, now: dt.date = MONDAY) -> tuple[WorkItem, ...]:
    inventory, table = made(found)
    return cloud_items(inventory, now, table)


def requests(found: Draft, *landings: Landing) -> tuple[WorkItem, ...]:
    inventory, table = made(found)
    return requested_items(inventory, MONDAY, table, GRID, landings)


def test_a_pool_that_is_there_and_connected_needs_nothing() -> None:
    assert steps(items(draft()), "pool:p") == []
    assert steps(items(draft(capacity=[])), "pool:p") == []


def test_a_pool_that_comes_is_built_by_the_day_before_and_then_connected() -> None:
    found = items(draft(capacity=[{"from": "2021-06-01", **ROOMY}]))
    assert steps(found, "pool:p") == ["built", "connected"]
    assert by_id(found)["cloud/p/built"].ends_on == dt.date(2021, 5, 31)
    assert gates(found, "cloud/p/connected") == [("cloud/p/built",)]


def test_a_pool_without_attachments_is_connected() -> None:
    found = items(draft(attachments=[]))
    assert steps(found, "pool:p") == ["connected"]
    assert gates(found, "cloud/p/connected") == []


def test_a_pool_that_grows_is_extended_once_for_each_step_that_raises_something() -> None:
    capacity = [
        ROOMY,
        {"from": "2021-03-01", **ROOMY},
        {"from": "2021-04-01", **ROOMY, "storage_gib": 20},
        {"from": "2021-05-01", **ROOMY, "vcpu": 5},
        {"from": "2021-06-01", **ROOMY, "memory_gib": 11},
    ]
    found = items(draft(capacity=list(reversed(capacity))), now=dt.date(2021, 3, 1))
    assert steps(found, "pool:p") == ["extended-2021-04-01", "extended-2021-06-01"]
    assert by_id(found)["cloud/p/extended-2021-04-01"].ends_on == dt.date(2021, 3, 31)
    assert by_id(found)["cloud/p/extended-2021-04-01"].nature is Nature.WAIT


def test_steps_up_to_now_are_no_items() -> None:
    grows = draft(capacity=[{"from": "2021-03-01", **ROOMY}, {"from": "2021-04-01", **ROOMY, "vcpu": 20}])
    assert steps(items(grows, dt.date(2021, 3, 1)), "pool:p") == ["extended-2021-04-01"]
    assert steps(items(grows, dt.date(2021, 4, 1)), "pool:p") == []


def test_what_a_run_has_finished_is_left_out_and_not_waited_for() -> None:
    comes = draft(capacity=[{"from": "2021-06-01", **ROOMY}])
    comes.done["cloud/p/built"] = "2021-01-02T10:00:00+08:00"
    found = items(comes)
    assert steps(found, "pool:p") == ["connected"]
    assert gates(found, "cloud/p/connected") == []
    comes.done["cloud/p/connected"] = "2021-01-03T10:00:00+08:00"
    assert steps(items(comes), "pool:p") == []


def test_only_clouds_that_are_targets_have_items() -> None:
    absorbed = draft(attachments=[]).change("cloud", "yun", tier="city", intention="absorb")
    assert items(absorbed) == ()


@pytest.mark.parametrize(
    ("tier", "state", "expected"),
    [
        ("provincial", "none", []),
        ("county", "none", []),
        ("department", "none", []),
        ("city", "none", ["docked"]),
        ("industry", "planned", ["docked"]),
        ("industry", "docked", []),
    ],
)
def test_clouds_of_the_lower_tiers_are_docked(tier: str, state: str, expected: list[str]) -> None:
    found = items(draft().change("cloud", "yun", tier=tier, docking={"state": state}, ipv6_stage="verified"))
    assert steps(found, "cloud:yun") == expected


def test_a_cloud_is_dual_stack_after_any_one_of_its_devices() -> None:
    two = draft(attachments=[{"device": "access"}, {"device": "edge"}, {"device": "access"}])
    assert gates(items(two), "cloud/yun/dual_stack") == [("network/access/verified", "network/edge/verified")]


def test_no_device_to_wait_for_is_no_gate() -> None:
    verified = draft(attachments=[{"device": "access"}, {"device": "edge"}])
    verified.change("device", "edge", ipv6_stage="verified")
    assert gates(items(verified), "cloud/yun/dual_stack") == []
    assert gates(items(draft(attachments=[])), "cloud/yun/dual_stack") == []
    done = draft()
    done.done["network/access/verified"] = "2021-01-02T10:00:00+08:00"
    assert gates(items(done), "cloud/yun/dual_stack") == []


def test_a_cloud_that_is_verified_has_nothing_to_do() -> None:
    assert items(draft().change("cloud", "yun", ipv6_stage="verified")) == ()


def form(days: int = 10) -> Draft:
    return draft().change("cloud", "yun", access="request_form", lead_time_days=days)


def test_one_form_is_sent_for_each_pool_and_slot() -> None:
    found = requests(
        form(),
        Landing("b", "p", 3, dt.date(2021, 1, 20)),
        Landing("a", "p", 3, GRID.first_day_of(3)),
        Landing("c", "p", 4, GRID.first_day_of(4)),
    )
    assert [item.id for item in found] == ["cloud/p/requested-2021-01-25", "cloud/p/requested-2021-02-01"]
    assert [item.ends_on for item in found] == [dt.date(2021, 1, 19), dt.date(2021, 1, 31)]
    assert found[0].records == ("system:a", "system:b")
    assert found[0].effort.days == 10
    assert [item.fault for item in found] == [None, None]


def test_a_form_that_had_to_be_sent_before_now_is_impossible() -> None:
    landing = Landing("a", "p", 2, dt.date(2021, 1, 14))
    assert [item.fault for item in requests(form(10), landing)] == [None]
    (item,) = requests(form(11), landing)
    assert item.fault is not None
    assert (item.fault.rule, item.fault.code, item.fault.data["days"]) == ("H9", "request-late", 1)


def test_without_forms_or_lead_time_nothing_is_asked_for() -> None:
    landing = Landing("a", "p", 2, GRID.first_day_of(2))
    api = draft().change("cloud", "yun", lead_time_days=9)
    assert [lead_days(found.inventory(), "p") for found in (form(7), form(0), api)] == [7, 0, 0]
    assert requests(form(0), landing) == requests(api, landing) == ()


def test_a_form_that_was_answered_is_left_out() -> None:
    answered = form()
    answered.done["cloud/p/requested-2021-01-18"] = "2021-01-02T10:00:00+08:00"
    assert requests(answered, Landing("a", "p", 2, GRID.first_day_of(2))) == ()
