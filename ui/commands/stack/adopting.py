"""``stack import``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from ui.commanding import Common, argument, command, common
from ui.commands.stack.asked import Selection, ask_designs, interruptible
from ui.commands.stack.registry import group, selection_options, way_options
from ui.commands.stack.results import Steps, answer_of, show_ended, tell_left, write_outputs
from ui.commands.stack.showing import exit_code
from ui.output import emit
from ui.texts import text

if TYPE_CHECKING:
    from stacks.engine import StackResult

__all__ = ["import_resources"]


@command(
    group,
    "import",
    example="qianyun stack import examples/clouds plan.json network=5d1c8f0e-3f6a-4f0b-9a44-2d0c8b6f1e75 "
    "--stack zone.yun-1401-a.140100-mzj",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@argument("resources", nargs=-1, required=True, metavar="NAME=ID...")
@selection_options
@way_options
@common()
@click.pass_context
def import_resources(
    context: click.Context, /, common: Common, *, estate: Path, plan: Path, resources: tuple[str, ...], **options: Any
) -> None:
    """Take over what exists, and make the rest of the stack's design."""
    ids = _ids(resources)
    asked = ask_designs(common, estate, plan, Selection(**options))
    if len(asked.names) != 1:
        raise InputError("bad-argument", argument="--stack", reason=text("stack.one-stack", count=len(asked.names)))
    name = asked.names[0]

    def work(_: str) -> StackResult:
        return asked.desk.adopt(asked.designs.get(name), ids, tell=steps.tell, cancel=cancel)

    with interruptible() as cancel, Steps(text("stack.applying"), len(ids)) as steps:
        ended = steps.each([name], work, limit=1, cancel=cancel)
    good = [one.stack for one in ended if one.error is None]
    written = write_outputs(asked.desk, asked.inventory, estate, good)
    if common.json:
        emit({"estate": str(estate), "stacks": [answer_of(one) for one in ended], "written": written})
    else:
        show_ended(ended, written)
    tell_left(estate, ended)
    context.exit(exit_code([one.error for one in ended], canceled=bool(cancel.asked)))


def _ids(given: Sequence[str]) -> Mapping[str, str]:
    """NAME=ID of each. InputError for what is none, or a name given twice."""
    found: dict[str, str] = {}
    for words in given:
        name, equals, id = words.partition("=")
        if not (name and equals and id) or name in found:
            raise InputError("bad-argument", argument=words, reason=text("stack.name-is-id"))
        found[name] = id
    return found
