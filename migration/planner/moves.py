"""Placing and taking away: the only functions that change a plan's state, and what a change costs.

They see nothing but integers in lists, so that a compiler may take them as they are.
"""

from __future__ import annotations

from migration.planner.tables import (
    EARLINESS,
    END,
    LATENESS,
    LEVELNESS,
    MONEY,
    PLACEMENT,
    RISK,
    SHORTFALL,
    SLOTS,
    TRAFFIC,
    WAVES,
    State,
    Tables,
)

__all__ = [
    "back",
    "choose",
    "earliest",
    "has_capacity",
    "lateness",
    "latest",
    "money",
    "put",
    "room",
    "roomy",
    "save",
    "supplied",
    "take",
    "traffic",
    "uncrowded",
    "use",
]


def has_capacity(t: Tables, s: State, item: int, pool: int, slot: int) -> bool:
    """Whether a pool can hold an item whose cutover is in a slot (H4)."""
    free = s.free
    base = 3 * item
    cpu, memory, storage = t.demand[base], t.demand[base + 1], t.demand[base + 2]
    for check in range(t.check_first[pool * t.slots + max(0, slot - t.lead[item])], t.check_ptr[pool + 1]):
        counter = 3 * check
        if free[counter] < cpu or free[counter + 1] < memory or free[counter + 2] < storage:
            return False
    return True


def room(t: Tables, s: State, item: int, choice: int, slot: int) -> bool:
    """Whether an item may land in the pool of a choice in a slot, and pool, cloud and links have room for it.

    H4, H6 by cloud, H9 by pool, H5 and H7 by pool.
    """
    if not t.mask[t.choice_mask[choice] + slot]:
        return False
    pool = t.choice_pool[choice]
    if not has_capacity(t, s, item, pool, slot):
        return False
    free = s.free
    cloud = t.cloud[pool]
    for row in range(t.cloud_limit_ptr[cloud], t.cloud_limit_ptr[cloud + 1]):
        if free[t.cloud_limit[row] + slot] < 1:
            return False
    for row in range(t.item_limit_ptr[item], t.item_limit_ptr[item + 1]):
        if t.item_limit_cloud[row] == cloud and free[t.item_limit[row] + slot] < t.item_limit_amount[row]:
            return False
    for row in range(t.choice_use_ptr[choice], t.choice_use_ptr[choice + 1]):
        counter = t.use_map[t.choice_use[row] + slot]
        if counter >= 0 and free[counter] < t.choice_use_amount[row]:
            return False
    return True


def roomy(t: Tables, s: State, unit: int, slot: int) -> bool:
    """Whether the limits and resources that look at no pool have room for a unit in a slot (H5, H6)."""
    return uncrowded(t, s, unit, slot) and supplied(t, s, unit, slot)


def uncrowded(t: Tables, s: State, unit: int, slot: int) -> bool:
    """Whether the limits of a slot that look at no cloud have room for a unit (H6)."""
    for row in range(t.unit_limit_ptr[unit], t.unit_limit_ptr[unit + 1]):
        if s.free[t.unit_limit[row] + slot] < t.unit_limit_amount[row]:
            return False
    return True


def supplied(t: Tables, s: State, unit: int, slot: int) -> bool:
    """Whether resources that look at no pool have left what a unit in a slot takes (H5)."""
    for row in range(t.unit_use_ptr[unit], t.unit_use_ptr[unit + 1]):
        counter = t.use_map[t.unit_use[row] + slot]
        if counter >= 0 and s.free[counter] < t.unit_use_amount[row]:
            return False
    return True


