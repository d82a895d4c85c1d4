"""What stacks make for a system before it moves, as runbooks keep it: plain designs, frozen with the steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
        endpoints: component -> its target endpoints with the addresses of its machine, where the inventory has others.
    """

    zone: Mapping[str, Any]
    system: Mapping[str, Any]
    zone_stack: str
    system_stack: str
    project: str = ""
    backend: str = ""
    endpoints: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


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
    ends = placing.endpoints.get(host.object.rpartition("/")[2], ())
    if host.address or "target" not in host.groups:
        return host
    known = (end[name] for name in ("address", "address_v6") for end in ends if end.get(name))
    return host.model_copy(update={"address": next(known, "")})


def endpoints_set(system: str, placing: Placing | None) -> dict[str, dict[str, Any]]:
    """component:SYSTEM/COMPONENT -> ``target_endpoints`` that hold once the machines are there."""
    endpoints = {} if placing is None else placing.endpoints
    return {
        f"component:{system}/{component}": {"target_endpoints": [dict(end) for end in ends]}
        for component, ends in endpoints.items()
    }
