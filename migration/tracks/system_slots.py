"""System track, H8 to H12: the slots that calendar, gates, deadlines and pins leave a cutover, and what leaves none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from inventory.inventory import Inventory
from inventory.kinds.systems import System
from migration.calendar import CHINA_TIME, ChangeCalendar
from migration.plan import Finding, Grid, Value, item_id
from migration.steps import Track
from migration.tracks.clouds import lead_days
from migration.tracks.system_chain import Chain
from migration.tracks.system_deadlines import Deadlines
from migration.tracks.system_gates import Gates, Waited, lines_of, pool_needs, system_needs
from migration.work import Need

__all__ = ["Bar", "Slots", "decided_slot", "done_on"]

_WEEK = re.compile(r"(\d{4})-W(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that keeps a cutover out of slots: what it is, and the bit mask of the slots it leaves."""

    finding: Finding
    mask: int


def done_on(inventory: Inventory, system: System) -> dt.date | None:
    """The day in China on which a run did the cutover of a system; None when none did."""
    if system.moved is not None:
        return system.moved
    finished = inventory.done.get(item_id(system.id))
    return None if finished is None else dt.datetime.fromisoformat(finished).astimezone(CHINA_TIME).date()


def decided_slot(grid: Grid, text: str) -> int | None:
    """Slot of an ISO week (2021-W14) or of a day in it; None when it is neither."""
    week = _WEEK.fullmatch(text.strip())
    try:
        day = dt.date.fromisocalendar(int(week[1]), int(week[2]), 1) if week else dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return grid.slot_of(day)


