"""Which pool each item should aim for before slots are known, and what may still be diverted.

The cheapest pool of every item would fill some pools with items that have a choice and leave out items that have none.
So the first aim spreads items until what each pool must hold in the end fits what it offers in the end; while slots
are filled, an item goes elsewhere only where that leaves room for all that still aim there.
"""

from __future__ import annotations

from migration.planner.moves import choose, put, room, roomy
from migration.planner.tables import State, Tables

__all__ = ["Aims"]

PASSES = 30
PARTS = 1_000_000


class Aims:
    """Aims of all items, set in the state as their choices.

    spare: for pool * 3 + resource what the pool offers in the end beyond what has landed and what aims at it.
    """

    def __init__(self, t: Tables, s: State, items: list[int]):
        self.t, self.s = t, s
        pools = len(t.cloud)
        self.offered = [t.free[3 * (t.check_ptr[pool + 1] - 1) + r] for pool in range(pools) for r in range(3)]
        self.spare = list(self.offered)
        for item in items:
            choose(t, s, item, t.choice_ptr[item])
            self.move(item, t.choice_pool[t.choice_ptr[item]], 1)
        self.spread([item for item in items if t.choice_ptr[item + 1] - t.choice_ptr[item] > 1])

    def move(self, item: int, pool: int, sign: int) -> None:
        """Count an item in (sign 1) or out (sign -1) of what a pool must hold in the end."""
        for resource in range(3):
            self.spare[3 * pool + resource] -= sign * self.t.demand[3 * item + resource]

    def excess(self, item: int, pool: int, sign: int) -> int:
        """By how much the squared excess of a pool changes, in parts of what it offers, if an item comes or goes."""
        change = 0
        for resource in range(3):
            counter = 3 * pool + resource
            spare = self.spare[counter]
            after = spare - sign * self.t.demand[3 * item + resource]
            if spare < 0 or after < 0:
                offered = max(1, self.offered[counter])
                old = -min(0, spare) * PARTS // offered
                new = -min(0, after) * PARTS // offered
                change += new * new - old * old
        return change

    def spread(self, flexible: list[int]) -> None:
        """Let items aim elsewhere as long as that lowers the excess of all pools, each at the least cost that does."""
        t, s = self.t, self.s
        for _ in range(PASSES):
            if min(self.spare, default=0) >= 0:
                return
            moved = 0
            for item in flexible:
                old = s.choice[item]
                gain = self.excess(item, t.choice_pool[old], -1)
                if gain >= 0:
                    continue
                for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1]):
                    if choice != old and gain + self.excess(item, t.choice_pool[choice], 1) < 0:
                        self.divert(item, choice)
                        moved += 1
                        break
            if not moved:
                return

    def divert(self, item: int, choice: int) -> None:
        """Let an item aim at another pool."""
        self.move(item, self.t.choice_pool[self.s.choice[item]], -1)
        self.move(item, self.t.choice_pool[choice], 1)
        choose(self.t, self.s, item, choice)

    def place(self, unit: int, slot: int, *, urgent: bool) -> bool:
        """Place a unit in a slot if it fits; a member without room in its pool is diverted where that harms nobody.

        urgent: the member may also take room that others aim at.
        """
        t, s = self.t, self.s
        if not roomy(t, s, unit, slot):
            return False
        members = t.member[t.member_ptr[unit] : t.member_ptr[unit + 1]]
        diverted: list[tuple[int, int]] = []
        for item in members:
            old = s.choice[item]
            if room(t, s, item, old, slot):
                continue
            for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1]):
                if room(t, s, item, choice, slot) and (urgent or self.harmless(item, t.choice_pool[choice])):
                    diverted.append((item, old))
                    self.divert(item, choice)
                    break
            else:
                break
        else:
            aims = [s.choice[item] for item in members]
            if put(t, s, unit, slot):
                for item, aim in zip(members, aims, strict=True):
                    self.move(item, t.choice_pool[aim], -1)
                    self.move(item, t.choice_pool[s.choice[item]], 1)
                return True
            diverted += list(zip(members, aims, strict=True))
        for item, old in reversed(diverted):
            self.divert(item, old)
        return False

    def harmless(self, item: int, pool: int) -> bool:
        """Whether a pool has room for an item beyond all that aims there."""
        return all(self.spare[3 * pool + r] >= self.t.demand[3 * item + r] for r in range(3))
