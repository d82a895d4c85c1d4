"""What the inventory says of a system's components, in the words that the roles take (``playbooks/roles``).

What it does not say is None, with a ``Lack`` that names the field to fill in: nothing is invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from inventory.inventory import Inventory
from inventory.kinds.systems import Component, ComponentRole, Endpoint, Lifecycle, System
from migration.runbook.hosts import SIDES, family_of, host_name
from migration.runbook.site_values import SiteValues

__all__ = ["Lack", "Part", "Value", "is_new", "parts_of", "records_of"]

SERVICES = frozenset({ComponentRole.WEB, ComponentRole.APPLICATION, ComponentRole.CACHE})
"""Roles of components that hold no data of their own: they are installed anew and opened at the target."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "postgresql": ("data",),
    "postgresql_logical": ("data",),
    "mariadb": ("data",),
    "files": ("data",),
    "service": ("unit",),
}
"""What the roles cannot do without, by kind of component."""
COMMANDS = ("start_command", "stop_command")
RECORD = ("zone", "server", "key_file")
"""What a dynamic update of DNS needs beside name and addresses (RFC 2136, RFC 8945)."""


class Lack(NamedTuple):
    """A value that nobody has given. ``field``: of the record, or ``values:`` and the field of the file of values."""

    kind: str
    id: str
    field: str


class Value(NamedTuple):
    """A value to fill in, with None where something is lacking."""

    data: Any
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True)
class Part:
    """A component and how it moves.

    kind: what roles call it, empty where people move it. value: what roles take.
    """

    component: Component
    kind: str
    value: Value

    @property
    def method(self) -> str:
        """Its kind, or ``by_hand``."""
        return self.kind or "by_hand"

    @property
    def by_hand(self) -> bool:
        """Whether people move it."""
        return not self.kind


def is_new(system: System) -> bool:
    """Whether it is set up in the cloud without ever having run elsewhere."""
    return system.lifecycle in (Lifecycle.PLANNED, Lifecycle.BUILDING)


def parts_of(inventory: Inventory, system: System, values: SiteValues) -> tuple[Part, ...]:
    """The components: those with data first, in the inventory's order."""
    parts = [_part(inventory, system, component, values) for component in system.components]
    return tuple(sorted(parts, key=lambda part: part.component.role in SERVICES))


def _part(inventory: Inventory, system: System, part: Component, values: SiteValues) -> Part:
    kind = _kind(part)
    if not kind:
        return Part(part, "", Value(None))
    sides = SIDES[1:] if is_new(system) else SIDES
    data: dict[str, Any] = {"name": part.id, "kind": kind}
    lacks: list[Lack] = []
    for side in sides:
        given = values.of_component(inventory, system, part, side)
        ends = part.target_endpoints if side == "target" else part.endpoints
        port = next((end.port for end in ends if end.port is not None), None)
        data[side] = {"host": host_name(system.id, part.id, side), **({} if port is None else {"port": port}), **given}
        for name in _needed(kind, given):
            data[side][name] = None
            lacks.append(Lack("system", system.id, f"values:{part.id}.{side}.{name}"))
    return Part(part, kind, Value(data | dict(values.of_component(inventory, system, part, "options")), tuple(lacks)))


def _needed(kind: str, given: Mapping[str, Any]) -> Iterator[str]:
    if kind == "service" and all(given.get(name) for name in COMMANDS):
        return
    yield from (name for name in NEEDED[kind] if given.get(name) is None)


def _kind(part: Component) -> str:
    """How roles call a component; empty where no role moves it: another make, an object store, a queue and so on."""
    after = part.target_technology or part.technology
    now, then = family_of(part.technology, part.role), family_of(after, part.role)
    if part.role in SERVICES:
        return "service"
    if not now or now != then:
        return ""
    return "postgresql_logical" if now == "postgresql" and part.technology != after else now


def records_of(inventory: Inventory, system: System, values: SiteValues) -> Value:
    """DNS records of the components' names, one for each name and family of addresses.

    One machine of the system sends all updates, its first service's or else component's at the target, where the values
    name no other.
    """
    records: list[dict[str, Any]] = []
    lacks: list[Lack] = []
    sender = next((part.id for part in sorted(system.components, key=lambda part: part.role not in SERVICES)), "")
    for part in system.components:
        given = values.of_component(inventory, system, part, "dns")
        for name in dict.fromkeys(end.name for end in part.endpoints if end.name):
            targets = [end for end in part.target_endpoints if end.name in ("", name)]
            for family, type in (("address", "A"), ("address_v6", "AAAA")):
                source = _addresses((end for end in part.endpoints if end.name == name), family)
                target = _addresses(targets, family)
                if not source:
                    continue
                if not target:
                    lacks.append(Lack("system", system.id, f"components.{part.id}.target_endpoints.{family}"))
                missing = [key for key in RECORD if given.get(key) is None]
                lacks += [Lack("system", system.id, f"values:{part.id}.dns.{key}") for key in missing]
                records.append(
                    {"name": name, "type": type, "source": source, "target": target or None}
                    | dict.fromkeys(RECORD)
                    | {"host": host_name(system.id, sender, "target")}
                    | dict(given)
                )
    return Value(records, tuple(lacks))


def _addresses(ends: Iterator[Endpoint] | Sequence[Endpoint], family: str) -> list[str]:
    return list(dict.fromkeys(address for end in ends if (address := getattr(end, family))))
