"""Why an item is not in the plan: rules, limits, pools, resources and the items that it waits for."""

from __future__ import annotations

from migration.planner.condense import Refusal, Units
from migration.planner.moves import earliest, has_capacity, latest, room
from migration.planner.problem import PlanningProblem
from migration.planner.solution import Unplaced
from migration.planner.tables import State, Tables

__all__ = ["blocked", "lacking_for", "lost_with", "unplaced"]


def blocked(problem: PlanningProblem, t: Tables, s: State, unit: int) -> Refusal:
    """Which rules keep a unit out of each of the slots that its calendar permits, in the present plan."""
    rules: set[str] = set()
    items: set[int] = set()
    limits: set[int] = set()
    pools: set[int] = set()
    counters: set[int] = set()
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
        short = {
            counter
            for row in range(t.unit_use_ptr[unit], t.unit_use_ptr[unit + 1])
            if (counter := t.use_map[t.unit_use[row] + slot]) >= 0 and s.free[counter] < t.unit_use_amount[row]
        }
        limits |= full
        counters |= short
        for item in members if not full | short else ():
            for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1]):
                pool = t.choice_pool[choice]
                lacking = lacking_for(t, s, choice, slot)
                counters |= lacking
                if not t.mask[t.choice_mask[choice] + slot]:
                    rules.add("H9")
                    pools.add(pool)
                elif not has_capacity(t, s, item, pool, slot):
                    rules.add("H4")
                    pools.add(pool)
                elif not lacking and not room(t, s, item, choice, slot):
                    rules.add("H6")
    resources = {t.use_resource[counter - t.first_use] for counter in counters}
    rules |= {problem.resources[resource].rule for resource in resources}
    rules |= {"H6"} if limits else set()
    if not rules:  # each member alone has room, all together have not
        rules = {"H2", "H4"}
        pools = {t.choice_pool[row] for item in members for row in range(t.choice_ptr[item], t.choice_ptr[item + 1])}
        taken = {
            t.use_resource[counter - t.first_use]
            for item in members
            for row in range(t.choice_use_ptr[t.choice_ptr[item]], t.choice_use_ptr[t.choice_ptr[item + 1]])
            for counter in t.use_map[t.choice_use[row] : t.choice_use[row] + t.slots]
            if counter >= 0
        }
        resources |= taken
        rules |= {problem.resources[resource].rule for resource in taken}
    found = (tuple(sorted(numbers)) for numbers in (items, limits, pools, resources))
    return Refusal(tuple(sorted(rules)), *found)


def lacking_for(t: Tables, s: State, choice: int, slot: int) -> set[int]:
    """Counters of the resources that do not suffice for one choice of pool in a slot."""
    return {
        counter
        for row in range(t.choice_use_ptr[choice], t.choice_use_ptr[choice + 1])
        if (counter := t.use_map[t.choice_use[row] + slot]) >= 0 and s.free[counter] < t.choice_use_amount[row]
    }


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
            resources=reason.resources,
            proved=proved,
        )
        for unit, reason in reasons.items()
        for item in units.members[unit]
    )
