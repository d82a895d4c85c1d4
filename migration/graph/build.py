"""From an inventory to its graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inventory.inventory import Inventory, end_of
from inventory.kinds.lines import LineState
from inventory.kinds.systems import DependencySource, Strength
from migration.graph.model import Edge, EdgeKind, EstateGraph

__all__ = ["build_graph"]

NODE_KINDS = (
    "department",
    "cloud",
    "pool",
    "room",
    "asset",
    "device",
    "link",
    "line",
    "private_network",
    "internet_exit",
    "carrier",
    "external_object",
    "move_group",
)
"""Kinds of records that are nodes as they are; systems and their components come after them."""


def build_graph(inventory: Inventory) -> EstateGraph:
    """The graph of an inventory.

    Left out: dependencies that were rejected, the ends of lines that are terminated, and relations to records that
    the inventory does not have (they are quarantined). Dependencies count as hard when they are declared or
    confirmed: observed ones are soft until a person confirms them (planning rule H1).
    """
    builder = _Builder(inventory)
    for kind in NODE_KINDS:
        for id in inventory.of(kind):
            builder.node(f"{kind}:{id}")
    for system in inventory.systems.values():
        builder.node(f"system:{system.id}")
        for part in system.components:
            builder.node(f"component:{system.id}/{part.id}")
    builder.systems()
    builder.dependencies()
    builder.places()
    builder.network()
    builder.rented()
    return EstateGraph(inventory, tuple(builder.numbers), tuple(builder.edges))


class _Builder:
    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.numbers: dict[str, int] = {}
        self.edges: list[Edge] = []

    def node(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    def place(self, reference: str) -> str:
        """Name of the node of a KIND:ID reference; places outside the estate become nodes when they are first named."""
        if reference.startswith("external:"):
            self.node(reference)
        return reference

    def edge(self, source: str, target: str, kind: EdgeKind, by: tuple[str, str], *, hard: bool = False) -> None:
        start, end = self.numbers.get(source), self.numbers.get(target)
        if start is not None and end is not None:
            self.edges.append(Edge(start, end, kind, by[0], by[1], hard))

    def owner(self, kind: str, records: Iterable[Any]) -> None:
        for record in records:
            if record.department:
                by = (kind, record.id)
                self.edge(f"{kind}:{record.id}", f"department:{record.department}", EdgeKind.OWNED_BY, by)

    def systems(self) -> None:
        for system in self.inventory.systems.values():
            name, by = f"system:{system.id}", ("system", system.id)
            if system.runs_in:
                self.edge(name, self.place(system.runs_in), EdgeKind.RUNS_IN, by)
            for part in system.components:
                own = f"component:{system.id}/{part.id}"
                self.edge(own, name, EdgeKind.PART_OF, by)
                if part.runs_in:
                    self.edge(own, self.place(part.runs_in), EdgeKind.RUNS_IN, by)
                for asset in part.assets:
                    self.edge(own, f"asset:{asset}", EdgeKind.RUNS_ON, by)
        self.owner("system", self.inventory.systems.values())
        for group in self.inventory.move_groups.values():
            for member in group.systems:
                self.edge(f"system:{member}", f"move_group:{group.id}", EdgeKind.MOVES_WITH, ("move_group", group.id))

    def dependencies(self) -> None:
        for id, dependency in self.inventory.dependencies.items():
            if dependency.rejected:
                continue
            hard = dependency.strength is Strength.HARD and dependency.source is not DependencySource.OBSERVED
            client, provider = _end(dependency.client), _end(dependency.provider)
            self.edge(client, provider, EdgeKind.DEPENDS_ON, ("dependency", id), hard=hard)

    def places(self) -> None:
        inventory = self.inventory
        for pool in inventory.pools.values():
            self.edge(f"pool:{pool.id}", f"cloud:{pool.cloud}", EdgeKind.PART_OF, ("pool", pool.id))
            for attachment in pool.attachments:
                self.edge(f"pool:{pool.id}", f"device:{attachment.device}", EdgeKind.ATTACHED_TO, ("pool", pool.id))
        for room in inventory.rooms.values():
            for reference in room.attached_to:
                self.edge(f"room:{room.id}", reference, EdgeKind.ATTACHED_TO, ("room", room.id))
        for asset in inventory.assets.values():
            self.edge(f"asset:{asset.id}", f"room:{asset.room}", EdgeKind.STANDS_IN, ("asset", asset.id))
        self.owner("room", inventory.rooms.values())
        self.owner("asset", inventory.assets.values())

    def network(self) -> None:
        inventory = self.inventory
        for device in inventory.devices.values():
            if device.room:
                self.edge(f"device:{device.id}", f"room:{device.room}", EdgeKind.STANDS_IN, ("device", device.id))
        for link in inventory.links.values():
            for end in (link.a_device, link.b_device):
                self.edge(f"link:{link.id}", f"device:{end}", EdgeKind.ENDS_AT, ("link", link.id))
            if link.carrier:
                self.edge(f"link:{link.id}", f"carrier:{link.carrier}", EdgeKind.CARRIED_BY, ("link", link.id))
        for department in inventory.departments.values():
            by = ("department", department.id)
            for attachment in department.attached_to:
                self.edge(f"department:{department.id}", f"device:{attachment.device}", EdgeKind.ATTACHED_TO, by)
        self.owner("device", inventory.devices.values())

    def rented(self) -> None:
        inventory = self.inventory
        for line in inventory.lines.values():
            name, by = f"line:{line.id}", ("line", line.id)
            if line.state is not LineState.TERMINATED:
                for end in (line.a, line.b):
                    if end:
                        self.edge(name, self.place(end), EdgeKind.ENDS_AT, by)
                for system in line.systems:
                    self.edge(f"system:{system}", name, EdgeKind.USES, by)
            if line.carrier:
                self.edge(name, f"carrier:{line.carrier}", EdgeKind.CARRIED_BY, by)
            if line.private_network:
                self.edge(name, f"private_network:{line.private_network}", EdgeKind.PART_OF, by)
        for way_out in inventory.internet_exits.values():
            if way_out.carrier:
                carrier = f"carrier:{way_out.carrier}"
                self.edge(f"internet_exit:{way_out.id}", carrier, EdgeKind.CARRIED_BY, ("internet_exit", way_out.id))
        self.owner("line", inventory.lines.values())
        self.owner("private_network", inventory.private_networks.values())
        self.owner("internet_exit", inventory.internet_exits.values())


def _end(text: str) -> str:
    end = end_of(text)
    if end.external:
        return f"external_object:{end.external}"
    return f"component:{end.system}/{end.component}" if end.component else f"system:{end.system}"
