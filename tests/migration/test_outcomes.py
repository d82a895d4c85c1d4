"""Plans follow what becomes of lines, carry it, and are checked against it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inventory.inventory import Inventory
from migration.check import check_plan
from migration.explain.needs import needs_of
from migration.outcomes import with_outcomes
from migration.plan import Plan
from migration.plan_file import read_plan, write_plan
from migration.summaries import by_outcome
from tests.migration.check.builder import Draft
from tests.migration.consolidation.drafts import line, lined
from tests.migration.planned import planned

MOVED = {"path_ready", "parallel_run", "cutover", "idle", "notice", "terminated"}


def steps(plan: Plan, name: str = "line:l") -> set[str]:
    return {item.step for item in plan.items if item.object == name}


def codes(inventory: Inventory, plan: Plan) -> set[str]:
    return {finding.code for finding in check_plan(inventory, plan).violations}


def changed(plan: Plan, **fields: Any) -> Plan:
    """The plan with other fields in its first outcome."""
    first, *rest = plan.outcomes
    return plan.model_copy(update={"outcomes": (first.model_copy(update=fields), *rest)})


def test_a_line_that_nobody_decided_about_is_planned_by_its_rule() -> None:
    plan = planned(line(lined(), notice_days=7))
    assert steps(plan) == MOVED
    (entry,) = plan.outcomes
    assert (entry.record, entry.outcome, entry.by, entry.code) == ("line:l", "move", "default:moves", "moves")
    assert entry.data["saved"] == 600
    ends = planned(line(lined(), notice_days=7, p95_mbps=0, peak_mbps=0))
    assert steps(ends) == {"idle", "notice", "terminated"}
    kept = planned(line(lined(), b="external:某单位"))
    assert steps(kept) == set()
    assert kept.outcomes[0].review is not None


def test_systems_wait_for_the_path_of_such_a_line() -> None:
    stays = {"disposition": {"value": "retain"}}
    draft = line(lined(), systems=["s", "stays"]).system("s").system("stays", decisions=stays)
    plan = planned(draft)
    assert plan.by_id["system/s/cutover"].start > plan.by_id["line/l/path_ready"].end
    gates = [need.any_of for need in needs_of(draft.inventory(), plan)["system/s/cutover"]]
    assert ("line/l/path_ready",) in gates


def test_a_room_closes_after_the_end_of_such_a_line() -> None:
    draft = line(lined(), a="room:room-1", p95_mbps=0, peak_mbps=0).change("room", "room-1", intention="close")
    plan = planned(draft.change("room", "room-1", department="city"))
    assert plan.unplanned == ()
    assert plan.by_id["room/room-1/closed"].start > plan.by_id["line/l/terminated"].end


def test_what_people_decided_stands() -> None:
    draft = line(lined(), p95_mbps=0, peak_mbps=0, decisions={"outcome": {"value": "keep"}})
    plan = planned(draft)
    assert (steps(plan), plan.outcomes[0].by) == (set(), "decision")


def test_outcomes_survive_the_plan_file_and_old_files_are_read(tmp_path: Path) -> None:
    draft = line(lined())
    plan = planned(draft)
    write_plan(tmp_path / "plan.json", plan)
    assert read_plan(tmp_path / "plan.json").outcomes == plan.outcomes
    text = (tmp_path / "plan.json").read_text(encoding="utf-8")
    start = text.index('"outcomes"')
    (tmp_path / "old.json").write_text(text[:start] + text[text.index('"unplanned"') :], encoding="utf-8")
    old = read_plan(tmp_path / "old.json")
    assert old.outcomes == ()
    by_hand_only = old.model_copy(update={"items": tuple(item for item in old.items if item.kind != "line")})
    assert codes(draft.inventory(), by_hand_only) == set()
    assert codes(draft.inventory(), old) == {"item-needless"}


def test_the_checker_wants_the_steps_of_the_outcome_on_file() -> None:
    draft = line(lined(), notice_days=7)
    inventory, plan = draft.inventory(), planned(draft)
    assert codes(inventory, plan) == set()
    assert codes(inventory, changed(plan, outcome="keep")) == {"item-needless"}
    assert codes(inventory, changed(plan, outcome="end")) == {"item-needless"}
    without = plan.model_copy(update={"items": tuple(item for item in plan.items if item.step != "cutover")})
    assert "item-missing" in codes(inventory, without)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"record": "line:other"}, "outcome-unknown"),
        ({"record": "room:room-1"}, "outcome-unknown"),
        ({"outcome": "end"}, "outcome-ignored"),
    ],
)
def test_the_checker_knows_records_and_decisions_by_hand(fields: dict[str, str], expected: str) -> None:
    draft = line(lined(), decisions={"outcome": {"value": "keep"}})
    assert codes(draft.inventory(), changed(planned(draft), **fields)) == {expected}


def test_an_outcome_stands_once() -> None:
    draft = line(lined(), b="external:某单位")
    plan = planned(draft)
    twice = plan.model_copy(update={"outcomes": (*plan.outcomes, *plan.outcomes)})
    assert codes(draft.inventory(), twice) == {"outcome-twice"}


def test_outcomes_fill_only_what_is_open() -> None:
    draft = line(line(lined()), "given", decisions={"outcome": {"value": "keep"}})
    inventory, plan = draft.inventory(), planned(draft)
    filled = with_outcomes(inventory, plan.outcomes)
    assert filled.lines["given"] is inventory.lines["given"]
    assert inventory.lines["l"].decisions.outcome is None
    decision = filled.lines["l"].decisions.outcome
    assert decision is not None
    assert decision.value == "move"
    assert with_outcomes(inventory, ()) is inventory
    assert [(row.outcome, row.count) for row in by_outcome(inventory, plan)] == [("keep", 1), ("move", 1)]


def test_private_networks_and_exits_are_planned_alike() -> None:
    draft: Draft = line(lined(), private_network="n").add("private_network", id="n", department="city")
    draft.add("internet_exit", id="u", division="140000", bandwidth_mbps=100, p95_mbps=0)
    draft.add("internet_exit", id="x", department="city", bandwidth_mbps=10, p95_mbps=5)
    plan = planned(draft)
    assert steps(plan, "private_network:n") == {"path_ready", "parallel_run", "cutover", "terminated"}
    assert steps(plan, "internet_exit:x") == MOVED - {"notice"}
    assert steps(plan, "internet_exit:u") == set()
    assert [entry.record for entry in plan.outcomes] == [
        "internet_exit:u", "internet_exit:x", "line:l", "private_network:n"
    ]  # fmt: skip
