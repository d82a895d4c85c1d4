"""What a cloud offers, matched with what a component needs: place, image, size of machine, type of volume."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from functools import cached_property

from inventory.inventory import Inventory
from inventory.kinds.clouds import Access, Pool
from inventory.kinds.systems import Component
from inventory.stack_settings import CloudStacks, FlavorRow, ImageRow, StackSettings
from stacks.design.model import Place, Way

__all__ = ["Offers"]


class Offers:
    """Looks things up in settings.stacks."""

    def __init__(self, inventory: Inventory, settings: StackSettings) -> None:
        self._inventory = inventory
        self._settings = settings
        self._places: dict[str, Place] = {}
        self._flavors: dict[tuple[str, float, float], FlavorRow | None] = {}

    @cached_property
    def _rows(self) -> Mapping[str, CloudStacks]:
        return {row.cloud: row for row in self._settings.clouds}

    def row(self, pool: Pool) -> CloudStacks:
        """The row of the pool's cloud; KeyError for a cloud that has none."""
        return self._rows[pool.cloud]

    def place(self, pool: Pool) -> Place:
        """Where a pool is and how it is reached."""
        if pool.id not in self._places:
            row = self.row(pool)
            own = next((known for known in row.pools if known.pool == pool.id), None)
            cloud = self._inventory.clouds[pool.cloud]
            way = row.way or (Way.FORM if cloud.access is Access.REQUEST_FORM else Way.OPENSTACK)
            self._places[pool.id] = Place(
                cloud=pool.cloud,
                pool=pool.id,
                way=Way(way.value),
                login=row.login,
                region=(own.region if own is not None else "") or row.region,
                availability_zone=own.availability_zone if own is not None else pool.zone,
            )
        return self._places[pool.id]

    def flavor(self, pool: Pool, part: Component) -> FlavorRow | None:
        """The smallest size that is large enough: fewest processors, then least memory; None where none is."""
        key = (pool.id, part.vcpu, part.memory_gib)
        if key not in self._flavors:
            fitting = [
                row
                for row in self.row(pool).flavors
                if row.technology in (None, pool.technology)
                and row.vcpu >= part.vcpu
                and row.memory_gib >= part.memory_gib
            ]
            self._flavors[key] = min(fitting, key=lambda row: (row.vcpu, row.memory_gib, row.name), default=None)
        return self._flavors[key]

    def image(self, pool: Pool, part: Component) -> str:
        """The image of the most particular row that fits: first by technology of the component, then role, then
        architecture; empty where none does."""
        technology = part.target_technology or part.technology
        fitting = [row for row in self.row(pool).images if _fits(row, pool, part, technology)]
        return max(fitting, key=_particular).image if fitting else ""

    def volume_type(self, pool: Pool, part: Component) -> str:
        """Type of the component's volumes; empty: the cloud's own."""
        rows = self.row(pool).volume_types
        return next((row.type for row in rows if row.role in (None, part.role)), "")


def _fits(row: ImageRow, pool: Pool, part: Component, technology: str) -> bool:
    return (
        row.technology in (None, pool.technology)
        and row.role in (None, part.role)
        and (not row.component_technology or fnmatch.fnmatchcase(technology, row.component_technology))
    )


def _particular(row: ImageRow) -> tuple[bool, bool, bool]:
    return bool(row.component_technology), row.role is not None, row.technology is not None
