"""All parts of a made estate in one: drafts first, then records of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from inventory.estate import Estate
from inventory.examples import policy
from inventory.examples.clouds import cloud_records, count_demand, make_clouds, pool_records
from inventory.examples.dependencies import dependency_records, external_records, move_group_records
from inventory.examples.errors import ExampleError
from inventory.examples.lines import carrier_records, exit_records, line_records, private_network_records
from inventory.examples.network import Network, make_network, number_systems, prefix_records, vpn_records
from inventory.examples.rooms import absorbed_cloud_records, asset_records, make_sites, room_records, server_ids
from inventory.examples.shape import LIKES, MAX_SYSTEMS, MIN_SYSTEMS, Plain, Shape, World
from inventory.examples.systems import component_records, make_systems, system_records
from inventory.examples.territory import department_records, division_records, make_offices, make_places
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural

__all__ = ["Sketch", "make_estate", "make_sketch"]


@dataclass(frozen=True)
class Sketch:
    """A made estate as streams of plain records, so that a country need not stand in memory twice.

    ``records`` gives those of a kind anew at each call; components are a kind ``component`` and name their ``system``.
    """

    estate: Estate
    records: Callable[[str], Iterable[Plain]]
    systems: int


def make_sketch(like: str, systems: int, seed: int) -> Sketch:
    """Draft an estate of ``systems`` systems (5 to 300,000); the same arguments always give the same estate.

    Raises: ExampleError for an unknown ``like`` or a number of systems out of range.
    """
    if like not in LIKES:
        raise ExampleError("example-like", like=like, choices=", ".join(LIKES))
    if not MIN_SYSTEMS <= systems <= MAX_SYSTEMS:
        raise ExampleError("example-size", systems=systems, low=MIN_SYSTEMS, high=MAX_SYSTEMS)
    world = World(Shape(like, systems, seed))
    world.places = make_places(world.shape)
    world.offices = make_offices(world)
    world.systems = make_systems(world)
    world.sites = make_sites(world)
    for site in world.sites:
        site.assets = server_ids(site)
    world.clouds = make_clouds(world)
    count_demand(world)
    network = make_network(world)
    number_systems(world)
    makers = _makers(world, network)
    return Sketch(policy.make_settings(world), lambda kind: makers[kind](), systems)


def _makers(world: World, network: Network) -> dict[str, Callable[[], Iterable[Plain]]]:
    makers: dict[str, Callable[[], Iterable[Plain]]] = {
        "division": lambda: division_records(world),
        "department": lambda: department_records(world),
        "team": lambda: policy.team_records(world, lambda kind: makers[kind]()),
        "calendar": policy.calendar_records,
        "window": policy.window_records,
        "freeze": lambda: policy.freeze_records(world),
        "cloud": lambda: chain(cloud_records(world), absorbed_cloud_records(world)),
        "pool": lambda: pool_records(world),
        "room": lambda: room_records(world),
        "asset": lambda: asset_records(world),
        "device": network.devices.values,
        "link": lambda: network.links,
        "vpn": lambda: vpn_records(world),
        "prefix": lambda: prefix_records(world),
        "private_network": lambda: private_network_records(world),
        "line": lambda: line_records(world),
        "internet_exit": lambda: exit_records(world),
        "carrier": lambda: carrier_records(world),
        "system": lambda: system_records(world),
        "component": lambda: component_records(world),
        "external_object": external_records,
        "dependency": lambda: dependency_records(world),
        "move_group": lambda: move_group_records(world),
        "target": lambda: policy.target_records(world),
        "rule": lambda: policy.rule_records(world),
        "risk": lambda: policy.risk_records(world),
    }
    return makers


def make_estate(like: str, systems: int, seed: int) -> Inventory:
    """The inventory of a made estate. Errors as ``make_sketch``."""
    sketch = make_sketch(like, systems, seed)
    records: dict[str, Any] = {}
    for kind, model in KINDS.items():
        plain = _with_components(sketch) if kind == "system" else sketch.records(kind)
        made = [model.model_validate(record) for record in plain]
        records[plural(kind)] = {record.id: record for record in made}  # type: ignore[attr-defined]  # every kind has an id
    return Inventory(estate=sketch.estate, **records)


def _with_components(sketch: Sketch) -> Iterator[Plain]:
    parts = groupby(sketch.records("component"), key=itemgetter("system"))
    following = next(parts, None)
    for system in sketch.records("system"):
        if following and following[0] == system["id"]:
            own = [{key: value for key, value in part.items() if key != "system"} for part in following[1]]
            yield system | {"components": own}
            following = next(parts, None)
        else:
            yield system
