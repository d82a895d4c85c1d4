"""The places that stacks make for the systems of a runbook: designs, sound and allowed, ready to be frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from inventory.dump import to_plain
from inventory.inventory import Inventory
from inventory.problems import Problem, Severity
from migration.plan import Plan
from migration.runbook.placing import Placing

if TYPE_CHECKING:
    from stacks.design.designs import Designs
    from stacks.design.model import SystemDesign

__all__ = ["Places", "places_of"]


def places_of(inventory: Inventory, plan: Plan) -> Places:
    """Places of the plan's systems; none where the estate says nothing of its clouds' interfaces."""
    if inventory.estate.settings.stacks is None:
        return Places(None)
    from stacks.design.designs import designs_of

    return Places(designs_of(inventory, plan))


class Places(Mapping[str, Placing]):
    """System -> its place, worked out when it is asked for. Systems whose place is had by form have none.

    Attributes:
        problems: what designs that were asked for lack, and what the checks say of them. One with an error has no
            place: the runbook then lacks the steps that would make it.
    """

    def __init__(self, designs: Designs | None) -> None:
        self._designs = designs
        self._known: dict[str, Placing | None] = {}
        self.problems: list[Problem] = []

    def __getitem__(self, system: str) -> Placing:
        if system not in self._known:
            self._known[system] = self._place(system)
        found = self._known[system]
        if found is None:
            raise KeyError(system)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(() if self._designs is None else self._designs.landings.of)

    def __len__(self) -> int:
        return 0 if self._designs is None else len(self._designs.landings.of)

    def _place(self, system: str) -> Placing | None:
        from stacks.design.model import Way
        from stacks.policy import check_designs

        if self._designs is None or system not in self._designs.landings.of:
            return None
        design = self._designs.system(system)
        if design.place.way is Way.FORM:
            return None
        zone = self._designs.zone(design.zone)
        found = (*self._designs.problems([zone.stack, design.stack]), *check_designs(self._designs, (zone, design)))
        self.problems += [one for one in found if one not in self.problems]
        if any(one.severity is Severity.ERROR for one in found):
            return None
        settings = self._designs.settings
        return Placing(
            zone=zone.model_dump(mode="json", exclude_none=True),
            system=design.model_dump(mode="json", exclude_none=True),
            zone_stack=zone.stack,
            system_stack=design.stack,
            project=settings.project,
            backend=settings.backend,
            endpoints=_endpoints(self._designs, design),
        )


def _endpoints(designs: Designs, design: SystemDesign) -> dict[str, list[dict[str, object]]]:
    from stacks.outcome import target_endpoints

    parts = {part.id: part for part in designs.landing(design.id).system.components}
    found: dict[str, list[dict[str, object]]] = {}
    for machine in design.machines:
        part = parts[machine.component]
        ends = target_endpoints(part, machine.addresses) if machine.addresses else part.target_endpoints
        if ends != part.target_endpoints:
            found[machine.component] = [to_plain(end) for end in ends]
    return found
