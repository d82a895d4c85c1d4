"""``qianyun lines show``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.inventory import Inventory
from inventory.kinds.lines import InternetExit, Line
from ui.commanding import Common, argument, command, common, option
from ui.commands.lines.registry import (
    Opened,
    decision_answer,
    find_line,
    group,
    open_lines,
    outcome_word,
    reason_text,
    routed_decision,
    shown,
)
from ui.output import emit, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.consolidation.model import Decided, Route

__all__ = ["show"]


@command(
    group,
    "show",
    example="qianyun lines show examples/kaifeng 410200-czj-zx-0001\n"
    "qianyun lines show my-estate internet_exit:140100-exit --plan plan.json",
)
@argument("estate", type=Path)
@argument("line")
@option("--plan", "plan_file", type=Path, metavar="FILE", key="lines.option.plan")
@common()
def show(common: Common, *, estate: Path, line: str, plan_file: Path | None) -> None:
    """One record: what becomes of it, and its route."""
    opened = open_lines(estate, common, plan_file)
    kind, id = find_line(opened.inventory, line)
    own = opened.decider.of(kind, id)
    if own is None:
        _undecided(opened, kind, id, common)
        return
    decided, found = routed_decision(opened, own)
    if common.json:
        emit({"decision": decision_answer(decided, found), "record": _record(opened.inventory, kind, id)})
        return
    rows = [row for row in _rows(opened, decided, found) if row[1] not in ("", "-")]
    table(
        [text("lines.column.what"), text("lines.column.value")],
        [(text(f"lines.row.{name}"), value) for name, value in rows],
        title=f"{text(f'lines.kind.{kind}')} {id} {_name(opened.inventory, kind, id)}".strip(),
    )


def undecided_text(opened: Opened, kind: str, id: str) -> str:
    """Why a record has no decision: it is a classified stub, or rests on one that is left out."""
    because = opened.decider.held.get((kind, id))
    if because is None:
        return text("lines.classified", id=id)
    return text("lines.held", id=id, because=":".join(because))


def _undecided(opened: Opened, kind: str, id: str, common: Common) -> None:
    message = undecided_text(opened, kind, id)
    if common.json:
        emit({"decision": None, "message": message, "record": {"kind": kind, "id": id}})
    else:
        sys.stdout.write(message + "\n")


def _name(inventory: Inventory, kind: str, id: str) -> str:
    record: Any = inventory.of(kind)[id]
    return str(record.name)


def _record(inventory: Inventory, kind: str, id: str) -> dict[str, Any]:
    from inventory.dump import to_plain

    return {"kind": kind} | to_plain(inventory.of(kind)[id])


def _rows(opened: Opened, decided: Decided, route: Route | None) -> Iterator[tuple[str, str]]:
    """(name of the row, value); empty values are left out."""
    record: Any = opened.inventory.of(decided.kind)[decided.id]
    yield "decision", outcome_word(decided.outcome.value)
    yield "reason", reason_text(decided.reason)
    yield "by", decided.by
    yield "role", decided.role
    yield "review", shown(decided.review.isoformat() if decided.review is not None else None)
    yield "department", shown(record.department)
    yield "state", record.state.value
    yield "fee", shown(record.fee_yuan_per_month)
    if isinstance(record, Line):
        yield "ends", " - ".join(filter(None, (record.a, record.b)))
        figures = (record.p95_mbps, record.peak_mbps, record.bandwidth_mbps)
        yield "use", " / ".join(shown(value) for value in figures)
        yield "demand", shown(decided.demand_mbps)
    if isinstance(record, Line | InternetExit) and record.contract_end is not None:
        yield "contract", text("lines.notice", end=record.contract_end.isoformat(), days=record.notice_days)
    yield "systems", ", ".join(decided.systems)
    yield "vpn", decided.vpn or ""
    yield "service-class", decided.service_class
    yield from _route_rows(route)
    merge = opened.decider.merges.get(decided.id) if isinstance(record, InternetExit) else None
    if merge is not None:
        yield "exit", merge.unified
        yield "addresses", ", ".join(merge.addresses)
        yield "rules", "; ".join(merge.rules)


def _route_rows(route: Route | None) -> Iterator[tuple[str, str]]:
    if route is None:
        return
    yield "slot", str(route.slot)
    yield "links", ", ".join(route.links)
    yield "backup-links", ", ".join(route.backup_links)
    for name, accesses in (("circuit", route.accesses), ("backup-circuit", route.backup_accesses)):
        for access in accesses:
            bandwidth, fee = shown(access.bandwidth_mbps), shown(access.fee_yuan_per_month)
            yield name, text("lines.circuit", end=access.end, carrier=access.carrier, bandwidth=bandwidth, fee=fee)
