"""Why an item is not in the plan: rules, limits, pools and the items that it waits for."""

from __future__ import annotations

from migration.planner.condense import Refusal, Units
from migration.planner.moves import earliest, has_capacity, latest, room
from migration.planner.solution import Unplaced
from migration.planner.tables import State, Tables

__all__ = ["blocked", "lost_with", "unplaced"]


def blocked(t: Tables, s: State, unit: int) -> Refusal:
    """Which rules keep a unit out of each of the slots that its calendar permits, in the present plan."""
    rules: set[str] = set()
    items: set[int] = set()
    limits: set[int] = set()
    pools: set[int] = set()
    first_limit = 3 * t.check_ptr[-1]
    members = t.member[t.member_ptr[unit] : t.member_ptr[unit + 1]]
    first, last = earliest(t, s, unit), latest(t, s, unit)
    for slot in range(t.slots):
        if not t.allowed[unit * t.slots + slot]:
            continue
        if not first <= slot <= last:
            rules.add("H1")
            items |= _out_of_order(t, s, unit, slot)
            continue
        full = {
            (t.unit_limit[row] - first_limit) // t.slots
            for row in range(t.unit_limit_ptr[unit], t.unit_limit_ptr[unit + 1])
            if s.free[t.unit_limit[row] + slot] < t.unit_limit_amount[row]
        }
        limits |= full
        for item in members if not full else ():
            for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1]):
                pool = t.choice_pool[choice]
                if not has_capacity(t, s, item, pool, slot):
                    pools.add(pool)
                elif not room(t, s, item, pool, slot):
                    rules.add("H6")
    rules |= {"H6"} if limits else set()
    rules |= {"H4"} if pools else set()
    if not rules:  # each member alone has room, all together have not
        rules = {"H2", "H4"}
        pools = {t.choice_pool[row] for item in members for row in range(t.choice_ptr[item], t.choice_ptr[item + 1])}
    return Refusal(tuple(sorted(rules)), tuple(sorted(items)), tuple(sorted(limits)), tuple(sorted(pools)))


def _out_of_order(t: Tables, s: State, unit: int, slot: int) -> set[int]:
    before = {u for u in t.before[t.before_ptr[unit] : t.before_ptr[unit + 1]] if s.slot[u] > slot}
    after = {u for u in t.after[t.after_ptr[unit] : t.after_ptr[unit + 1]] if 0 <= s.slot[u] < slot}
    return {item for u in before | after for item in t.member[t.member_ptr[u] : t.member_ptr[u + 1]]}


def lost_with(units: Units, left: list[int]) -> dict[int, Refusal]:
    """The units that wait by H1 for units without a place, directly or not, and for which of them."""
    lost = set(left)
    found: dict[int, Refusal] = {}
    for unit, before in enumerate(units.before):
        causes = [other for other in before if other in lost]
        if causes and unit not in lost and unit not in units.refused:
            lost.add(unit)
            found[unit] = Refusal(("H1",), tuple(item for other in causes for item in units.members[other]))
    return found


def unplaced(units: Units, reasons: dict[int, Refusal], *, proved: bool) -> tuple[Unplaced, ...]:
    """Reasons of units as reasons of their items."""
    return tuple(
        Unplaced(
            item=item,
            rules=reason.rules,
            because=tuple(other for other in reason.items if other != item),
            limits=reason.limits,
            pools=reason.pools,
            proved=proved,
        )
        for unit, reason in reasons.items()
        for item in units.members[unit]
    )
