"""The planner's peer: one monolithic CP-SAT model of a planning problem, as a modeller would write it.

Variables: for each set of items that share a slot, one Boolean a permitted slot; for each item with a choice, one
Boolean a pool. Hard rules as in ``PlanningProblem``: H1 to H9 and H11, every item must be placed. Objective, in
one weighted sum in the planner's order: lateness, what waves lack of their minimum size, slots, waves. The costs that
come after these are not modelled, which makes the peer's problem the easier one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any

from ortools.sat.python import cp_model

from migration.planner.problem import RESOURCES, PlanningProblem, Resource, SlotLimit

__all__ = ["Answer", "solve_monolithic"]

STATUS = {
    cp_model.OPTIMAL: "optimal",
    cp_model.FEASIBLE: "feasible",
    cp_model.INFEASIBLE: "infeasible",
    cp_model.UNKNOWN: "no_solution_in_time",
}


@dataclass(frozen=True)
class Answer:
    """What CP-SAT found. slot, pool: of each item, empty without a plan. build, solve, cpu: seconds (cpu: of solving).

    value, bound: of the weighted sum; bound 0 where it proved nothing. booleans: size of the model.
    """

    status: str
    slot: tuple[int, ...]
    pool: tuple[int, ...]
    value: float
    bound: float
    build: float
    solve: float
    cpu: float
    booleans: int


def solve_monolithic(problem: PlanningProblem, *, time_limit: float, workers: int, seed: int = 0) -> Answer:
    """Build the model and solve it within wall seconds; building does not count."""
    began = perf_counter()
    model = _Model(problem)
    model.write()
    built = perf_counter()
    cpu = process_time()
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = time_limit
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    status = STATUS[solver.solve(model.cp)]
    found = status in ("optimal", "feasible")
    slot: list[int] = []
    pool: list[int] = []
    if found:
        for item in range(problem.items):
            slot.append(next(k for k, chosen in model.at[item].items() if solver.boolean_value(chosen)))
            pool.append(next(p for p, chosen in model.into[item].items() if solver.boolean_value(chosen)))
    return Answer(
        status=status,
        slot=tuple(slot),
        pool=tuple(pool),
        value=solver.objective_value if found else 0,
        bound=solver.best_objective_bound if found else 0,
        build=built - began,
        solve=perf_counter() - built,
        cpu=process_time() - cpu,
        booleans=model.booleans,
    )


@dataclass
class _Model:
    """The model while it is written. at, into: for each item slot -> Boolean and pool -> Boolean."""

    problem: PlanningProblem
    cp: Any = field(default_factory=cp_model.CpModel)
    at: list[dict[int, Any]] = field(default_factory=list)
    into: list[dict[int, Any]] = field(default_factory=list)
    arrivals: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    booleans: int = 0

    def write(self) -> None:
        """All variables, hard rules and the objective."""
        self._slots()
        self._pools()
        self._order()
        self._capacity()
        for limit in self.problem.limits:
            self._limit(limit)
        for resource in self.problem.resources:
            self._resource(resource)
        self._objective()

    def _boolean(self) -> Any:
        self.booleans += 1
        return self.cp.new_bool_var("")

    def _slots(self) -> None:
        """H2, H8 and the slots of H11: items that share a slot share their variables."""
        problem = self.problem
        lead = list(range(problem.items))

        def find(item: int) -> int:
            while lead[item] != item:
                item = lead[item]
            return item

        for group in problem.together:
            for item in group[1:]:
                lead[find(item)] = find(group[0])
        masks: dict[int, int] = {}
        for item, mask in enumerate(problem.permitted):
            own = mask & (1 << problem.pinned_slot[item]) if item in problem.pinned_slot else mask
            masks[find(item)] = masks.get(find(item), -1) & own
        shared = {}
        for item, mask in masks.items():
            shared[item] = {k: self._boolean() for k in range(problem.slots) if mask >> k & 1}
            self.cp.add_exactly_one(shared[item].values())
        self.at = [shared[find(item)] for item in range(problem.items)]

    def _pools(self) -> None:
        """H3, the pools of H11, and the slots in which they are open (H8, H9)."""
        for item, choices in enumerate(self.problem.choices):
            pinned = self.problem.pinned_pool.get(item)
            chosen = {pool: self._boolean() for pool, _ in choices if pinned in (None, pool)}
            self.cp.add_exactly_one(chosen.values())
            self.into.append(chosen)
        for item, masks in enumerate(self.problem.choice_slots):
            for (pool, _), mask in zip(self.problem.choices[item], masks, strict=True):
                closed = [chosen for k, chosen in self.at[item].items() if not mask >> k & 1]
                if pool in self.into[item]:
                    for chosen in closed:
                        self.cp.add_bool_or(~chosen, ~self.into[item][pool])

    def _order(self) -> None:
        """H1: by the number of the slot."""
        numbers: dict[int, Any] = {}
        for pair in self.problem.order.tolist():
            for item in pair:
                if item not in numbers:
                    numbers[item] = self.cp.new_int_var(0, self.problem.slots - 1, "")
                    self.cp.add(numbers[item] == sum(k * chosen for k, chosen in self.at[item].items()))
            provider, client = pair
            self.cp.add(numbers[provider] <= numbers[client])

    def _arrival(self, item: int, slot: int, cloud: int) -> Any:
        """Boolean: the item's cutover is in this slot and into this cloud; None where it cannot be."""
        pools = [chosen for pool, chosen in self.into[item].items() if self.problem.cloud[pool] == cloud]
        if not pools or slot not in self.at[item]:
            return None
        if len(pools) == len(self.into[item]):
            return self.at[item][slot]
        key = (item, slot, cloud)
        if key not in self.arrivals:
            both = self.arrivals[key] = self._boolean()
            there = sum(pools)
            self.cp.add(both >= self.at[item][slot] + there - 1)
            self.cp.add(both <= self.at[item][slot])
            self.cp.add(both <= there)
        return self.arrivals[key]

    def _capacity(self) -> None:
        """H4: what has landed fits in the last slot before a pool grows, and in the last slot of all."""
        problem = self.problem
        users: dict[int, list[int]] = defaultdict(list)
        for item, pools in enumerate(self.into):
            for pool in pools:
                users[pool].append(item)
        for pool, items in users.items():
            offered = problem.capacity[pool].copy()
            for slot in range(problem.slots - 2, -1, -1):
                offered[slot] = offered[slot].clip(max=offered[slot + 1])
            for slot in range(problem.slots):
                if slot < problem.slots - 1 and (offered[slot] == offered[slot + 1]).all():
                    continue
                landed = {item: self._landed(item, pool, slot) for item in items}
                for resource in range(RESOURCES):
                    needs = {item: int(problem.demand[item, resource]) for item in items}
                    terms = [needs[item] * here for item, here in landed.items() if here is not None and needs[item]]
                    if terms:
                        self.cp.add(sum(terms) <= int(offered[slot, resource]))

    def _landed(self, item: int, pool: int, slot: int) -> Any:
        """Boolean or sum: the item counts in the pool in this slot, by its lead ahead of its own; None if it cannot."""
        last = slot + int(self.problem.lead[item])
        return self._both(item, pool, [k for k in self.at[item] if k <= last])

    def _both(self, item: int, pool: int | None, slots: list[int]) -> Any:
        """Boolean or sum: the item is in one of some slots and in the pool (None: any); None if it cannot be."""
        if not slots or (pool is not None and pool not in self.into[item]):
            return None
        there = sum(self.at[item][k] for k in slots)
        if pool is None or len(self.into[item]) == 1:
            return there
        if len(slots) == len(self.at[item]):
            return self.into[item][pool]
        both = self._boolean()
        self.cp.add(both >= self.into[item][pool] + there - 1)
        return both

    def _resource(self, resource: Resource) -> None:
        """H5 and H7: what is taken in one period."""
        terms: dict[int, list[Any]] = defaultdict(list)
        for use in resource.uses:
            for item, amount in zip(use.items, use.amounts, strict=True):
                slots: dict[int, list[int]] = defaultdict(list)
                for slot in self.at[item] if amount else ():
                    slots[use.periods[slot]].append(slot)
                for period, own in slots.items():
                    taken = None if period < 0 else self._both(item, use.pool, own)
                    if taken is not None:
                        terms[period].append(amount * taken)
        for period, amounts in terms.items():
            self.cp.add(sum(amounts) <= resource.capacity[period])

    def _limit(self, limit: SlotLimit) -> None:
        """H6: the amounts of the members that are cut over in one slot."""
        members = range(self.problem.items) if limit.members is None else limit.members
        amounts: Iterable[int] = limit.amounts if limit.amounts is not None else [1] * len(members)
        terms: dict[int, list[Any]] = defaultdict(list)
        for item, amount in zip(members, amounts, strict=True):
            for slot, chosen in self.at[item].items():
                there = chosen if limit.cloud is None else self._arrival(item, slot, limit.cloud)
                if there is not None and amount:
                    terms[slot].append(amount * there)
        for slot, amounts_there in terms.items():
            self.cp.add(sum(amounts_there) <= limit.capacity[slot])

    def _objective(self) -> None:
        """H6 of waves; then lateness, shortfall, slots and waves, each worth more than all that comes after it."""
        problem = self.problem
        low, high = problem.wave_size
        waves: list[Any] = []
        lacking: list[Any] = []
        used = {slot: self._boolean() for slot in range(problem.slots)}
        arrivals: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for item, pools in enumerate(self.into):
            for cloud in {problem.cloud[pool] for pool in pools}:
                for slot in self.at[item]:
                    arrivals[cloud, slot].append(self._arrival(item, slot, cloud))
        for (_, slot), here in arrivals.items():
            wave = self._boolean()
            waves.append(wave)
            self.cp.add(sum(here) <= (len(here) if high is None else min(high, len(here))) * wave)
            self.cp.add_implication(wave, used[slot])
            if low > 1:
                lack = self.cp.new_int_var(0, low, "")
                self.cp.add(lack >= low * wave - sum(here))
                lacking.append(lack)
        slot_worth = len(waves) + 1
        lack_worth = slot_worth * (problem.slots + 1)
        late_worth = lack_worth * (low * len(lacking) + 1)
        late = self._lateness()
        self.cp.minimize(
            late_worth * sum(late) + lack_worth * sum(lacking) + slot_worth * sum(used.values()) + sum(waves)
        )

    def _lateness(self) -> list[Any]:
        """S1: a constant for each slot after the due one."""
        return [
            weight * (slot - due) * chosen
            for item, dues in enumerate(self.problem.due)
            for due, weight in dues
            for slot, chosen in self.at[item].items()
            if weight and slot > due
        ]
