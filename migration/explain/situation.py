"""Whether a move group has a place when some hindrances stand and others are lifted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from migration.explain.hindrances import Board, Hindrance, Member

__all__ = ["Situation"]

MOST_TRIES = 5000
"""Choices of pools that are tried for a group in one slot before it is taken to fit."""


class Situation:
    """A group of systems that share a slot. together: hindrances of the whole group, with the slots they rule out."""

    def __init__(self, board: Board, members: Sequence[Member], together: Mapping[Hindrance, int]) -> None:
        self.board, self.members, self.together = board, members, together
        self.hindrances: dict[Hindrance, None] = dict.fromkeys(together)
        self._pools = [[pool for pool, _ in board.problem.choices[member.item]] for member in members]
        for member, pools in zip(members, self._pools, strict=True):
            self.hindrances |= dict.fromkeys(member.everywhere)
            for held in member.pools.values():
                self.hindrances |= dict.fromkeys(held)
            if len(members) > 1:  # each alone may fit where all together do not
                self.hindrances |= dict.fromkeys(board.room(member, pool) for pool in pools)
                self.hindrances[board.wave()] = None

    def possible(self, standing: Collection[Hindrance]) -> bool:
        """Whether some slot has an opening and a pool for every member, given the hindrances that stand."""
        slots = (1 << self.board.problem.slots) - 1
        for hindrance, mask in self.together.items():
            if hindrance in standing:
                slots &= ~mask
        places = []
        for member in self.members:
            open_pools = self._open(member, standing)
            found = 0
            for mask in open_pools.values():
                found |= mask
            slots &= _slots(member, found, slots)
            if not slots:
                return False
            places.append(open_pools)
        if len(self.members) == 1:
            return True
        return any(self.fits(slot, places, standing) for slot in range(self.board.problem.slots) if slots >> slot & 1)

    @staticmethod
    def _open(member: Member, standing: Collection[Hindrance]) -> dict[int, int]:
        """Pool -> openings that are left."""
        base = member.all
        for hindrance, mask in member.everywhere.items():
            if hindrance in standing:
                base &= ~mask
        found = {}
        for pool, held in member.pools.items() if base else ():
            left = base
            for hindrance, mask in held.items():
                if hindrance in standing:
                    left &= ~mask
            if left:
                found[pool] = left
        return found

    def fits(self, slot: int, places: Sequence[Mapping[int, int]], standing: Collection[Hindrance]) -> bool:
        """Whether all members together find room in pools and waves in a slot; true where it takes too long to tell."""
        board = self.board
        usage, demand = board.usage, board.problem.demand
        choices = [
            (member, [pool for pool, mask in pools.items() if mask & member.openings.slots[slot]])
            for member, pools in zip(self.members, places, strict=True)
        ]
        choices.sort(key=lambda entry: (len(entry[1]), -int(demand[entry[0].item].sum())))
        room: dict[int, list[int]] = {}
        for member, pools in choices:
            for pool in pools:
                if board.room(member, pool) in standing:
                    left = usage.left_in(member.item, pool, slot)
                    room[pool] = [min(pair) for pair in zip(room.get(pool, left), left, strict=True)]
        waves = {cloud: left[slot] for cloud, left in enumerate(usage.waves)} if board.wave() in standing else {}
        tries = 0

        def place(number: int) -> bool:
            nonlocal tries
            if number == len(choices):
                return True
            member, pools = choices[number]
            need = demand[member.item].tolist()
            for pool in pools:
                tries += 1
                cloud = board.problem.cloud[pool]
                held = room.get(pool)
                if tries > MOST_TRIES:
                    return True
                if waves.get(cloud, 1) < 1 or (
                    held is not None and any(n > h for n, h in zip(need, held, strict=True))
                ):
                    continue
                if held is not None:
                    room[pool] = [h - n for n, h in zip(need, held, strict=True)]
                if cloud in waves:
                    waves[cloud] -= 1
                if place(number + 1):
                    return True
                if held is not None:
                    room[pool] = held
                if cloud in waves:
                    waves[cloud] += 1
            return False

        return place(0)


def _slots(member: Member, openings: int, wanted: int) -> int:
    """Slots of a mask that hold one of the openings."""
    if not openings:
        return 0
    return sum(1 << slot for slot, mask in enumerate(member.openings.slots) if wanted >> slot & 1 and mask & openings)
