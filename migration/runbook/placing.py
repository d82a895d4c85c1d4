"""What stacks make for a system before it moves, as runbooks keep it: plain designs, frozen with the steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from inventory.base import Struct
from inventory.kinds.systems import System
from migration.runbook.model import Host
from migration.runbook.parts import Value

__all__ = ["Placing", "addressed", "endpoints_set", "placing_values"]


@dataclass(frozen=True)
class Placing:
    """The stacks of a system that is placed through a cloud's interface.

    Attributes:
        zone, system: the designs of its landing zone and of itself, in JSON's types, without nulls.
        zone_stack, system_stack: names of their stacks.
        project, backend: under which name and where stacks are kept, as far as the estate says.
        addresses: component -> fixed addresses of its machine, at most one of each family.
    """

    zone: Mapping[str, Any]
    system: Mapping[str, Any]
    zone_stack: str
    system_stack: str
    project: str = ""
    backend: str = ""
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def placing_values(placing: Placing | None) -> dict[str, Value]:
    """Values for templates; empty ones where no stack places the system."""
    plain: dict[str, Any] = {
        "zone_design": {} if placing is None else dict(placing.zone),
        "system_design": {} if placing is None else dict(placing.system),
        "zone_stack": "" if placing is None else placing.zone_stack,
        "system_stack": "" if placing is None else placing.system_stack,
        "stack_project": "" if placing is None else placing.project,
        "stack_backend": "" if placing is None else placing.backend,
    }
    return {name: Value(value) for name, value in plain.items()}


def addressed(hosts: Iterable[Host], placing: Placing | None) -> tuple[Host, ...]:
    """Machines at the target that the inventory has no address of get that of their design."""
    if placing is None:
        return tuple(hosts)
    return tuple(_addressed(host, placing) for host in hosts)


def _addressed(host: Host, placing: Placing) -> Host:
    component = host.object.rpartition("/")[2]
    found = placing.addresses.get(component, ())
    if host.address or "target" not in host.groups or not found:
        return host
    return host.model_copy(update={"address": min(found, key=lambda address: ip_address(address).version)})


def endpoints_set(system: System, placing: Placing | None) -> dict[str, dict[str, Any]]:
    """component:SYSTEM/COMPONENT -> ``target_endpoints`` with the addresses of the design, where the inventory lacks
    one of them."""
    found: dict[str, dict[str, Any]] = {}
    for part in system.components if placing is not None else ():
        given = _by_field(placing.addresses.get(part.id, ())) if placing is not None else {}
        ends: list[dict[str, Any]] = [_plain(end) for end in part.target_endpoints] or [{}]
        known = {end.get(name) for end in ends for name in given}
        if given and not set(given.values()) <= known:
            found[f"component:{system.id}/{part.id}"] = {"target_endpoints": [{**given, **end} for end in ends]}
    return found


def _by_field(addresses: Iterable[str]) -> dict[str, str]:
    return {"address" if ip_address(one).version == 4 else "address_v6": one for one in addresses}


def _plain(end: Struct) -> dict[str, Any]:
    return end.model_dump(mode="json", exclude_defaults=True)
