"""What landing zones and systems are to hold."""

from __future__ import annotations

import datetime as dt

import pytest

from inventory.inventory import Inventory
from inventory.kinds.clouds import Access
from inventory.load import load_estate
from migration.plan import Plan
from stacks.design.addresses import assign_addresses
from stacks.design.designs import Designs, designs_of
from stacks.design.model import SystemDesign, ZoneDesign
from stacks.design.selection import select_stacks
from stacks.errors import StackError
from tests.stacks.design.made import EXAMPLE, SETTINGS, component, estate, plan_of, plan_of_example, system


def designed(inventory: Inventory, plan: Plan) -> Designs:
    """Designs of an estate that has been given the addresses it lacked."""
    return designs_of(assign_addresses(inventory, plan).into(inventory), plan)


def test_a_zone_is_the_project_of_a_department_in_a_pool() -> None:
    parts = (component(), component("db", role="database", vcpu=4, memory_gib=5, storage_gib=100.5))
    inventory = estate([system("a", *parts), system("b", grade=3), system("c", department="gat")])
    designs = designed(inventory, plan_of(dict.fromkeys("abc", "yun-a")))
    assert designs.names == ("zone.yun-a.gat", "zone.yun-a.mzt", "system.a", "system.b", "system.c")
    zone = designs.zone("yun-a.mzt")
    assert (zone.department, zone.grade, zone.stack) == ("mzt", 3, "zone.yun-a.mzt")
    # small 2/4 twice, large 8/16 once; a fifth more, rounded up
    assert zone.quota.model_dump() == {
        "vcpu": 15, "memory_gib": 29, "storage_gib": 170, "machines": 4, "volumes": 4,
    }  # fmt: skip
    four, six = zone.network.subnets
    assert (four.prefix, four.dns_servers, four.dynamic) == (
        "10.128.0.64/26",
        ("10.14.1.53",),
        ("10.128.0.66", "10.128.0.73"),
    )
    assert (six.prefix, six.dns_servers) == ("3fff:a:0:1::/64", ("3fff:1::53",))
    assert zone.network.external_network == "outside"
    assert zone.dns_zone == "mzt.yun-a.yun.cegn."
    assert designs.problems() == ()


def test_designs_survive_json() -> None:
    inventory = load_estate(EXAMPLE, cache=False).inventory
    for design in designed(inventory, plan_of_example(inventory)).all():
        assert type(design).model_validate_json(design.model_dump_json()) == design


def test_a_machine_gets_the_smallest_size_that_is_large_enough() -> None:
    sizes = {"small": (2, 4), "small-wide": (1, 4.5), "large": (2.5, 1)}
    parts = [component(name, vcpu=vcpu, memory_gib=memory) for name, (vcpu, memory) in sizes.items()]
    designs = designed(estate([system("a", *parts)]), plan_of({"a": "yun-a"}))
    assert {machine.component: machine.flavor for machine in designs.system("a").machines} == {n: n for n in sizes}


def test_sizes_and_images_fit_the_architecture_of_the_pool() -> None:
    inventory = estate([system("a", component(vcpu=1, memory_gib=1))])
    (x86,) = designed(inventory, plan_of({"a": "yun-a"})).system("a").machines
    (arm,) = designed(inventory, plan_of({"a": "yun-b"})).system("a").machines
    assert (x86.flavor, x86.image) == ("small", "plain")
    assert (arm.flavor, arm.image) == ("arm", "arm")


def test_the_most_particular_image_counts() -> None:
    parts = (
        component("db", role="database", technology="mysql"),
        component("dm", role="database", technology="oracle", target_technology="dm8-x"),
    )
    machines = designed(estate([system("a", *parts)]), plan_of({"a": "yun-b"})).system("a").machines
    assert [machine.image for machine in machines] == ["database", "dm"]


def test_what_is_missing_is_named() -> None:
    huge = component("huge", vcpu=99)
    inventory = estate([system("a", huge), system("bare", components=[]), system("far")])
    plan = plan_of({"a": "yun-a", "bare": "yun-a", "far": "elsewhere-a"})
    there = {"id": "elsewhere-a", "cloud": "elsewhere"}
    inventory = inventory.replace(
        clouds={**inventory.clouds, "elsewhere": inventory.clouds["yun"].model_copy(update={"id": "elsewhere"})},
        pools={**inventory.pools, "elsewhere-a": inventory.pools["yun-a"].model_copy(update=there)},
    )
    designs = designs_of(inventory, plan)
    found = {(problem.code, problem.kind, problem.id) for problem in designs.problems()}
    assert found == {
        ("stack-no-components", "system", "bare"),
        ("stack-no-cloud", "cloud", "elsewhere"),
        ("stack-no-flavor", "system", "a"),
        ("stack-no-prefix", "pool", "yun-a"),
    }
    assert designs.names == ("zone.yun-a.mzt", "system.a")
    assert designs.system("a").machines == ()


def test_addresses_outside_of_the_zone_are_no_addresses_of_a_machine() -> None:
    inventory = estate([system("a", component(target_endpoints=[{"address": "10.9.9.9"}]))])
    designs = designed(inventory, plan_of({"a": "yun-a"}))
    assert designs.system("a").machines[0].addresses == ()
    codes = [problem.code for problem in designs.problems(["system.a"])]
    assert codes == ["stack-address-outside", "stack-no-address"]


