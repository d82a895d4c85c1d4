"""What becomes of each system, and which rule says so. Facts hold as of 2021-01-04."""

from __future__ import annotations

from typing import Any

import pytest

from migration.disposition import dispositions
from migration.errors import PolicyError
from migration.plan import Disposed
from tests.migration.check.builder import Draft


def disposed(draft: Draft, system: str = "s") -> Disposed:
    return dispositions(draft.inventory())[system]


@pytest.mark.parametrize(
    ("fields", "disposition", "rule"),
    [
        ({}, "rehost", "default:moves"),
        ({"lifecycle": "closed"}, "retire", "default:closed"),
        ({"registered": False}, "retire", "default:shadow"),
        ({"registered": True}, "rehost", "default:moves"),
        ({"duplicate_of": "t"}, "retire", "default:shadow"),
        ({"last_used": "2020-07-07"}, "retire", "default:zombie"),
        ({"last_used": "2020-07-08"}, "rehost", "default:moves"),
        ({"usage": {"log_ins_90d": 0, "requests_90d": 0}}, "retire", "default:zombie"),
        ({"usage": {"log_ins_90d": 0, "requests_90d": 7}}, "rehost", "default:moves"),
        ({"usage": {"log_ins_90d": 0}, "last_used": "2021-01-01"}, "rehost", "default:moves"),
        ({"lifecycle": "planned", "last_used": "2010-01-01"}, "rehost", "default:direct"),
        ({"kind": "mail"}, "repurchase", "default:generic"),
        ({"kind": "portal"}, "repurchase", "default:generic"),
        ({"kind": "shared_platform"}, "rehost", "default:moves"),
        ({"kind": "video", "last_used": "2019-01-01"}, "retire", "default:zombie"),
        ({"lifecycle": "building"}, "rehost", "default:direct"),
        ({"runs_in": "pool:city-a"}, "retain", "default:on-target-cloud"),
        ({"runs_in": "pool:city-a", "moved": "2021-01-02"}, "rehost", "default:moves"),
        ({"runs_in": "cloud:old"}, "relocate", "default:absorbed-cloud"),
        ({"runs_in": "room:room-1"}, "rehost", "default:moves"),
        (
            {"components": [{"id": "db", "technology": "oracle-11g", "target_technology": "dm8"}]},
            "replatform",
            "default:replatform",
        ),
        (
            {"components": [{"id": "db", "technology": "dm8", "target_technology": "dm8"}]},
            "rehost",
            "default:moves",
        ),
    ],
)
def test_built_in_rules(fields: dict[str, Any], disposition: str, rule: str) -> None:
    draft = Draft().add("cloud", id="old", tier="department", division="140100", intention="absorb")
    found = disposed(draft.system("s", **fields).system("t"))
    assert (found.disposition.value, found.rule) == (disposition, rule)


def test_equipment_of_politics_and_law_departments_is_colocated() -> None:
    draft = Draft().change("department", "city", politics_and_law=True).system("s")
    assert disposed(draft).disposition.value == "colocate"


@pytest.mark.parametrize("lifecycle", ["planned", "building", "in_service"])
def test_what_is_not_in_service_goes_straight_to_the_cloud(lifecycle: str) -> None:
    assert disposed(Draft().system("s", lifecycle=lifecycle)).direct is (lifecycle != "in_service")


def test_the_estates_rules_come_before_the_built_in_ones_and_in_their_order() -> None:
    draft = Draft().system("s", kind="mail").system("t", kind="mail", department="county").system("u")
    draft.add("rule", id="late", kind="disposition", order=5, selector="system.kind:mail", outcome="retain")
    draft.add("rule", id="early", kind="disposition", order=1, selector="department:county", outcome="Refactor")
    draft.add("rule", id="same", kind="disposition", order=1, selector="department:county", outcome="retire")
    found = dispositions(draft.inventory())
    assert {key: (one.disposition.value, one.rule) for key, one in found.items()} == {
        "s": ("retain", "late"),
        "t": ("refactor", "early"),
        "u": ("rehost", "default:moves"),
    }


def test_a_rule_may_ask_for_dates() -> None:
    draft = Draft().system("s", last_used="2020-12-01").system("t", last_used="2020-12-20")
    draft.add("rule", id="r", kind="disposition", selector="last_used<2020-12-15", outcome="retire")
    assert [disposed(draft, key).disposition.value for key in ("s", "t")] == ["retire", "rehost"]


def test_decisions_by_hand_override_and_keep_who_and_why() -> None:
    decision = {"value": "retain", "reason": "合同未到期", "role": "省大数据局"}
    draft = Draft().system("s", registered=False, decisions={"disposition": decision})
    draft.add("rule", id="r", kind="disposition", outcome="retire")
    found = disposed(draft)
    assert (found.disposition.value, found.rule, found.reason, found.role) == (
        "retain",
        "decision",
        "合同未到期",
        "省大数据局",
    )


def test_placement_rules_decide_no_disposition() -> None:
    draft = Draft().system("s").add("rule", id="r", kind="placement", effect="only", outcome="kind:pool id:prov")
    assert disposed(draft).rule == "default:moves"


def test_classified_systems_have_none() -> None:
    draft = Draft().system("s").add("system", id="city-classified-1", department="city", classified=True)
    assert list(dispositions(draft.inventory())) == ["s"]


@pytest.mark.parametrize("where", ["decision", "rule"])
def test_an_unknown_disposition_is_an_input_error(where: str) -> None:
    draft = Draft().system("s", decisions={"disposition": {"value": "explode"}} if where == "decision" else {})
    if where == "rule":
        draft.add("rule", id="r", kind="disposition", outcome="explode")
    with pytest.raises(PolicyError) as caught:
        dispositions(draft.inventory())
    assert caught.value.exit_code == 2
    assert "explode" in caught.value.message