def use(t: Tables, s: State, item: int, choice: int, slot: int, sign: int) -> None:
    """Count an item in (sign 1) or out (sign -1) of a choice's pool, its cloud and the resources it takes for it."""
    free = s.free
    base = 3 * item
    pool = t.choice_pool[choice]
    cpu, memory, storage = sign * t.demand[base], sign * t.demand[base + 1], sign * t.demand[base + 2]
    for check in range(t.check_first[pool * t.slots + max(0, slot - t.lead[item])], t.check_ptr[pool + 1]):
        counter = 3 * check
        free[counter] -= cpu
        free[counter + 1] -= memory
        free[counter + 2] -= storage
    cloud = t.cloud[pool]
    for row in range(t.cloud_limit_ptr[cloud], t.cloud_limit_ptr[cloud + 1]):
        free[t.cloud_limit[row] + slot] -= sign
    for row in range(t.item_limit_ptr[item], t.item_limit_ptr[item + 1]):
        if t.item_limit_cloud[row] == cloud:
            free[t.item_limit[row] + slot] -= sign * t.item_limit_amount[row]
    for row in range(t.choice_use_ptr[choice], t.choice_use_ptr[choice + 1]):
        counter = t.use_map[t.choice_use[row] + slot]
        if counter >= 0:
            free[counter] -= sign * t.choice_use_amount[row]
    wave = cloud * t.slots + slot
    before = s.wave_items[wave]
    after = before + sign
    s.wave_items[wave] = after
    costs = s.costs
    if before == 0 or after == 0:
        costs[WAVES] += sign
    if before > 0:
        costs[SHORTFALL] -= max(0, t.minimum - before)
    if after > 0:
        costs[SHORTFALL] += max(0, t.minimum - after)


def put(t: Tables, s: State, unit: int, slot: int) -> bool:
    """Place a unit that is in no slot into one where its limits and pools have room; false and no change if not.

    Each member stays in the pool it last had if that has room, else takes the cheapest that has.
    """
    if not roomy(t, s, unit, slot):
        return False
    first, end = t.member_ptr[unit], t.member_ptr[unit + 1]
    for position in range(first, end):
        item = t.member[position]
        found = s.choice[item]
        if found < 0 or not room(t, s, item, found, slot):
            found = -1
            for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1]):
                if room(t, s, item, choice, slot):
                    found = choice
                    break
            if found < 0:
                for undone in range(first, position):
                    other = t.member[undone]
                    use(t, s, other, s.choice[other], slot, -1)
                return False
            choose(t, s, item, found)
        use(t, s, item, found, slot, 1)
    s.slot[unit] = slot
    settle(t, s, unit, slot, 1)
    return True


def choose(t: Tables, s: State, item: int, choice: int) -> None:
    """Give an item that is out of the plan another choice of pool (S5)."""
    old = s.choice[item]
    if old >= 0:
        s.costs[PLACEMENT] -= t.choice_cost[old]
    if choice >= 0:
        s.costs[PLACEMENT] += t.choice_cost[choice]
    s.choice[item] = choice


def take(t: Tables, s: State, unit: int) -> None:
    """Take a unit out of its slot; its members keep their pools as a preference for the next `put`."""
    slot = s.slot[unit]
    s.slot[unit] = -1
    for position in range(t.member_ptr[unit], t.member_ptr[unit + 1]):
        item = t.member[position]
        use(t, s, item, s.choice[item], slot, -1)
    settle(t, s, unit, slot, -1)


def save(t: Tables, s: State, unit: int) -> None:
    """Note the pools of a unit for `back`."""
    for position in range(t.member_ptr[unit], t.member_ptr[unit + 1]):
        item = t.member[position]
        s.saved[item] = s.choice[item]


def back(t: Tables, s: State, unit: int, slot: int) -> None:
    """Return a unit that is in no slot to a slot and the pools saved; they must have room, which is not looked at."""
    for position in range(t.member_ptr[unit], t.member_ptr[unit + 1]):
        item = t.member[position]
        choose(t, s, item, s.saved[item])
        use(t, s, item, s.choice[item], slot, 1)
    s.slot[unit] = slot
    settle(t, s, unit, slot, 1)


