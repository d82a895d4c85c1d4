"""Prefixes of departments and of their sites, in the blocks for users; prefixes of cloud pools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from inventory.inventory import Inventory
from inventory.kinds.rooms import Room, RoomIntention
from inventory.selectors import parse_selector
from network.addressing.ground import Wanted
from network.addressing.kept import scope
from network.addressing.space import Block
from network.addressing.tree import Tree

__all__ = ["Place", "Pools", "Users"]


@dataclass(frozen=True)
class Place:
    """Where segments get their prefixes: ``block``, in the block ``tree`` (None: not given out by the plan), in the
    prefix of the division ``home``. division, department, site: whose it is."""

    block: Block
    tree: Tree | None
    home: str
    division: str | None = None
    department: str | None = None
    site: str = ""


class Users:
    """Departments and sites of one block for users.

    A division's own segments come from the first place for a department in its part, a department's from the first
    place for a site in its prefix: so neither ever stands in the way of a further department or site.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.inventory = tree.ground.inventory
        self.departments: dict[str, Place] = {}
        self.sites: dict[str, Place] = {}
        self._give_departments()
        self._give_sites()

    def place(self, division: str | None, department: str | None, site: str) -> tuple[Place | None, bool]:
        """(where somebody's segments lie, whether the site, or else the department, has a prefix of its own there)."""
        if site in self.sites:
            return self.sites[site], True
        if department in self.departments:
            return self.departments[department], not site
        home = self.tree.home(division)
        if home is None:
            return None, False
        whole = not site and department is None and home == division
        return Place(self.tree.own[home], self.tree, home, division), whole

    def segments_of(self, place: Place) -> Place:
        """Where the segments of a division, department or site lie in its prefix."""
        row = self.tree.ground.territory.plan_of.get(place.home)
        if row is None or place.site:
            return place
        length = row.site_length if place.department is not None else row.department_length
        if length is None or length <= place.block.length or place.block.length >= self.tree.row.length:
            return place
        return replace(place, block=place.block.part(0, length))

    def _give_departments(self) -> None:
        tree = self.tree
        by_home: dict[str, list[str]] = {}
        for id in self._members():
            home = tree.home(self.inventory.departments[id].division)
            if home is not None and home in tree.ground.territory.plan_of:
                by_home.setdefault(home, []).append(id)
        for home, ids in by_home.items():
            length = tree.ground.territory.plan_of[home].department_length
            wanted = [
                Wanted(id, tree.id("department", id), length, (scope(tree.purpose, tree.vpn, "department", id),),
                       division=self.inventory.departments[id].division, department=id)
                for id in ids
            ]  # fmt: skip
            own = tree.own[home]
            taken = [own.part(0, length)] if length > own.length else []
            given = tree.give(home, tree.ground.space(own, taken), wanted, "department")
            for each in wanted:
                if each.name in given:
                    block, held = given[each.name]
                    tree.add(tree.assignment(each.id, block, held, division=each.division, department=each.name))
                    self.departments[each.name] = Place(block, tree, home, each.division, each.name)

    def _members(self) -> Iterable[str]:
        """Who has a prefix here: the members of the VPN; without one, or without members by name, all departments."""
        vpn = self.inventory.vpns.get(self.tree.vpn or "")
        if vpn is None or not vpn.members:
            return self.inventory.departments
        return parse_selector(vpn.members).select(self.inventory, "department")

    def _give_sites(self) -> None:
        tree = self.tree
        by_department: dict[str, list[str]] = {}
        for id, room in self.inventory.rooms.items():
            if room.department in self.departments and _stays(room):
                by_department.setdefault(room.department, []).append(id)
        for department, ids in by_department.items():
            place = self.departments[department]
            length = tree.ground.territory.plan_of[place.home].site_length
            if length is None or length <= place.block.length:
                continue
            wanted = [
                Wanted(id, tree.id("site", id), length, (scope(tree.purpose, tree.vpn, "site", id),),
                       division=self.inventory.departments[department].division, department=department)
                for id in ids
            ]  # fmt: skip
            given = tree.give(place.home, tree.ground.space(place.block, [place.block.part(0, length)]), wanted, "site")
            for each in wanted:
                if each.name in given:
                    block, held = given[each.name]
                    tree.add(
                        tree.assignment(
                            each.id, block, held, division=each.division, department=department, site=each.name
                        )
                    )
                    self.sites[each.name] = Place(block, tree, place.home, each.division, department, each.name)


def _stays(room: Room) -> bool:
    decided = room.decisions.intention
    return (decided.value if decided is not None else room.intention.value) != RoomIntention.CLOSE.value


class Pools:
    """Prefixes of cloud pools, in the parts of the clouds' divisions. ``places``: pool -> where its segments lie."""

    def __init__(self, tree: Tree) -> None:
        self.places: dict[str, Place] = {}
        inventory = tree.ground.inventory
        for home, ids in _by_home(tree, inventory).items():
            wanted = [
                Wanted(id, tree.id("pool", id), tree.row.length, (scope(tree.purpose, tree.vpn, "site", id),),
                       division=inventory.clouds[inventory.pools[id].cloud].division)
                for id in ids
            ]  # fmt: skip
            given = tree.give(home, tree.ground.space(tree.own[home]), wanted, "pool")
            for each in wanted:
                if each.name in given:
                    block, held = given[each.name]
                    tree.add(tree.assignment(each.id, block, held, division=each.division, site=each.name))
                    self.places[each.name] = Place(block, tree, home, each.division, None, each.name)


def _by_home(tree: Tree, inventory: Inventory) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for id, pool in inventory.pools.items():
        cloud = inventory.clouds.get(pool.cloud)
        home = tree.home(cloud.division) if cloud is not None else None
        if home is not None:
            found.setdefault(home, []).append(id)
    return found
