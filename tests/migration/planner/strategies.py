"""Random planning problems: tiny ones for exhaustive search, larger ones around a hidden plan."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import strategies as st

from migration.planner import PlanningProblem, SlotLimit


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
    return PlanningProblem(
        slots=k,
        permitted=tuple(sum(1 << s for s in range(k) if random.random() < 0.8) for _ in range(n)),
        choices=tuple(tuple((q, random.randint(0, 3)) for q in range(p) if random.random() < 0.8) for _ in range(n)),
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
    )


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
    problem = PlanningProblem(
        slots=slots,
        permitted=tuple(permitted),
        choices=tuple(tuple((q, q % 3) for q in sorted({pool[i], random.randrange(pools)})) for i in range(items)),
        demand=demand,
        capacity=capacity,
        cloud=tuple(q // 2 for q in range(pools)),
        order=np.array(order, np.int64).reshape(-1, 2),
        together=together,
        limits=(SlotLimit(capacity=tuple((per_slot * 1.03 + 1).astype(int).tolist())),),
        traffic=np.array(traffic, np.int64).reshape(-1, 3),
        risk=np.array([random.randint(1, 9) for _ in range(items)]),
        critical=np.array([random.random() < 0.05 for _ in range(items)]),
    )
    return problem, slot, pool
