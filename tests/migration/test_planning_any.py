"""Any small estate by the independent checker: its plan is sound, whole, repeatable byte for byte."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration.check import check_plan
from migration.plan import PlanStatus
from migration.plan_file import write_plan
from migration.planner import solve
from migration.planning import make_plan
from tests.migration.check.builder import LATER, MONDAY, Draft
from tests.migration.planned import causes, decide


def random_draft(random: Random, now: dt.date = MONDAY) -> Draft:
    """Up to 14 systems with dependencies, groups, pins, targets, freezes, windows, limits; mostly plannable."""
    draft = Draft()
    names = [f"s{number:02d}" for number in range(random.randint(1, 14))]
    for name in names:
        fields: dict[str, Any] = {
            "grade": random.choice([None, 2, 3]),
            "criticality": random.choice(["low", "medium", "critical"]),
            "kind": random.choice(["business", "business", "shared_platform", "mail"]),
            "runs_in": random.choice(["room:room-1", "room:room-2"]),
        }
        if random.random() < 0.1:
            fields["decisions"] = decide(f"2021-W0{random.randint(1, 6)}")
        if random.random() < 0.15:
            fields |= {"moved": dt.date(2021, 1, random.randint(4, now.day + 2)), "runs_in": "pool:prov"}
        draft.system(name, vcpu=random.randint(1, 30), department=random.choice(["city", "county"]), **fields)
    for _ in range(random.randint(0, len(names))):
        client, provider = random.choice(names), random.choice(names)
        if client != provider:
            order = random.choice(["provider_first", "provider_first", "together"])
            draft.needs(client, provider, order=order, port=len(draft.records.get("dependency", ())) + 1)
    if random.random() < 0.3:
        draft.add("move_group", id="g", systems=random.sample(names, min(len(names), 3)))
    if random.random() < 0.5:
        rule = f"FREQ=WEEKLY;BYDAY={random.choice(['MO', 'FR', 'SU'])}"
        draft.add("window", id="w", selector="grade>=3", rule=rule, start="22:00", duration_minutes=600)
    if random.random() < 0.5:
        selector = random.choice(["", "kind:cloud id:yun-city", "kind:system department:county"])
        day = dt.date(2021, 1, random.randint(1, 28))
        draft.add("freeze", id="f", selector=selector, start=day, end=day + dt.timedelta(days=random.randint(0, 9)))
    if random.random() < 0.5:
        draft.limit(random.choice(["cloud", "department", "division", "room", "device"]), random.randint(1, 4))
    if random.random() < 0.3:
        day = dt.date(2021, 1, random.randint(10, 31))
        draft.add("target", id="t", metric="systems_moved", date=day, hard=random.random() < 0.5, value=0.5)
    draft.settings["wave_size"] = {"min": 1, "max": random.randint(3, 20)}
    return draft


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_every_plan_is_sound_whole_and_repeatable(number: int) -> None:
    random = Random(number)
    now = random.choice([MONDAY, LATER])
    draft = random_draft(random, now)
    inventory = draft.inventory()
    plan = make_plan(inventory, now=now, effort=1, seed=number % 3)
    hard_target_missed = any(cause.rule == "H10" for entry in plan.unplanned for cause in entry.causes)
    # A target over systems that cannot be planned at all is missed whatever the plan does.
    rules = {finding.rule for finding in plan.violations}
    assert rules <= ({"H10"} if plan.unplanned or hard_target_missed else set())
    causes(plan)
    assert all(entry.causes for entry in plan.unplanned)
    assert make_plan(inventory, now=now, effort=1, seed=number % 3) == plan


def test_the_same_input_and_effort_give_the_same_bytes(tmp_path: Path) -> None:
    inventory = random_draft(Random(5)).inventory()
    for name in ("a", "b"):
        write_plan(tmp_path / name, make_plan(inventory, effort=3, seed=7))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_plan_made_by_time_is_repeated_by_its_effort() -> None:
    inventory = random_draft(Random(8)).inventory()
    timed = make_plan(inventory, time_limit=0.3)
    assert make_plan(inventory, effort=timed.effort) == timed


def test_the_stored_violations_are_the_checkers() -> None:
    inventory = random_draft(Random(3)).inventory()
    plan = make_plan(inventory, effort=1)
    found = check_plan(inventory, plan)
    assert (plan.violations, plan.facts) == (found.violations, found.facts)


def test_nothing_is_planned_when_no_cutover_has_a_place_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*arguments: Any, **options: Any) -> Any:
        return solve(*arguments, **(options | {"effort": None, "time_limit": 1e-9}))

    monkeypatch.setattr("migration.planning.solve", late)
    plan = make_plan(Draft().system("s").inventory())
    assert plan.status is PlanStatus.NO_SOLUTION_IN_TIME
    assert (plan.items, plan.unplanned, plan.violations) == ((), (), ())
