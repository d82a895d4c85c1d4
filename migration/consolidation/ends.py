"""What stands at the ends of a line: where they meet the shared network, and which carriers reach them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from inventory.inventory import Inventory, split_ref
from inventory.kinds.lines import Carrier
from migration.graph.hops import Hops

__all__ = ["End", "Ends", "in_force"]


@dataclass(frozen=True, slots=True)
class End:
    """One end of a line.

    reference: KIND:ID. division: where it stands, empty for what is outside. devices: where it meets the shared network
    without the dedicated lines. carriers: those of the framework agreement that reach its division now.
    """

    reference: str
    division: str = ""
    devices: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()

    @property
    def outside(self) -> bool:
        """Whether it belongs to somebody whom the network does not serve."""
        return not self.division

    @property
    def reached(self) -> bool:
        """Whether the shared network has a device for it, or a carrier can bring a circuit."""
        return bool(self.devices or self.carriers)

    @property
    def is_site(self) -> bool:
        """Whether a circuit leads to it; devices of the network and clouds need none."""
        return split_ref(self.reference)[0] in ("room", "department")


def in_force(carrier: Carrier, day: dt.date) -> bool:
    """Whether a framework agreement holds on a day."""
    started = carrier.valid_from is None or carrier.valid_from <= day
    return started and (carrier.valid_to is None or day <= carrier.valid_to)


class Ends:
    """Ends of lines as the network and the framework agreement are on a day."""

    def __init__(self, inventory: Inventory, day: dt.date) -> None:
        self.inventory, self.day = inventory, day
        self._known: dict[str, End] = {}
        self._carriers: dict[str, tuple[str, ...]] = {}

    @cached_property
    def hops(self) -> Hops:
        """Links between devices."""
        return Hops(self.inventory)

    def of(self, reference: str | None) -> End:
        """An end as KIND:ID; an absent one is outside."""
        name = reference or ""
        if name not in self._known:
            self._known[name] = self._end(name)
        return self._known[name]

    def _end(self, reference: str) -> End:
        kind, id = split_ref(reference)
        inventory = self.inventory
        devices: tuple[str, ...] = ()
        division = ""
        if kind == "device" and id in inventory.devices:
            division, devices = inventory.devices[id].division, (id,)
        elif kind == "department" and id in inventory.departments:
            division, devices = inventory.departments[id].division, self._of_department(id)
        elif kind == "cloud" and id in inventory.clouds:
            division = inventory.clouds[id].division or ""
            pools = (inventory.pools[pool] for pool in inventory.pools_of.get(id, ()))
            devices = tuple(dict.fromkeys(place.device for pool in pools for place in pool.attachments))
        elif kind == "room" and id in inventory.rooms:
            room = inventory.rooms[id]
            own = [split_ref(place) for place in room.attached_to]
            division = room.division
            devices = tuple(name for kind, name in own if kind == "device") or self._of_department(room.department)
        known = tuple(device for device in devices if device in inventory.devices)
        return End(reference, division, known, self.carriers(division) if division else ())

    def _of_department(self, id: str | None) -> tuple[str, ...]:
        record = self.inventory.departments.get(id or "")
        listed = () if record is None else record.attached_to
        return tuple(place.device for place in sorted(listed, key=lambda place: place.role != "primary"))

    def carriers(self, division: str) -> tuple[str, ...]:
        """Carriers of agreements in force that reach a division, by id.

        Who reaches a division reaches those below it; who names none reaches all.
        """
        if division not in self._carriers:
            lineage = set(self.inventory.lineage(division))
            self._carriers[division] = tuple(
                sorted(
                    id
                    for id, carrier in self.inventory.carriers.items()
                    if in_force(carrier, self.day)
                    and (not carrier.divisions or not lineage.isdisjoint(carrier.divisions))
                )
            )
        return self._carriers[division]

    @cached_property
    def _links_at(self) -> dict[str, list[str]]:
        """Device -> carrier of each of its links; empty where none is on record."""
        found: dict[str, list[str]] = defaultdict(list)
        for link in self.inventory.links.values():
            for device in (link.a_device, link.b_device):
                found[device].append(link.carrier or "")
        return found

    def ways(self, end: End, *, other_carrier: bool) -> int:
        """Ways from an end into the network, or carriers over which they lead."""
        at_devices = [carrier for device in end.devices for carrier in self._links_at.get(device, ())]
        if not end.is_site:
            return len(set(at_devices)) if other_carrier else len(at_devices)
        by_device = len(set(at_devices)) if other_carrier else len(end.devices)
        return max(by_device, len(end.carriers))
