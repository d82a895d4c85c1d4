"""``qianyun lines plan``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.commanding import Common, argument, command, common, option
from ui.commands.lines.registry import (
    KINDS,
    LISTED,
    Opened,
    decision_answer,
    filled,
    final_decisions,
    group,
    open_lines,
    outcome_word,
    reason_text,
    shown,
)
from ui.commands.plan.files import guard_outputs
from ui.commands.plan.registry import VIOLATIONS
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.consolidation.exits import ExitMerge
    from migration.consolidation.model import ConsolidationPlan
    from migration.plan import Finding

__all__ = ["plan"]

SECONDS = 20.0


@command(
    group,
    "plan",
    example="qianyun lines plan examples/kaifeng\nqianyun lines plan my-estate --plan plan.json --write lines.json",
)
@argument("estate", type=Path)
@option("--plan", "plan_file", type=Path, metavar="FILE", key="lines.option.plan")
@option("--write", "output", type=Path, metavar="FILE", key="lines.option.write")
@option("--time-limit", type=click.FloatRange(min=0.1), metavar="S", default=SECONDS, key="lines.option.time-limit")
@option("--all", "all_rows", is_flag=True, key="lines.option.all")
@common()
def plan(
    common: Common, *, estate: Path, plan_file: Path | None, output: Path | None, time_limit: float, all_rows: bool
) -> None:
    """Decide about all lines, private networks and exits, and route what moves."""
    from inventory.files import write_atomic
    from migration.consolidation.check import check_routes
    from migration.consolidation.contradictions import contradictions
    from migration.consolidation.routing import route

    if output is not None:
        guard_outputs({"--write": output}, estate=estate, plan=plan_file)
    opened = open_lines(estate, common, plan_file)
    decider = opened.decider
    routed = route(opened.inventory, decider.decisions, plan=opened.plan, now=decider.now, time_limit=time_limit)
    found = contradictions(decider, opened.plan)
    broken = check_routes(opened.inventory, routed, plan=opened.plan, now=decider.now)
    answer = _answer(opened, routed, found) | {"violations": _told(broken, lambda code: f"lines.breach.{code}")}
    if output is not None:
        write_atomic(output, json.dumps({"format": 1} | answer, ensure_ascii=False, indent=2) + "\n")
    if common.json:
        emit(answer)
    else:
        _show(opened, routed, found, answer, len(answer["decisions"]) if all_rows else LISTED)
        for row in answer["violations"]:
            sys.stderr.write(f"  {row['message']}\n")
    if output is not None:
        say("lines.written", path=output)
    if broken:
        say("lines.violations", count=len(broken))
        click.get_current_context().exit(VIOLATIONS)


def _merges(opened: Opened) -> list[ExitMerge]:
    """Exits that merge or would, had the unified one bandwidth for them; when the plan says, else now."""
    from migration.consolidation.exits import merge_exits
    from migration.plan import item_id
    from migration.steps import Track

    decider, exits = opened.decider, opened.inventory.internet_exits
    going, days = [], {}
    for id in decider.merges:
        decided = decider.of("internet_exit", id)
        if decided is None or decided.reason.code not in ("merges", "exit-full", "by-hand", "by-rule", "under-way"):
            continue
        item = opened.plan.by_id.get(item_id(id, "cutover", Track.LINE)) if opened.plan is not None else None
        going.append(id)
        days[id] = item.start if item is not None else max(decider.now, exits[id].contract_end or decider.now)
    first = frozenset(
        id for id in going if (found := decider.of("internet_exit", id)) and found.outcome.value == "move"
    )
    return sorted(
        merge_exits(opened.inventory, going, days, first=first).values(), key=lambda merge: (merge.day, merge.exit)
    )


def _answer(opened: Opened, routed: ConsolidationPlan, found: Sequence[Finding]) -> dict[str, Any]:
    decider, inventory = opened.decider, opened.inventory
    routes = {route.line: route for route in routed.routes}
    decisions = [
        decision_answer(decided, routes.get(decided.id) if decided.kind == "line" else None)
        for decided in final_decisions(decider, routed)
    ]
    fees = [inventory.lines[decided.id].fee_yuan_per_month for decided in decider.decisions if decided.kind == "line"]
    return {
        "now": decider.now.isoformat(),
        "decisions": decisions,
        "exits": [merge.model_dump(mode="json") for merge in _merges(opened)],
        "networks": [
            {
                "network": decided.id,
                "decision": decided.outcome.value,
                "mixed": inventory.private_networks[decided.id].mixed_classification,
                "lines": [id for id, line in inventory.lines.items() if line.private_network == decided.id],
            }
            for decided in decider.decisions
            if decided.kind == "private_network"
        ],
        "upgrades": [upgrade.model_dump(mode="json") for upgrade in routed.upgrades],
        "unplaced": [
            {"line": line, "code": reason.code, "reason": reason_text(reason), "data": reason.data}
            for line, reason in routed.unplaced.items()
        ],
        "held": [
            {"kind": kind, "line": id, "because": ":".join(because)}
            for (kind, id), because in sorted(decider.held.items())
        ],
        "classified": {
            kind: sum(record.count for record in records if record.classified)
            for kind, records in (
                ("line", inventory.lines.values()),
                ("private_network", inventory.private_networks.values()),
            )
        },
        "findings": _told(found, lambda code: f"lines.finding.{code}"),
        "cost": {"yuan": routed.cost_yuan, "fees_now_yuan_per_month": sum(fees)},
        "bound": routed.bound_yuan,
    }


def _told(found: Sequence[Finding], key: Callable[[str], str]) -> list[dict[str, Any]]:
    return [
        {
            "code": finding.code,
            "rule": finding.rule,
            "records": list(finding.records),
            "data": finding.data,
            "message": filled(key(finding.code), finding.data),
        }
        for finding in found
    ]


def _show(
    opened: Opened, routed: ConsolidationPlan, found: Sequence[Finding], answer: dict[str, Any], rows: int
) -> None:
    _show_sums(opened, answer)
    listed = answer["decisions"][:rows]
    table(
        [
            text(f"lines.column.{name}")
            for name in ("line", "outcome", "reason", "carrier", "bandwidth", "slot", "review")
        ],
        [
            (
                row["line"],
                outcome_word(row["decision"]),
                row["reason"],
                row["carrier"] or "",
                shown(row["bandwidth_mbps"]) if row["slot"] is not None else "",
                "" if row["slot"] is None else row["slot"],
                row["review"] or "",
            )
            for row in listed
        ],
        title=text("lines.decisions-title"),
        right=[4, 5],
    )
    if len(answer["decisions"]) > rows:
        say("lines.and-more", count=len(answer["decisions"]) - rows)
    full = [row for row in answer["exits"] if row["missing_mbps"] > 0]
    if full:
        columns = ("exit", "unified", "day", "demand", "carried", "capacity", "missing")
        names = ("exit", "unified", "day", "demand_mbps", "before_mbps", "capacity_mbps", "missing_mbps")
        table(
            [text(f"lines.column.{name}") for name in columns],
            [[shown(row[name]) for name in names] for row in full[:rows]],
            title=text("lines.exits-title"),
            right=[3, 4, 5, 6],
        )
    if routed.upgrades:
        table(
            [text(f"lines.column.{name}") for name in ("link", "slot", "bandwidth", "fee")],
            [
                (each.link, each.slot, shown(each.bandwidth_mbps), shown(each.fee_yuan_per_month))
                for each in routed.upgrades
            ],
            title=text("lines.upgrades-title"),
            right=[1, 2, 3],
        )
    _show_counts(routed, answer)
    if found:
        say("lines.findings", count=len(found))
        for row in answer["findings"][:rows]:
            sys.stderr.write(f"  {row['message']}\n")
        if len(found) > rows:
            say("lines.and-more", count=len(found) - rows)


def _show_sums(opened: Opened, answer: dict[str, Any]) -> None:
    """How many records of each kind have which outcome, and what they cost now."""
    counts: Counter[tuple[str, str]] = Counter()
    by_hand: Counter[tuple[str, str]] = Counter()
    fees: Counter[tuple[str, str]] = Counter()
    for row in answer["decisions"]:
        key = (row["kind"], row["decision"])
        record: Any = opened.inventory.of(row["kind"])[row["line"]]
        counts[key] += 1
        by_hand[key] += row["by"] == "decision"
        fees[key] += round(record.fee_yuan_per_month)
    table(
        [text(f"lines.column.{name}") for name in ("kind", "outcome", "count", "by-hand", "fee")],
        [
            (text(f"lines.kind.{key[0]}"), outcome_word(key[1]), counts[key], by_hand[key], fees[key])
            for key in sorted(counts, key=lambda key: (KINDS.index(key[0]), key[1]))
        ],
        title=text("lines.plan-title", name=opened.inventory.estate.name),
        right=[2, 3, 4],
    )


def _show_counts(routed: ConsolidationPlan, answer: dict[str, Any]) -> None:
    """Routes and their cost, merges, and what has no decision or no place."""
    circuits = sum(len(route.accesses) + len(route.backup_accesses) for route in routed.routes)
    bound = "" if routed.bound_yuan is None else text("lines.sum-bound", bound=f"{routed.bound_yuan:,.0f}")
    if routed.routes:
        count, cost = len(routed.routes), f"{routed.cost_yuan:,.0f}"
        sys.stdout.write(text("lines.sum-move", count=count, circuits=circuits, cost=cost, bound=bound) + "\n")
    merging = [row for row in answer["exits"] if row["missing_mbps"] <= 0]
    if merging:
        addresses, rules = (sum(len(row[name]) for row in merging) for name in ("addresses", "rules"))
        say("lines.sum-merges", count=len(merging), addresses=addresses, rules=rules)
    if routed.unplaced:
        say("lines.sum-unplaced", count=len(routed.unplaced))
    if answer["held"]:
        say("lines.sum-held", count=len(answer["held"]))
    if classified := sum(answer["classified"].values()):
        say("lines.sum-classified", count=classified)
