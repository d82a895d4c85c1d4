"""JSON answers and tables that several ``plan`` commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from migration.connections import Connection
from migration.plan import Finding, Plan, PlanItem, Unplanned, Wave
from migration.promises import Promise
from ui.commands.plan.registry import LISTED
from ui.output import table
from ui.reports.rows import Table, cost_table, unplanned_groups, wave_table
from ui.reports.source import Source
from ui.reports.wording import cause_text, causes_text, finding_text, rules_of, waiting_text
from ui.texts import text

__all__ = [
    "connection_answer",
    "finding_answer",
    "item_answer",
    "print_costs",
    "print_findings",
    "print_table",
    "print_unplanned",
    "print_waves",
    "promise_answer",
    "unplanned_answer",
    "wave_answer",
]


def print_table(made: Table, *, title: str | None = None) -> None:
    """A table of a report on stdout."""
    table(made.columns, made.rows, title=made.title if title is None else title, right=made.numbers)


def print_costs(plan: Plan) -> None:
    """The objective, where there is one."""
    if plan.objective:
        print_table(cost_table(plan))


def print_waves(source: Source) -> None:
    """All waves."""
    print_table(wave_table(source, source.plan.waves))


def print_unplanned(entries: tuple[Unplanned, ...], most: int) -> None:
    """Items without a place with their causes, at most ``most``; under each the steps that wait for it."""
    if not entries:
        return
    sys.stdout.write(text("plan.unplanned-count", count=len(entries)) + "\n")
    groups = unplanned_groups(entries)
    for entry, waiting in groups[:most]:
        sys.stdout.write(f"  {text('plan.unplanned-line', item=entry.item, causes=causes_text(entry))}\n")
        if waiting:
            sys.stdout.write(f"    {text('plan.unplanned-waiting', steps=waiting_text(waiting))}\n")
    left = sum(1 + len(waiting) for _, waiting in groups[most:])
    if left:
        sys.stdout.write(f"  {text('plan.and-more', count=left)}\n")


def print_findings(found: tuple[Finding, ...], key: str, worded: Callable[[Finding], str] = finding_text) -> None:
    """A line for each finding, at most ``LISTED``, under a count (text ``key``)."""
    if found:
        sys.stdout.write(text(key, count=len(found), rules=rules_of(found)) + "\n")
        sys.stdout.writelines(
            f"  {text('report.by-rule', rule=one.rule, said=worded(one))}\n" for one in found[:LISTED]
        )
        if len(found) > LISTED:
            sys.stdout.write(text("cli.and-more", count=len(found) - LISTED) + "\n")


def finding_answer(found: Finding, message: str) -> dict[str, Any]:
    """A finding with its text as ``message``; ``message`` is worded by ``finding_text`` or ``cause_text``."""
    return found.model_dump(mode="json") | {"message": message}


def unplanned_answer(entry: Unplanned) -> dict[str, Any]:
    """An item without a place, its causes worded."""
    return {"item": entry.item, "causes": [finding_answer(cause, cause_text(cause)) for cause in entry.causes]}


def wave_answer(wave: Wave) -> dict[str, Any]:
    """A wave with the ids of its items."""
    return {
        "id": wave.id,
        "number": wave.number,
        "track": wave.track.value,
        "slot": wave.slot,
        "slot_label": wave.slot_label,
        "cloud": wave.cloud,
        "items": [item.id for item in wave.items],
    }


def item_answer(plan: Plan, item: PlanItem) -> dict[str, Any]:
    """An item as in the plan file, and the name of its object."""
    return item.model_dump(mode="json") | {"name": plan.names.get(item.object, "")}


def promise_answer(source: Source, promise: Promise) -> dict[str, Any]:
    """A phase target and what misses it."""
    target = promise.target
    return {
        "target": target.id,
        "name": target.name,
        "metric": target.metric.value,
        "date": target.date.isoformat(),
        "hard": target.hard,
        "selected": promise.selected,
        "needed": promise.needed,
        "in_time": promise.done,
        "reached": None if promise.reached is None else promise.reached.isoformat(),
        "outcome": promise.outcome.value,
        "misses": [
            {
                "object": miss.object,
                "name": source.name(miss.object),
                "item": miss.item or None,
                "day": None if miss.day is None else miss.day.isoformat(),
                "unplanned": miss.unplanned,
            }
            for miss in promise.misses
        ],
    }


def connection_answer(source: Source, made: Connection) -> dict[str, Any]:
    """A temporary connection."""
    sides = {
        name: {
            "object": side.object,
            "name": source.name(side.object),
            "component": side.component or None,
            "pool": side.pool or None,
            "addresses": list(side.addresses),
        }
        for name, side in (("source", made.source), ("target", made.target))
    }
    return {
        "dependency": made.dependency,
        "family": made.family.value,
        **sides,
        "protocol": made.protocol,
        "port": made.port,
        "vpns": list(made.vpns),
        "opens": made.opens.isoformat(),
        "closes": None if made.closes is None else made.closes.isoformat(),
        "until": made.until.value,
        "first": made.first or None,
        "second": made.second or None,
        "first_moved": made.first_moved,
        "written_in": made.written_in,
        "bridge": None if made.bridge is None else made.bridge.value,
        "bridge_closes": None if made.bridge_closes is None else made.bridge_closes.isoformat(),
        "no_ipv6": made.no_ipv6,
    }
