"""H3 and H4 on small estates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.check import check_plan
from tests.migration.check.builder import (
    GRID,
    Case,
    Draft,
    broken,
    case,
    codes,
    plan_of,
    step_of,
)


@pytest.mark.parametrize(
    ("system", "pool", "code"),
    [
        ({}, {"cloud": {"intention": "absorb"}}, "place-intention"),
        ({}, {"cloud": {"tier": "county", "division": "140100"}}, "place-exemption"),
        ({}, {"cloud": {"tier": "department", "department": "city"}}, "place-exemption"),
        ({"grade": 3}, {"cloud": {"certified_grade": 2}}, "place-grade"),
        ({"technology": "arm"}, {}, "place-technology"),
        ({}, {"cloud": {"division": "140105"}}, "place-region"),
        ({}, {"cloud": {"tier": "industry", "sector": "finance"}}, "place-sector"),
        ({"domain": "administrative"}, {"cloud": {"domain": "public_service"}}, "place-domain"),
        ({"domain": "administrative"}, {"pool": {"domain": "public_service"}}, "place-domain"),
        (
            {},
            {
                "cloud": {
                    "tier": "department",
                    "department": "county",
                    "exemption": {"approved_by": "x", "document": "1"},
                }
            },
            "place-department",
        ),
    ],
)
def test_a_pool_that_is_not_for_the_system(system: dict[str, Any], pool: dict[str, Any], code: str) -> None:
    draft = Draft().system("a", **system).system("b")
    draft.change("cloud", "yun-city", **pool.get("cloud", {})).change("pool", "city-a", **pool.get("pool", {}))
    fine = Draft().system("a", **(system | {"technology": None})).system("b")
    assert broken(case(fine, {"a": (1, "city-a"), "b": (1, "prov")})) == ()
    wrong = case(draft, {"a": (1, "city-a"), "b": (1, "prov")})
    assert broken(wrong) == ("H3",)
    assert codes(wrong) == {code}


@pytest.mark.parametrize(
    "allowed",
    [
        {"tier": "county", "division": "140100", "exemption": {"approved_by": "x", "document": "1"}},
        {"tier": "department", "department": "city", "exemption": {"approved_by": "x", "document": "1"}},
        {"tier": "industry", "sector": "health", "division": "140000"},
        {"certified_grade": 3, "domain": "administrative"},
    ],
)
def test_a_pool_that_is_for_the_system(allowed: dict[str, Any]) -> None:
    draft = Draft().system("a", grade=3, domain="administrative", technology="x86")
    assert broken(case(draft.change("cloud", "yun-city", **allowed), {"a": (1, "city-a")})) == ()


def test_a_county_system_goes_to_the_city_cloud_and_not_the_reverse() -> None:
    draft = Draft().system("a", department="county")
    assert broken(case(draft, {"a": (1, "city-a")})) == ()
    draft = Draft().system("a").change("cloud", "yun-city", division="140105")
    assert broken(case(draft, {"a": (1, "city-a")})) == ("H3",)


def test_placement_rules_of_the_estate() -> None:
    rule = {"id": "r", "kind": "placement", "selector": "kind:system id:a", "outcome": "id:city-*"}
    both = {"a": (1, "prov"), "b": (1, "prov")}
    assert codes(case(Draft().system("a").system("b").add("rule", **rule), both)) == {"place-only"}
    assert broken(case(Draft().system("a").add("rule", **rule), {"a": (1, "city-b")})) == ()
    never = rule | {"effect": "never"}
    assert codes(case(Draft().system("a").add("rule", **never), {"a": (1, "city-b")})) == {"place-never"}
    assert broken(case(Draft().system("a").add("rule", **never), {"a": (1, "prov")})) == ()
    prefer = rule | {"effect": "prefer"}
    assert broken(case(Draft().system("a").add("rule", **prefer), {"a": (1, "prov")})) == ()


def test_a_decision_by_hand_on_the_target() -> None:
    rule = {"id": "r", "kind": "placement", "outcome": "id:prov"}
    by_pool = Draft().system("a", decisions={"target": {"value": "pool:city-a"}}).add("rule", **rule)
    assert broken(case(by_pool, {"a": (1, "city-a")})) == ()
    assert codes(case(by_pool, {"a": (1, "city-b")})) == {"place-decision"}
    by_cloud = Draft().system("a", decisions={"target": {"value": "cloud:yun-city"}}, grade=3)
    assert broken(case(by_cloud, {"a": (1, "city-b")})) == ()
    by_cloud.change("cloud", "yun-city", certified_grade=2)
    assert codes(case(by_cloud, {"a": (1, "city-b")})) == {"place-grade"}


def test_what_lands_fits() -> None:
    draft = Draft().system("a", vcpu=60).system("b", vcpu=40)
    assert broken(case(draft, {"a": (1, "city-a"), "b": (3, "city-a")})) == ()
    assert broken(case(draft, {"a": (1, "city-a"), "b": (3, "city-b")})) == ()


@pytest.mark.parametrize(
    ("pool", "settings"),
    [
        ({"headroom": 0.1}, {}),
        ({}, {"headroom": 0.1}),
        ({"in_use": {"vcpu": 1}}, {}),
        ({"overcommit": 0.99}, {}),
        ({"capacity": [{"vcpu": 100, "memory_gib": 1, "storage_gib": 100}]}, {}),
        ({"capacity": [{"vcpu": 100, "memory_gib": 100, "storage_gib": 1}]}, {}),
        ({"capacity": []}, {}),
    ],
)
def test_what_a_pool_keeps_back(pool: dict[str, Any], settings: dict[str, Any]) -> None:
    draft = Draft().system("a", vcpu=60).system("b", vcpu=40).change("pool", "city-a", **pool)
    draft.settings |= settings
    assert broken(case(draft, {"a": (1, "city-a"), "b": (3, "city-a")})) == ("H4",)


def test_overcommit_multiplies_processors_only() -> None:
    draft = Draft().system("a", vcpu=200).change("pool", "city-a", overcommit=2, headroom=0)
    assert broken(case(draft, {"a": (1, "city-a")})) == ()
    draft.change("pool", "city-a", capacity=[{"vcpu": 100, "memory_gib": 0.5, "storage_gib": 100}])
    assert broken(case(draft, {"a": (1, "city-a")})) == ("H4",)


def test_a_demand_that_is_raised_breaks_h4() -> None:
    assert broken(
        case(Draft().system("a", vcpu=60).system("b", vcpu=41), {"a": (1, "city-a"), "b": (3, "city-a")})
    ) == ("H4",)


def test_capacity_that_grows_and_shrinks() -> None:
    def steps(*rows: tuple[dt.date | None, float]) -> list[dict[str, Any]]:
        return [{"from": day, "vcpu": vcpu, "memory_gib": 100, "storage_gib": 100} for day, vcpu in rows]

    draft = Draft().system("a", vcpu=50)
    third = GRID.first_day_of(3)
    draft.change("pool", "city-a", capacity=steps((None, 10), (third, 50)))
    assert broken(case(draft, {"a": (3, "city-a")})) == ()
    assert broken(case(draft, {"a": (2, "city-a")})) == ("H4",)
    draft.change("pool", "city-a", capacity=steps((None, 10), (third + dt.timedelta(days=1), 50)))
    assert broken(case(draft, {"a": (3, "city-a")})) == ("H4",), "on its first day there is none"
    draft.change("pool", "city-a", capacity=steps((None, 50), (GRID.last_day_of(4), 49)))
    shrunk = case(draft, {"a": (1, "city-a")})
    assert broken(shrunk) == ("H4",)
    (violation,) = check_plan(*shrunk).violations
    assert violation.data["slot"] == GRID.label(4)
    draft.change("pool", "city-a", capacity=steps((None, 50), (GRID.first_day_of(6), 0)))
    assert broken(case(draft, {"a": (1, "city-a")})) == (), "after the horizon"


def test_a_system_takes_room_from_the_start_of_its_copy() -> None:
    parts = [{"id": "db", "vcpu": 60, "data_gib": 1}]
    offers = [{"vcpu": 70}, {"vcpu": 50, "from": GRID.first_day_of(2)}, {"vcpu": 70, "from": GRID.first_day_of(3)}]
    draft = Draft().system("a", components=parts).change("pool", "city-a", capacity=offers)
    inventory = draft.inventory()

    def copied_from(day: dt.date) -> Case:
        copy = step_of(inventory, "system:a", "replicate", day, pool="city-a", end=GRID.last_day_of(3))
        return inventory, plan_of(inventory, {"a": (4, "city-a")}, extra=[copy])

    assert broken(copied_from(GRID.first_day_of(3))) == ()
    assert broken(copied_from(GRID.last_day_of(2))) == ("H4",)


def test_a_system_leaves_its_pool_when_it_is_decommissioned() -> None:
    draft = Draft().system("a", vcpu=60, runs_in="pool:city-b").system("b", vcpu=50)
    assert broken(case(draft, {"a": (1, "city-a"), "b": (3, "city-b")})) == (), "decommissioned in slot 2"
    assert broken(case(draft, {"a": (1, "city-a"), "b": (2, "city-b")})) == ("H4",)
    assert broken(case(draft, {"b": (3, "city-b")}, unplanned=["a"])) == ("H4",), "it stays for good"
    assert broken(case(draft, {"b": (3, "city-b")}, stay=["a"])) == (), "what does not move is counted by the pool"
