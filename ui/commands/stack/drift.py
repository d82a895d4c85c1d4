"""``stack drift`` and ``stack refresh``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.commanding import Common, command, common
from ui.commands.stack.asked import Chosen, Selection, ask_stacks, interruptible
from ui.commands.stack.registry import group, of_kept
from ui.commands.stack.results import Ended, Steps, answer_of, show_ended, tell_left
from ui.commands.stack.showing import change_lines, exit_code, orphan_answer, orphan_lines, tell_errors
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from stacks.engine import Cancel, Drift
    from stacks.operations import Orphan
    from stacks.provider.finding import UnmanagedRule

__all__ = ["drift", "refresh"]

FOUND = 1
Rules = Mapping[str, tuple["UnmanagedRule", ...]]
Orphans = Mapping[str, tuple["Orphan", ...]]


@command(
    group,
    "drift",
    example="qianyun stack drift examples/clouds\n"
    "qianyun stack drift examples/clouds plan.json --cloud yun-1401 --json",
)
@of_kept
@common()
@click.pass_context
def drift(context: click.Context, /, common: Common, *, estate: Path, plan: Path | None, **options: Any) -> None:
    """What clouds have otherwise than the stacks know, or besides; exit code 1 when there is something."""
    chosen = ask_stacks(common, estate, plan, Selection(**options))
    with interruptible() as cancel:
        ended, rules, orphans = _looked(chosen, cancel)
    differs = any(one.changes for one in ended) or any(rules.values()) or any(orphans.values())
    if common.json:
        rows = [
            answer_of(one)
            | {
                "unmanaged_rules": list(map(_rule, rules.get(one.stack, ()))),
                "orphans": list(map(orphan_answer, orphans.get(one.stack, ()))),
            }
            for one in ended
        ]
        emit({"estate": str(estate), "differs": differs, "stacks": rows})
    else:
        _show(ended, rules, orphans)
        if not differs and all(one.error is None for one in ended):
            say("stack.no-drift", count=len(ended))
    tell_left(estate, ended)
    context.exit(exit_code([one.error for one in ended], canceled=bool(cancel.asked)) or (FOUND if differs else 0))


def _looked(chosen: Chosen, cancel: Cancel) -> tuple[tuple[Ended[Drift], ...], Rules, Orphans]:
    """Differences of all stacks, rules of security groups that nobody here has made, and what states do not know."""
    rules: dict[str, tuple[UnmanagedRule, ...]] = {}
    orphans: dict[str, tuple[Orphan, ...]] = {}

    def work(name: str) -> Drift:
        found = chosen.desk.engine.drift(name, cancel=cancel)
        orphans[name] = chosen.desk.orphans(name)
        ours = {one.owned.id for one in orphans[name]}
        rules[name] = tuple(rule for rule in chosen.desk.unmanaged(name) if rule.id not in ours)
        return found

    with Steps(text("stack.reading"), len(chosen.names)) as steps:
        ended = steps.each(chosen.names, work, limit=chosen.parallel, cancel=cancel)
    return ended, rules, orphans


def _rule(rule: UnmanagedRule) -> dict[str, Any]:
    return asdict(rule)


def _show(ended: tuple[Ended[Drift], ...], rules: Rules, orphans: Orphans) -> None:
    for one in ended:
        besides = orphans.get(one.stack, ())
        if one.changes or besides:
            sys.stdout.write(text("stack.of", stack=one.stack) + "\n")
            sys.stdout.writelines(f"  {line}\n" for line in (*change_lines(one.changes), *orphan_lines(besides, "?")))
    names = ("stack", "group", "rule", "direction", "protocol", "ports", "remote")
    rows = [
        (
            stack,
            rule.group_id,
            rule.id,
            f"{rule.direction} {rule.ether_type}",
            rule.protocol or text("stack.any"),
            text("stack.any") if rule.ports is None else "-".join(map(str, dict.fromkeys(rule.ports))),
            rule.remote or text("stack.any"),
        )
        for stack, found in rules.items()
        for rule in found
    ]
    if rows:
        table([text(f"stack.column.{name}") for name in names], rows, title=text("stack.unmanaged"))
    tell_errors([one.error for one in ended])


@command(group, "refresh", example="qianyun stack refresh examples/clouds --stack zone.yun-1401-a.140100-mzj")
@of_kept
@common()
@click.pass_context
def refresh(context: click.Context, /, common: Common, *, estate: Path, plan: Path | None, **options: Any) -> None:
    """Take over into the stacks' state what the clouds have."""
    chosen = ask_stacks(common, estate, plan, Selection(**options))
    with interruptible() as cancel, Steps(text("stack.reading"), len(chosen.names)) as steps:
        ended = steps.each(
            chosen.names, lambda name: chosen.desk.refresh(name, cancel=cancel), limit=chosen.parallel, cancel=cancel
        )
    if common.json:
        emit({"estate": str(estate), "stacks": [answer_of(one) for one in ended]})
    else:
        show_ended(ended)
    tell_left(estate, ended)
    context.exit(exit_code([one.error for one in ended], canceled=bool(cancel.asked)))
