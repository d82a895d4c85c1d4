"""Runbooks of the shipped estates: every item has one, sound but for what the estate honestly lacks; what they set is
what the plan expects."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from inventory.kinds.systems import Endpoint, System
from inventory.load import load_estate
from migration.calendar import CHINA_TIME
from migration.check import check_plan
from migration.plan import Disposition, ItemState, Plan, item_id
from migration.planning import make_plan
from migration.runbook.build import Built, make_runbook
from migration.runbook.chosen import STEPS_OF
from migration.runbook.errors import RunbookError
from migration.runbook.lint import lint_runbook
from migration.runbook.model import Runbook, Stage
from migration.runbook.read import read_runbook, write_runbook
from migration.runbook.site_values import SiteValues, read_values
from migration.runbook.template_file import shipped_templates
from migration.steps import Track
from tests.borders.tree import ROOT
from tests.migration.runbook.examples import Example, example

HONEST = {"lint-parameter", "lint-no-address"}
"""What a runbook lacks because the estate does not say it."""


def of_track(found: Example, track: Track, values: SiteValues | None = None) -> Built:
    return make_runbook(found.inventory, found.plan, stage=Stage.ITEMS, items=f"track:{track.value}", values=values)


@cache
def shipped(name: str, track: Track) -> Built:
    """The runbook of all items of a track of an example, made once."""
    return of_track(example(name), track)


def of_waves(found: Example) -> Iterator[Built]:
    """Every stage of every twelfth wave of systems."""
    waves = [wave for wave in found.plan.waves if wave.track is Track.SYSTEM]
    for wave in waves[::12]:
        for stage in STEPS_OF:
            with contextlib.suppress(RunbookError):  # systems that leave nothing behind are not decommissioned
                yield make_runbook(found.inventory, found.plan, wave=wave.id, stage=stage)


@pytest.mark.parametrize("name", ["kaifeng", "lab"])
def test_every_item_left_has_a_runbook_that_is_sound_but_for_what_is_lacking(name: str) -> None:
    items = [item for item in example(name).plan.items if item.state is not ItemState.DONE]
    made: list[Runbook] = [shipped(name, track).runbook for track in {item.track for item in items}]
    assert {item.item for runbook in made for item in runbook.items} == {item.id for item in items}
    for runbook in made:
        codes = Counter(one.code for one in lint_runbook(runbook))
        assert codes.keys() <= HONEST, (runbook.name, codes)


@pytest.mark.parametrize("name", ["shanxi", "kaifeng"])
def test_waves_stage_by_stage(name: str) -> None:
    seen = Counter[Stage]()
    for built in of_waves(example(name)):
        runbook = built.runbook
        seen[runbook.stage] += 1
        assert {one.code for one in lint_runbook(runbook)} <= HONEST
        assert {item.item.rpartition("/")[2] for item in runbook.items} <= set(STEPS_OF[runbook.stage])
        gates = set(runbook.gates)
        assert gates == {Stage.CUTOVER: {"cutover-go"}, Stage.DECOMMISSION: {"decommission-go"}}.get(
            runbook.stage, set()
        )
        assert sum(item.canary for item in runbook.items) == (len({item.object for item in runbook.items}) > 1)
        assert [item.priority for item in runbook.items] == list(range(len(runbook.items)))
    assert seen.keys() == set(STEPS_OF)


def switched_off() -> Built:
    """The items of a system that is to move though runs have switched it off: the examples have none."""
    found = example("kaifeng")
    moves = next(one.system for one in found.plan.dispositions if one.disposition is Disposition.REHOST)
    off = {item_id(moves, "switch_off"): found.inventory.estate.as_of.isoformat()}
    inventory = found.inventory.replace(done={**found.inventory.done, **off})
    return make_runbook(inventory, make_plan(inventory, effort=1), stage=Stage.ITEMS, items=f"id:{moves}")


def test_every_shipped_template_is_used() -> None:
    used = {item.template for item in switched_off().runbook.items}
    used |= {item.template for track in Track for item in shipped("kaifeng", track).runbook.items}
    used |= {item.template for built in of_waves(example("shanxi")) for item in built.runbook.items}
    ids = {id for id, one in shipped_templates().by_id.items() if one.use is not None and one.use.of == "item"}
    assert ids - used == set()


def test_what_the_estate_lacks_is_null_and_named() -> None:
    built = shipped("kaifeng", Track.SYSTEM)
    lacking = {(one.id, one.path) for one in built.problems}
    nulls = {
        (item.object.removeprefix("system:"), f"{part['name']}.{side}.{key}")
        for item in built.runbook.items
        for part in item.parameters.get("components", ())
        for side in ("source", "target")
        for key, value in part.get(side, {}).items()
        if value is None
    }
    assert nulls
    assert nulls <= lacking
    assert all(one.origin.line for one in built.problems)


def test_a_file_of_values_fills_all_that_is_lacking(tmp_path: Path) -> None:
    """With addresses in the estate and a file of values nothing is left that keeps a run from starting."""
    path = tmp_path / "values.yaml"
    given = {
        "values": [{"source": {"data": "/data", "unit": "app"}, "target": {"data": "/data", "unit": "app"}}],
    }
    path.write_text(yaml.safe_dump(given))
    found = example("kaifeng")
    systems = {id: _with_addresses(system) for id, system in found.inventory.systems.items()}
    inventory = found.inventory.replace(systems=systems)
    built = of_track(Example(inventory, found.plan), Track.SYSTEM, read_values(path))
    assert built.problems == ()
    assert [one for one in lint_runbook(built.runbook) if one.severity == "error"] == []


def _with_addresses(system: System) -> System:
    given = (Endpoint(address="10.9.9.9"),)
    parts = tuple(part.model_copy(update={"target_endpoints": part.endpoints or given}) for part in system.components)
    return system.model_copy(update={"components": parts})


def test_the_laboratory_lacks_nothing() -> None:
    found = example("lab")
    values = read_values(ROOT / "tools" / "lab_migrate" / "values.yaml")
    built = of_track(found, Track.SYSTEM, values)
    assert built.problems == ()
    assert lint_runbook(built.runbook) == ()
    first = next(item for item in built.runbook.items if item.item == "system/140100-mzj-0001/cutover")
    assert [step.id for step in first.steps] == [
        "precheck", "cutover-go", "copy-in-step", "system-cutover", "system-verify", "acceptance",
    ]  # fmt: skip
    (cutover,) = [step for step in first.steps if step.in_window]
    assert cutover.worst_case_seconds == 2 * 60
    assert {part["kind"] for part in first.parameters["components"]} == {"postgresql", "files", "service"}


def test_the_window_holds_what_the_plan_reckons_with() -> None:
    plan = example("kaifeng").plan
    for track in (Track.SYSTEM, Track.NETWORK, Track.LINE):
        for item in shipped("kaifeng", track).runbook.items:
            planned = plan.by_id[item.item]
            seconds = sum(step.worst_case_seconds for step in item.steps if step.in_window)
            minutes = (planned.outage_minutes or 0) + (planned.rollback_minutes or 0)
            assert minutes * 60 - 60 < seconds <= minutes * 60 if planned.changes else seconds == 0, item.item


def test_a_large_runbook_is_read_back(tmp_path: Path) -> None:
    runbook = shipped("kaifeng", Track.ROOM).runbook
    write_runbook(tmp_path / "r.yaml", runbook)
    assert read_runbook(tmp_path / "r.yaml") == runbook


@pytest.mark.parametrize("share", [0.1, 0.4, 1.0])
def test_what_runbooks_set_is_what_the_plan_expects(tmp_path: Path, share: float) -> None:
    """Items up to a day are done on the day planned, by what their runbooks set: the plan is still sound."""
    plan = example("kaifeng").plan
    ends = sorted(item.end for item in plan.items)
    until = ends[int((len(ends) - 1) * share)]
    folder = tmp_path / "estate"
    shutil.copytree(ROOT / "examples" / "kaifeng", folder)
    entries = list(_entries(plan, until))
    (folder / "state").mkdir(exist_ok=True)
    content = yaml.dump({"run": "r-1", "format": 1, "entries": entries}, Dumper=yaml.CSafeDumper, allow_unicode=True)
    (folder / "state" / "run.yaml").write_text(content, encoding="utf-8")
    loaded = load_estate(folder, as_of=until, cache=False)
    assert [one for one in loaded.problems if one.code.startswith("state-")] == []
    assert len(loaded.inventory.done) == len({entry["item"] for entry in entries}) > 0
    assert check_plan(loaded.inventory, plan).violations == ()


def _entries(plan: Plan, until: dt.date) -> Iterator[dict[str, object]]:
    for track in Track:
        for item in shipped("kaifeng", track).runbook.items:
            end = plan.by_id[item.item].end
            if end <= until:
                at = dt.datetime.combine(end, dt.time(23, 30), CHINA_TIME).isoformat()
                for name, changed in item.sets.items():
                    filled = json.loads(json.dumps(changed).replace("{date}", end.isoformat()))
                    yield {"at": at, "item": item.item, "object": name, "set": filled}
