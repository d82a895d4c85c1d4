"""What stands in the way of a move group, one thing of the estate at a time.

A system lands in one of its openings (a window of the calendar, or a whole day that it could have without windows) and
in one pool. A *hindrance* is one thing that somebody could change - a freeze, a window, a pin, a hard target, a rule, a
pool's capacity, a limit, a team, a link, a dependency - with the openings that it rules out, wherever the system lands
or in some pools. Holidays and days before *now* are nobody's to change: they are no openings. All other systems stay
where they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from migration.calendar import ChangeCalendar, Opening
from migration.explain.usage import Usage
from migration.plan import Finding, item_id
from migration.tracks.systems import SystemTrack

__all__ = ["Board", "Hindrance", "Member", "Openings"]

SCALE = 1000
HAND_MADE = ("H10", "H11")
"""Rules whose hindrances were decided by hand, besides freezes, placement rules and decisions on the target."""
SKIPPED = ("windows", "frozen", "deadline")
"""Bars of the system track that are looked at opening by opening here."""


@dataclass(frozen=True, slots=True, eq=False)
class Hindrance:
    """One thing that could be changed; a board has one object for each. key: what makes it one. hand: whether somebody
    decided it by hand."""

    key: tuple[str, ...]
    finding: Finding
    hand: bool = False


@dataclass(slots=True)
class Openings:
    """Openings of systems with the same windows. slots: those of each slot, as a mask with one bit an opening."""

    listed: list[Opening]
    slots: list[int]
    _spread: dict[int, int] = field(default_factory=dict)

    def spread(self, slots: int) -> int:
        """Openings of the slots of a mask."""
        found = self._spread.get(slots)
        if found is None:
            found = 0
            for slot, mask in enumerate(self.slots):
                if slots >> slot & 1:
                    found |= mask
            self._spread[slots] = found
        return found


@dataclass(slots=True)
class Member:
    """A system of a group; masks have one bit for each of its openings.

    everywhere, pools: what each hindrance rules out, wherever the system lands or in one pool.
    """

    item: int
    system: str
    openings: Openings
    everywhere: dict[Hindrance, int] = field(default_factory=dict)
    pools: dict[int, dict[Hindrance, int]] = field(default_factory=dict)

    @property
    def all(self) -> int:
        """Every opening."""
        return (1 << len(self.openings.listed)) - 1

    def put(self, hindrance: Hindrance, openings: int, pool: int | None = None) -> None:
        """A hindrance rules out openings."""
        if openings:
            held = self.everywhere if pool is None else self.pools[pool]
            held[hindrance] = held.get(hindrance, 0) | openings


class Board:
    """Hindrances of the systems of a track, with the others where ``usage`` has them.

    origin: of those that count amounts what they count: room (number of the pool), limit, wave, resource.
    """

    def __init__(self, track: SystemTrack, usage: Usage) -> None:
        self.track, self.usage = track, usage
        self.inventory, self.problem = track.inventory, track.problem
        self._everything = (1 << self.problem.slots) - 1
        self._openings: dict[tuple[str, ...], Openings] = {}
        self._frozen: dict[tuple[tuple[str, ...], str], int] = {}
        self._members: dict[int, Member] = {}
        self.origin: dict[Hindrance, tuple[str, int]] = {}
        self._made: dict[tuple[str, ...], Hindrance] = {}
        self._entry: dict[tuple[str, bool, int], list[tuple[Hindrance, int]]] = {}

    def make(
        self,
        rule: str,
        code: str,
        records: tuple[str, ...] = (),
        data: Mapping[str, str | int | float | None] | None = None,
        *,
        key: tuple[str, ...] = (),
        items: tuple[str, ...] = (),
        hand: bool = False,
    ) -> Hindrance:
        """The hindrance of a key (default: rule, code and records)."""
        named = key or (rule, code, *records)
        if named not in self._made:
            finding = Finding(rule=rule, code=code, items=items, records=records, data=dict(data or {}))
            self._made[named] = Hindrance(named, finding, hand or rule in HAND_MADE)
        return self._made[named]

    def _of(self, finding: Finding, records: tuple[str, ...] | None = None) -> Hindrance:
        """What a finding of the track says."""
        item = str(finding.data.get("item", ""))
        named = finding.records if records is None else records
        key = (finding.rule, finding.code, *named, item, str(finding.data.get("skill", "")))
        return self.make(
            finding.rule, finding.code, named, finding.data, key=key, items=(item,) if item else finding.items
        )

    @cached_property
    def _unfrozen(self) -> ChangeCalendar:
        return ChangeCalendar(self.inventory.replace(freezes={}), self.track.calendar.now)

    @cached_property
    def _days(self) -> Sequence[Opening]:
        """Whole days, as systems without windows have them."""
        return ChangeCalendar(self.inventory.replace(freezes={}, windows={}), self.track.calendar.now).object_openings(
            "cloud", ""
        )

    def member(self, item: int) -> Member:
        """A system with all that stands in its own way; not to be changed."""
        if item not in self._members:
            self._members[item] = self._member(item)
        return self._members[item]

    def _member(self, item: int) -> Member:
        system = self.track.systems[item]
        windows = self.track.calendar.windows(system)
        if windows not in self._openings:
            own = self._unfrozen.object_openings("system", system) if windows else ()
            listed = sorted({*own, *self._days})
            slots = [0] * self.problem.slots
            for place, one in enumerate(listed):
                slots[self.track.calendar.grid.slot_of(one.start.date())] |= 1 << place
            self._openings[windows] = Openings(listed, slots)
        found = Member(item, system, self._openings[windows], pools={pool: {} for pool in range(self.problem.pools)})
        for hindrance, mask in self._calendar(found, windows):
            found.put(hindrance, mask)
        for bar in self.track.slots.bars(system):
            if bar.finding.code not in SKIPPED:
                found.put(self._of(bar.finding), found.openings.spread(self._everything & ~bar.mask))
        self._pin(found)
        self._pools(found)
        return found

    def _calendar(self, member: Member, windows: tuple[str, ...]) -> Iterator[tuple[Hindrance, int]]:
        """H8, H10: days outside the windows, windows that are too short, days after a hard target, freezes."""
        minutes = self.track.chains[member.system].minutes
        me = f"system:{member.system}"
        names = tuple(f"window:{window}" for window in windows)
        outside = sum(1 << place for place, one in enumerate(member.openings.listed) if windows and not one.window)
        yield self.make("H8", "windows", (me, *names), {"minutes": minutes}), outside
        longest = max((one.minutes for one in member.openings.listed if one.window or not windows), default=0)
        short = sum(1 << place for place, one in enumerate(member.openings.listed) if one.minutes < minutes)
        data: dict[str, str | int] = {"minutes": minutes, "longest": longest}
        yield self.make("H8", "window-too-short", (me, *names), data), short
        for target in self.track.deadlines.latest.get(member.system, ()):
            late = sum(1 << place for place, one in enumerate(member.openings.listed) if one.start.date() > target.date)
            records = (me, f"target:{target.id}")
            yield self.make("H10", "deadline", records, {"date": target.date.isoformat()}), late
        for freeze in self.track.calendar.freezes(member.system):
            yield self._freeze(freeze), self._frozen_openings(member, windows, freeze)

    def _frozen_openings(self, member: Member, windows: tuple[str, ...], freeze: str) -> int:
        key = (windows, freeze)
        if key not in self._frozen:
            record = self.inventory.freezes[freeze]
            self._frozen[key] = sum(
                1 << place
                for place, one in enumerate(member.openings.listed)
                if one.start.date() <= record.end and (one.end - dt.timedelta(minutes=1)).date() >= record.start
            )
        return self._frozen[key]

    def _pin(self, member: Member) -> None:
        """H11: a slot decided by hand."""
        fault = self.track.faults.get(member.item)
        if fault is not None:
            member.put(self._of(fault), member.all)
        slot = self.problem.pinned_slot.get(member.item)
        if slot is not None and fault is None:
            label = self.track.calendar.grid.label(slot)
            found = self.make("H11", "pinned", (f"system:{member.system}",), {"system": member.system, "slot": label})
            member.put(found, member.all & ~member.openings.slots[slot])

    def _pools(self, member: Member) -> None:
        """H3, H4, H6 by cloud, H7 and what pools wait for."""
        system, windows = member.system, self.track.calendar.windows(member.system)
        forbidden: dict[tuple[str, ...], tuple[Finding, list[int]]] = {}
        for pool, name in enumerate(self.track.pools):
            for finding in self.track.placement.every_reason(system, name):
                key = (finding.rule, finding.code, system, *finding.records[1:])
                forbidden.setdefault(key, (finding, []))[1].append(pool)
            for hindrance, mask in self._entering(system, name):
                member.put(hindrance, member.openings.spread(mask), pool)
            for freeze in self.track.calendar.pool_freezes(name):
                member.put(self._freeze(freeze), self._frozen_openings(member, windows, freeze), pool)
            self._shared(member, pool)
        for key, (finding, pools) in forbidden.items():
            records = (f"system:{system}", *finding.records[1:], *(f"pool:{self.track.pools[pool]}" for pool in pools))
            hand = finding.code == "decision" or finding.code.startswith("rule-")
            data = {**finding.data, "system": system, "count": len(pools)}
            named = self.make("H3", f"out-{finding.code}", records, data, key=key, hand=hand)
            for pool in pools:
                member.put(named, member.all, pool)

    def _entering(self, system: str, pool: str) -> list[tuple[Hindrance, int]]:
        """What a pool waits for, with the slots that this rules out; alike for copies of the same length."""
        key = (pool, self.inventory.systems[system].needs_ipv6 == "at_cutover", self.track.chains[system].copy_days)
        if key not in self._entry:
            bars = [bar for bar in self.track.slots.pool_bars(system, pool) if bar.finding.code not in SKIPPED]
            self._entry[key] = [
                (self._of(bar.finding, bar.finding.records[1:]), self._everything & ~bar.mask) for bar in bars
            ]
        return self._entry[key]

    def _shared(self, member: Member, pool: int) -> None:
        """What a pool, its cloud and the way to it have left beside the others."""
        item, usage = member.item, self.usage
        full = self._everything & ~usage.roomy(item, pool)
        spread = member.openings.spread
        member.put(self.room(member, pool), spread(full), pool)
        cloud = self.problem.cloud[pool]
        member.put(self.wave(), spread(self._everything & ~usage.below_wave(cloud, 1)), pool)
        for number, amount in usage.limits_of[item]:
            if self.problem.limits[number].cloud == cloud:
                member.put(self.limit(number), spread(self._everything & ~usage.under(number, amount)), pool)
        for number, taken in usage.needs([item], pool).items():
            both = [*taken, *usage.needs([item]).get(number, ())]
            member.put(self.resource(number), spread(self._everything & ~usage.holding(number, both)), pool)

    def room(self, member: Member, pool: int) -> Hindrance:
        """H4: a pool's capacity. It is one hindrance for all systems."""
        name = self.track.pools[pool]
        data: dict[str, str | float] = {"pool": name, **self.demand(member.item)}
        return self._from("room", pool, self.make("H4", "pool-full", (f"pool:{name}",), data, key=("H4", name)))

    def demand(self, item: int) -> dict[str, float]:
        """What an item takes in its pool."""
        amounts = (_plain(amount) for amount in self.problem.demand[item].tolist())
        return dict(zip(("vcpu", "memory_gib", "storage_gib"), amounts, strict=True))

    def wave(self) -> Hindrance:
        """H6: the largest wave."""
        most = self.inventory.estate.settings.wave_size.max
        return self._from("wave", 0, self.make("H6", "wave-size", (), {"most": most}, key=("H6", "wave")))

    def limit(self, number: int) -> Hindrance:
        """H6: a limit of cutovers."""
        return self._from("limit", number, self._of(self.track.bounds[number].source))

    def resource(self, number: int) -> Hindrance:
        """H5: a team's skill; H7: a link."""
        return self._from("resource", number, self._of(self.track.sources[number]))

    def _from(self, kind: str, number: int, hindrance: Hindrance) -> Hindrance:
        """Note what a hindrance counts."""
        self.origin[hindrance] = (kind, number)
        return hindrance

    def needed_together(self, members: Iterable[int]) -> Iterator[tuple[Hindrance, int]]:
        """Limits and teams that count all members of a group, and the slots that cannot hold them."""
        items = tuple(members)
        totals: dict[int, int] = {}
        for item in items:
            for number, amount in self.usage.limits_of[item]:
                if self.problem.limits[number].cloud is None:
                    totals[number] = totals.get(number, 0) + amount
        for number, amount in totals.items():
            yield self.limit(number), self._everything & ~self.usage.under(number, amount)
        for number, taken in self.usage.needs(items).items():
            yield self.resource(number), self._everything & ~self.usage.holding(number, taken)

    def _freeze(self, freeze: str) -> Hindrance:
        records, data = (f"freeze:{freeze}",), {"freeze": freeze}
        return self.make("H8", "frozen", records, data, hand=True)

    def dependency(self, provider: int, client: int, slot: int) -> Hindrance:
        """H1: a provider that a client may not move before. slot: of the other one that has a place, -1 for neither."""
        names = self.track.systems[provider], self.track.systems[client]
        bonds = (bond for bond in self.track.bonds if (bond.provider, bond.client) == names)
        records = tuple(f"dependency:{bond.dependency}" for bond in bonds)
        if slot < 0:
            data: dict[str, str | int | float | None] = {"count": 1, "first": names[0]}
            items: tuple[str, ...] = (item_id(names[0]),)
            return self.make("H1", "provider-unplanned", records, data, key=("H1", *names), items=items)
        items = (item_id(names[0]), item_id(names[1]))
        data = {"provider": names[0], "client": names[1], "slot": self.track.calendar.grid.label(slot)}
        return self.make("H1", "order", records, data, key=("H1", *names), items=items)


def _plain(amount: int) -> float:
    return amount / SCALE if amount % SCALE else amount // SCALE
