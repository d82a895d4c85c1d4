"""All stacks that a plan asks for, and the design of each.

Names are known at once; a design is worked out when it is asked for and then kept, so that a command about one wave of
ten thousand systems works out the designs of that wave and of its landing zones only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from inventory.inventory import Inventory, nearest_names
from inventory.problems import Problem
from inventory.stack_settings import StackSettings
from migration.plan import Plan
from stacks.design.ground import Ground
from stacks.design.landings import Landing, Landings, landings_of
from stacks.design.model import StackDesign, SystemDesign, ZoneDesign
from stacks.design.offers import Offers
from stacks.design.rules import Rules
from stacks.design.systems import Machines, system_design
from stacks.design.zones import zone_design
from stacks.errors import StackError

__all__ = ["Designs", "designs_of", "stack_settings"]

ZONE, SYSTEM = "zone.", "system."


def stack_settings(inventory: Inventory) -> StackSettings:
    """settings.stacks.

    Raises:
        StackError: ``stacks-absent``.
    """
    settings = inventory.estate.settings.stacks
    if settings is None:
        raise StackError("stacks-absent", path=str(inventory.path))
    return settings


def designs_of(inventory: Inventory, plan: Plan) -> Designs:
    """What the plan needs on the clouds of settings.stacks.

    Raises:
        StackError: ``stacks-absent``.
    """
    return Designs(inventory, plan, stack_settings(inventory))


class Designs:
    """The designs of an estate and a plan; see the module."""

    def __init__(self, inventory: Inventory, plan: Plan, settings: StackSettings) -> None:
        self.inventory, self.plan, self.settings = inventory, plan, settings
        self.landings: Landings = landings_of(inventory, plan, settings)
        self.ground = Ground(inventory)
        self.offers = Offers(inventory, settings)
        self._systems: dict[str, tuple[SystemDesign, tuple[Problem, ...]]] = {}
        self._zones: dict[str, tuple[ZoneDesign, tuple[Problem, ...]]] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of all stacks: landing zones, then systems, each by id. This is the order in which they are made."""
        zones = (f"{ZONE}{zone}" for zone in self.landings.zones)
        return (*zones, *(f"{SYSTEM}{system}" for system in self.landings.of))

    def get(self, name: str) -> StackDesign:
        """The design of a stack.

        Raises:
            StackError: ``stack-unknown`` with the nearest name.
        """
        if name.startswith(ZONE) and name.removeprefix(ZONE) in self.landings.zones:
            return self.zone(name.removeprefix(ZONE))
        if name.startswith(SYSTEM) and name.removeprefix(SYSTEM) in self.landings.of:
            return self.system(name.removeprefix(SYSTEM))
        raise StackError("stack-not-designed", stack=name, nearest=nearest_names(name, self.names) or "-")

    def all(self, names: Iterable[str] | None = None) -> Iterator[StackDesign]:
        """Designs of the stacks named, or of all, in the order of ``names``."""
        chosen = None if names is None else frozenset(names)
        return (self.get(name) for name in self.names if chosen is None or name in chosen)

    def zone(self, zone: str) -> ZoneDesign:
        """The design of a landing zone, by its id; KeyError for one that the plan does not need."""
        return self._zone(zone)[0]

    def system(self, system: str) -> SystemDesign:
        """The design of a system, by its id; KeyError for one that does not land."""
        return self._system(system)[0]

    def landing(self, system: str) -> Landing:
        """Where a system lands; KeyError for one that does not."""
        return self.landings.of[system]

    def zone_stack(self, name: str) -> str:
        """Stack of the landing zone that a stack stands in; a zone's own name."""
        if name.startswith(ZONE):
            return name
        return f"{ZONE}{self.landings.of[name.removeprefix(SYSTEM)].zone}"

    def systems_of(self, zone_stack: str) -> tuple[str, ...]:
        """Stacks of the systems in a landing zone."""
        return tuple(f"{SYSTEM}{system}" for system in self.landings.zones[zone_stack.removeprefix(ZONE)])

    def problems(self, names: Iterable[str] | None = None) -> tuple[Problem, ...]:
        """What is missing for the designs of the stacks named, or of all; with all also what has no design."""
        found = list(self.landings.problems) if names is None else []
        for name in self.names if names is None else names:
            id = name.partition(".")[2]
            found += self._zone(id)[1] if name.startswith(ZONE) else self._system(id)[1]
        return tuple(_distinct(found))

    def _zone(self, zone: str) -> tuple[ZoneDesign, tuple[Problem, ...]]:
        if zone not in self._zones:
            systems = [self.system(system) for system in self.landings.zones[zone]]
            self._zones[zone] = zone_design(self.inventory, self.settings, self.offers, self.ground, zone, systems)
        return self._zones[zone]

    def _system(self, system: str) -> tuple[SystemDesign, tuple[Problem, ...]]:
        if system not in self._systems:
            landing = self.landings.of[system]
            machines = Machines(self.inventory, self.settings, self.offers, self.ground, landing)
            made = machines.all()
            groups, problems = self._rules.groups(system)
            design = system_design(
                self.settings, self.offers, self.inventory.pools[landing.pool], landing, made, groups
            )
            self._systems[system] = (design, (*machines.problems, *problems))
        return self._systems[system]

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self.inventory, self.plan, self.ground, self.landings)


def _distinct(found: Iterable[Problem]) -> Iterator[Problem]:
    """A dependency between two systems that both land is found at each of them."""
    seen: set[tuple[str, str, str, str]] = set()
    for each in found:
        key = (each.code, each.kind, each.id, "" if each.kind == "dependency" else each.message)
        if key not in seen:
            seen.add(key)
            yield each
