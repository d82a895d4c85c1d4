"""System track: which systems move, which have moved, and what ties them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from inventory.inventory import Inventory
from inventory.kinds.systems import Dependency
from migration.calendar import ChangeCalendar
from migration.disposition import dispositions
from migration.plan import Disposed
from migration.tracks.system_bridges import bridged
from migration.tracks.system_order import Bond, links_of, orders, unions
from migration.tracks.system_slots import done_on

__all__ = ["Scope", "scope_of"]


@dataclass(frozen=True)
class Scope:
    """Which systems move, and what ties them.

    decided: what becomes of each system. systems: those in the problem; number: their places in it. done: moving
    systems -> day of their cutover. fixed: those of them in the present slot or later -> their slot. sets: systems that
    share a slot, done ones included. bridges: system -> dependencies with its address written in.
    """

    decided: Mapping[str, Disposed]
    systems: tuple[str, ...]
    number: Mapping[str, int]
    done: Mapping[str, dt.date]
    fixed: Mapping[str, int]
    moving: frozenset[str]
    links: list[tuple[Dependency, str, str]]
    bonds: list[Bond]
    sets: list[list[str]]
    bridges: Mapping[str, tuple[str, ...]]


def scope_of(inventory: Inventory, calendar: ChangeCalendar) -> Scope:
    """Which systems move as of the calendar's *now*. PolicyError for a disposition that does not exist."""
    decided = dispositions(inventory)
    moving = frozenset(id for id, disposed in decided.items() if disposed.disposition.moves)
    done = {id: day for id in decided if id in moving and (day := done_on(inventory, inventory.systems[id]))}
    slots = {id: calendar.grid.slot_of(day) for id, day in done.items()}
    links = [link for link in links_of(inventory) if link[1] in moving and link[2] in moving]
    bonds = orders(links)
    systems = tuple(id for id in decided if id in moving and id not in done)
    return Scope(
        decided=decided,
        systems=systems,
        number={id: item for item, id in enumerate(systems)},
        done=done,
        fixed={id: slot for id, slot in slots.items() if calendar.first_slot <= slot < calendar.grid.count},
        moving=moving,
        links=links,
        bonds=bonds,
        sets=unions(inventory, bonds, moving, slots),
        bridges=bridged(inventory, decided),
    )
