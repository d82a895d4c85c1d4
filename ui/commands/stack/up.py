"""``stack up``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from ui.commanding import Common, command, common, option
from ui.commands.stack.asked import Asked, Selection, ask_designs, interruptible
from ui.commands.stack.looking import Looked, look, plan_path
from ui.commands.stack.registry import group, of_planned
from ui.commands.stack.results import Ended, Steps, answer_of, show_ended, tell_left, write_outputs
from ui.commands.stack.showing import exit_code, looked_answer, show_looked
from ui.output import emit, say
from ui.texts import text

if TYPE_CHECKING:
    from stacks.design.model import StackDesign
    from stacks.engine import Cancel, StackPreview, StackResult

__all__ = ["agree", "up"]

DECLINED = 1
ZONE = "zone."


@command(
    group,
    "up",
    example="qianyun stack up examples/clouds plan.json --wave 2021-04-18/yun-1401\n"
    "qianyun stack up examples/clouds plan.json --cloud yun-1401 --yes 3f9c2d7a51e80b46",
)
@of_planned
@option("--refresh", is_flag=True, key="stack.option.refresh")
@option("--yes", metavar="HASH", key="stack.option.yes")
@common()
@click.pass_context
def up(
    context: click.Context,
    /,
    common: Common,
    *,
    estate: Path,
    plan: Path,
    refresh: bool,
    yes: str | None,
    **options: Any,
) -> None:
    """Make stacks what the plan asks for, as it was agreed to."""
    asked = ask_designs(common, estate, plan, Selection(**options))
    with interruptible() as cancel, tempfile.TemporaryDirectory(prefix="qianyun-plans-") as folder:
        looked = look(asked, cancel, refresh=refresh, plans=Path(folder))
        if not common.json:
            show_looked(looked, details=yes is None)
        refused = exit_code(looked.errors, forbidden=looked.forbidden, canceled=bool(cancel.asked))
        ended: tuple[Ended[StackResult], ...] = ()
        if not refused and (looked.changes or yes is not None):
            agree(common, yes, looked.hash)
            ended = _carry_out(asked, looked, Path(folder), cancel, refresh=refresh) if looked.changes else ()
    done = [] if refused else _done(looked, ended)
    written = write_outputs(asked.desk, asked.inventory, estate, done) if done else []
    if common.json:
        answer = {"estate": str(estate), "plan": str(plan), "forms": list(asked.forms)} | looked_answer(looked)
        emit(answer | {"results": [answer_of(one) for one in ended], "written": written})
    else:
        show_ended(ended, written)
        if not refused and not looked.changes:
            say("stack.nothing")
    tell_left(estate, ended)
    context.exit(refused or exit_code([one.error for one in ended], canceled=bool(cancel.asked)))


def agree(common: Common, yes: str | None, found: str) -> None:
    """A hash given beforehand has to be that of what would be done now; else a person at the terminal is asked.

    StackBoundError ``stack-preview-changed``; InputError where nobody can be asked.
    """
    from stacks.errors import StackBoundError

    if yes is not None:
        if yes != found:
            raise StackBoundError("stack-preview-changed", given=yes, found=found)
        return
    if common.json or not sys.stdin.isatty():
        raise InputError("bad-argument", argument="--yes", reason=text("stack.nobody-to-ask", hash=found))
    if not click.confirm(text("stack.question", hash=found), default=False, err=True):
        say("run.declined")
        click.get_current_context().exit(DECLINED)


def _done(looked: Looked, ended: Sequence[Ended[StackResult]]) -> list[str]:
    """Stacks that are as they should be now."""
    failed = {one.stack for one in ended if one.error is not None or not one.begun}
    return [one.stack for one in looked.seen if one.stack not in failed]


def _carry_out(
    asked: Asked, looked: Looked, plans: Path, cancel: Cancel, *, refresh: bool
) -> tuple[Ended[StackResult], ...]:
    """Landing zones, then systems, each several at a time; what has nothing to change is passed over."""
    previews = {one.stack: one.preview for one in looked.seen if one.preview is not None and one.preview.changes}
    designs = {one.stack: one.design for one in looked.seen}
    zones = [name for name in previews if name.startswith(ZONE)]
    systems = [name for name in previews if not name.startswith(ZONE)]
    with Steps(text("stack.applying"), sum(len(one.changes) for one in previews.values())) as steps:
        work = _Work(asked, designs, previews, plans, looked.hash, steps, cancel, refresh=refresh)
        first = steps.each(zones, work.zone, limit=asked.parallel, cancel=cancel)
        second = steps.each(systems, work.system, limit=asked.parallel, cancel=cancel)
    return (*first, *second)


class _Work:
    """Applying one stack, as it was previewed."""

    def __init__(
        self,
        asked: Asked,
        designs: Mapping[str, StackDesign],
        previews: Mapping[str, StackPreview],
        plans: Path,
        agreed: str,
        steps: Steps,
        cancel: Cancel,
        *,
        refresh: bool,
    ) -> None:
        self.asked, self.designs, self.previews = asked, designs, previews
        self.plans, self.agreed, self.steps, self.cancel = plans, agreed, steps, cancel
        self.refresh = refresh

    def zone(self, name: str) -> StackResult:
        """By the update plan of its preview."""
        return self._up(name)

    def system(self, name: str) -> StackResult:
        """What was unknown before its landing zone stood is known now: previewed again, and the same work as agreed."""
        from stacks.errors import StackBoundError
        from stacks.operations import same_work

        design, agreed = self.designs[name], self.previews[name]
        path = plan_path(self.plans, name)
        found = self.asked.desk.preview(design, refresh=self.refresh, plan_file=path, cancel=self.cancel)
        if not same_work(agreed, found):
            raise StackBoundError("stack-preview-changed", given=agreed.hash, found=found.hash)
        return self._up(name)

    def _up(self, name: str) -> StackResult:
        return self.asked.desk.up(
            self.designs[name],
            agreed=self.agreed,
            plan_file=plan_path(self.plans, name),
            refresh=self.refresh,
            tell=self.steps.tell,
            cancel=self.cancel,
        )
