"""A plan on another state of its estate."""

from __future__ import annotations

import datetime as dt

from migration.explain.rebase import rebase
from migration.planning import make_plan
from tests.migration.check.builder import LATER, Draft


def test_a_sound_plan_takes_the_present_hash() -> None:
    plan = make_plan(Draft().system("s").system("t").inventory(), effort=1, declared_hash="old")
    present = Draft().system("s", name="renamed").system("t").inventory()
    found = rebase(present, plan, declared_hash="new")
    assert found.plan is not None
    assert (found.plan.declared_hash, plan.declared_hash) == ("new", "old")
    assert found.changed == {}
    assert found.plan.items == plan.items


def test_a_change_inside_a_slice_is_named_and_needs_a_new_plan() -> None:
    plan = make_plan(Draft().system("s").system("t").inventory(), effort=1)
    found = rebase(Draft().system("s", allowed_outage_minutes=9000).system("t").inventory(), plan, declared_hash="new")
    assert found.check.sound
    assert found.plan is None
    assert set(found.changed.values()) == {("system:s",)}
    assert {item.split("/")[1] for item in found.changed} == {"s"}


def test_a_plan_that_breaks_a_rule_now_is_not_rebased() -> None:
    plan = make_plan(Draft().system("s").inventory(), effort=1)
    slot = plan.by_id["system/s/cutover"].start
    frozen = Draft().system("s").add("freeze", id="f", selector="", start=slot, end=slot + dt.timedelta(days=1))
    found = rebase(frozen.inventory(), plan, declared_hash="new")
    assert found.plan is None
    assert [one.rule for one in found.check.violations] == ["H8"]
    assert ("freeze:f",) in found.changed.values()


def test_what_lies_before_now_is_a_violation() -> None:
    inventory = Draft().system("s").inventory()
    plan = make_plan(inventory, effort=1)
    assert plan.by_id["system/s/cutover"].start < LATER
    assert rebase(inventory, plan, declared_hash="", now=LATER).plan is None


def test_records_that_no_item_stands_on_change_nothing() -> None:
    plan = make_plan(Draft().system("s").inventory(), effort=1)
    found = rebase(
        Draft().system("s").add("room", id="new", division="140100", intention="keep").inventory(),
        plan,
        declared_hash="n",
    )
    assert found.plan is not None
    assert found.changed == {}
