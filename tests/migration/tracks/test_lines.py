"""Line track: dedicated lines, private networks, internet exits."""

from __future__ import annotations

from typing import Any

import pytest

from migration.tracks.lines import line_items, termination_of
from migration.work import WorkItem
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.tracks.making import by_id, fresh, gates, made, steps

MOVED = ["path_ready", "parallel_run", "cutover", "idle", "notice", "terminated"]


def items(draft: Draft, **leaves: str) -> tuple[WorkItem, ...]:
    inventory, table = made(draft)
    return line_items(inventory, MONDAY, table, leaves)


def decided(outcome: str | None, **fields: Any) -> dict[str, Any]:
    decisions = {} if outcome is None else {"decisions": {"outcome": {"value": outcome}}}
    return {"department": "city", **decisions, **fields}


def line(outcome: str | None, **fields: Any) -> Draft:
    return fresh().add("line", id="l", **decided(outcome, **({"notice_days": 30} | fields)))


def private(outcome: str | None, **fields: Any) -> Draft:
    return fresh().add("private_network", id="n", **decided(outcome, **fields))


@pytest.mark.parametrize("outcome", [None, "keep", "backup"])
def test_what_stays_has_no_items(outcome: str | None) -> None:
    assert items(line(outcome)) == ()
    assert items(private(outcome)) == ()
    assert termination_of(line(outcome).inventory(), "l") is None


@pytest.mark.parametrize("outcome", ["move", "internal_network"])
def test_a_line_that_moves_runs_in_parallel_idles_and_ends(outcome: str) -> None:
    found = items(line(outcome))
    assert steps(found, "line:l") == MOVED
    assert gates(found, "line/l/path_ready") == []
    assert gates(found, "line/l/parallel_run") == [("line/l/path_ready",)]
    assert gates(found, "line/l/cutover") == [("line/l/parallel_run",)]
    assert gates(found, "line/l/idle") == gates(found, "line/l/notice") == [("line/l/cutover",)]
    assert gates(found, "line/l/terminated") == [("line/l/idle",), ("line/l/notice",)]
    assert termination_of(line(outcome).inventory(), "l") == "line/l/terminated"


def test_a_parallel_run_does_not_last_for_ever() -> None:
    draft = line("move")
    draft.settings["parallel_run_days"] = 44
    found = by_id(items(draft))
    assert [need.most for need in found["line/l/cutover"].needs] == [44]
    assert [need.most for item in found.values() if item.step != "cutover" for need in item.needs] == [None] * 5


def test_durations_come_from_contract_and_settings() -> None:
    draft = line("move", notice_days=45)
    draft.settings["idle_days"] = 12
    found = by_id(items(draft))
    assert (found["line/l/idle"].effort.days, found["line/l/notice"].effort.days) == (12, 45)


def test_without_a_notice_period_none_is_given() -> None:
    found = items(line("move", notice_days=0))
    assert steps(found, "line:l") == [step for step in MOVED if step != "notice"]
    assert gates(found, "line/l/terminated") == [("line/l/idle",)]


@pytest.mark.parametrize(
    ("state", "left"),
    [
        ("in_use", MOVED),
        ("path_ready", MOVED[1:]),
        ("parallel_run", MOVED[1:]),
        ("cut_over", MOVED[3:]),
        ("notice_given", ["idle", "terminated"]),
        ("terminated", []),
    ],
)
def test_a_state_leaves_steps_behind(state: str, left: list[str]) -> None:
    found = items(line("move", state=state))
    assert steps(found, "line:l") == left
    if left:
        assert gates(found, f"line/l/{left[0]}") == []


def test_what_runs_have_finished_is_left_out_and_not_waited_for() -> None:
    draft = line("move")
    for step in ("path_ready", "parallel_run", "cutover", "idle", "notice"):
        draft.done[f"line/l/{step}"] = "2021-01-02T10:00:00+08:00"
    found = items(draft)
    assert steps(found, "line:l") == ["terminated"]
    assert gates(found, "line/l/terminated") == []
    draft.done["line/l/terminated"] = "2021-01-02T10:00:00+08:00"
    assert items(draft) == ()
    assert termination_of(draft.inventory(), "l") == ""
    assert termination_of(line("move", state="terminated").inventory(), "l") == ""


def test_a_line_that_ends_waits_for_its_systems_to_leave() -> None:
    draft = line("end", systems=["a", "b", "stays"])
    found = items(draft, a="system/a/cutover", b="system/b/switch_off", other="system/other/cutover")
    assert steps(found, "line:l") == ["idle", "notice", "terminated"]
    left = [("system/a/cutover",), ("system/b/switch_off",)]
    assert gates(found, "line/l/idle") == gates(found, "line/l/notice") == left
    assert gates(found, "line/l/terminated") == [("line/l/idle",), ("line/l/notice",)]


def test_a_line_that_ends_idles_also_when_its_path_is_ready() -> None:
    assert steps(items(line("end", state="cut_over")), "line:l") == ["idle", "notice", "terminated"]


def test_a_private_network_ends_after_its_lines() -> None:
    draft = private("move")
    draft.add("line", id="l", **decided("end", private_network="n"))
    draft.add("line", id="kept", **decided("keep", private_network="n"))
    draft.add("line", id="gone", **decided("move", private_network="n", state="terminated"))
    draft.add("line", id="other", **decided("end"))
    found = items(draft)
    assert steps(found, "private_network:n") == ["path_ready", "parallel_run", "cutover", "terminated"]
    assert gates(found, "line/n/terminated") == [("line/n/cutover",), ("line/l/terminated",)]


def test_a_private_network_without_lines_ends_after_its_cutover() -> None:
    assert gates(items(private("internal_network")), "line/n/terminated") == [("line/n/cutover",)]
    assert steps(items(private("end")), "private_network:n") == ["terminated"]


def test_an_exit_idles_and_is_given_notice_like_a_line() -> None:
    draft = fresh().add("internet_exit", id="x", **decided("move", notice_days=15))
    draft.add("internet_exit", id="y", **decided("end"))
    found = items(draft.add("internet_exit", id="unified", division="140000"))
    assert steps(found, "internet_exit:x") == MOVED
    assert steps(found, "internet_exit:y") == ["idle", "terminated"]
    assert steps(found, "internet_exit:unified") == []
    assert by_id(found)["line/x/cutover"].department == "city"


def test_classified_records_are_out_of_scope() -> None:
    assert items(line("move", classified=True)) == items(private("move", classified=True)) == ()
    assert termination_of(line("move", classified=True).inventory(), "l") is None
