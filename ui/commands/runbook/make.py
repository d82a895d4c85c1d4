"""``runbook make``."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from inventory.inventory import Inventory
from inventory.problems import Problem
from migration.errors import PlanVersionError
from migration.plan import Plan
from migration.plan_file import read_plan
from migration.runbook.model import ExecutorKind, Runbook, Stage
from ui.commanding import Common, argument, command, common, option
from ui.commands.inventory import problem_answer
from ui.commands.plan.files import guard_outputs, open_estate_of
from ui.commands.runbook.places import Places, places_of
from ui.commands.runbook.registry import LISTED, group, listing_faults, print_problems
from ui.output import emit, say
from ui.texts import error_texts, language, text

if TYPE_CHECKING:
    from migration.runbook.build import Built

__all__ = ["make"]

PLACED = (None, Stage.PREPARE.value)
"""Stages that have steps on the places of systems: those of items, and the preparation of a wave."""
STAGES = [stage.value for stage in Stage if stage is not Stage.ITEMS]


@command(
    group,
    "make",
    example="qianyun runbook make examples/kaifeng plan.json --wave 2024-W31/yun-4102 --stage cutover\n"
    "qianyun runbook make examples/kaifeng plan.json --items 'track:room step:closed' -o close.yaml\n"
    "qianyun runbook make examples/kaifeng plan.json --items network/4102-core-1/routing --values site.yaml",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@option("--wave", metavar="WAVE", key="runbook.option.wave")
@option("--stage", type=click.Choice(STAGES), key="runbook.option.stage")
@option("--items", metavar="SELECTOR", key="runbook.option.items")
@option("--values", type=Path, metavar="FILE", key="runbook.option.values")
@option("--templates", type=Path, metavar="FOLDER", key="runbook.option.templates")
@option("--name", metavar="NAME", key="runbook.option.name")
@option("-o", "--output", type=Path, metavar="FILE", key="runbook.option.output")
@common()
def make(
    common: Common,
    *,
    estate: Path,
    plan: Path,
    wave: str | None,
    stage: str | None,
    items: str | None,
    values: Path | None,
    templates: Path | None,
    name: str | None,
    output: Path | None,
) -> None:
    """Write a runbook; what the estate does not know for it is listed."""
    if (wave is None) == (items is None) or (wave is None) != (stage is None):
        raise InputError("bad-argument", argument="--wave --stage --items", reason=text("runbook.wave-or-items"))
    named = _checked(name)
    if output is not None:
        guard_outputs({"-o": output}, estate=estate, plan=plan)
    from inventory.hashes import declared_hash
    from migration.runbook.build import make_runbook
    from migration.runbook.lint import lint_runbook
    from migration.runbook.read import write_runbook
    from migration.runbook.site_values import read_values
    from migration.runbook.template_file import read_templates

    read = read_plan(plan)
    with listing_faults():
        given, known = read_values(values), read_templates(templates)
    inventory = open_estate_of(read, estate, common)
    places = places_of(inventory, read) if stage in PLACED else Places(None)
    with listing_faults():
        built = make_runbook(
            inventory,
            read,
            stage=Stage.ITEMS if stage is None else Stage(stage),
            wave=wave,
            items=items,
            templates=known,
            values=given,
            places=places,
            name=named,
            plan_hash=hashlib.sha256(plan.read_bytes()).hexdigest(),
            declared_hash=declared_hash(estate),
            language=language(),
        )
    built = _with_devices(dataclasses.replace(built, problems=(*built.problems, *places.problems)), inventory)
    _refuse_stale(inventory, read, plan, built.runbook)
    path = output or _free(Path(f"{built.runbook.name}.yaml"), estate, plan)
    write_runbook(path, built.runbook)
    found = lint_runbook(built.runbook, path)
    if common.json:
        lists = {"lacks": built.problems, "findings": found}
        answers = {name: [problem_answer(one) for one in problems] for name, problems in lists.items()}
        emit({"estate": str(estate), "plan": str(plan), "path": str(path)} | _facts(built.runbook) | answers)
    else:
        _print(built.runbook, built.problems, path, len(found))


def _with_devices(built: Built, inventory: Inventory) -> Built:
    """With what steps of the network track need of their devices; says which devices cannot be told."""
    if not any(step.executor is ExecutorKind.DEVICE for _, step in built.runbook.steps()):
        return built
    from network.push.facts import with_devices

    runbook, lacks = with_devices(built.runbook, inventory)
    for error in lacks:
        say("cli.failed", message=error_texts(error)[0])
    return dataclasses.replace(built, runbook=runbook)


def _print(runbook: Runbook, lacks: Sequence[Problem], path: Path, findings: int) -> None:
    sys.stdout.write(text("runbook.made", **_facts(runbook)) + "\n")
    for gate, waiting in runbook.gates.items():
        sys.stdout.write(text("runbook.gate", gate=gate, count=len(waiting)) + "\n")
    print_problems(lacks, LISTED)
    say("runbook.written", path=path)
    if findings:
        say("runbook.to-lint", count=findings, path=path)


def _facts(runbook: Runbook) -> dict[str, Any]:
    return {
        "runbook": runbook.name,
        "hash": runbook.hash,
        "stage": runbook.stage.value,
        "wave": runbook.wave,
        "items": len(runbook.items),
        "steps": sum(len(item.steps) for item in runbook.items),
        "hosts": len(runbook.hosts),
    }


def _checked(name: str | None) -> str:
    """A name that is none would only be found in the written file."""
    import re

    from inventory.base import ID_PATTERN

    if name is not None and not re.fullmatch(ID_PATTERN, name):
        raise InputError("bad-argument", argument=f"--name {name}", reason=text("runbook.bad-name"))
    return name or ""


def _free(path: Path, estate: Path, plan: Path) -> Path:
    """A file in the present folder; one that is there may have been edited by hand and is kept."""
    guard_outputs({"-o": path}, estate=estate, plan=plan)
    if path.exists():
        raise InputError("bad-argument", argument=f"-o {path}", reason=text("runbook.exists"))
    return path


def _refuse_stale(inventory: Inventory, plan: Plan, path: Path, runbook: Runbook) -> None:
    """PlanVersionError where records of the chosen items are other than when the plan was made."""
    from migration.planning import changed_records

    chosen = tuple(item for item in plan.items if item.id in runbook.by_item)
    changed = changed_records(inventory, plan.model_copy(update={"items": chosen}))
    if changed:
        items = ", ".join(list(changed)[:LISTED])
        raise PlanVersionError("plan-stale", path=path, count=len(changed), items=items)
