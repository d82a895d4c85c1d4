"""``run pause``, ``resume``, ``cancel``, ``retry``, ``skip`` and ``rollback``: a person's word, on record at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.errors import InputError
from inventory.inventory import nearest_names
from ui.commanding import Common, argument, command, common, option
from ui.commands.run.registry import actor, again, by_option, group, open_store, reason_option, store_option
from ui.commands.run.wording import decision_text
from ui.output import emit, say
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.store import Store

__all__ = ["cancel", "pause", "resume", "retry", "rollback", "skip"]


@command(group, "pause", example="qianyun run pause 2021-W14-yun-ty-cutover-1")
@argument("run")
@store_option
@by_option
@common(estate=False)
def pause(common: Common, run: str, *, store: str | None, by: str | None) -> None:
    """No further step is started."""
    from migration.run import control

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        control.pause(opened, found, by=actor(by))
        _answer(common, {"run": found, "by": actor(by)}, "run.paused", resume=again(opened, "resume", found))


@command(group, "resume", example="qianyun run resume 2021-W14-yun-ty-cutover-1")
@argument("run")
@store_option
@by_option
@common(estate=False)
def resume(common: Common, run: str, *, store: str | None, by: str | None) -> None:
    """Steps are started again."""
    from migration.run import control

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        control.resume(opened, found, by=actor(by))
        _answer(common, {"run": found, "by": actor(by)}, "run.resumed")
        _mind_workers(opened, found)


@command(group, "cancel", example="qianyun run cancel 2021-W14-yun-ty-cutover-1 --reason 'the provider has withdrawn'")
@argument("run")
@reason_option
@store_option
@by_option
@common(estate=False)
def cancel(common: Common, run: str, *, reason: str, store: str | None, by: str | None) -> None:
    """Each item stops after the step it is at."""
    from migration.run import control

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        control.cancel(opened, found, by=actor(by), reason=reason)
        _answer(common, {"run": found, "by": actor(by), "reason": reason}, "run.canceling")
        _mind_workers(opened, found)


@command(group, "retry", example="qianyun run retry 2021-W14-yun-ty-cutover-1 system/140000-mzt-0003/cutover")
@argument("run")
@argument("item")
@store_option
@by_option
@common(estate=False)
def retry(common: Common, run: str, item: str, *, store: str | None, by: str | None) -> None:
    """The step that failed is probed and tried again."""
    _decide(common, store, run, item, "retry", by)


@command(
    group,
    "skip",
    example="qianyun run skip 2021-W14-yun-ty-cutover-1 system/140000-mzt-0003/cutover --reason 'done by hand'",
)
@argument("run")
@argument("item")
@option("--step", metavar="STEP", default="", key="run.option.step")
@reason_option
@store_option
@by_option
@common(estate=False)
def skip(common: Common, run: str, item: str, *, step: str, reason: str, store: str | None, by: str | None) -> None:
    """The step counts as done; the item goes on behind it."""
    _decide(common, store, run, item, "skip", by, reason=reason, step=step)


@command(
    group,
    "rollback",
    example="qianyun run rollback 2021-W14-yun-ty-cutover-1 --reason 'wrong figures in the reports'\n"
    "qianyun run rollback 2021-W14-yun-ty-cutover-1 --item system/140000-mzt-0003/cutover --reason 'slow'",
)
@argument("run")
@option("--item", "items", multiple=True, metavar="ITEM", key="run.option.item")
@reason_option
@store_option
@by_option
@common(estate=False)
def rollback(
    common: Common, run: str, *, items: tuple[str, ...], reason: str, store: str | None, by: str | None
) -> None:
    """Undo what was done, the last step first; also of a run that has ended."""
    from migration.run import control

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        chosen = tuple(find_item(opened, found, item) for item in items)
        undone = control.roll_back(opened, found, by=actor(by), reason=reason, items=chosen)
        answer = {"run": found, "by": actor(by), "reason": reason, "items": list(undone)}
        _answer(common, answer, "run.rolling-back", items=", ".join(undone))
        _mind_workers(opened, found)


def _decide(
    common: Common,
    store: str | None,
    run: str,
    item: str,
    word: str,
    by: str | None,
    *,
    reason: str = "",
    step: str = "",
) -> None:
    from migration.run import control
    from migration.run.events import Decision

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        chosen = find_item(opened, found, item)
        control.decide(opened, found, chosen, Decision(word), by=actor(by), reason=reason, step=step)
        answer = {"run": found, "item": chosen, "step": step, "decision": word, "by": actor(by), "reason": reason}
        _answer(common, answer, "run.decided", item=chosen, decision=decision_text(word))
        _mind_workers(opened, found)


def find_item(store: Store, run: str, wanted: str) -> str:
    """An item of a run by its id, its object (KIND:ID) or a part of its id that only one has. InputError."""
    from migration.run import control

    items = control.runbook_of(store, run).items
    found = [item.item for item in items if wanted in (item.item, item.object)]
    found = found or [item.item for item in items if wanted and wanted in item.item]
    if len(found) == 1:
        return found[0]
    near = ", ".join(found[:3]) or nearest_names(wanted, [item.item for item in items]) or "-"
    raise InputError("bad-argument", argument=f"ITEM {wanted}", reason=text("run.no-item", run=run, nearest=near))


def _answer(common: Common, answer: dict[str, Any], key: str, **data: Any) -> None:
    if common.json:
        emit(answer)
    else:
        say(key, run=answer["run"], by=answer["by"], **data)


def _mind_workers(store: Store, run: str) -> None:
    """Say so when nobody is there who would act on it."""
    from ui.commands.run.workers import anybody

    if not anybody(store):
        say("run.no-worker", watch=again(store, "watch", run, "--work"))
