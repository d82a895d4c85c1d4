"""Look-back: place what found no place by putting out what blocks it (ejection search).

After Nagata and Bräysy (2009), "A powerful route minimization heuristic for the vehicle routing problem with time
windows": units without a place wait in a pool; one at a time goes in directly where it can, else into the slot where
the units it puts out have failed least often so far; these join the pool. Counting failures drives the search out of
its circles. The same search empties a slot: its units join the pool and the slot is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from migration.planner.moves import back, choose, earliest, lateness, latest, put, room, save, take, traffic
from migration.planner.tables import State, Tables, copy_state, empty_state

__all__ = ["Ejection", "Takers", "load", "restore"]

SLOTS_TRIED = 12
VICTIMS_LOOKED_AT = 24
ROWS_LOOKED_AT = 800
DRAWS = 120
MOST_PUT_OUT = 8
SHAKES = 10
STALL = 600
"""Steps without a better plan after which a search gives up."""


def load(t: Tables, slot: list[int], choice: list[int]) -> State:
    """State of a plan given by the slot of each unit and the choice of each item."""
    s = empty_state(t)
    for item, taken in enumerate(choice):
        s.saved[item] = taken
        if slot[t.unit_of[item]] < 0:
            choose(t, s, item, taken)
    for unit, where in enumerate(slot):
        if where >= 0:
            back(t, s, unit, where)
    return s


def restore(s: State, plan: State) -> None:
    """Make a state hold another plan."""
    for values, wanted in zip(s, plan, strict=True):
        values[:] = wanted


class Takers:
    """All rows of each resource, gathered when they are first asked for: (unit, item, choice, map, amount) of each.

    Item and choice are -1 for what a unit takes whatever its pools.
    """

    def __init__(self, t: Tables):
        self.t = t
        self.rows: dict[int, list[tuple[int, int, int, int, int]]] = {}

    def of(self, counter: int) -> list[tuple[int, int, int, int, int]]:
        """Rows of the resource that a counter belongs to."""
        if not self.rows:
            self.gather()
        return self.rows[self.t.use_resource[counter - self.t.first_use]]

    def gather(self) -> None:
        """Go through all maps and rows."""
        t = self.t
        resource: dict[int, int] = {}
        for place, counter in enumerate(t.use_map):
            if counter >= 0:
                resource[place - place % t.slots] = t.use_resource[counter - t.first_use]
        for unit in range(t.units):
            for row in range(t.unit_use_ptr[unit], t.unit_use_ptr[unit + 1]):
                entry = (unit, -1, -1, t.unit_use[row], t.unit_use_amount[row])
                self.rows.setdefault(resource[t.unit_use[row]], []).append(entry)
        for item in range(t.items):
            for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1]):
                for row in range(t.choice_use_ptr[choice], t.choice_use_ptr[choice + 1]):
                    entry = (t.unit_of[item], item, choice, t.choice_use[row], t.choice_use_amount[row])
                    self.rows.setdefault(resource[t.choice_use[row]], []).append(entry)


class Ejection:
    """One search over a state that it changes in place.

    fixed: units that are never put out. open_slots: slots that may be used. weight: what it costs to leave a unit out.
    takers: of the same tables, where another search has them already.
    """

    def __init__(
        self,
        t: Tables,
        s: State,
        *,
        fixed: set[int],
        open_slots: list[bool],
        weight: list[int],
        seed: int,
        takers: Takers | None = None,
    ):
        self.t, self.s = t, s
        self.fixed, self.open, self.weight = fixed, open_slots, weight
        self.random = Random(seed)
        self.failures = [1] * t.units
        self.in_slot: list[list[int]] = []
        self.place_in: list[int] = []
        self.takers = takers or Takers(t)
        self.longest_lead = max(t.lead, default=0)
        self.index()

    def run(self, waiting: list[int], budget: int, pause: Callable[[], None]) -> tuple[list[int], int]:
        """Place the waiting units; returns those left in the best plan found, and the steps it took.

        The state then holds that plan. A step is one unit tried. pause is called at each; what it raises passes and
        leaves the state as it is.
        """
        waiting = list(waiting)
        best = self.lost(waiting)
        kept, kept_waiting = copy_state(self.s), list(waiting)
        steps = improved = 0
        while waiting and steps < budget and steps - improved < STALL:
            pause()
            steps += 1
            unit = waiting.pop(self.random.randrange(len(waiting)) if steps % 4 == 0 else -1)
            if not self.insert(unit):
                self.failures[unit] += 1
                out = self.force(unit)
                if out is None:
                    waiting.insert(0, unit)
                else:
                    waiting += out
                    self.shake()
            lost = self.lost(waiting)
            if lost < best:
                best, improved = lost, steps
                kept, kept_waiting = copy_state(self.s), list(waiting)
        if waiting:
            restore(self.s, kept)
            self.index()
            waiting = kept_waiting
        return waiting, steps

    def index(self) -> None:
        """Lists of the units in each slot."""
        self.in_slot = [[] for _ in range(self.t.slots)]
        self.place_in = [-1] * self.t.units
        for unit, slot in enumerate(self.s.slot):
            if slot >= 0:
                self.enter(unit, slot)

    def enter(self, unit: int, slot: int) -> None:
        """Add a unit to the list of a slot."""
        self.place_in[unit] = len(self.in_slot[slot])
        self.in_slot[slot].append(unit)

    def leave(self, unit: int, slot: int) -> None:
        """Remove a unit from the list of a slot; the last of the list takes its position."""
        units, position = self.in_slot[slot], self.place_in[unit]
        units[position] = units[-1]
        self.place_in[units[position]] = position
        units.pop()

    def lost(self, waiting: list[int]) -> int:
        """What the units waiting are worth."""
        return sum(self.weight[unit] for unit in waiting)

    def window(self, unit: int) -> list[int]:
        """Open slots that calendar and the units placed leave a unit."""
        t = self.t
        base = unit * t.slots
        first, last = earliest(t, self.s, unit), latest(t, self.s, unit)
        return [slot for slot in range(max(0, first), last + 1) if t.allowed[base + slot] and self.open[slot]]

    def insert(self, unit: int) -> bool:
        """Place a unit where nothing has to give way, at the least lateness and traffic."""
        t, s = self.t, self.s
        slots = self.window(unit)
        slots.sort(key=lambda slot: (lateness(t, unit, slot), traffic(t, s, unit, slot), slot))
        for slot in slots:
            if put(t, s, unit, slot):
                self.enter(unit, slot)
                return True
        return False

    def force(self, unit: int) -> list[int] | None:
        """Place a unit and return what was put out for it, None if no slot can be made free."""
        t = self.t
        base = unit * t.slots
        slots = [slot for slot in range(t.slots) if t.allowed[base + slot] and self.open[slot]]
        if len(slots) > SLOTS_TRIED:
            slots = self.random.sample(slots, SLOTS_TRIED)
        mine = t.member[t.member_ptr[unit] : t.member_ptr[unit + 1]]
        best: tuple[int, int, list[int], list[int]] | None = None
        for slot in slots:
            out = self.clear(unit, slot, best[0] if best else None)
            if out is not None:
                cost = sum(self.failures[other] for other, _ in out)
                if best is None or cost < best[0]:
                    best = (cost, slot, [other for other, _ in out], [self.s.choice[item] for item in mine])
                self.undo(unit, out)
        if best is None:
            return None
        _, slot, others, pools = best
        for other in others:
            self.leave(other, self.s.slot[other])
            take(t, self.s, other)
        for item, taken in zip(mine, pools, strict=True):
            choose(t, self.s, item, taken)
        placed = put(t, self.s, unit, slot)
        assert placed, "the state differs from the one that was tried"
        self.enter(unit, slot)
        return others

    def undo(self, unit: int, out: list[tuple[int, int]]) -> None:
        """Return to the plan before `clear`."""
        if self.s.slot[unit] >= 0:
            take(self.t, self.s, unit)
        for other, slot in reversed(out):
            back(self.t, self.s, other, slot)

    def clear(self, unit: int, slot: int, most: int | None) -> list[tuple[int, int]] | None:
        """Put a unit into a slot, taking out what blocks it; returns (unit, its slot) of each.

        None and no change if that is impossible.
        Gives up when the failures of what it takes out reach `most`.
        """
        t, s = self.t, self.s
        out: list[tuple[int, int]] = []
        blockers = [
            other for other in t.before[t.before_ptr[unit] : t.before_ptr[unit + 1]] if s.slot[other] > slot
        ] + [other for other in t.after[t.after_ptr[unit] : t.after_ptr[unit + 1]] if 0 <= s.slot[other] < slot]
        cost = 0
        while True:
            for other in blockers:
                if other in self.fixed:
                    self.undo(unit, out)
                    return None
                out.append((other, s.slot[other]))
                save(t, s, other)
                take(t, s, other)
                cost += self.failures[other]
            if most is not None and cost >= most:
                break
            if put(t, s, unit, slot):
                return out
            if len(out) >= MOST_PUT_OUT:
                break
            blockers = self.blockers(unit, slot)
            if not blockers:
                break
        self.undo(unit, out)
        return None

    def blockers(self, unit: int, slot: int) -> list[int]:
        """One more unit to take out so that a unit may fit a slot, none if nothing helps."""
        t, s = self.t, self.s
        for row in range(t.unit_limit_ptr[unit], t.unit_limit_ptr[unit + 1]):
            lacking = t.unit_limit_amount[row] - s.free[t.unit_limit[row] + slot]
            if lacking > 0:
                return self.pick(self.sharing_limit(t.unit_limit[row], slot), lacking)
        for row in range(t.unit_use_ptr[unit], t.unit_use_ptr[unit + 1]):
            counter = t.use_map[t.unit_use[row] + slot]
            if counter >= 0 and s.free[counter] < t.unit_use_amount[row]:
                return self.pick(self.sharing_counter(counter), t.unit_use_amount[row] - s.free[counter])
        members = list(t.member[t.member_ptr[unit] : t.member_ptr[unit + 1]])
        lacking_room = [
            item
            for item in members
            if not any(room(t, s, item, choice, slot) for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1]))
        ]
        item = self.random.choice(lacking_room or members)
        choices = range(t.choice_ptr[item], t.choice_ptr[item + 1])
        opened = [choice for choice in choices if t.mask[t.choice_mask[choice] + slot]]
        if not opened:
            return []
        choice = self.random.choice(opened)
        for row in range(t.choice_use_ptr[choice], t.choice_use_ptr[choice + 1]):
            counter = t.use_map[t.choice_use[row] + slot]
            if counter >= 0 and s.free[counter] < t.choice_use_amount[row]:
                return self.pick(self.sharing_counter(counter), t.choice_use_amount[row] - s.free[counter])
        return self.pick(self.sharing_pool(item, t.choice_pool[choice], slot), 1)

    def sharing_limit(self, limit: int, slot: int) -> list[tuple[int, int]]:
        """Units in a slot that count in a limit, with their amounts."""
        t = self.t
        return [
            (other, t.unit_limit_amount[row])
            for other in self.in_slot[slot]
            if self.s.slot[other] == slot and other not in self.fixed
            for row in range(t.unit_limit_ptr[other], t.unit_limit_ptr[other + 1])
            if t.unit_limit[row] == limit
        ]

    def sharing_counter(self, counter: int) -> list[tuple[int, int]]:
        """A sample of units that take from a counter of a resource where they are, with their amounts."""
        rows = self.takers.of(counter)
        if len(rows) > ROWS_LOOKED_AT:
            first = self.random.randrange(len(rows))
            rows = rows[first : first + ROWS_LOOKED_AT] + rows[: max(0, first + ROWS_LOOKED_AT - len(rows))]
        slot, chosen, maps, fixed = self.s.slot, self.s.choice, self.t.use_map, self.fixed
        return [
            (unit, amount)
            for unit, item, choice, start, amount in rows
            if slot[unit] >= 0
            and maps[start + slot[unit]] == counter
            and (choice < 0 or chosen[item] == choice)
            and unit not in fixed
        ]

    def sharing_pool(self, item: int, pool: int, slot: int) -> list[tuple[int, int]]:
        """A sample of units that keep an item out of a pool in a slot, with 1 for those that could change pools.

        They have landed in the pool, or are in the wave of its cloud where that is what has no room.
        """
        t, s = self.t, self.s
        cloud = t.cloud[pool]
        slots, landed = [slot], False
        base = pool * t.slots
        for check in range(t.check_first[base + max(0, slot - t.lead[item])], t.check_ptr[pool + 1]):
            if any(s.free[3 * check + r] < t.demand[3 * item + r] for r in range(3)):
                landed = True
                ahead = self.longest_lead
                slots = [k for k in range(t.slots) if t.check_first[base + max(0, k - ahead)] <= check]
                break
        found: dict[int, int] = {}
        for _ in range(DRAWS):
            units = self.in_slot[self.random.choice(slots)]
            if not units:
                continue
            other = self.random.choice(units)
            if other in found or s.slot[other] < 0 or other in self.fixed:
                continue
            for mine in t.member[t.member_ptr[other] : t.member_ptr[other + 1]]:
                taken = t.choice_pool[s.choice[mine]]
                if taken == pool or (not landed and t.cloud[taken] == cloud):
                    found[other] = self.can_change(mine, taken, s.slot[other])
                    break
            if len(found) >= VICTIMS_LOOKED_AT:
                break
        return list(found.items())

    def can_change(self, item: int, pool: int, slot: int) -> int:
        """1 if an item could land in another of its pools in the same slot."""
        t = self.t
        return int(
            any(
                t.choice_pool[choice] != pool and room(t, self.s, item, choice, slot)
                for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1])
            )
        )

    def pick(self, sharing: list[tuple[int, int]], lacking: int) -> list[int]:
        """The one that failed least often, of a sample; of equals one that frees enough, at random."""
        if len(sharing) > VICTIMS_LOOKED_AT:
            sharing = self.random.sample(sharing, VICTIMS_LOOKED_AT)
        if not sharing:
            return []
        keyed = [(self.failures[other], amount < lacking, self.random.random(), other) for other, amount in sharing]
        return [min(keyed)[-1]]

    def shake(self) -> None:
        """A few units move at random, so that the same conflict is not met again."""
        t, s = self.t, self.s
        for _ in range(SHAKES):
            unit = self.random.randrange(t.units)
            old = s.slot[unit]
            if old < 0 or unit in self.fixed:
                continue
            slots = self.window(unit)
            if len(slots) < 2:
                continue
            save(t, s, unit)
            take(t, s, unit)
            slot = self.random.choice(slots)
            if put(t, s, unit, slot):
                self.leave(unit, old)
                self.enter(unit, slot)
            else:
                back(t, s, unit, old)
