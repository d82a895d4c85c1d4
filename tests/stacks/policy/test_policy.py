"""What forbids to make a design."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from inventory.inventory import Inventory
from migration.plan import Plan
from stacks.design.addresses import assign_addresses
from stacks.design.designs import Designs, designs_of
from stacks.design.model import GroupDesign, RuleDesign, SystemDesign, ZoneDesign
from stacks.engine import Op, ResourceChange, StackPreview
from stacks.policy import check_designs, check_preview
from tests.stacks.design.made import SETTINGS, component, estate, plan_of, system


def designed(inventory: Inventory, plan: Plan) -> Designs:
    return designs_of(assign_addresses(inventory, plan).into(inventory), plan)


def codes(designs: Designs, chosen: Any = None) -> list[str]:
    return [found.code for found in check_designs(designs, designs.all() if chosen is None else chosen)]


def test_a_sound_design_passes() -> None:
    assert codes(designed(estate([system("a", needs_ipv6="at_cutover")]), plan_of({"a": "yun-a"}))) == []


def test_a_cloud_below_the_grade_is_refused() -> None:
    designs = designed(estate([system("a", grade=4), system("b", grade=3)]), plan_of({"a": "yun-a", "b": "yun-a"}))
    (found,) = check_designs(designs, designs.all())
    assert (found.code, found.id, found.data["certified"], found.data["grade"]) == ("stack-grade", "a", 3, 4)


def test_an_ungraded_system_is_a_warning() -> None:
    designs = designed(estate([system("a", grade=None)]), plan_of({"a": "yun-a"}))
    (found,) = check_designs(designs, designs.all())
    assert (found.code, found.severity) == ("stack-ungraded", "warning")


@pytest.mark.parametrize(
    ("wanted", "refused"), [("at_cutover", True), ({"by": "2021-12-31"}, True), ("no", False), (None, False)]
)
def test_no_ipv4_only_network_where_ipv6_is_needed(wanted: Any, refused: bool) -> None:
    designs = designed(
        estate([system("a", component(vcpu=1, memory_gib=1, storage_gib=0), needs_ipv6=wanted)]),
        plan_of({"a": "yun-b"}),
    )
    assert codes(designs) == (["stack-ipv4-only"] if refused else [])


def test_a_quota_that_is_too_small_is_refused() -> None:
    designs = designed(estate([system("a")]), plan_of({"a": "yun-a"}))
    zone = designs.zone("yun-a.mzt")
    small = zone.model_copy(update={"quota": zone.quota.model_copy(update={"memory_gib": 3})})
    (found,) = check_designs(designs, [small])
    assert (found.code, found.data["what"], found.data["needed"], found.data["quota"]) == (
        "stack-quota",
        "memory_gib",
        4.0,
        3,
    )


def test_capacity_counts_the_sizes_that_are_made_and_the_day() -> None:
    # two of 1 vCPU and 2 GiB become two of 2/4: the pool has 4 vCPU until May, 90 % of them for use
    step = [
        {"vcpu": 4, "memory_gib": 99, "storage_gib": 999},
        {"vcpu": 6, "memory_gib": 99, "storage_gib": 999, "from": "2021-05-01"},
    ]
    pools = [{"id": "yun-a", "cloud": "yun", "capacity": step}]
    inventory = estate(
        [system("a", component(vcpu=1, memory_gib=2)), system("b", component(vcpu=1, memory_gib=2))], pool=pools
    )
    plan = plan_of({"a": "yun-a", "b": "yun-a"})
    designs = designed(inventory, plan)
    (found,) = check_designs(designs, [designs.system("a")])
    assert (found.code, found.data["what"], found.data["day"], found.data["needed"], found.data["free"]) == (
        "stack-capacity", "vcpu", "2021-04-12", 4.0, 3.6,
    )  # fmt: skip
    later = plan_of({"a": "yun-a", "b": "yun-a"}, days={"b": dt.date(2021, 5, 3)})
    assert codes(designed(inventory, later)) == []


def test_what_runs_in_the_pool_already_counts() -> None:
    pools = [{"id": "yun-a", "cloud": "yun", "capacity": [{"vcpu": 4, "memory_gib": 99, "storage_gib": 999}]}]
    stays = system("stays", component(vcpu=2), runs_in="pool:yun-a")
    inventory = estate([system("a"), stays], pool=pools)
    assert codes(designed(inventory, plan_of({"a": "yun-a"}))) == ["stack-capacity"]


def opened(design: SystemDesign | ZoneDesign, **rule: Any) -> SystemDesign | ZoneDesign:
    made = RuleDesign.model_validate({"id": "in-any", "version": 4} | rule)
    return design.model_copy(update={"groups": (GroupDesign(name="g", rules=(made,)),)})


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ({"remote_prefix": "0.0.0.0/0"}, True),
        ({"remote_prefix": "::/0", "version": 6}, True),
        ({"remote_prefix": "128.0.0.0/1"}, True),
        ({"remote_prefix": "2000::/3", "version": 6}, True),
        ({}, True),
        ({"remote_prefix": "10.0.0.0/8"}, False),
        ({"remote_group": "g"}, False),
        ({"remote_prefix": "0.0.0.0/0", "public": True}, False),
        ({"remote_prefix": "0.0.0.0/0", "direction": "egress"}, False),
    ],
)
@pytest.mark.parametrize("which", ["zone.yun-a.mzt", "system.a"])
def test_nothing_is_open_to_everybody(which: str, rule: dict[str, Any], refused: bool) -> None:
    designs = designed(estate([system("a")]), plan_of({"a": "yun-a"}))
    assert codes(designs, [opened(designs.get(which), **rule)]) == (["stack-open"] if refused else [])


@pytest.mark.parametrize(
    ("field", "value", "code", "nearest"),
    [("flavor", "smal", "stack-unknown-flavor", "small"), ("image", "plane", "stack-unknown-image", "plain")],
)
def test_unknown_names_are_refused_with_the_nearest(field: str, value: str, code: str, nearest: str) -> None:
    designs = designed(estate([system("a")]), plan_of({"a": "yun-a"}))
    design = designs.system("a")
    machine = design.machines[0].model_copy(update={field: value})
    (found,) = check_designs(designs, [design.model_copy(update={"machines": (machine,)})])
    assert (found.code, found.nearest) == (code, nearest)


def change(name: str, op: Op, *, protect: bool = False) -> ResourceChange:
    return ResourceChange(urn=f"urn:{name}", type="qianyun:openstack:Volume", name=name, op=op, protect=protect)


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        (change("volume-web-data", Op.DELETE), False),
        (change("volume-web-data", Op.DELETE, protect=True), True),
        (change("volume-web-data", Op.REPLACE, protect=True), True),
        (change("volume-web-data", Op.UPDATE, protect=True), False),
        (change("volume-db-data", Op.DELETE), True),
        (change("volume-db-data", Op.CREATE), False),
    ],
)
def test_protected_resources_are_not_deleted(made: ResourceChange, refused: bool) -> None:
    design = designed(estate([system("a")]), plan_of({"a": "yun-a"})).system("a")
    found = check_preview(design, StackPreview(stack="system.a", changes=(made,), counts={}, hash=""))
    assert [each.code for each in found] == (["stack-protected"] if refused else [])


@pytest.mark.parametrize("damage", [lambda row: row.pop("images"), lambda row: row.pop("flavors")])
def test_settings_without_offers_leave_machines_out(damage: Callable[[dict[str, Any]], Any]) -> None:
    row = dict(SETTINGS["clouds"][0])
    damage(row)
    inventory = estate([system("a")], settings=SETTINGS | {"clouds": [row]})
    designs = designed(inventory, plan_of({"a": "yun-a"}))
    assert [each.code for each in designs.problems()] in (["stack-no-image"], ["stack-no-flavor"])
