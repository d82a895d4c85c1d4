"""``plan why``."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migration.errors import PlanItemError
from migration.plan import Plan, PlanItem
from migration.plan_file import read_plan
from ui.commanding import Common, argument, command, common
from ui.commands.plan.answers import finding_answer
from ui.commands.plan.compare import CostRow, cost_changes, print_cost_changes
from ui.commands.plan.files import open_estate_of
from ui.commands.plan.registry import LISTED, group
from ui.output import emit, table
from ui.reports.wording import cause_text, days_text, name_of
from ui.texts import text

if TYPE_CHECKING:
    from migration.explain.why import Elsewhere, Kept, WhyCutover
    from migration.explain.why_forward import WhyItem

__all__ = ["why"]


@command(
    group,
    "why",
    example="qianyun plan why examples/shanxi plan.json 140000-mzt-0003\n"
    "qianyun plan why examples/shanxi plan.json network/ty-core-1/routing",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@argument("item")
@common()
def why(common: Common, estate: Path, plan: Path, item: str) -> None:
    """Why an item lies where it does, without solving anything."""
    from migration.explain.shift import find_item
    from migration.explain.why import why_cutover
    from migration.explain.why_forward import why_item

    read = read_plan(plan)
    inventory = open_estate_of(read, estate, common)
    chosen = find_item(read, item)
    inventory.get(chosen.kind, chosen.object_id)
    if chosen.is_cutover:
        if not chosen.movable:
            raise PlanItemError("item-fixed", item=chosen.id, state=chosen.state.value)
        found = why_cutover(inventory, read, chosen)
        emit(_cutover_answer(read, found)) if common.json else _print_cutover(read, found)
    else:
        other = why_item(inventory, read, chosen)
        emit(_item_answer(other)) if common.json else _print_item(read, other)


def _kept_answer(kept: Kept) -> dict[str, Any]:
    figures = {"needed": kept.needed, "free": kept.free, "unit": kept.unit or None}
    return finding_answer(kept.finding, cause_text(kept.finding)) | figures


def _kept_text(kept: Sequence[Kept], otherwise: str = "explain.no-rule") -> str:
    return "; ".join(_one_text(one) for one in kept) or text(otherwise)


def _one_text(kept: Kept) -> str:
    said = f"{kept.finding.rule} {cause_text(kept.finding)}"
    if kept.needed is None or kept.free is None:
        return said
    unit = text(f"explain.unit.{kept.unit}")
    return said + text("explain.amounts", needed=f"{kept.needed:g}", free=f"{max(0.0, kept.free):g}", unit=unit)


def _place(item: PlanItem) -> dict[str, Any]:
    return {
        "item": item.id,
        "slot": item.slot_label,
        "start": str(item.start),
        "end": str(item.end),
        "pool": item.pool,
        "wave": item.wave or None,
        "state": item.state.value,
    }


def _changed(elsewhere: Elsewhere) -> list[CostRow]:
    return cost_changes(elsewhere.before, elsewhere.after)


def _cutover_answer(plan: Plan, found: WhyCutover) -> dict[str, Any]:
    label = plan.grid.label
    names = ("rule", "name", "unit", "before", "after")
    return {
        **_place(found.item),
        "group": list(found.group),
        "binding": [_kept_answer(one) for one in found.binding],
        "earlier": [
            {
                "first": label(one.first),
                "last": label(one.last),
                "kept_out_by": [_kept_answer(kept) for kept in one.kept],
                "other_pools": list(one.pools),
            }
            for one in found.earlier
        ],
        "elsewhere": [
            {"slot": label(one.slot), "costs": [dict(zip(names, row, strict=True)) for row in _changed(one)]}
            for one in found.elsewhere
        ],
        "pools": [
            {"pool": one.pool, "kept_out_by": [_kept_answer(kept) for kept in one.kept], "yuan_per_month": one.cost}
            for one in found.pools
        ],
    }


def _print_cutover(plan: Plan, found: WhyCutover) -> None:
    item, label = found.item, plan.grid.label
    where = {"slot": item.slot_label, "days": days_text(plan.grid, item.slot), "pool": item.pool, "wave": item.wave}
    sys.stdout.write(
        text("explain.stands", item=item.id, name=name_of(plan, item.kind, item.object_id), **where) + "\n"
    )
    if item.state.value == "pinned":
        sys.stdout.write(text("explain.is-pinned") + "\n")
    if found.group:
        shown = ", ".join(found.group[:LISTED]) + (" …" if len(found.group) > LISTED else "")
        sys.stdout.write(text("explain.with-group", count=len(found.group), items=shown) + "\n")
    if not found.earlier:
        sys.stdout.write(text("explain.first-slot") + "\n")
    else:
        before = found.earlier[-1]
        sys.stdout.write(text("explain.right-before", slot=label(before.last), why=_kept_text(before.kept)) + "\n")
        rows = [(_span(label(one.first), label(one.last)), _reasons(one.kept, one.pools)) for one in found.earlier]
        table([text("explain.slots"), text("explain.kept-out-by")], rows, title=text("explain.earlier"))
    for one in found.elsewhere:
        sys.stdout.write(text("explain.free-slot", slot=label(one.slot)) + "\n")
        print_cost_changes(_changed(one))
    pools = [
        (one.pool, f"{one.cost:+}", _kept_text(one.kept) if one.kept else text("explain.open")) for one in found.pools
    ]
    if pools:
        columns = [text(f"explain.{name}") for name in ("pool", "more-yuan", "kept-out-by")]
        table(columns, pools, title=text("explain.other-pools"), right=[1])


def _reasons(kept: Sequence[Kept], pools: Iterable[str]) -> str:
    others = ", ".join(pools)
    return _kept_text(kept) + (text("explain.but-pools", pools=others) if others else "")


def _span(first: object, last: object) -> str:
    return str(first) if first == last else f"{first} – {last}"


def _item_answer(found: WhyItem) -> dict[str, Any]:
    return {
        **_place(found.item),
        "follows": found.follows or None,
        "promised": None if found.promised is None else str(found.promised),
        "gates": [
            {"rule": gate.rule, "item": gate.item, "end": str(gate.end), "opens": str(gate.opens)}
            for gate in found.gates
        ],
        "earlier": [
            {
                "first": str(one.first),
                "last": str(one.last),
                "kept_out_by": [_kept_answer(kept) for kept in one.kept],
            }
            for one in found.days
        ],
    }


def _print_item(plan: Plan, found: WhyItem) -> None:
    item = found.item
    name = name_of(plan, item.kind, item.object_id)
    sys.stdout.write(text("explain.lasts", item=item.id, name=name, start=item.start, end=item.end) + "\n")
    if found.follows:
        sys.stdout.write(text("explain.follows", item=found.follows) + "\n")
    if found.promised is not None:
        sys.stdout.write(text("explain.promised", date=found.promised) + "\n")
    if found.gates:
        rows = [(gate.rule, gate.item, gate.end, gate.opens) for gate in found.gates[:LISTED]]
        columns = [text("explain.rule"), *(text(f"explain.{name}") for name in ("item", "ends", "opens"))]
        table(columns, rows, title=text("explain.gates"))
    days = [(_span(one.first, one.last), _kept_text(one.kept, "explain.no-turn")) for one in found.days]
    if days:
        table([text("explain.days"), text("explain.kept-out-by")], days, title=text("explain.then"))
    free = not (found.follows or found.promised or found.days)
    if free and item.start <= max(plan.now, *(gate.opens for gate in found.gates), dt.date.min):
        key = "explain.at-gate" if found.gates and found.gates[0].opens >= plan.now else "explain.at-now"
        sys.stdout.write(text(key) + "\n")
