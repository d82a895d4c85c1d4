"""Where systems may land (H3), why not elsewhere, and what it costs (S5)."""

from __future__ import annotations

from typing import Any

import pytest

from migration.errors import PolicyError
from migration.placement import NOT_NEAREST_YUAN, NOT_PREFERRED_YUAN, Placement
from tests.migration.check.builder import Draft

ONE = [{"vcpu": 10, "memory_gib": 10, "storage_gib": 10}]


def cloud(draft: Draft, key: str, **fields: Any) -> Draft:
    draft.add("cloud", **({"id": key, "tier": "city", "division": "140100"} | fields))
    return draft.add("pool", id=f"{key}-p", cloud=key, capacity=ONE)


def reasons(draft: Draft, system: str = "s") -> dict[str, str]:
    return {pool: why.code for pool, why in Placement(draft.inventory()).ruled_out(system).items()}


def eligible(draft: Draft, system: str = "s") -> tuple[str, ...]:
    return Placement(draft.inventory()).eligible(system)


def test_a_county_may_use_its_citys_cloud_and_the_provincial_one() -> None:
    assert eligible(Draft().system("s", department="county")) == ("city-a", "city-b", "prov")


def test_a_provincial_department_uses_no_city_cloud() -> None:
    draft = Draft().add("department", id="office", division="140000").system("s", department="office")
    assert eligible(draft) == ("prov",)
    assert reasons(draft) == {"city-a": "region", "city-b": "region"}


def test_another_citys_cloud_is_ruled_out_and_says_whom_it_serves() -> None:
    draft = cloud(Draft().add("division", id="140200", level="city", code="140200"), "other", division="140200")
    why = Placement(draft.system("s", department="county").inventory()).ruled_out("s")["other-p"]
    assert (why.rule, why.code, why.records) == ("H3", "region", ("pool:other-p",))
    assert (why.data["serves"], why.data["division"]) == ("140200", "140105")


@pytest.mark.parametrize(
    ("fields", "system", "code"),
    [
        ({"intention": "absorb"}, {}, "intention"),
        ({"tier": "county", "division": "140105"}, {"department": "county"}, "exemption"),
        ({"tier": "department", "department": "city"}, {}, "exemption"),
        ({"certified_grade": 2}, {"grade": 3}, "grade"),
        ({"certified_grade": 2}, {"grade": 2}, None),
        ({"certified_grade": 2}, {}, None),
        ({}, {"technology": "arm"}, "technology"),
        ({}, {"technology": "x86"}, None),
        ({"domain": "public_service"}, {"domain": "administrative"}, "domain"),
        ({"domain": "public_service"}, {"domain": "public_service"}, None),
        ({"domain": "public_service"}, {}, None),
        ({"tier": "industry", "division": "140000", "sector": "health"}, {}, None),
        ({"tier": "industry", "division": "140000", "sector": "finance"}, {}, "sector"),
        ({"tier": "industry", "division": "140000", "sector": "finance"}, {"department": "county"}, None),
    ],
)
def test_conditions_of_a_cloud(fields: dict[str, Any], system: dict[str, Any], code: str | None) -> None:
    assert reasons(cloud(Draft(), "x", **fields).system("s", **system)).get("x-p") == code


@pytest.mark.parametrize(("tier", "other"), [("county", "region"), ("department", "department")])
def test_an_exempted_cloud_serves_its_own_only(tier: str, other: str) -> None:
    exemption = {"approved_by": "省大数据局", "document": "1号"}
    draft = cloud(Draft(), "x", tier=tier, division="140105", department="county", exemption=exemption)
    draft.system("s", department="county").system("t")
    assert (reasons(draft).get("x-p"), reasons(draft, "t").get("x-p")) == (None, other)


def test_a_pools_domain_goes_before_its_clouds() -> None:
    draft = cloud(Draft(), "x", domain="administrative").system("s", domain="public_service")
    draft.change("pool", "x-p", domain="public_service")
    assert "x-p" in eligible(draft)


def test_placement_rules_all_apply() -> None:
    draft = Draft().system("s").system("t", department="county")
    draft.add("rule", id="r1", kind="placement", selector="department:city", effect="only", outcome="cloud:yun-city")
    draft.add("rule", id="r2", kind="placement", selector="", effect="never", outcome="id:city-a", reason="即将改造")
    assert (eligible(draft), eligible(draft, "t")) == (("city-b",), ("city-b", "prov"))
    why = Placement(draft.inventory()).ruled_out("s")
    assert {pool: (one.code, one.records) for pool, one in why.items()} == {
        "city-a": ("rule-never", ("pool:city-a", "rule:r2")),
        "prov": ("rule-only", ("pool:prov", "rule:r1")),
    }
    assert why["city-a"].data["reason"] == "即将改造"


@pytest.mark.parametrize(
    ("value", "expected"), [("pool:city-b", ("city-b",)), ("cloud:yun-city", ("city-a", "city-b"))]
)
def test_a_decision_by_hand_replaces_region_and_rules(value: str, expected: tuple[str, ...]) -> None:
    draft = Draft().add("department", id="office", division="140000")
    draft.system("s", department="office", decisions={"target": {"value": value}})
    draft.add("rule", id="r", kind="placement", effect="only", outcome="id:prov")
    assert eligible(draft) == expected
    assert reasons(draft)["prov"] == "decision"


def test_a_decision_by_hand_does_not_lift_grade_or_intention() -> None:
    draft = Draft().change("cloud", "yun-city", certified_grade=2)
    draft.system("s", grade=3, decisions={"target": {"value": "cloud:yun-city"}})
    assert eligible(draft) == ()
    assert reasons(draft) == {"city-a": "grade", "city-b": "grade", "prov": "decision"}


@pytest.mark.parametrize("value", ["pool:nowhere", "city-a", "room:room-1", "cloud:"])
def test_a_decision_for_nothing_is_an_input_error(value: str) -> None:
    with pytest.raises(PolicyError) as caught:
        eligible(Draft().system("s", decisions={"target": {"value": value}}))
    assert caught.value.code == "unknown-place"


def test_cost_is_the_price_of_the_demand_and_what_preference_adds() -> None:
    draft = Draft().change("cloud", "yun-city", prices={"vcpu": 30, "memory_gib": 10, "storage_gib": 0.5})
    parts = [{"id": "a", "vcpu": 4, "memory_gib": 8, "storage_gib": 100}, {"id": "b", "vcpu": 2, "storage_gib": 1}]
    draft.system("s", components=parts).system("t", components=parts, department="county")
    draft.add("rule", id="r", kind="placement", selector="department:city", effect="prefer", outcome="id:city-b")
    placement = Placement(draft.inventory())
    price = 6 * 30 + 8 * 10 + round(101 * 0.5)
    assert placement.cost("s", "city-b") == price
    assert placement.cost("s", "city-a") == price + NOT_PREFERRED_YUAN
    assert placement.cost("s", "prov") == NOT_PREFERRED_YUAN + NOT_NEAREST_YUAN
    assert placement.cost("t", "city-a") == price + NOT_NEAREST_YUAN
    assert placement.cost("t", "prov") == 2 * NOT_NEAREST_YUAN
    assert placement.eligible("s") == ("city-a", "city-b", "prov")
