"""What the planner's tests judge by: every hard rule and cost written a second time, and exhaustive search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from migration.planner import PlanningProblem


def broken(problem: PlanningProblem, slot: Sequence[int], pool: Sequence[int]) -> set[str]:
    """Rule ids that a plan breaks; -1 is an item without a place, which only breaks what needs it (H1, H2)."""
    found = set()
    placed = [item for item in range(problem.items) if slot[item] >= 0]
    for item in placed:
        if not problem.permitted[item] >> slot[item] & 1:
            found.add("H8")
        if pool[item] not in {choice for choice, _ in problem.choices[item]}:
            found.add("H3")
        gates = dict(
            zip(
                (choice for choice, _ in problem.choices[item]),
                (problem.choice_slots or ((),) * problem.items)[item],
                strict=False,
            )
        )
        if not gates.get(pool[item], -1) >> slot[item] & 1:
            found.add("H9")
        if problem.pinned_slot.get(item, slot[item]) != slot[item]:
            found.add("H11")
        if problem.pinned_pool.get(item, pool[item]) != pool[item]:
            found.add("H11")
    for provider, client in problem.order.tolist():
        if slot[client] >= 0 and not 0 <= slot[provider] <= slot[client]:
            found.add("H1")
    for group in problem.together:
        if len({slot[item] for item in group}) > 1:
            found.add("H2")
    return found | _over_capacity(problem, slot, pool)


def _over_capacity(problem: PlanningProblem, slot: Sequence[int], pool: Sequence[int]) -> set[str]:
    found = set()
    placed = [item for item in range(problem.items) if slot[item] >= 0]
    for target in range(problem.pools):
        for when in range(problem.slots):
            landed = [item for item in placed if pool[item] == target and slot[item] - problem.lead[item] <= when]
            for resource in range(3):
                if sum(int(problem.demand[i, resource]) for i in landed) > problem.capacity[target, when, resource]:
                    found.add("H4")
    for limit in problem.limits:
        members = range(problem.items) if limit.members is None else limit.members
        amounts = [1] * len(members) if limit.amounts is None else limit.amounts
        for when in range(problem.slots):
            counted = sum(
                amount
                for item, amount in zip(members, amounts, strict=True)
                if slot[item] == when and limit.cloud in (None, problem.cloud[pool[item]])
            )
            if counted > limit.capacity[when]:
                found.add("H6")
    for supply in problem.resources:
        taken = [0] * len(supply.capacity)
        for step in supply.uses:
            for item, amount in zip(step.items, step.amounts, strict=True):
                if slot[item] >= 0 and step.pool in (None, pool[item]) and step.periods[slot[item]] >= 0:
                    taken[step.periods[slot[item]]] += amount
        if any(total > offered for total, offered in zip(taken, supply.capacity, strict=True)):
            found.add(supply.rule)
    if problem.wave_size[1] is not None and any(items > problem.wave_size[1] for items in waves(problem, slot, pool)):
        found.add("H6")
    return found


def waves(problem: PlanningProblem, slot: Sequence[int], pool: Sequence[int]) -> list[int]:
    """Cutovers of each wave."""
    count: dict[tuple[int, int], int] = {}
    for item in range(problem.items):
        if slot[item] >= 0:
            wave = (slot[item], problem.cloud[pool[item]])
            count[wave] = count.get(wave, 0) + 1
    return list(count.values())


def costs(problem: PlanningProblem, slot: Sequence[int], pool: Sequence[int]) -> tuple[int, ...]:
    """The nine costs in the order of `Objective`."""
    n, slots = problem.items, problem.slots
    placed = [item for item in range(n) if slot[item] >= 0]
    late = sum(w * max(0, slot[i] - due) for i in placed for due, w in problem.due[i])
    short = sum(max(0, problem.wave_size[0] - items) for items in waves(problem, slot, pool))
    used = sorted({slot[i] for i in placed})
    span = slots if problem.traffic_span is None else problem.traffic_span
    traffic = sum(
        w * min(span, abs(slot[a] - slot[b])) for a, b, w in problem.traffic.tolist() if slot[a] >= 0 and slot[b] >= 0
    )
    total = int(problem.risk.sum())
    mean = max(1, total // slots)
    load = [sum(int(problem.risk[i]) for i in placed if slot[i] == k) for k in range(slots)]
    risk = mean * sum(int(problem.risk[i]) * (slots - 1 - slot[i]) for i in placed) + slots * sum(x * x for x in load)
    providers = set(problem.order[:, 0].tolist())
    critical = [i for i in range(n) if problem.critical[i]]
    if used:
        risk += total * mean * sum(1 for i in critical if slot[i] == used[0] and i not in providers)
    if len(critical) > 1 and len({slot[i] for i in critical}) == 1 and slot[critical[0]] >= 0:
        risk += total * mean
    placement = sum(dict(problem.choices[i])[pool[i]] for i in placed)
    number = len(waves(problem, slot, pool))
    first = {i: next(k for k in range(slots) if problem.permitted[i] >> k & 1) for i in placed}
    money = sum(int(problem.fee[i]) * (slot[i] - first[i]) for i in placed)
    return late, short, len(used), number, used[-1] if used else -1, traffic, risk, placement, money


def plans(problem: PlanningProblem) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every complete plan that breaks no rule."""
    options = [
        [(k, p) for k in range(problem.slots) if problem.permitted[i] >> k & 1 for p, _ in problem.choices[i]]
        for i in range(problem.items)
    ]
    for chosen in product(*options):
        slot, pool = tuple(k for k, _ in chosen), tuple(p for _, p in chosen)
        if not broken(problem, slot, pool):
            yield slot, pool


def most_placed(problem: PlanningProblem) -> int:
    """The most items that any plan, complete or not, can hold."""
    options: list[list[tuple[int, int]]] = [
        [(-1, -1)]
        + [(k, p) for k in range(problem.slots) if problem.permitted[i] >> k & 1 for p, _ in problem.choices[i]]
        for i in range(problem.items)
    ]
    best = 0
    for chosen in product(*options):
        slot, pool = tuple(k for k, _ in chosen), tuple(p for _, p in chosen)
        placed = sum(k >= 0 for k in slot)
        if placed > best and not broken(problem, slot, pool):
            best = placed
    return best


def largest_component(members: Sequence[int], order: Sequence[tuple[int, int]], sets: Sequence[Sequence[int]]) -> int:
    """Size of the largest set of members that order pairs and sets hold together, by reachability."""
    reach = {member: {member} for member in members}
    edges = [*order, *((a, b) for group in sets for a in group for b in group)]
    changed = True
    while changed:
        changed = False
        for a, b in edges:
            if not reach[b] <= reach[a]:
                reach[a] |= reach[b]
                changed = True
    return max(sum(1 for other in reach[member] if member in reach[other]) for member in members)
