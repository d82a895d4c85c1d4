"""Why an item stands where it does: what keeps it out of every earlier slot, what its place costs, why this pool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from inventory.inventory import Inventory
from migration.costs import plan_costs
from migration.explain.hindrances import SCALE, Hindrance, Member
from migration.explain.infeasible import Conflicts
from migration.explain.posed import Posed
from migration.explain.shift import Place, move
from migration.explain.situation import Situation
from migration.plan import Cost, Finding, Plan, PlanItem, item_id

__all__ = ["Barred", "Elsewhere", "Kept", "OtherPool", "WhyCutover", "why_cutover"]

COMPARED = 2
"""Earlier slots that no rule forbids and whose costs are compared: the nearest and the first."""
KBIT = 1000


@dataclass(frozen=True)
class Kept:
    """One thing that keeps an item out. needed, free: amounts in ``unit``, where it is a matter of amounts."""

    finding: Finding
    needed: float | None = None
    free: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Barred:
    """Slots ``first`` to ``last`` and what keeps the item out of them, nothing where no rule does; figures are those of
    the last. pools: other pools in which it could land there, in all of these slots."""

    first: int
    last: int
    kept: tuple[Kept, ...]
    pools: tuple[str, ...] = ()


@dataclass(frozen=True)
class Elsewhere:
    """A slot that no rule forbids, and the costs of the plan here and there."""

    slot: int
    before: tuple[Cost, ...]
    after: tuple[Cost, ...]


@dataclass(frozen=True)
class OtherPool:
    """A pool, what keeps the system out of it in its slot, and how much more it would cost, yuan a month."""

    pool: str
    kept: tuple[Kept, ...]
    cost: int


@dataclass(frozen=True)
class WhyCutover:
    """group: other cutovers that share its slot. earlier: every slot from the plan's *now* on, in order. binding: what
    keeps it out of the slot right before. elsewhere: costs of earlier slots that are free. pools: all others."""

    item: PlanItem
    group: tuple[str, ...]
    earlier: tuple[Barred, ...]
    elsewhere: tuple[Elsewhere, ...]
    pools: tuple[OtherPool, ...]

    @property
    def binding(self) -> tuple[Kept, ...]:
        """What keeps it out of the slot right before."""
        return self.earlier[-1].kept if self.earlier else ()


def why_cutover(inventory: Inventory, plan: Plan, item: PlanItem) -> WhyCutover:
    """Why a cutover that can still be moved lies in its slot and lands in its pool. Errors as those of a plan's
    making."""
    asking = _Asking(Posed(inventory, plan), plan, item)
    first = asking.posed.track.calendar.first_slot
    answers = [asking.slot(slot) for slot in range(first, item.slot)]
    earlier = []
    for _, run in groupby(answers, key=lambda one: (tuple(kept.finding for kept in one.kept), one.pools)):
        spans = list(run)
        earlier.append(Barred(spans[0].first, spans[-1].last, spans[-1].kept, spans[-1].pools))
    free = [one.first for one in answers if not one.kept]
    return WhyCutover(
        item=item,
        group=tuple(id for id in asking.group if id != item.id),
        earlier=tuple(earlier),
        elsewhere=tuple(_elsewhere(inventory, plan, item, dict.fromkeys((*free[-1:], *free[:1])))),
        pools=tuple(asking.pools()),
    )


def _elsewhere(inventory: Inventory, plan: Plan, item: PlanItem, slots: Iterable[int]) -> Iterable[Elsewhere]:
    here: tuple[Cost, ...] = ()
    for slot in slots:
        here = here or plan_costs(inventory, plan)
        yield Elsewhere(slot, here, plan_costs(inventory, move(inventory, plan, item, Place(slot))))


class _Asking:
    """One cutover and its group, out of the plan, against all others."""

    def __init__(self, posed: Posed, plan: Plan, item: PlanItem) -> None:
        self.posed, self.plan, self.item = posed, plan, item
        track = posed.track
        number = track.scope.number[item.object_id]
        members = posed.conflicts().group(number)
        names = [track.systems[one] for one in members]
        self.group = [item_id(name) for name in names]
        self.conflicts: Conflicts = posed.conflicts(names)
        self.situation: Situation = self.conflicts.situation(members)
        place = {pool: position for position, pool in enumerate(track.pools)}
        planned = [plan.by_id.get(id) for id in self.group]
        self.landing = [place[one.pool] if one is not None and one.pool in place else -1 for one in planned]
        self.me = next(one for one in self.situation.members if one.item == number)

    def slot(self, slot: int) -> Barred:
        """What keeps the group out of a slot, its members landing where they do."""
        found: dict[Hindrance, Member] = {}
        for hindrance, mask in self.situation.together.items():
            if mask >> slot & 1:
                found.setdefault(hindrance, self.me)
        for member, pool in zip(self.situation.members, self.landing, strict=True):
            for hindrance in self._ruling_out(member, pool, slot):
                found.setdefault(hindrance, member)
        closed = [one for one in self.situation.members if not one.openings.slots[slot]]
        kept = [self._kept(hindrance, member, slot) for hindrance, member in found.items()]
        if closed:
            kept.insert(0, Kept(Finding(rule="H8", code="holidays", records=(f"system:{closed[0].system}",))))
        if not kept and len(self.situation.members) > 1 and not self._fits(slot):
            rooms = (self.conflicts.board.room(one, pool) for one, pool in self._landings())
            kept = [self._kept(hindrance, self.me, slot) for hindrance in dict.fromkeys(rooms)]
        pools = () if not kept or closed else tuple(self._open_pools(slot, found))
        return Barred(slot, slot, tuple(kept), pools)

    def pools(self) -> Iterable[OtherPool]:
        """Every other pool, the cheapest that is open first."""
        track, system = self.posed.track, self.item.object_id
        landing = self.item.pool
        known = landing is not None and landing in self.posed.inventory.pools
        own = track.placement.cost(system, landing) if known and landing is not None else 0
        found = []
        for pool, name in enumerate(track.pools):
            if name == self.item.pool:
                continue
            ruling = self._ruling_out(self.me, pool, self.item.slot)
            reasons = (Kept(reason) for reason in track.placement.every_reason(system, name))
            others = (self._kept(one, self.me, self.item.slot) for one in ruling if one.finding.rule != "H3")
            kept = (*reasons, *others)
            found.append(OtherPool(name, kept, track.placement.cost(system, name) - own))
        return sorted(found, key=lambda one: (bool(one.kept), one.cost, one.pool))

    def _landings(self) -> list[tuple[Member, int]]:
        pairs = zip(self.situation.members, self.landing, strict=True)
        return [(member, pool) for member, pool in pairs if pool >= 0]

    def _fits(self, slot: int) -> bool:
        standing = set(self.situation.hindrances)
        places = [{pool: member.all} for member, pool in self._landings()]
        return self.situation.fits(slot, places, standing)

    def _open_pools(self, slot: int, found: Iterable[Hindrance]) -> Iterable[str]:
        """Other pools that nothing keeps the item out of in a slot; none where its own pool is not what matters."""
        if any(one not in self.me.pools.get(self.landing_of_me, {}) for one in found):
            return
        for pool, name in enumerate(self.posed.track.pools):
            if name != self.item.pool and not self._ruling_out(self.me, pool, slot):
                yield name

    @property
    def landing_of_me(self) -> int:
        """Number of the pool that the item lands in."""
        return self.landing[self.situation.members.index(self.me)]

    @staticmethod
    def _ruling_out(member: Member, pool: int, slot: int) -> list[Hindrance]:
        """What leaves a member no opening in a slot: what does so by itself, else all that do together."""
        openings = member.openings.slots[slot]
        if not openings:
            return []
        held = {**member.everywhere, **member.pools.get(pool, {})}
        for hindrance, mask in member.everywhere.items():
            held[hindrance] |= mask
        touching = {hindrance: mask & openings for hindrance, mask in held.items() if mask & openings}
        alone = [hindrance for hindrance, mask in touching.items() if mask == openings]
        union = 0
        for mask in touching.values():
            union |= mask
        return alone or ([*touching] if union == openings else [])

    def _kept(self, hindrance: Hindrance, member: Member, slot: int) -> Kept:
        """A hindrance with its amounts in a slot."""
        board, usage = self.conflicts.board, self.conflicts.board.usage
        kind, number = board.origin.get(hindrance, ("", 0))
        problem = self.posed.track.problem
        if kind == "room":
            needs = problem.demand[member.item].tolist()
            left = usage.left_in(member.item, number, slot)
            worst = max(range(3), key=lambda one: needs[one] - left[one])
            unit = ("vCPU", "GiB of memory", "GiB of storage")[worst]
            return Kept(hindrance.finding, needs[worst] / SCALE, left[worst] / SCALE, unit)
        if kind == "limit":
            counted = [one for item in self._items for one in usage.limits_of[item] if one[0] == number]
            amount = sum(one for _, one in counted)
            return Kept(hindrance.finding, amount, usage.limits[number][slot], "cutovers")
        if kind == "wave":
            cloud = problem.cloud[self.landing_of_me]
            return Kept(hindrance.finding, len(self._items), usage.waves[cloud][slot], "cutovers")
        if kind == "resource":
            taken = [
                *usage.needs(self._items).get(number, []),
                *usage.needs([member.item], self.landing_of_me).get(number, []),
            ]
            short = usage.short(number, taken, slot)
            unit = "Mbit/s" if hindrance.finding.rule == "H7" else "person-days"
            scale = KBIT if hindrance.finding.rule == "H7" else SCALE
            return (
                Kept(hindrance.finding, short[0] / scale, short[1] / scale, unit) if short else Kept(hindrance.finding)
            )
        return Kept(hindrance.finding)

    @property
    def _items(self) -> Sequence[int]:
        return [member.item for member in self.situation.members]
