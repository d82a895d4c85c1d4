"""S7: what a consolidation plan costs over the horizon, counted once more."""

from __future__ import annotations

import math
from collections.abc import Iterator

from inventory.kinds.lines import Line
from migration.consolidation.check.case import MONTH_DAYS, Case, breach
from migration.consolidation.model import Decided, Outcome, Route
from migration.plan import Finding

__all__ = ["money"]


def money(case: Case) -> Iterator[Finding]:
    """The cost that is told is the sum, and the bound is not above it."""
    own = _total(case)
    told = case.result.cost_yuan
    if abs(own - told) > max(1.0, 1e-9 * abs(own)):
        yield breach("S7", "cost", told=round(told, 2), own=round(own, 2))
    bound = case.result.bound_yuan
    if bound is not None and bound > told + 1:
        yield breach("S7", "bound-above-cost", told=round(told, 2), bound=round(bound, 2))


def _total(case: Case) -> float:
    slots = len(case.slots)
    total = sum(_line(case, route, line, decided) for route, line, decided in case.known())
    total += sum(case.inventory.lines[line].fee_yuan_per_month * slots for line in case.result.unplaced)
    for link in {one.link for one in case.result.upgrades} & case.inventory.links.keys():
        record = case.inventory.links[link]
        mine = sorted((one.slot, one.fee_yuan_per_month) for one in case.result.upgrades if one.link == link)
        for number, (slot, fee) in enumerate(mine):
            until = mine[number + 1][0] if number + 1 < len(mine) else case.last + 1
            total += max(0.0, fee - record.fee_yuan_per_month) * (until - slot)
    return total * case.grid.length_days / MONTH_DAYS


def _line(case: Case, route: Route, line: Line, decided: Decided) -> float:
    """Fees times slots: the line until it ends, its circuits from its start on; a start counts at least what any
    earlier one would have, so that waiting is never a saving."""
    item = case.cutover(line.id)
    earliest = case.first if item is None else max(case.first, item.slot)
    circuits = sum(one.fee_yuan_per_month for one in (*route.accesses, *route.backup_accesses))
    days = max(case.inventory.estate.settings.idle_days, line.notice_days)
    tail = math.ceil(days / case.grid.length_days)
    contract = case.grid.slot_of(line.contract_end) + 1 if line.contract_end is not None else case.first

    def cost(start: int) -> float:
        end = case.last + 1 if decided.outcome is Outcome.BACKUP else min(case.last + 1, max(start + tail, contract))
        return line.fee_yuan_per_month * (end - case.first) + circuits * (case.last + 1 - start)

    return max(cost(start) for start in range(min(earliest, route.slot), route.slot + 1))
