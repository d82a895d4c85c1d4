"""A line ends in a run only with enough silent days (H9): at the start, and again in the step that looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from inventory.load import load_estate
from migration.calendar import CHINA_TIME
from migration.consolidation.evidence import EvidenceStore, Reading
from migration.plan_file import read_plan
from migration.planning import _slice
from migration.runbook.model import Call, ExecutorKind, Step
from migration.steps import Track
from tests.migration.small_plan import item
from tests.ui.commands import Runner
from tests.ui.run.small_run import City, gate
from tests.ui.run.test_start import begin, codes, problems

ENDS = "line/zx-1/terminated"
LINE = """\
lines:
- id: zx-1
  department: bureau
  a: department:bureau
  b: external:elsewhere
  bandwidth_mbps: 10
  decisions: {outcome: {value: end, role: r, date: '2021-01-01'}}
"""
TODAY = dt.datetime.now(CHINA_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
LOOK = Step(
    id="silent",
    executor=ExecutorKind.CHECK,
    act=Call(do="line_silent"),
    parameters={"line": "zx-1"},
    changes=False,
)


def _line(city: City, needed: int) -> None:
    """A line that the plan ends today."""
    (city.estate / "lines.yaml").write_text(LINE, encoding="utf-8")
    settings = city.estate / "estate.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"settings: {{idle_days: {needed}}}\n", encoding="utf-8")
    inventory = load_estate(city.estate, cache=False).inventory
    assert inventory.estate.settings.idle_days == needed
    assert "zx-1" in inventory.lines
    made = read_plan(city.plan)
    ends = item("line:zx-1", "terminated", "2021-01-09", track=Track.LINE, department="bureau")
    made = made.model_copy(update={"items": (*made.items, ends)})
    city.write(made.model_copy(update=_slice(load_estate(city.estate, cache=False).inventory, made)))
    city.make(gate(), LOOK, items=[ENDS])


def _read(city: City, first: int, last: int, octets: int = 1000) -> None:
    """Readings of whole days: ``first`` days ago up to the midnight ``last`` days ago."""
    start = TODAY - dt.timedelta(days=first)
    steps = (first - last) * 288 + 1
    readings = [
        Reading("zx-1", "r1/GE1", (start + dt.timedelta(minutes=5) * number).timestamp(), octets * number, 0)
        for number in range(steps)
    ]
    store = EvidenceStore(city.estate)
    for day in range(0, steps, 288):
        store.add_readings(readings[day : day + 288], now=TODAY)


def test_without_readings_and_with_too_few(runner: Runner, city: City) -> None:
    _line(city, 3)
    code, found = problems(runner, city)
    assert (code, codes(found)) == (1, ["run-line-not-silent"])
    assert "no readings at all; 3 silent days are needed" in str(found)
    _read(city, 2, 0)
    code, found = problems(runner, city)
    assert (code, codes(found)) == (1, ["run-line-not-silent"])
    message = next(one["message"] for one in found if one["code"] == "run-line-not-silent")
    assert "2 silent days in a row" in message
    assert "1 of 3 lack" in message
    assert begin(runner, city, "--rehearse").code in (0, 1), "looking is not refused"


def test_with_enough_it_begins(runner: Runner, city: City) -> None:
    _line(city, 3)
    _read(city, 4, 0)
    ran = begin(runner, city, "--json", "--detach")
    assert ran.code == 0, ran
    assert "run-line-not-silent" not in ran.out


def test_old_evidence(runner: Runner, city: City) -> None:
    _line(city, 2)
    _read(city, 12, 9)
    _, found = problems(runner, city)
    assert "9 days since" in str(found)


def test_traffic(runner: Runner, city: City) -> None:
    _line(city, 2)
    _read(city, 3, 0, octets=10**7)
    _, found = problems(runner, city)
    assert "2 of 2 lack" in str(found)
    assert "peak" in str(found)


def test_the_step_looks_at_the_same_evidence(city: City, tmp_path: Path) -> None:
    from migration.run.executors.check import CheckExecutor
    from tests.migration.run.executors.calls import Calls

    _line(city, 3)
    call = Calls(tmp_path).make(Call(do="line_silent", parameters={"line": "zx-1"}))
    looks = CheckExecutor(estate=city.estate)
    assert looks.act(call).code == "line-no-evidence"
    _read(city, 2, 0)
    found = looks.act(call)
    assert (found.ok, found.code) == (False, "line-not-idle")
    assert "1 of 3 lack" in found.message
    assert CheckExecutor().act(call).code == "no-estate"


def test_the_step_lets_a_silent_line_end(city: City, tmp_path: Path) -> None:
    from migration.run.executors.check import CheckExecutor
    from tests.migration.run.executors.calls import Calls

    _line(city, 3)
    _read(city, 3, 0)
    call = Calls(tmp_path).make(Call(do="line_silent", parameters={"line": "zx-1"}))
    assert CheckExecutor(estate=city.estate).act(call).ok
