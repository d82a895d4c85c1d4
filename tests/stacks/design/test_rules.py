"""Security groups follow from dependencies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from inventory.inventory import Inventory
from migration.plan import Plan, PlanItem
from migration.steps import Track
from stacks.design.addresses import assign_addresses
from stacks.design.designs import Designs, designs_of
from stacks.design.model import Direction, RuleDesign
from stacks.design.rules import MOST_REMOTES
from tests.stacks.design.made import component, estate, plan_of, system

SOURCE = {"kind": "call", "strength": "hard"}


def designed(inventory: Inventory, plan: Plan) -> Designs:
    return designs_of(assign_addresses(inventory, plan).into(inventory), plan)


def needs(client: str, provider: str, port: int | None = 8443, **more: Any) -> dict[str, Any]:
    return SOURCE | {"from": client, "to": provider} | ({} if port is None else {"port": port}) | more


def rules(designs: Designs, id: str, group: str, direction: Direction) -> dict[str, RuleDesign]:
    """Rules of a group of a system that name a prefix, by it."""
    (found,) = (each for each in designs.system(id).groups if each.name == group)
    return {each.remote_prefix: each for each in found.rules if each.direction is direction and each.remote_prefix}


def at(address: str, port: int | None = None, v6: str | None = None) -> dict[str, Any]:
    return {"endpoints": [{"address": address, "port": port, "address_v6": v6}]}


def test_a_client_is_let_in_from_where_it_stands_and_from_where_it_will() -> None:
    inventory = estate(
        [system("idp", component("app", **at("10.14.0.9", 8443))), system("a", component(**at("10.14.0.1", 443)))],
        [needs("a/web", "idp/app")],
    )
    designs = designed(inventory, plan_of({"idp": "yun-a", "a": "yun-a"}))
    found = rules(designs, "idp", "idp-app", Direction.INGRESS)
    assert found.keys() == {"10.14.0.1/32", "10.128.0.10/32", "3fff:a::10:128:0:10/128"}
    assert {each.ports for each in found.values()} == {(8443, 8443)}
    assert {each.protocol for each in found.values()} == {"tcp"}
    assert {each.reasons for each in found.values()} == {("a/web>idp/app:call:8443",)}
    asked = rules(designs, "a", "a-web", Direction.EGRESS)
    assert asked.keys() == {"10.14.0.9/32", "10.128.0.11/32", "3fff:a::10:128:0:11/128"}
    assert designs.problems() == ()


def test_one_that_has_moved_stands_in_its_zone_only() -> None:
    moved: dict[str, Any] = {"runs_in": "pool:yun-a", "moved": dt.date(2021, 4, 1)}
    inventory = estate(
        [system("idp", component("app", **at("10.14.0.9", 8443))), system("a", component(**at("10.14.0.1")), **moved)],
        [needs("a/web", "idp/app")],
    )
    designs = designed(inventory, plan_of({"idp": "yun-a", "a": "yun-a"}))
    assert "10.14.0.1/32" not in rules(designs, "idp", "idp-app", Direction.INGRESS)


def test_a_client_that_stays_and_has_no_address_is_let_in_from_its_departments_prefix() -> None:
    inventory = estate(
        [system("idp"), system("stays", department="gat"), system("stays-2")],
        [needs("stays", "idp"), needs("stays-2", "idp")],
    )
    designs = designed(inventory, plan_of({"idp": "yun-a"}))
    assert rules(designs, "idp", "idp-web", Direction.INGRESS).keys() == {"10.15.0.0/24", "10.14.0.0/16"}


def test_a_target_without_addresses_is_its_zone() -> None:
    inventory = estate([system("idp"), system("a", department="gat")], [needs("a", "idp")])
    plan = plan_of({"idp": "yun-a", "a": "yun-a"})
    given = assign_addresses(inventory, plan)
    inventory = inventory.replace(prefixes={**inventory.prefixes, **{each.id: each for each in given.prefixes}})
    zones = {str(inventory.prefixes[f"yun-a.gat-v{version}"].prefix) for version in (4, 6)}
    assert zones <= rules(designs_of(inventory, plan), "idp", "idp-web", Direction.INGRESS).keys()


def test_external_objects_are_addresses_or_nothing() -> None:
    inventory = estate([system("a")], [needs("a", "external_object:population", 443)])
    designs = designed(inventory, plan_of({"a": "yun-a"}))
    assert rules(designs, "a", "a", Direction.EGRESS).keys() == {"10.1.2.3/32"}


def test_the_port_after_a_change_of_make_is_the_target_endpoints() -> None:
    database = component("db", **at("10.14.0.9", 1521), target_endpoints=[{"port": 5236}])
    inventory = estate([system("idp", database), system("a")], [needs("a", "idp/db", 1521)])
    designs = designed(inventory, plan_of({"idp": "yun-a", "a": "yun-a"}))
    assert {each.ports for each in rules(designs, "idp", "idp-db", Direction.INGRESS).values()} == {(5236, 5236)}
    asked = rules(designs, "a", "a", Direction.EGRESS)
    assert asked["10.14.0.9/32"].ports == (1521, 1521)
    assert asked["10.128.0.11/32"].ports == (5236, 5236)


def test_a_dependency_means_the_component_with_its_port() -> None:
    parts = (component(**at("10.14.0.8", 443)), component("db", **at("10.14.0.9", 5432)))
    inventory = estate([system("idp", *parts), system("a")], [needs("a", "idp", 5432)])
    designs = designed(inventory, plan_of({"idp": "yun-a"}))
    assert rules(designs, "idp", "idp-db", Direction.INGRESS)
    assert not rules(designs, "idp", "idp-web", Direction.INGRESS)
    assert not rules(designs, "idp", "idp", Direction.INGRESS)


def test_nothing_is_open_without_a_port_and_that_is_said() -> None:
    inventory = estate([system("idp"), system("a")], [needs("a", "idp", None)])
    designs = designed(inventory, plan_of({"idp": "yun-a", "a": "yun-a"}))
    found = designs.problems()
    assert [(each.code, each.kind) for each in found] == [("stack-no-port", "dependency")]
    assert not rules(designs, "idp", "idp-web", Direction.INGRESS)


def test_rejected_dependencies_and_closed_systems_open_nothing() -> None:
    inventory = estate(
        [system("idp"), system("a"), system("old", lifecycle="closed")],
        [needs("a", "idp", rejected=True), needs("old", "idp")],
    )
    designs = designed(inventory, plan_of({"idp": "yun-a"}))
    assert not rules(designs, "idp", "idp-web", Direction.INGRESS)


def test_a_bridge_is_a_reason() -> None:
    inventory = estate([system("idp"), system("a")], [needs("a", "idp", reaches_by="address")])
    plan = plan_of({"idp": "yun-a"})
    bridge = PlanItem(
        id="system/idp/bridge", track=Track.SYSTEM, step="bridge", object="system:idp", slot=14, slot_label="2021-W15",
        start=dt.date(2021, 4, 12), end=dt.date(2021, 4, 12), records=("dependency:a>idp:call:8443",),
    )  # fmt: skip
    plan = plan.model_copy(update={"items": (*plan.items, bridge)})
    (rule,) = rules(designed(inventory, plan), "idp", "idp-web", Direction.INGRESS).values()
    assert rule.reasons == ("a>idp:call:8443", "system/idp/bridge")


def test_only_a_public_address_opens_to_everybody() -> None:
    parts = (
        component(endpoints=[{"address": "10.14.0.1", "port": 443, "public_address": "203.0.113.5"}]),
        component("app", endpoints=[{"address": "10.14.0.2", "public_address": "203.0.113.6"}]),
    )
    designs = designed(estate([system("a", *parts)]), plan_of({"a": "yun-a"}))
    found = rules(designs, "a", "a-web", Direction.INGRESS)
    assert {prefix: (rule.ports, rule.public) for prefix, rule in found.items()} == {
        "0.0.0.0/0": ((443, 443), True), "::/0": ((443, 443), True),
    }  # fmt: skip
    assert not rules(designs, "a", "a-app", Direction.INGRESS)
    assert [each.code for each in designs.problems()] == ["stack-public-no-port"]


def test_machines_of_a_system_reach_one_another_and_nobody_else_does() -> None:
    design = designed(estate([system("a")]), plan_of({"a": "yun-a"})).system("a")
    (shared, own) = design.groups
    assert {(each.direction, each.version, each.remote_group) for each in shared.rules} == {
        (direction, version, "a") for direction in Direction for version in (4, 6)
    }
    assert own.rules == ()


def test_without_ipv6_there_are_no_rules_of_it() -> None:
    inventory = estate(
        [system("idp", component("app", **at("10.14.0.9", 8443, "3fff::9"))), system("a")], [needs("a", "idp/app")]
    )
    designs = designed(inventory, plan_of({"idp": "yun-b", "a": "yun-b"}))
    versions = {rule.version for id in ("idp", "a") for group in designs.system(id).groups for rule in group.rules}
    assert versions == {4}


def test_crowded_ports_name_networks_in_place_of_addresses() -> None:
    clients = [system(f"c{number}", component(**at(f"10.14.1.{number}"))) for number in range(MOST_REMOTES + 1)]
    inventory = estate([system("idp"), *clients], [needs(each["id"], "idp") for each in clients])
    designs = designed(inventory, plan_of({"idp": "yun-a"}))
    (rule,) = rules(designs, "idp", "idp-web", Direction.INGRESS).values()
    assert rule.remote_prefix == "10.14.0.0/16"
    assert len(rule.reasons) == MOST_REMOTES + 1
    fewer = estate([system("idp"), *clients[1:]], [needs(each["id"], "idp") for each in clients[1:]])
    assert len(rules(designed(fewer, plan_of({"idp": "yun-a"})), "idp", "idp-web", Direction.INGRESS)) == MOST_REMOTES


def test_ids_of_rules_are_unique_in_their_group_and_bear_no_colon() -> None:
    inventory = estate(
        [system("idp", component("app", **at("10.14.0.9", 8443))), system("a"), system("b")],
        [needs("a", "idp"), needs("b", "idp"), needs("a", "idp", 80), needs("a", "idp", 80, kind="file")],
    )
    designs = designed(inventory, plan_of({"idp": "yun-a", "a": "yun-a", "b": "yun-a"}))
    for design in designs.all():
        for group in design.groups:
            ids = [rule.id for rule in group.rules]
            assert len(set(ids)) == len(ids)
            assert not any(":" in id for id in ids)
