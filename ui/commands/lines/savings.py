"""``qianyun lines savings``."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.inventory import Inventory
from migration.plan_file import read_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.lines.registry import LISTED, group
from ui.opening import open_estate
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.consolidation.contracts import Term
    from migration.consolidation.savings import Group, Savings

__all__ = ["savings"]


@command(
    group,
    "savings",
    example="qianyun lines savings examples/kaifeng --plan plan.json --baseline\n"
    "qianyun lines savings my-estate --plan plan.json --routes lines.json --by carrier",
)
@argument("estate", type=Path)
@option("--plan", "plan_file", required=True, type=Path, metavar="FILE", key="evidence.option.plan")
@option("--routes", type=Path, metavar="FILE", key="evidence.option.routes")
@option("--baseline", is_flag=True, key="evidence.option.baseline")
@option("--by", type=click.Choice(["department", "carrier", "level"]), default="level", key="evidence.option.by")
@option("--all", "everything", is_flag=True, key="lines.option.all")
@common()
def savings(
    common: Common, *, estate: Path, plan_file: Path, routes: Path | None, baseline: bool, by: str, everything: bool
) -> None:
    """What ending lines saves, planned against actual; the dates until which contracts can be canceled."""
    from migration.consolidation.baseline import FILE, read_baseline, read_routes, write_baseline
    from migration.consolidation.savings import baseline_of, savings_of, streams_of

    plan = read_plan(plan_file)
    inventory = open_estate(estate, common).inventory
    now = common.now or plan.now
    known = read_baseline(estate)
    used = known if known is not None and not baseline else baseline_of(inventory, now)
    if baseline and write_baseline(estate, used):
        say("evidence.baseline-written", path=estate / FILE)
    elif known is None and not baseline:
        say("evidence.no-baseline", day=used.day)
    ways, upgrades = read_routes(routes) if routes is not None else ((), ())
    streams = streams_of(inventory, used, plan, ways, upgrades)
    months = inventory.estate.settings.consolidation.horizon.months
    found = savings_of(streams, used.day, now, months)
    terms = _terms(inventory, now)
    if common.json:
        emit({"now": now.isoformat(), "baseline": used.day.isoformat(), **_answer(found, terms)})
        return
    _print_months(found, everything)
    _print_groups(found.groups[by], by, everything)
    _print_terms(terms, everything)


def _terms(inventory: Inventory, now: dt.date) -> list[Term]:
    """Contracts of what is to leave and nobody has canceled yet, the most urgent first."""
    from inventory.kinds.lines import LineState
    from migration.consolidation.contracts import contract_of, term_of
    from migration.consolidation.decisions import Decider
    from migration.plan import item_id
    from migration.steps import Track

    found = []
    for decided in Decider(inventory, now).decisions:
        contract = contract_of(inventory, decided.kind, decided.id) if decided.outcome.leaves else None
        state = getattr(inventory.of(decided.kind)[decided.id], "state", None)
        told = item_id(decided.id, "notice", Track.LINE) in inventory.done
        if contract is not None and not told and state not in (LineState.NOTICE_GIVEN, LineState.TERMINATED):
            found.append(term_of(contract, now))
    return sorted(found, key=lambda one: (not one.missed and one.warning is None, one.last_cancel, one.contract.id))


def _answer(found: Savings, terms: list[Term]) -> dict[str, Any]:
    return {
        "months": [
            {
                "month": one.month, "baseline": one.before, "planned": one.planned, "actual": one.actual,
                "planned_saved": one.planned_saved, "actual_saved": one.actual_saved,
                "planned_total": one.planned_total, "actual_total": one.actual_total,
            }
            for one in found.months
        ],
        "groups": {dimension: [vars(one) for one in groups] for dimension, groups in found.groups.items()},
        "contracts": [
            {
                "kind": one.contract.kind, "id": one.contract.id, "end": one.end.isoformat(),
                "notice_days": one.contract.notice_days, "renewal_months": one.contract.renewal_months,
                "last_cancel": one.last_cancel.isoformat(), "missed": one.missed,
                "next_end": one.next_end.isoformat() if one.next_end is not None else None,
                "cost_yuan": one.cost_yuan, "warning": one.warning,
                "warnings": [day.isoformat() for day in one.warnings],
            }
            for one in terms
        ],
    }  # fmt: skip


def _yuan(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _print_months(found: Savings, everything: bool) -> None:
    names = ("month", "baseline", "planned", "actual", "planned-saved", "actual-saved", "planned-total", "actual-total")
    rows = [
        (one.month, *(_yuan(value) for value in (one.before, one.planned, one.actual, one.planned_saved,
                                                one.actual_saved, one.planned_total, one.actual_total)))
        for one in found.months
    ]  # fmt: skip
    shown = rows if everything else rows[:LISTED]
    table([text(f"evidence.column.{name}") for name in names], shown, title=text("evidence.savings-title"),
          right=list(range(1, 8)))  # fmt: skip
    if len(rows) > len(shown):
        say("lines.and-more", count=len(rows) - len(shown))
    if found.months:
        last = found.months[-1]
        total = text("evidence.total", month=last.month, planned=_yuan(last.planned_total))
        sys.stdout.write(total + "\n")


def _print_groups(groups: tuple[Group, ...], by: str, everything: bool) -> None:
    names = (by, "baseline", "planned-saved", "planned-to-now", "actual-to-now")
    rows = [
        (one.name or "-", *map(_yuan, (one.before, one.planned_saved, one.planned_to_now, one.actual_to_now)))
        for one in groups
    ]
    shown = rows if everything else rows[:LISTED]
    table([text(f"evidence.column.{name}") for name in names], shown, right=[1, 2, 3, 4])
    if len(rows) > len(shown):
        say("lines.and-more", count=len(rows) - len(shown))


def _print_terms(terms: list[Term], everything: bool) -> None:
    urgent = [one for one in terms if one.missed or one.warning is not None]
    shown = urgent if everything else urgent[:LISTED]
    if not shown:
        return
    rows = [
        (
            one.contract.id,
            one.end,
            one.last_cancel,
            text("evidence.missed" if one.missed else "evidence.warning", days=one.warning or 0),
            _yuan(one.cost_yuan),
            one.next_end or "-",
        )
        for one in shown
    ]
    names = ("line", "end", "last-cancel", "state", "cost", "next-end")
    table([text(f"evidence.column.{name}") for name in names], rows, title=text("evidence.contracts-title"), right=[4])
    if len(urgent) > len(shown):
        say("lines.and-more", count=len(urgent) - len(shown))
