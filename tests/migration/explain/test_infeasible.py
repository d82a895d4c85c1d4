"""Causes of what has no place: lifting any one of them in the estate makes a place, keeping all makes none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration.plan import Finding, Plan, item_id
from migration.planning import make_plan
from migration.tables.causes import CAUSES
from tests.migration.check.builder import MONDAY, SLOTS, Draft

EFFORT = 3
ALWAYS = {"selector": "", "start": MONDAY, "end": MONDAY + dt.timedelta(days=7 * SLOTS)}


def pin(value: str) -> dict[str, Any]:
    return {"slot": {"value": value, "role": "办公室", "reason": "约定"}}


def causes(plan: Plan, system: str) -> tuple[Finding, ...]:
    return next(entry.causes for entry in plan.unplanned if entry.item == item_id(system))


def planned(draft: Draft) -> Plan:
    plan = make_plan(draft.inventory(), effort=EFFORT)
    assert plan.violations == ()
    for entry in plan.unplanned:
        for cause in entry.causes:
            assert CAUSES[cause.code].format(**cause.data)
    return plan


def codes(draft: Draft, system: str = "s") -> list[tuple[str, str]]:
    return [(cause.rule, cause.code) for cause in causes(planned(draft), system)]


# ---- one thing at a time, as a person would name it ----


def test_a_freeze_over_everything() -> None:
    draft = Draft().system("s").add("freeze", id="f", **ALWAYS)
    (cause,) = causes(planned(draft), "s")
    assert (cause.rule, cause.code, cause.records, cause.data["alone"]) == ("H8", "frozen", ("freeze:f",), True)


def test_two_freezes_need_both_to_go() -> None:
    draft = Draft().system("s").add("freeze", id="f", **ALWAYS).add("freeze", id="g", **ALWAYS)
    (cause,) = causes(planned(draft), "s")
    assert cause.data["alone"] is False
    assert str(cause.data["also"]).startswith("H8 freeze:")


def test_a_window_and_a_freeze_that_meet() -> None:
    draft = Draft().system("s", windows=["fri"])
    draft.add("window", id="fri", rule="FREQ=WEEKLY;BYDAY=FR", start="22:00", duration_minutes=240)
    fridays = range(SLOTS - 1)  # the last one is the first day of the Spring Festival
    for number in fridays:
        day = MONDAY + dt.timedelta(days=7 * number + 4)
        draft.add("freeze", id=f"f{number}", selector="", start=day, end=day)
    found = causes(planned(draft), "s")
    assert found[0].records == ("system:s", "window:fri")
    assert {cause.records for cause in found[1:]} == {(f"freeze:f{number}",) for number in fridays}
    assert all(cause.data["alone"] for cause in found)


def test_a_pin_into_a_freeze() -> None:
    day = MONDAY + dt.timedelta(days=7)
    draft = (
        Draft()
        .system("s", decisions=pin("2021-W02"))
        .add("freeze", id="f", selector="", start=day, end=day + dt.timedelta(days=6))
    )
    found = causes(planned(draft), "s")
    assert [(cause.rule, cause.records) for cause in found] == [("H8", ("freeze:f",)), ("H11", ("system:s",))]
    assert all(cause.data["alone"] for cause in found)


def test_a_full_pool_names_what_it_lacks() -> None:
    draft = Draft().system("s", vcpu=101, grade=3)
    for pool in ("city-b", "prov"):
        draft.change("pool", pool, technology="arm")
    draft.change("pool", "city-a", technology="domestic").records["system"][0]["technology"] = "domestic"
    found = causes(planned(draft), "s")
    assert [(cause.rule, cause.code) for cause in found] == [("H4", "pool-full"), ("H3", "out-technology")]
    assert found[0].data["vcpu"] == 101


def test_a_client_names_the_dependency_and_what_keeps_its_provider_out() -> None:
    draft = Draft().system("s").system("p", decisions=pin("soon")).needs("s", "p", id="d")
    assert codes(draft) == [("H1", "provider-unplanned"), ("H11", "pin-unreadable")]
    assert causes(planned(draft), "s")[0].records == ("dependency:d",)


def test_a_member_names_the_tie() -> None:
    draft = Draft().system("s").system("t", decisions=pin("soon")).add("move_group", id="g", systems=["s", "t"])
    found = causes(planned(draft), "s")
    assert [(cause.rule, cause.code) for cause in found] == [("H2", "group"), ("H11", "pin-unreadable")]
    assert found[0].records == ("move_group:g",)
    assert codes(draft, "t") == [("H11", "pin-unreadable")]


def test_a_group_that_is_too_large_names_the_edges_to_cut() -> None:
    draft = Draft()
    draft.settings["wave_size"] = {"max": 2}
    draft.records["pool"] = [row for row in draft.records["pool"] if row["id"] == "prov"]
    for name in ("s", "t", "u"):
        draft.system(name)
    draft.needs("s", "t", id="a").needs("t", "u", id="b").needs("u", "s", id="c")
    (cause,) = causes(planned(draft), "s")
    assert (cause.code, cause.data["cuts"]) == ("group-too-large", 1)
    assert len(cause.records) == 1


# ---- any small estate ----


def random_draft(seed: int) -> Draft:
    """At most eight systems, usually with something in the way of some."""
    random = Random(seed)
    draft = Draft()
    for number in range(random.randint(1, 8)):
        fields: dict[str, Any] = {"windows": ["fri"]} if random.random() < 0.3 else {}
        if random.random() < 0.25:
            fields["decisions"] = pin(random.choice(["2021-W02", "2021-W03", "2021-01-20"]))
        if random.random() < 0.2:
            fields["grade"] = 3
        draft.system(
            f"s{number}", vcpu=random.choice([1, 20, 120]), department=random.choice(["city", "county"]), **fields
        )
    draft.add(
        "window", id="fri", rule="FREQ=WEEKLY;BYDAY=FR", start="22:00", duration_minutes=240, selector="id:nobody"
    )
    names = [row["id"] for row in draft.records["system"]]
    for number in range(random.randint(0, 2)):
        first = MONDAY + dt.timedelta(days=random.randrange(0, 21))
        last = first + dt.timedelta(days=random.choice([6, 13, 60]))
        draft.add("freeze", id=f"f{number}", selector=random.choice(["", "department:city"]), start=first, end=last)
    if random.random() < 0.4:
        date = MONDAY + dt.timedelta(days=random.randrange(-1, 20))
        draft.add("target", id="t", metric="systems_moved", hard=True, date=date, selector=f"id:{random.choice(names)}")
    if random.random() < 0.4:
        draft.add(
            "rule", id="r", kind="placement", effect="never", outcome="id:prov", selector=f"id:{random.choice(names)}"
        )
    draft.change("cloud", "yun-city", certified_grade=random.choice([2, 3]))
    for number in range(random.randint(0, 4)):
        one, other = random.choice(names), random.choice(names)
        if one != other:
            draft.needs(one, other, id=f"d{number}")
    if random.random() < 0.3 and len(names) > 1:
        draft.add("move_group", id="g", systems=random.sample(names, 2))
    if random.random() < 0.3:
        draft.limit("department", random.choice([0, 1, 2]))
    return draft


def without(draft: Draft, kind: str, id: str) -> None:
    draft.records[kind] = [row for row in draft.records.get(kind, ()) if row["id"] != id]


def record(draft: Draft, kind: str, id: str) -> dict[str, Any]:
    return next(row for row in draft.records[kind] if row["id"] == id)


def lift(draft: Draft, cause: Finding) -> None:
    """Change the estate so that a cause holds no more."""
    named = [(name.partition(":")[0], name.partition(":")[2]) for name in cause.records]
    of = dict(reversed(named))
    match cause.code:
        case "frozen":
            without(draft, "freeze", of["freeze"])
        case "pinned" | "pin-unreadable" | "pin-outside":
            record(draft, "system", of["system"])["decisions"] = {}
        case "windows" | "window-too-short":
            record(draft, "system", of["system"])["windows"] = []
        case "deadline":
            without(draft, "target", of["target"])
        case "pool-full":
            record(draft, "pool", of["pool"])["capacity"] = [{"vcpu": 9999, "memory_gib": 9999, "storage_gib": 9999}]
        case "limit" | "wave-size":
            draft.settings.pop("limits", None)
        case "group" | "provider-unplanned" | "order":
            for kind, id in named:
                without(draft, kind, id)
        case "out-rule-never" | "out-rule-only":
            without(draft, "rule", of["rule"])
        case "out-grade":
            record(draft, "system", of["system"])["grade"] = None
        case "out-region":  # a decision by hand stands in place of it, and of the rules
            target = {"value": f"pool:{of['pool']}", "role": "办公室", "reason": "约定"}
            record(draft, "system", of["system"])["decisions"] = {"target": target}
        case _:
            raise AssertionError(cause.code)


def blamed(plan: Plan) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    for entry in plan.unplanned:
        if entry.item.endswith("/cutover"):
            yield entry.item, entry.causes


def keep(draft: Draft, plan: Plan) -> None:
    """Pin what has a place to its slot and pool: a cause says what bars an item beside the others as they stand."""
    for item in plan.items:
        if item.is_cutover and item.movable:
            decisions = {"slot": item.start.isoformat(), "target": f"pool:{item.pool}"}
            own = record(draft, "system", item.object_id)
            own["decisions"] = {
                name: {"value": value, "role": "办公室", "reason": "约定"} for name, value in decisions.items()
            }


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_lifting_any_one_cause_that_is_enough_makes_a_place(seed: int) -> None:
    plan = planned(random_draft(seed))
    for item, found in blamed(plan):
        assert found
        for cause in found:
            if cause.code == "not-placed" or not cause.data.get("alone"):
                continue
            changed = random_draft(seed)
            lift(changed, cause)
            keep(changed, plan)
            again = planned(changed)
            # What had no place before either may take it: the estate then holds one more all the same.
            newcomers = {one.id for one in again.items if one.is_cutover} - plan.by_id.keys()
            assert newcomers, (item, cause.code, cause.records)


@pytest.mark.parametrize("seed", range(30))
def test_most_causes_are_worked_out(seed: int) -> None:
    """Every item without a place says why, in terms of records; dependencies name their providers."""
    for item, found in blamed(planned(random_draft(seed))):
        assert found, item
        for cause in found:
            assert cause.records or cause.code == "wave-size"
            if cause.code == "provider-unplanned":
                assert len(cause.items) == 1
