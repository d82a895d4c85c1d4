"""Circuits of the framework agreements: which carriers connect an end, by which step of their price lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from inventory.inventory import Inventory, split_ref
from inventory.kinds.lines import Carrier
from migration.consolidation.model import Access

__all__ = ["Bill", "Offer", "cheapest", "cheapest_apart", "needs_circuit", "offers"]

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Offer:
    """A circuit that can be had, from a day on."""

    access: Access
    since: dt.date


@dataclass(frozen=True, slots=True)
class Bill:
    """Circuits of the primary and of the backup path, and the day from which all can be had."""

    primary: tuple[Access, ...]
    backup: tuple[Access, ...]
    since: dt.date

    @property
    def fee(self) -> float:
        """Yuan a month."""
        return sum(access.fee_yuan_per_month for access in (*self.primary, *self.backup))


def needs_circuit(end: str) -> bool:
    """Whether an end is a site, which a carrier has to connect; devices and clouds stand in the network already."""
    return split_ref(end)[0] in ("room", "department")


def offers(inventory: Inventory, end: str, mbps: float, price_class: str, last_day: dt.date) -> tuple[Offer, ...]:
    """The cheapest sufficient circuit of each carrier that reaches an end, by fee.

    mbps: smallest step. price_class: rows of that service class; of a carrier without any, rows without a class.
    last_day: agreements that end before it cannot serve. Carriers that name no division reach all; one that names a
    division reaches all below it.
    """
    kind, id = split_ref(end)
    division = inventory.rooms[id].division if kind == "room" else inventory.departments[id].division
    above = {division, *inventory.lineage(division)}
    found = [
        Offer(access, carrier.valid_from or dt.date.min)
        for carrier in inventory.carriers.values()
        if (not carrier.divisions or above & set(carrier.divisions))
        and (carrier.valid_to is None or carrier.valid_to >= last_day)
        and (access := _step(carrier, end, mbps, price_class)) is not None
    ]
    return tuple(sorted(found, key=lambda offer: (offer.access.fee_yuan_per_month, offer.access.carrier)))


def _step(carrier: Carrier, end: str, mbps: float, price_class: str) -> Access | None:
    rows = [row for row in carrier.prices if row.service_class == price_class]
    rows = rows or [row for row in carrier.prices if not row.service_class]
    enough = [row for row in rows if row.bandwidth_mbps >= mbps]
    if not enough:
        return None
    best = min(enough, key=lambda row: (row.fee_yuan_per_month, -row.bandwidth_mbps))
    return Access(
        carrier=carrier.id,
        bandwidth_mbps=best.bandwidth_mbps,
        fee_yuan_per_month=best.fee_yuan_per_month,
        end=end,
    )


def cheapest(ends: Iterable[tuple[Offer, ...]], *, without: frozenset[str] = NOBODY) -> Iterator[Bill]:
    """Bills without a backup, none of carriers ``without``: the cheapest one first, then those that can be had earlier.

    ends: what can be had at each end that needs a circuit. Nothing where an end has no offer.
    """
    sides = [[offer for offer in offered if offer.access.carrier not in without] for offered in ends]
    yield from _by_day([(side, None) for side in sides])


def cheapest_apart(
    ends: Iterable[tuple[Offer, ...]],
    primary_links: frozenset[str],
    backup_links: frozenset[str],
    *,
    other_carrier: bool,
) -> Iterator[Bill]:
    """Bills of a primary and a backup path, as `cheapest`.

    primary_links, backup_links: carriers of the links of each. other_carrier: no carrier serves both paths, neither
    with links nor with circuits.
    """
    listed = list(ends)
    if not other_carrier:
        yield from _by_day([(list(offered), list(offered)) for offered in listed])
        return
    names = sorted({offer.access.carrier for offered in listed for offer in offered} | primary_links | backup_links)
    best: dict[dt.date, Bill] = {}
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            own = frozenset(chosen)
            if not primary_links <= own or backup_links & own:
                continue
            sides = [
                (
                    [offer for offer in offered if offer.access.carrier in own],
                    [offer for offer in offered if offer.access.carrier not in own],
                )
                for offered in listed
            ]
            for bill in _by_day(sides):
                if bill.since not in best or bill.fee < best[bill.since].fee:
                    best[bill.since] = bill
    yield from _worth_having(best.values())


def _by_day(sides: Iterable[tuple[list[Offer], list[Offer] | None]]) -> Iterator[Bill]:
    """For each day on which offers begin: the cheapest offers of each side that can be had by then."""
    listed = list(sides)
    wanted = [side for pair in listed for side in pair if side is not None]
    days = sorted({offer.since for side in wanted for offer in side} or {dt.date.min})
    made = []
    for day in days:
        chosen = [next((offer.access for offer in side if offer.since <= day), None) for side in wanted]
        if None in chosen:
            continue
        given = iter([access for access in chosen if access is not None])
        primary, backup = [], []
        for _, second in listed:
            primary.append(next(given))
            if second is not None:
                backup.append(next(given))
        made.append(Bill(tuple(primary), tuple(backup), day))
    yield from _worth_having(made)


def _worth_having(bills: Iterable[Bill]) -> Iterator[Bill]:
    """The cheapest one, and those that are dearer but can be had earlier."""
    earliest = None
    for bill in sorted(bills, key=lambda bill: (bill.fee, bill.since)):
        if earliest is None or bill.since < earliest:
            earliest = bill.since
            yield bill
