"""``qianyun lines why``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ui.commanding import Common, argument, command, common, option
from ui.commands.lines.registry import (
    filled,
    find_line,
    group,
    open_lines,
    outcome_word,
    reason_text,
    routed_decision,
)
from ui.commands.lines.show import undecided_text
from ui.output import emit, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.consolidation.decisions import Looked

__all__ = ["why"]

NO_ROUTE = "no-route"
"""Stands in the place of a rule's name where routing found no place."""


@command(
    group,
    "why",
    example="qianyun lines why examples/kaifeng 410200-czj-zx-0001\n"
    "qianyun lines why my-estate private_network:wj-zw-01",
)
@argument("estate", type=Path)
@argument("line")
@option("--plan", "plan_file", type=Path, metavar="FILE", key="lines.option.plan")
@common()
def why(common: Common, *, estate: Path, line: str, plan_file: Path | None) -> None:
    """The rule that decided about one record, and what the others found."""
    from migration.consolidation.contradictions import contradictions
    from migration.consolidation.decisions import Looked

    opened = open_lines(estate, common, plan_file)
    kind, id = find_line(opened.inventory, line)
    decided = opened.decider.of(kind, id)
    if decided is None:
        message = undecided_text(opened, kind, id)
        if common.json:
            emit({"kind": kind, "line": id, "decision": None, "message": message})
        else:
            sys.stdout.write(message + "\n")
        return
    looked = list(opened.decider.looked(kind, id))
    first = next(each for each in looked if each.holds)
    decided, _ = routed_decision(opened, decided)
    if decided.by == NO_ROUTE:
        first = Looked(NO_ROUTE, decided.reason.code, decided.outcome, holds=True, data=decided.reason.data)
        looked.append(first)
    against = [
        filled(f"lines.finding.{found.code}", found.data)
        for found in contradictions(opened.decider, opened.plan)
        if f"{kind}:{id}" in found.records
    ]
    if common.json:
        emit(
            {
                "kind": kind,
                "line": id,
                "decision": decided.outcome.value,
                "reason": reason_text(decided.reason),
                "by": decided.by,
                "looked": [
                    {
                        "rule": each.rule,
                        "holds": each.holds,
                        "decides": each is first,
                        "decision": each.outcome.value,
                        "data": each.data,
                        "text": _figures(each),
                    }
                    for each in looked
                ],
                "findings": against,
            }
        )
        return
    sys.stdout.write(f"{id}: {outcome_word(decided.outcome.value)} ({decided.by})\n  {reason_text(decided.reason)}\n\n")
    columns = [text(f"lines.column.{name}") for name in ("rule", "outcome", "answer", "figures")]
    table(
        columns,
        [(each.rule, outcome_word(each.outcome.value), _answer(each, first), _figures(each)) for each in looked],
    )
    for message in against:
        sys.stdout.write(f"! {message}\n")


def _answer(looked: Looked, first: Looked) -> str:
    return text("lines.decides" if looked is first else "lines.yes" if looked.holds else "lines.no")


def _figures(looked: Looked) -> str:
    """What a rule went by, as a reason where it holds."""
    key = f"lines.reason.{looked.code}" if looked.holds else f"lines.looked.{looked.code}"
    return filled(key, looked.data)
