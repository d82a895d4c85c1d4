"""JSON answers and tables that several ``plan`` commands share."""

from __future__ import annotations

import sys
from typing import Any

from migration.plan import Finding, Plan, PlanItem, Unplanned, Wave
from ui.commands.plan.registry import LISTED
from ui.output import table
from ui.reports.wording import cause_text, causes_text, days_text, departments_in, finding_text, name_of, rules_of
from ui.texts import text

__all__ = [
    "finding_answer",
    "item_answer",
    "print_costs",
    "print_findings",
    "print_unplanned",
    "print_waves",
    "unplanned_answer",
    "wave_answer",
]


def print_costs(plan: Plan) -> None:
    """The objective, where there is one."""
    rows = [
        (
            cost.rule,
            text(f"plan.cost.{cost.name}"),
            cost.value,
            text(f"plan.unit.{cost.unit}"),
            "" if cost.bound is None else cost.bound,
        )
        for cost in plan.objective
    ]
    if rows:
        names = ["rule", "cost", "value", "unit", "bound"]
        table([text(f"plan.{name}") for name in names], rows, title=text("plan.objective"), right=[2, 4])


def print_waves(plan: Plan) -> None:
    """All waves."""
    rows = [
        (
            wave.number,
            wave.id,
            days_text(plan.grid, wave.slot),
            name_of(plan, "cloud", wave.cloud),
            len(wave.items),
            departments_in(wave),
        )
        for wave in plan.waves
    ]
    names = ["number", "wave", "days", "cloud", "count", "departments"]
    table([text(f"plan.{name}") for name in names], rows, title=text("plan.waves"), right=[0, 4, 5])


def print_unplanned(entries: tuple[Unplanned, ...], most: int) -> None:
    """Items without a place with their causes, at most ``most``."""
    if not entries:
        return
    sys.stdout.write(text("plan.unplanned-count", count=len(entries)) + "\n")
    sys.stdout.writelines(f"  {entry.item}: {causes_text(entry)}\n" for entry in entries[:most])
    if len(entries) > most:
        sys.stdout.write(f"  {text('plan.and-more', count=len(entries) - most)}\n")


def print_findings(found: tuple[Finding, ...], key: str) -> None:
    """A line for each finding, at most ``LISTED``, under a count (text ``key``)."""
    if found:
        sys.stdout.write(text(key, count=len(found), rules=rules_of(found)) + "\n")
        sys.stdout.writelines(f"  {one.rule}: {finding_text(one)}\n" for one in found[:LISTED])
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
        "slot": wave.slot,
        "slot_label": wave.slot_label,
        "cloud": wave.cloud,
        "items": [item.id for item in wave.items],
    }


def item_answer(plan: Plan, item: PlanItem) -> dict[str, Any]:
    """An item as in the plan file, and the name of its object."""
    return item.model_dump(mode="json") | {"name": plan.names.get(item.object, "")}
