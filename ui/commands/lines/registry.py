"""The group ``qianyun lines``, how its commands open an estate, and the words and JSON answers they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError
from inventory.inventory import Inventory, nearest_names, split_ref
from migration.plan_file import read_plan
from ui.commanding import Common, Group
from ui.opening import open_estate
from ui.output import say
from ui.texts import has_text, text

if TYPE_CHECKING:
    from migration.consolidation.decisions import Decider
    from migration.consolidation.model import ConsolidationPlan, Decided, Reason, Route
    from migration.plan import Plan, Value

__all__ = [
    "KINDS",
    "Opened",
    "decision_answer",
    "final_decisions",
    "find_line",
    "group",
    "open_lines",
    "outcome_word",
    "reason_text",
    "routed_decision",
    "shown",
]

group = Group("lines")
KINDS = ("line", "private_network", "internet_exit")
LISTED = 20
"""Rows of a table without --all; the JSON answer has everything."""


@dataclass(frozen=True)
class Opened:
    """An estate, its decisions, and the plan in force where one was named."""

    inventory: Inventory
    decider: Decider
    plan: Plan | None


def open_lines(estate: Path, common: Common, plan_file: Path | None) -> Opened:
    """Open an estate and decide as of --now, else the plan's day, else the estate's. Errors as ``load_estate``,
    ``read_plan`` and ``decide``."""
    from migration.consolidation.decisions import Decider

    plan = None if plan_file is None else read_plan(plan_file)
    loaded = open_estate(estate, common)
    if plan is not None and plan.estate != loaded.inventory.estate.name:
        say("plan.estate-differs", plan=plan.estate, estate=loaded.inventory.estate.name)
    now = common.now or (plan.now if plan is not None else loaded.inventory.estate.as_of)
    return Opened(loaded.inventory, Decider(loaded.inventory, now, quarantined=loaded.quarantined), plan)


def find_line(inventory: Inventory, name: str) -> tuple[str, str]:
    """(kind, id) of a record named by its id or as KIND:ID; of equal ids lines come first. InputError without one."""
    kind, id = split_ref(name) if ":" in name else ("", name)
    among = [kind] if kind in KINDS else [] if kind else list(KINDS)
    for each in among:
        if id in inventory.of(each):
            return each, id
    known = [other for each in KINDS for other in inventory.of(each)]
    reason = text("lines.no-line", nearest=nearest_names(id, known) or "-")
    raise InputError("bad-argument", argument=name, reason=reason)


def shown(value: Value) -> str:
    """A figure as tables and sentences show it."""
    if isinstance(value, bool):
        return text(f"lines.{'yes' if value else 'no'}")
    if value is None or value == "":
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def filled(key: str, data: Mapping[str, Value]) -> str:
    """A text with figures; whole numbers stay numbers, so that words for one and many fit."""
    return text(key, **{name: value if type(value) is int else shown(value) for name, value in data.items()})


def reason_text(reason: Reason) -> str:
    """Why, in the present language; the code itself where nobody has worded it."""
    key = f"lines.reason.{reason.code}"
    return filled(key, reason.data) if has_text(key) else reason.code


def outcome_word(outcome: str) -> str:
    """An outcome in the present language."""
    return text(f"lines.outcome.{outcome}")


def final_decisions(decider: Decider, routed: ConsolidationPlan) -> list[Decided]:
    """Decisions after routing: what a rule would move and has no place is kept; what people decided stands."""
    given = ("decision", "settings")
    pairs = zip(decider.decisions, routed.decisions, strict=True)
    return [own if own.by in given else after for own, after in pairs]


def routed_decision(opened: Opened, decided: Decided) -> tuple[Decided, Route | None]:
    """One decision after routing, and its route; only lines that move or become a backup need the search for one."""
    from migration.consolidation.model import Outcome
    from migration.consolidation.routing import route

    if decided.kind != "line" or decided.outcome not in (Outcome.MOVE, Outcome.BACKUP):
        return decided, None
    decider = opened.decider
    routed = route(opened.inventory, decider.decisions, plan=opened.plan, now=decider.now)
    final = next(each for each in final_decisions(decider, routed) if (each.kind, each.id) == ("line", decided.id))
    return final, next((each for each in routed.routes if each.line == decided.id), None)


def decision_answer(decided: Decided, route: Route | None) -> dict[str, Any]:
    """A decision as JSON answers give it (docs/formats.md)."""
    reason = decided.reason
    first = route.accesses[0] if route is not None and route.accesses else None
    return {
        "kind": decided.kind,
        "line": decided.id,
        "decision": decided.outcome.value,
        "reason": reason_text(reason),
        "code": reason.code,
        "data": reason.data,
        "by": decided.by,
        "role": decided.role,
        "review": decided.review.isoformat() if decided.review is not None else None,
        "vpn": decided.vpn,
        "service_class": decided.service_class,
        "demand_mbps": decided.demand_mbps,
        "bandwidth_mbps": first.bandwidth_mbps if first is not None else decided.demand_mbps,
        "carrier": first.carrier if first is not None else None,
        "links": list(route.links) if route is not None else [],
        "backup_links": list(route.backup_links) if route is not None else [],
        "accesses": [access.model_dump() for access in route.accesses] if route is not None else [],
        "backup_accesses": [access.model_dump() for access in route.backup_accesses] if route is not None else [],
        "slot": route.slot if route is not None else None,
        "postponed": route.postponed if route is not None else 0,
        "systems": list(decided.systems),
    }
