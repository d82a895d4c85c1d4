"""``stack recover`` and ``stack unlock``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from ui.commanding import Common, command, common, option
from ui.commands.stack.asked import Chosen, Selection, ask_stacks
from ui.commands.stack.listing import lock_answer, lock_words
from ui.commands.stack.registry import group, of_kept
from ui.commands.stack.showing import (
    change_answer,
    error_answer,
    exit_code,
    orphan_answer,
    orphan_lines,
    tell_errors,
)
from ui.output import emit, progress, say
from ui.texts import text

if TYPE_CHECKING:
    from inventory.errors import QianyunError
    from stacks.engine import Recovered
    from stacks.operations import Orphan

__all__ = ["recover", "unlock"]

FAILED = 1
SEARCHED = "qianyun:openstack:"
"""Beginning of the types that are looked up on their cloud; those of Terraform providers are not."""


@dataclass(frozen=True)
class Ended:
    """How the recovery of one stack ended. ``orphans``: left on the cloud, and not in the state."""

    stack: str
    result: Recovered | None = None
    orphans: tuple[Orphan, ...] = ()
    error: QianyunError | None = None

    @property
    def unsearched(self) -> tuple[str, ...]:
        """URNs of what was being made on a cloud where nothing can be looked up: it may be there."""
        dropped = () if self.result is None else self.result.dropped
        return tuple(urn for urn in dropped if not urn.split("::")[2].rpartition("$")[2].startswith(SEARCHED))


@command(
    group,
    "recover",
    example="qianyun stack recover examples/clouds\n"
    "qianyun stack recover examples/clouds --stack zone.yun-1401-a.140100-mzj",
)
@of_kept
@common()
@click.pass_context
def recover(context: click.Context, /, common: Common, *, estate: Path, plan: Path | None, **options: Any) -> None:
    """End what a killed engine has left; without a selection of all stacks that need it."""
    selection = Selection(**options)
    chosen = ask_stacks(common, estate, plan, selection)
    named = bool(selection.stacks or selection.systems)
    names = [name for name in chosen.names if named or _needs(chosen, name)]
    ended = [_recovered(chosen, name) for name in names]
    if common.json:
        emit({"estate": str(estate), "stacks": [_answer(one) for one in ended]})
    else:
        for one in ended:
            _say(estate, one)
        if not ended:
            say("stack.nothing-left")
        tell_errors([one.error for one in ended])
    context.exit(exit_code([one.error for one in ended]))


def _needs(chosen: Chosen, name: str) -> bool:
    """Whether something was left in the middle: pending operations, a spoilt file, or a lock whose holder is gone."""
    from inventory.errors import QianyunError

    lock = chosen.desk.engine.lock(name)
    if lock is not None and lock.alive is not None:
        return not lock.alive  # somebody is at work, or was killed
    try:
        state = chosen.desk.state(name)
    except QianyunError:
        return True
    return state is not None and bool(state.pending)


def _recovered(chosen: Chosen, name: str) -> Ended:
    from inventory.errors import QianyunError

    with progress(text("stack.recovering", stack=name)) as report:
        report("", 0, 1)
        done: Recovered | None = None
        try:
            done = chosen.desk.recover(name)
            return Ended(name, done, chosen.desk.orphans(name))
        except QianyunError as error:
            return Ended(name, done, error=error)


def _say(estate: Path, one: Ended) -> None:
    done = one.result
    if done is None:
        return
    say("stack.recovered", stack=one.stack, adopted=len(done.adopted), dropped=len(done.dropped), drift=len(done.drift))
    if done.restored is not None:
        say("stack.restored", stack=one.stack, path=done.restored)
    if one.unsearched:
        names = ", ".join(urn.rpartition("::")[2] for urn in one.unsearched)
        say("stack.look-by-hand", stack=one.stack, names=names)
    if one.orphans:
        say("stack.orphans-left", stack=one.stack, count=len(one.orphans), estate=estate)
        sys.stdout.writelines(f"  {line}\n" for line in orphan_lines(one.orphans, "?"))


def _answer(one: Ended) -> dict[str, Any]:
    done = one.result
    lists = {name: [] if done is None else list(getattr(done, name)) for name in ("adopted", "dropped", "checked")}
    return {
        "stack": one.stack,
        **lists,
        "unsearched": list(one.unsearched),
        "orphans": [orphan_answer(orphan) for orphan in one.orphans],
        "drift": [] if done is None else [change_answer(change) for change in done.drift],
        "lock": None if done is None else lock_answer(done.lock),
        "backup": None if done is None or done.backup is None else str(done.backup),
        "restored": None if done is None or done.restored is None else str(done.restored),
        **error_answer(one.error),
    }


@command(
    group,
    "unlock",
    example="qianyun stack unlock examples/clouds --stack zone.yun-1401-a.140100-mzj --yes",
)
@of_kept
@option("--yes", is_flag=True, key="stack.option.yes-unlock")
@common()
@click.pass_context
def unlock(
    context: click.Context, /, common: Common, *, estate: Path, plan: Path | None, yes: bool, **options: Any
) -> None:
    """Who holds a stack since when; with --yes its lock is taken away."""
    selection = Selection(**options)
    if not (selection.stacks or selection.systems):
        raise InputError("bad-argument", argument="--stack", reason=text("stack.name-them"))
    chosen = ask_stacks(common, estate, plan, selection)
    locks = {name: chosen.desk.engine.lock(name) for name in chosen.names}
    taken = [name for name, lock in locks.items() if lock is not None and yes]
    for name in taken:
        chosen.desk.unlock(name)
    if common.json:
        rows = [{"stack": name, "lock": lock_answer(lock), "unlocked": name in taken} for name, lock in locks.items()]
        emit({"estate": str(estate), "stacks": rows})
    else:
        for name, lock in locks.items():
            if lock is None:
                say("stack.not-locked", stack=name)
            else:
                say("stack.unlocked" if yes else "stack.locked", stack=name, **lock_words(lock))
    context.exit(FAILED if any(locks.values()) and not yes else 0)
