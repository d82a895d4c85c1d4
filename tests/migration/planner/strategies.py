"""Random planning problems: tiny ones for exhaustive search, larger ones around a hidden plan."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import strategies as st

from migration.planner import PlanningProblem, Resource, SlotLimit, Use


def tiny(items: int = 6, slots: int = 3, pools: int = 2) -> st.SearchStrategy[PlanningProblem]:
    """Problems of at most `items` items with every kind of rule, often without a complete plan."""
    return st.integers(0, 2**32 - 1).map(lambda seed: tiny_problem(seed, items, slots, pools))


def tiny_problem(seed: int, items: int, slots: int, pools: int) -> PlanningProblem:
    """The problem of one seed."""
    random = Random(seed)
    n, k, p = random.randint(1, items), random.randint(1, slots), random.randint(1, pools)
    tight = random.choice([1, 2, 4])

    def pairs(most: int) -> list[tuple[int, int]]:
        return [(random.randrange(n), random.randrange(n)) for _ in range(random.randint(0, most))]

    limits = []
    for _ in range(random.randint(0, 2)):
        members = tuple(i for i in range(n) if random.random() < 0.7)
        limits.append(
            SlotLimit(
                capacity=tuple(random.randint(0, 3) * tight for _ in range(k)),
                members=random.choice([None, members]),
                amounts=None,
                cloud=random.choice([None, 0]),
            )
        )
        if limits[-1].members is not None and random.random() < 0.5:
            limits[-1] = SlotLimit(
                limits[-1].capacity, members, tuple(random.randint(0, 3) for _ in members), limits[-1].cloud
            )
    capacity = np.array([[[random.randint(1, 5) * tight for _ in range(3)] for _ in range(k)] for _ in range(p)])
    choices = tuple(tuple((q, random.randint(0, 3)) for q in range(p) if random.random() < 0.8) for _ in range(n))

    def mask(share: float) -> int:
        return sum(1 << s for s in range(k) if random.random() < share)

    return PlanningProblem(
        slots=k,
        permitted=tuple(mask(0.8) for _ in range(n)),
        choices=choices,
        demand=np.array([[random.randint(0, 3) for _ in range(3)] for _ in range(n)]),
        capacity=capacity,
        cloud=tuple(random.randint(0, q) if q else 0 for q in range(p)),
        order=np.array(pairs(3), np.int64).reshape(-1, 2),
        together=tuple(tuple(sorted(set(pair))) for pair in pairs(1)),
        limits=tuple(limits),
        wave_size=random.choice([(0, None), (0, 2), (2, 3)]),
        due=tuple(
            tuple((random.randrange(k), random.randint(1, 3)) for _ in range(random.randint(0, 2))) for _ in range(n)
        ),
        traffic=np.array([(a, b, random.randint(1, 9)) for a, b in pairs(6)], np.int64).reshape(-1, 3),
        traffic_span=random.choice([None, 1]),
        risk=np.array([random.randint(0, 3) for _ in range(n)]),
        critical=np.array([random.random() < 0.3 for _ in range(n)]),
        priority=np.array([random.randint(0, 2) for _ in range(n)]),
        pinned_slot={i: random.randrange(k) for i in range(n) if random.random() < 0.08},
        pinned_pool={i: random.randrange(p) for i in range(n) if random.random() < 0.08},
        resources=tuple(tiny_resource(random, n, k, p) for _ in range(random.choice([0, 1, 1, 2]))),
        choice_slots=random.choice([(), tuple(tuple(mask(0.7) for _ in row) for row in choices)]),
        lead=np.array([random.choice([0, 0, 1, 2]) for _ in range(n)]),
        fee=np.array([random.randint(0, 3) for _ in range(n)]),
    )


def tiny_resource(random: Random, items: int, slots: int, pools: int) -> Resource:
    """A resource with one to four uses: shifted periods, periods that meet in some slots, some for one pool only."""
    periods = random.randint(1, slots + 2)
    uses = []
    for _ in range(random.randint(1, 4)):
        members = tuple(i for i in range(items) if random.random() < 0.6)
        shift, width = random.randint(-1, 2), random.choice([1, 1, 2])
        uses.append(
            Use(
                items=members,
                amounts=tuple(random.randint(0, 3) for _ in members),
                periods=tuple(
                    period if 0 <= (period := k // width + shift) < periods and random.random() < 0.9 else -1
                    for k in range(slots)
                ),
                pool=random.choice([None, None, random.randrange(pools)]),
            )
        )
    tight = random.choice([1, 2, 4])
    capacity = tuple(random.randint(1, 4) * tight for _ in range(periods))
    return Resource(capacity, tuple(uses), random.choice(["H5", "H7"]))


def planted(items: int, waves: int, pools: int, seed: int) -> tuple[PlanningProblem, list[int], list[int]]:
    """A problem drawn around a hidden plan that satisfies it, and the plan's slots and pools."""
    random = Random(seed)
    slots = waves + waves // 4
    size = 8
    block = [random.randrange(waves) for _ in range(items // size + 1)]
    slot = [block[i // size] for i in range(items)]
    home = [random.randrange(pools) for _ in block]
    pool = [home[i // size] for i in range(items)]
    order, traffic = [], []
    for i in range(items):
        for near in (True, True, False):
            j = (i // size * size + random.randrange(size)) if near else random.randrange(items)
            if j >= items or j == i:
                continue
            traffic.append((i, j, random.randint(1, 20) * (5 if near else 1)))
            if random.random() < 0.4:
                order.append((i, j) if slot[i] <= slot[j] else (j, i))
    demand = np.array([[random.randint(1, 16) for _ in range(3)] for _ in range(items)])
    landed = np.zeros((pools, slots, 3), np.int64)
    np.add.at(landed, (pool, slot), demand)
    capacity = np.ceil(landed.cumsum(1) * 1.03).astype(np.int64)
    capacity[:, : waves // 2] = np.maximum(capacity[:, : waves // 2], capacity[:, [waves // 2]])
    per_slot = np.bincount(slot, minlength=slots)
    per_slot[waves:] = int(per_slot[:waves].mean())
    permitted = []
    for i in range(items):
        first = random.randint(0, slot[i]) if random.random() < 0.1 else 0
        last = random.randint(slot[i], slots - 1) if random.random() < 0.1 else slots - 1
        permitted.append(sum(1 << k for k in range(first, last + 1)))
    together = tuple(
        tuple(range(b * size, min(items, b * size + random.randint(2, 4))))
        for b in range(len(block))
        if random.random() < 0.2
    )
    choices = tuple(tuple((q, q % 3) for q in sorted({pool[i], random.randrange(pools)})) for i in range(items))
    lead = [random.randint(0, 1) for _ in range(items)]
    capacity[:, :-1] = np.maximum(capacity[:, :-1], capacity[:, 1:])  # what lands a slot later may already be copied
    problem = PlanningProblem(
        slots=slots,
        permitted=tuple(permitted),
        choices=choices,
        demand=demand,
        capacity=capacity,
        cloud=tuple(q // 2 for q in range(pools)),
        order=np.array(order, np.int64).reshape(-1, 2),
        together=together,
        limits=(SlotLimit(capacity=tuple((per_slot * 1.03 + 1).astype(int).tolist())),),
        traffic=np.array(traffic, np.int64).reshape(-1, 3),
        risk=np.array([random.randint(1, 9) for _ in range(items)]),
        critical=np.array([random.random() < 0.05 for _ in range(items)]),
        resources=planted_resources(random, slot, pool, choices, slots),
        choice_slots=planted_gates(random, slot, pool, choices, slots),
        lead=np.array(lead),
        fee=np.array([random.randint(0, 5) for _ in range(items)]),
    )
    return problem, slot, pool


def planted_resources(
    random: Random, slot: list[int], pool: list[int], choices: tuple[tuple[tuple[int, int], ...], ...], slots: int
) -> tuple[Resource, ...]:
    """Five teams that work before, in and after the slot of a cutover, and a link that pool 0 is reached by."""
    shifts = [tuple(k + shift for k in range(slots)) for shift in range(4)]
    team = [random.randrange(5) for _ in slot]
    rows = []
    for number in range(5):
        mine = [i for i in range(len(slot)) if team[i] == number]
        rows.append(("H5", [Use(tuple(mine), tuple(random.randint(1, 9) for _ in mine), shift) for shift in shifts]))
    users = tuple(i for i, row in enumerate(choices) if 0 in dict(row))
    rows.append(("H7", [Use(users, tuple(random.randint(1, 9) for _ in users), shifts[1], 0)]))
    found = []
    for rule, uses in rows:
        taken = [0] * (slots + 3)
        for use in uses:
            for i, amount in zip(use.items, use.amounts, strict=True):
                taken[use.periods[slot[i]]] += amount if use.pool in (None, pool[i]) else 0
        found.append(Resource(tuple(max(total * 21 // 20, sum(taken) // slots) for total in taken), tuple(uses), rule))
    return tuple(found)


def planted_gates(
    random: Random, slot: list[int], pool: list[int], choices: tuple[tuple[tuple[int, int], ...], ...], slots: int
) -> tuple[tuple[int, ...], ...]:
    """Each pool opens to each item at some slot, the item's own no later than it is needed."""
    return tuple(
        tuple((1 << slots) - (1 << random.randint(0, slot[i] if q == pool[i] else slots - 1)) for q, _ in row)
        for i, row in enumerate(choices)
    )
