"""``stack request``."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError
from inventory.problems import Problem, Severity
from ui.commanding import Common, argument, command, common, option
from ui.commands.plan.files import open_estate_of
from ui.commands.stack.forms import form_word, moment, need_extra
from ui.commands.stack.registry import group, selection_options
from ui.output import emit, problem_line, say, table
from ui.texts import text

if TYPE_CHECKING:
    from stacks.design.designs import Designs
    from stacks.requests.model import Request

__all__ = ["request"]


@command(
    group,
    "request",
    example="qianyun stack request examples/shanxi build/shanxi.json --wave 3 --out build/forms\n"
    "qianyun stack request examples/shanxi build/shanxi.json --cloud yun-ty --out build/forms --lang zh",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@selection_options
@option("--out", "folder", type=Path, required=True, metavar="FOLDER", key="stack.option.out")
@common()
def request(
    common: Common,
    estate: Path,
    plan: Path,
    *,
    stacks: tuple[str, ...],
    systems: tuple[str, ...],
    waves: tuple[str, ...],
    clouds: tuple[str, ...],
    folder: Path,
) -> None:
    """Write the forms for what has not been delivered, and keep what was asked for."""
    need_extra("qianyun stack request")
    from inventory.files import write_together
    from migration.plan_file import read_plan
    from stacks.design.designs import designs_of
    from stacks.design.selection import select_stacks
    from stacks.requests.document import request_document
    from stacks.requests.making import requests_of
    from stacks.requests.records import read_deliveries, write_request
    from stacks.requests.workbook import request_workbook

    if folder.exists() and not folder.is_dir():
        raise InputError("bad-argument", argument="--out", reason=str(folder))
    read = read_plan(plan)
    inventory = open_estate_of(read, estate, common)
    designs = designs_of(inventory, read)
    chosen = select_stacks(designs, clouds=clouds, waves=waves, systems=systems, stacks=stacks)
    sound, left_out = _sound(designs, chosen)
    made = requests_of(inventory, read, designs.all(sound), designs.zone, read_deliveries(estate))
    answers = []
    for each in made:
        replaced = write_request(estate, each)
        files = {
            f"{each.id}.xlsx": request_workbook(each, form_word),
            f"{each.id}.docx": request_document(each, form_word),
        }
        write_together(folder, files)
        answers.append(_answer(each, [str(folder / name) for name in files], replaced))
    if common.json:
        emit({"requests": answers, "left_out": left_out})
        return
    _show(made, answers, moment(common).date())


def _sound(designs: Designs, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Stacks whose designs lack nothing, and the others that would have been asked for; what they lack goes to
    stderr."""
    from stacks.design.model import Way

    sound: list[str] = []
    lacking: list[str] = []
    for name in names:
        if designs.get(name).place.way is not Way.FORM:
            continue
        errors: list[Problem] = [
            found for found in designs.problems([name, designs.zone_stack(name)]) if found.severity is Severity.ERROR
        ]
        (lacking if errors else sound).append(name)
        for found in errors:
            sys.stderr.write(f"{problem_line(found)}\n")
    for name in lacking:
        say("stack.request.left-out", stack=name)
    return sound, lacking


def _answer(request: Request, files: list[str], replaced: bool) -> dict[str, Any]:
    return {
        "id": request.id,
        "hash": request.hash,
        "cloud": request.cloud,
        "department": request.department,
        "wave": request.wave,
        "needed_by": _iso(request.needed_by),
        "hand_in": _iso(request.hand_in),
        "stacks": [design.stack for design in request.designs],
        "machines": sum(len(system.machines) for system in request.systems),
        "replaced": replaced,
        "files": files,
    }


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _show(made: Sequence[Request], answers: Sequence[dict[str, Any]], today: dt.date) -> None:
    if not made:
        say("stack.request.none")
        return
    columns = ("request", "needed", "hand-in", "stacks", "machines", "files")
    rows = [
        (
            each.id,
            each.needed_by or "",
            each.hand_in or "",
            len(answer["stacks"]),
            answer["machines"],
            *answer["files"][:1],
        )
        for each, answer in zip(made, answers, strict=True)
    ]
    table([text(f"stack.request.column-{column}") for column in columns], rows, right=(3, 4))
    for each, answer in zip(made, answers, strict=True):
        if each.hand_in is not None and each.hand_in < today:
            say("stack.request.late", request=each.id, day=each.hand_in)
        if answer["replaced"]:
            say("stack.request.replaced", request=each.id)