class Slots:
    """Slots of the systems that move.

    chains: of each system. gates: when the other tracks' items end. promised: deadlines. ties: slots left by what is
    done, see ``system_order.tied``.
    """

    def __init__(
        self,
        calendar: ChangeCalendar,
        chains: Mapping[str, Chain],
        gates: Gates,
        promised: Deadlines,
        ties: Mapping[str, int],
    ) -> None:
        self.calendar, self.inventory, self.grid = calendar, calendar.inventory, calendar.grid
        self.chains, self.gates, self.lines = chains, gates, lines_of(calendar.inventory)
        self.promised, self.ties = promised, ties
        # Other tracks begin with the grid (``forward``); so do the requests for resources.
        self._first = max(calendar.now, self.grid.first_day)
        self._everything = (1 << self.grid.count) - 1
        self._from: dict[dt.date, int] = {}
        self._answered: dict[str, int] = {}
        self._pool: dict[tuple[str, bool], tuple[tuple[Need, ...], Waited]] = {}

    def starting(self, day: dt.date) -> int:
        """Slots that begin on a day or later."""
        mask = self._from.get(day)
        if mask is None:
            first = min(max(0, -((self.grid.first_day - day).days // self.grid.length_days)), self.grid.count)
            mask = self._from[day] = self._everything >> first << first
        return mask

    def _after(self, waited: Waited, chain: Chain) -> int:
        """Slots whose copy, or whose first day where there is none, comes after what was waited for."""
        if waited.missing:
            return 0
        if waited.until is None:
            return self._everything
        return self.starting(waited.until + dt.timedelta(days=1 + chain.copy_days))

    def _fresh(self, system: str, pool: str | None = None) -> int:
        """H12: slots whose first opening, which a cutover takes, comes before its copy is too old."""
        chain, keep = self.chains[system], self.inventory.estate.settings.copy_keep_days
        if chain.copied is None and (not chain.copy_days or keep >= self.grid.length_days):
            return self._everything
        mask = 0
        for slot in range(self.grid.count):
            copied = chain.copied or self.grid.first_day_of(slot) - dt.timedelta(days=1)
            openings = self.calendar.openings(system, slot, pool, chain.minutes)
            if not openings or (openings[0].start.date() - copied).days <= keep:
                mask |= 1 << slot
        return mask

    def needs(self, system: str) -> tuple[Need, ...]:
        """Gates of a system that hold wherever it lands."""
        return system_needs(self.inventory, system, self.lines)

    def permitted(self, system: str) -> int:
        """Slots that are left wherever the system lands."""
        chain = self.chains[system]
        if self.too_long(system):
            return 0
        mask = self.calendar.permitted(system, None, chain.minutes)
        mask &= self.starting(self.calendar.now + dt.timedelta(days=chain.ahead)) if chain.ahead else mask
        mask &= self._after(self.gates.wait(self.needs(system)), chain) & self._fresh(system)
        for target in self.promised.latest.get(system, ()):
            mask &= self._until(system, target.date)
        return mask & self.ties.get(system, -1)

    def entering(self, system: str, pool: str) -> int:
        """Slots in which the system may land in a pool, as far as the pool itself decides."""
        chain = self.chains[system]
        ipv6 = self.inventory.systems[system].needs_ipv6 == "at_cutover"
        if (pool, ipv6) not in self._pool:
            needs = pool_needs(self.inventory, pool, ipv6=ipv6)
            self._pool[pool, ipv6] = (needs, self.gates.wait(needs))
        mask = self._after(self._pool[pool, ipv6][1], chain)
        if self.calendar.pool_freezes(pool):
            mask &= self.calendar.permitted(system, pool, chain.minutes) & self._fresh(system, pool)
            for target in self.promised.latest.get(system, ()):
                mask &= self._until(system, target.date, pool)
        lead = lead_days(self.inventory, pool)
        if lead:
            mask &= self._requested(pool) | self.starting(self._first + dt.timedelta(days=lead + chain.copy_days))
        return mask

    def _requested(self, pool: str) -> int:
        """Slots for which a request has brought the resources already."""
        if pool not in self._answered:
            names = (f"requested-{self.grid.first_day_of(slot).isoformat()}" for slot in range(self.grid.count))
            done = (item_id(pool, name, Track.CLOUD) in self.inventory.done for name in names)
            self._answered[pool] = sum(1 << slot for slot, found in enumerate(done) if found)
        return self._answered[pool]

    def too_long(self, system: str) -> bool:
        """H8: whether cutover and rollback take longer than the outage that the system allows."""
        allowed = self.inventory.systems[system].allowed_outage_minutes
        return allowed is not None and self.chains[system].minutes > allowed

    def _until(self, system: str, date: dt.date, pool: str | None = None) -> int:
        """Slots whose first opening lies no later than a day: a cutover takes it and counts on the day it starts."""
        last = self.grid.slot_of(date)
        if last < 0:
            return 0
        openings = self.calendar.openings(system, last, pool, self.chains[system].minutes)
        in_time = not openings or openings[0].start.date() <= date
        return (1 << (last + in_time)) - 1

    def bars(self, system: str) -> list[Bar]:
        """Everything that keeps a system out of some slot wherever it lands, one by one."""
        record, chain = self.inventory.systems[system], self.chains[system]
        me = f"system:{system}"
        found: list[Bar] = []

        def bar(rule: str, code: str, mask: int, *records: str, **data: str | float | None) -> None:
            if mask != self._everything:
                found.append(Bar(Finding(rule=rule, code=code, records=(me, *records), data=data), mask))

        if self.too_long(system):
            bar("H8", "outage-too-long", 0, minutes=chain.minutes, allowed=record.allowed_outage_minutes)
        windows = self.calendar.windows(system)
        names = tuple(f"window:{window}" for window in windows)
        bar("H8", "windows", self.calendar.mask(windows, (), chain.minutes), *names, minutes=chain.minutes)
        for freeze in self.calendar.freezes(system):
            bar("H8", "frozen", self.calendar.mask((), (freeze,), 0), f"freeze:{freeze}", freeze=freeze)
        if chain.ahead:
            start = self.calendar.now + dt.timedelta(days=chain.ahead)
            bar("H12", "chain-start", self.starting(start), days=chain.ahead, date=start.isoformat())
        if chain.copied is not None:
            bar("H12", "copy-old", self._fresh(system), date=chain.copied.isoformat())
        else:
            bar("H12", "copy-ages", self._fresh(system), most=self.inventory.estate.settings.copy_keep_days)
        for need in self.needs(system):
            waited = self.gates.wait((need,))
            until = None if waited.until is None else waited.until.isoformat()
            bar("H9", "gate", self._after(waited, chain), item=waited.item or need.any_of[0], date=until)
        for target in self.promised.latest.get(system, ()):
            bar(
                "H10", "deadline", self._until(system, target.date), f"target:{target.id}", date=target.date.isoformat()
            )
        if system in self.ties:
            bar("H1", "done-binds", self.ties[system], system=system)
        return found

    def pool_bars(self, system: str, pool: str) -> list[Bar]:
        """Everything about a pool that keeps a system out of it in some slot, one by one."""
        chain = self.chains[system]
        ipv6 = self.inventory.systems[system].needs_ipv6 == "at_cutover"
        me = (f"system:{system}", f"pool:{pool}")
        found: list[tuple[str, str, int, tuple[str, ...], dict[str, Value]]] = []
        for need in pool_needs(self.inventory, pool, ipv6=ipv6):
            waited = self.gates.wait((need,))
            until = None if waited.until is None else waited.until.isoformat()
            mask = self._after(waited, chain)
            found.append(("H9", "gate", mask, (), {"item": waited.item or need.any_of[0], "date": until}))
        for freeze in self.calendar.pool_freezes(pool):
            mask = self.calendar.mask((), (freeze,), 0)
            found.append(("H8", "frozen", mask, (f"freeze:{freeze}",), {"freeze": freeze}))
        lead = lead_days(self.inventory, pool)
        if lead:
            date = self._first + dt.timedelta(days=lead + chain.copy_days)
            cloud = self.inventory.pools[pool].cloud
            data: dict[str, Value] = {"days": lead, "date": date.isoformat()}
            mask = self._requested(pool) | self.starting(date)
            found.append(("H9", "request-lead", mask, (f"cloud:{cloud}",), data))
        return [
            Bar(Finding(rule=rule, code=code, records=(*me, *records), data=data), mask)
            for rule, code, mask, records, data in found
            if mask != self._everything
        ]