def settle(t: Tables, s: State, unit: int, slot: int, sign: int) -> None:
    """Count a unit in or out of limits, resources and all costs but the placement; its own slot is set before."""
    for row in range(t.unit_limit_ptr[unit], t.unit_limit_ptr[unit + 1]):
        s.free[t.unit_limit[row] + slot] -= sign * t.unit_limit_amount[row]
    for row in range(t.unit_use_ptr[unit], t.unit_use_ptr[unit + 1]):
        counter = t.use_map[t.unit_use[row] + slot]
        if counter >= 0:
            s.free[counter] -= sign * t.unit_use_amount[row]
    costs = s.costs
    size = t.member_ptr[unit + 1] - t.member_ptr[unit]
    before = s.slot_items[slot]
    s.slot_items[slot] = before + sign * size
    if sign > 0:
        if before == 0:
            costs[SLOTS] += 1
        costs[END] = max(costs[END], slot)
    elif before == size:
        costs[SLOTS] -= 1
        while costs[END] >= 0 and s.slot_items[costs[END]] == 0:
            costs[END] -= 1
    costs[LATENESS] += sign * lateness(t, unit, slot)
    costs[MONEY] += sign * money(t, unit, slot)
    costs[TRAFFIC] += sign * traffic(t, s, unit, slot)
    risk = t.unit_risk[unit]
    load = s.slot_risk[slot]
    s.slot_risk[slot] = load + sign * risk
    costs[LEVELNESS] += (load + sign * risk) * (load + sign * risk) - load * load
    costs[EARLINESS] += sign * risk * (t.slots - 1 - slot)
    s.slot_critical[slot] += sign * t.unit_critical[unit]
    s.slot_exposed[slot] += sign * t.unit_exposed[unit]
    costs[RISK] = risk_cost(t, s)


def risk_cost(t: Tables, s: State) -> int:
    """S4 of the present plan (see `tables`)."""
    costs = s.costs
    total = t.mean_risk * costs[EARLINESS] + t.slots * costs[LEVELNESS]
    if t.criticals:
        first = 0
        while first < t.slots and s.slot_items[first] == 0:
            first += 1
        if first < t.slots:
            total += t.penalty * s.slot_exposed[first]
        where = s.slot[t.first_critical]
        if t.criticals > 1 and where >= 0 and s.slot_critical[where] == t.criticals:
            total += t.penalty
    return total


def lateness(t: Tables, unit: int, slot: int) -> int:
    """S1 of a unit in a slot."""
    total = 0
    for row in range(t.due_ptr[unit], t.due_ptr[unit + 1]):
        total += t.due_weight[row] * max(0, slot - t.due_slot[row])
    return total


def money(t: Tables, unit: int, slot: int) -> int:
    """S7 of a unit in a slot."""
    return t.unit_fee[unit] * slot - t.unit_fee_base[unit]


def traffic(t: Tables, s: State, unit: int, slot: int) -> int:
    """S3 between a unit in a slot and all that is placed."""
    total = 0
    span = t.span
    for row in range(t.near_ptr[unit], t.near_ptr[unit + 1]):
        other = s.slot[t.near[row]]
        if other >= 0:
            apart = slot - other if slot > other else other - slot
            total += t.near_weight[row] * (min(span, apart))
    return total


def earliest(t: Tables, s: State, unit: int) -> int:
    """First slot that H1 leaves a unit, given where its providers are placed."""
    first = 0
    for row in range(t.before_ptr[unit], t.before_ptr[unit + 1]):
        first = max(first, s.slot[t.before[row]])
    return first


def latest(t: Tables, s: State, unit: int) -> int:
    """Last slot that H1 leaves a unit, given where its clients are placed."""
    last = t.slots - 1
    for row in range(t.after_ptr[unit], t.after_ptr[unit + 1]):
        other = s.slot[t.after[row]]
        if 0 <= other < last:
            last = other
    return last
