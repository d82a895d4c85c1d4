"""``stack destroy``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError, QianyunError
from ui.commanding import Common, command, common, option
from ui.commands.stack.asked import Chosen, Selection, ask_stacks, interruptible
from ui.commands.stack.registry import group, of_kept
from ui.commands.stack.results import Ended, Steps, answer_of, show_ended, tell_left
from ui.commands.stack.showing import (
    change_answer,
    change_lines,
    error_answer,
    exit_code,
    orphan_answer,
    orphan_lines,
    tell_errors,
)
from ui.output import emit, say
from ui.texts import text

if TYPE_CHECKING:
    from stacks.engine import Cancel, StackPreview, StackResult
    from stacks.operations import Orphan

__all__ = ["destroy"]

DECLINED = 1
SYSTEM = "system."
ZONE = "zone."
Orphans = Mapping[str, tuple["Orphan", ...]]
"""Stack -> what carries its mark and is not in its state."""


@command(
    group,
    "destroy",
    example="qianyun stack destroy examples/clouds --system 140100-mzj-0001\n"
    "qianyun stack destroy examples/clouds --stack zone.yun-1401-a.140100-mzj --yes 3f9c2d7a51e80b46",
)
@of_kept
@option("--orphans", is_flag=True, key="stack.option.orphans")
@option("--yes", metavar="HASH", key="stack.option.yes-destroy")
@common()
@click.pass_context
def destroy(
    context: click.Context,
    /,
    common: Common,
    *,
    estate: Path,
    plan: Path | None,
    orphans: bool,
    yes: str | None,
    **options: Any,
) -> None:
    """Delete what stacks have made: systems first, then landing zones; with ``orphans`` also what carries their mark
    and is in no state of theirs, which may be another estate's."""
    selection = Selection(**options)
    if not (selection.stacks or selection.systems or selection.clouds or selection.waves):
        raise InputError("bad-argument", argument="--stack", reason=text("stack.name-them"))
    chosen = ask_stacks(common, estate, plan, selection)
    with interruptible() as cancel:
        refusals = _refusals(chosen)
        previews, lost = ({}, {}) if refusals else _previews(chosen, cancel, orphans=orphans)
        digest = _digest(previews, lost)
        if not common.json:
            if previews:
                _show(previews, lost, digest)
            tell_errors(refusals)
        refused = exit_code([*refusals, *(one.error for one in previews.values())], canceled=bool(cancel.asked))
        ended: tuple[Ended[StackResult], ...] = ()
        if not refused:
            _agree(common, yes, digest)
            ended = _carry_out(chosen, previews, lost, digest, cancel)
    if common.json:
        answer = {
            "estate": str(estate),
            "hash": digest if previews else "",
            "stacks": [_answer(one, lost) for one in previews.values()],
            "refusals": [error_answer(error) for error in refusals],
            "results": [answer_of(one) for one in ended],
        }
        emit(answer)
    else:
        show_ended(ended)
    tell_left(estate, ended)
    context.exit(refused or exit_code([one.error for one in ended], canceled=bool(cancel.asked)))


def _previews(chosen: Chosen, cancel: Cancel, *, orphans: bool) -> tuple[Mapping[str, Ended[StackPreview]], Orphans]:
    """What would go, systems first, and what their states do not know where that is asked for."""
    lost: dict[str, tuple[Orphan, ...]] = {}

    def work(name: str) -> StackPreview:
        found = chosen.desk.engine.preview_destroy(name, cancel=cancel)
        if orphans:
            lost[name] = chosen.desk.orphans(name)
        return found

    order = sorted(chosen.names, key=lambda name: not name.startswith(SYSTEM))
    with Steps(text("stack.reading"), len(order)) as steps:
        found = steps.each(order, work, limit=chosen.parallel, cancel=cancel)
    return {one.stack: one for one in found}, lost


def _refusals(chosen: Chosen) -> list[QianyunError]:
    """Protected resources, and landing zones in which systems stand that are to stay."""
    from stacks.errors import StackWorkError

    found: list[QianyunError] = []
    for name in chosen.names:
        state = chosen.desk.state(name)
        protected = [one.name for one in (() if state is None else state.resources) if one.protect]
        if protected:
            found.append(StackWorkError("stack-has-protected", stack=name, names=", ".join(protected)))
        if name.startswith(ZONE):
            inside = [one for one in chosen.desk.inside(name.removeprefix(ZONE)) if one not in chosen.names]
            if inside:
                found.append(StackWorkError("stack-zone-in-use", stack=name, systems=", ".join(inside[:5])))
    return found


def _digest(previews: Mapping[str, Ended[StackPreview]], orphans: Orphans) -> str:
    from stacks.operations import hash_of

    rows = [
        [
            name,
            "" if one.result is None else one.result.hash,
            sorted([orphan.owned.token, orphan.owned.id] for orphan in orphans.get(name, ())),
        ]
        for name, one in previews.items()
    ]
    return hash_of(["destroy", *rows])


def _show(previews: Mapping[str, Ended[StackPreview]], orphans: Orphans, digest: str) -> None:
    for one in previews.values():
        sys.stdout.write(text("stack.of", stack=one.stack) + "\n")
        lines = (*change_lines(one.changes), *orphan_lines(orphans.get(one.stack, ()), "-"))
        sys.stdout.writelines(f"  {line}\n" for line in lines)
    tell_errors([one.error for one in previews.values()])
    say("stack.destroy-hash", hash=digest)


def _agree(common: Common, yes: str | None, digest: str) -> None:
    """The hash has to be given: beforehand, or typed at the terminal. StackBoundError; InputError where nobody can be
    asked."""
    from stacks.errors import StackBoundError

    if yes is None:
        if common.json or not sys.stdin.isatty():
            raise InputError("bad-argument", argument="--yes", reason=text("stack.nobody-to-ask", hash=digest))
        if click.prompt(text("stack.type-hash"), default="", show_default=False, err=True).strip() != digest:
            say("run.declined")
            click.get_current_context().exit(DECLINED)
    elif yes != digest:
        raise StackBoundError("stack-preview-changed", given=yes, found=digest)


def _carry_out(
    chosen: Chosen, previews: Mapping[str, Ended[StackPreview]], orphans: Orphans, digest: str, cancel: Cancel
) -> tuple[Ended[StackResult], ...]:
    def work(name: str) -> StackResult:
        return chosen.desk.destroy(name, agreed=digest, orphans=orphans.get(name, ()), tell=steps.tell, cancel=cancel)

    systems = [name for name in previews if name.startswith(SYSTEM)]
    others = [name for name in previews if not name.startswith(SYSTEM)]
    with Steps(text("stack.destroying"), sum(len(one.changes) for one in previews.values())) as steps:
        first = steps.each(systems, work, limit=chosen.parallel, cancel=cancel)
        second = steps.each(others, work, limit=chosen.parallel, cancel=cancel)
    return (*first, *second)


def _answer(one: Ended[StackPreview], orphans: Orphans) -> dict[str, Any]:
    changes = [change_answer(change) for change in one.changes]
    besides = [orphan_answer(orphan) for orphan in orphans.get(one.stack, ())]
    return {"stack": one.stack, "changes": changes, "orphans": besides, **error_answer(one.error)}