def test_machines_have_addresses_volumes_groups_and_names() -> None:
    target = [{"name": "hydj.mzt.yun-a.yun.cegn"}, {"name": "hydj.sx.cegn"}]
    parts = (component(target_endpoints=target), component("db", role="database"))
    design = designed(estate([system("a", *parts)]), plan_of({"a": "yun-a"})).system("a")
    web, db = design.machines
    assert web.addresses == ("10.128.0.10", "3fff:a::10:128:0:10")
    assert web.groups == ("a", "a-web", "dns", "operators", "users-web")
    assert db.groups == ("a", "a-db", "dns", "operators")
    assert [(each.name, each.size_gib, each.type) for each in db.volumes] == [("data", 20, "ssd")]
    assert web.key == "ops"
    assert design.protected == ("volume-db-*",)
    assert {(each.name, each.type): each.values for each in design.records if "hydj" in each.name} == {
        ("hydj.mzt.yun-a.yun.cegn.", "A"): ("10.128.0.10",),
        ("hydj.mzt.yun-a.yun.cegn.", "AAAA"): ("3fff:a::10:128:0:10",),
    }
    assert ("db.a.mzt.yun-a.yun.cegn.", "A") in {(each.name, each.type) for each in design.records}


def test_the_way_follows_the_cloud_and_the_settings() -> None:
    inventory = estate([system("a")])
    place = designed(inventory, plan_of({"a": "yun-b"})).system("a").place
    assert (place.way, place.login, place.availability_zone) == ("openstack", "bed", "az-b")
    formal = inventory.replace(
        clouds={"yun": inventory.clouds["yun"].model_copy(update={"access": Access.REQUEST_FORM})}
    )
    assert designed(formal, plan_of({"a": "yun-a"})).system("a").place.way == "form"


def test_only_systems_that_move_have_a_place() -> None:
    inventory = estate([system("a"), system("b", lifecycle="closed"), system("c")])
    plan = plan_of({"a": "yun-a", "b": "yun-a"})
    assert designs_of(inventory, plan).names == ("zone.yun-a.mzt", "system.a")


def test_without_the_section_nothing_can_be_said() -> None:
    inventory = estate([system("a")])
    bare = inventory.estate.settings.model_copy(update={"stacks": None})
    inventory = inventory.replace(estate=inventory.estate.model_copy(update={"settings": bare}))
    with pytest.raises(StackError) as raised:
        designs_of(inventory, plan_of({"a": "yun-a"}))
    assert raised.value.code == "stacks-absent"


# ---- selection -------------------------------------------------------------------------------------------------------


def selection() -> Designs:
    days = {"a": dt.date(2021, 4, 12), "b": dt.date(2021, 5, 10), "c": dt.date(2021, 5, 10)}
    pools = {"a": "yun-a", "b": "yun-a", "c": "yun-b"}
    return designs_of(estate([system("a"), system("b"), system("c")]), plan_of(pools, days=days))


def test_a_wave_brings_its_landing_zones() -> None:
    designs = selection()
    wave = designs.landing("b").wave
    chosen = ("zone.yun-a.mzt", "zone.yun-b.mzt", "system.b", "system.c")
    assert select_stacks(designs, waves=[wave]) == chosen
    assert select_stacks(designs, waves=["2"]) == chosen
    assert select_stacks(designs, waves=[wave], systems=["b"]) == ("system.b",)


def test_systems_and_stacks_add_up_and_keep_the_order() -> None:
    designs = selection()
    assert select_stacks(designs) == designs.names
    assert select_stacks(designs, systems=["c"], stacks=["zone.yun-b.mzt"]) == ("zone.yun-b.mzt", "system.c")
    assert select_stacks(designs, clouds=["yun"]) == designs.names


@pytest.mark.parametrize(
    ("asked", "code", "nearest"),
    [
        ({"systems": ["x"]}, "stack-unknown-system", ""),
        ({"stacks": ["system.d"]}, "stack-not-designed", "system."),
        ({"clouds": ["yun-"]}, "stack-unknown-cloud", "yun"),
        ({"waves": ["2021-W18/yun"]}, "stack-unknown-wave", "2021-W19/yun"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(asked: dict[str, list[str]], code: str, nearest: str) -> None:
    with pytest.raises(StackError) as raised:
        select_stacks(selection(), **asked)
    assert raised.value.code == code
    assert raised.value.data["nearest"].startswith(nearest)


def test_get_knows_both_kinds() -> None:
    designs = selection()
    assert isinstance(designs.get("zone.yun-a.mzt"), ZoneDesign)
    assert isinstance(designs.get("system.a"), SystemDesign)
    assert designs.systems_of("zone.yun-a.mzt") == ("system.a", "system.b")
    assert designs.zone_stack("system.c") == "zone.yun-b.mzt"
    with pytest.raises(StackError):
        designs.get("zone.yun-a.gat")


def test_settings_are_those_of_the_estate() -> None:
    assert selection().settings.clouds[0].cloud == SETTINGS["clouds"][0]["cloud"]
