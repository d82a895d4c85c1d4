"""A request as tables: which rows, what is asked in each, and which cells the operator fills in.

The workbook, the document and the reader of a filled workbook stand on these tables, so that none of them can differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from stacks.design.model import GroupDesign, MachineDesign, RuleDesign, SystemDesign, ZoneDesign
from stacks.requests.model import Request, content_hash

__all__ = ["WISHED", "Column", "Fill", "Row", "Sheet", "Value", "prefilled", "sheets_of"]

Value = str | int | float

WISHED = "wanted"
"""Column of the addresses that a machine is to have, where they are known beforehand."""
LONGEST_CELL = 32_767
"""Characters that a cell of a spreadsheet holds."""


class Fill(StrEnum):
    """What the operator writes into a cell."""

    ID = "id"
    ADDRESS_4 = "address_v4"
    ADDRESS_6 = "address_v6"
    DONE = "done"


@dataclass(frozen=True)
class Column:
    """A column: its key, and what is filled in (None: it says what is asked for)."""

    key: str
    fill: Fill | None = None


@dataclass(frozen=True)
class Row:
    """A row: its key, what is asked for by column, and the columns to fill in here.

    Attributes:
        key: unique in its sheet; STACK, then what it is within the stack.
        name: what messages call it.
    """

    key: str
    name: str
    asked: Mapping[str, Value]
    fills: frozenset[str]

    @property
    def hash(self) -> str:
        """Of what is asked for. Addresses wished for are left out: once delivered, they are what is wished for."""
        return content_hash({name: value for name, value in self.asked.items() if name != WISHED})


@dataclass(frozen=True)
class Sheet:
    """A table of the form."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


_COLUMNS: dict[str, tuple[Column, ...]] = {
    "projects": (
        Column("stack"), Column("project"), Column("pool"), Column("zone"), Column("grade"), Column("vcpu"),
        Column("memory_gib"), Column("storage_gib"), Column("machines"), Column("volumes"), Column("dns_zone"),
        Column("project_id", Fill.ID), Column("dns_zone_id", Fill.ID),
    ),
    "networks": (
        Column("stack"), Column("network"), Column("version"), Column("prefix"), Column("dns_servers"),
        Column("external_network"), Column("network_id", Fill.ID), Column("subnet_id", Fill.ID),
    ),
    "groups": (Column("stack"), Column("group"), Column("rules"), Column("group_id", Fill.ID)),
    "rules": (
        Column("stack"), Column("group"), Column("rule"), Column("direction"), Column("version"), Column("protocol"),
        Column("ports"), Column("remote"), Column("reasons"), Column("done", Fill.DONE),
    ),
    "machines": (
        Column("stack"), Column("component"), Column("name"), Column("zone"), Column("image"), Column("flavor"),
        Column("vcpu"), Column("memory_gib"), Column("key"), Column("groups"), Column(WISHED),
        Column("machine_id", Fill.ID), Column("address_v4", Fill.ADDRESS_4), Column("address_v6", Fill.ADDRESS_6),
    ),
    "volumes": (
        Column("stack"), Column("machine"), Column("name"), Column("size_gib"), Column("type"),
        Column("volume_id", Fill.ID),
    ),
    "names": (
        Column("stack"), Column("name"), Column("type"), Column("values"), Column("ttl"), Column("done", Fill.DONE),
    ),
}  # fmt: skip
"""Columns of each sheet, in the order of the form."""


def sheets_of(request: Request) -> tuple[Sheet, ...]:
    """All tables of the form; one that nothing is asked for in is left out."""
    zones = {zone.id: zone for zone in request.zones}
    rows: dict[str, list[Row]] = {key: [] for key in _COLUMNS}
    for zone in request.new_zones:
        rows["projects"].append(_project(zone))
        rows["networks"] += _subnets(zone)
        _groups(zone, rows)
    for system in request.systems:
        _groups(system, rows)
        for machine in system.machines:
            rows["machines"].append(_machine(system, machine, zones[system.zone]))
            rows["volumes"] += _volumes(system, machine)
        rows["names"] += _names(system)
    return tuple(Sheet(key, columns, tuple(rows[key])) for key, columns in _COLUMNS.items() if rows[key])


def prefilled(request: Request, row: Row) -> Mapping[str, str]:
    """What stands in the cells to fill in already: all of a row that was delivered as it is asked for now; of one that
    has changed its ids and addresses, but not that it is done."""
    known = request.known.get(row.key)
    if known is None:
        return {}
    return {name: value for name, value in known.values.items() if known.asked == row.hash or name != Fill.DONE}


def _row(stack: str, key: str, asked: Mapping[str, Value], *fills: str) -> Row:
    fitting = {name: value[:LONGEST_CELL] if isinstance(value, str) else value for name, value in asked.items()}
    return Row(f"{stack}/{key}", f"{stack} {key}", {"stack": stack, **fitting}, frozenset(fills))


def _project(zone: ZoneDesign) -> Row:
    quota = zone.quota
    asked: dict[str, Value] = {
        "project": zone.project,
        "pool": zone.place.pool,
        "zone": zone.place.availability_zone,
        "grade": zone.grade,
        "vcpu": quota.vcpu,
        "memory_gib": quota.memory_gib,
        "storage_gib": quota.storage_gib,
        "machines": quota.machines,
        "volumes": quota.volumes,
        "dns_zone": zone.dns_zone,
    }
    return _row(zone.stack, "project", asked, "project_id", *(["dns_zone_id"] if zone.dns_zone else []))


def _subnets(zone: ZoneDesign) -> Iterator[Row]:
    for place, subnet in enumerate(zone.network.subnets):
        asked: dict[str, Value] = {
            "network": zone.network.name,
            "version": f"IPv{subnet.version}",
            "prefix": subnet.prefix,
            "dns_servers": ", ".join(subnet.dns_servers),
            "external_network": zone.network.external_network,
        }
        fills = ("subnet_id",) if place else ("network_id", "subnet_id")
        yield _row(zone.stack, f"subnet-v{subnet.version}", asked, *fills)


def _groups(design: ZoneDesign | SystemDesign, rows: Mapping[str, list[Row]]) -> None:
    for group in design.groups:
        asked: dict[str, Value] = {"group": group.name, "rules": len(group.rules)}
        rows["groups"].append(_row(design.stack, f"group-{group.name}", asked, "group_id"))
        rows["rules"] += [_rule(design.stack, group, rule) for rule in group.rules]


def _rule(stack: str, group: GroupDesign, rule: RuleDesign) -> Row:
    first, last = rule.ports or (0, 0)
    asked: dict[str, Value] = {
        "group": group.name,
        "rule": rule.id,
        "direction": rule.direction.value,
        "version": f"IPv{rule.version}",
        "protocol": rule.protocol,
        "ports": "" if rule.ports is None else str(first) if first == last else f"{first}-{last}",
        "remote": rule.remote_prefix or rule.remote_group,
        "reasons": ", ".join(rule.reasons),
    }
    return _row(stack, f"rule-{group.name}-{rule.id}", asked, "done")


def _machine(system: SystemDesign, machine: MachineDesign, zone: ZoneDesign) -> Row:
    asked: dict[str, Value] = {
        "component": machine.component,
        "name": machine.name,
        "zone": system.place.availability_zone,
        "image": machine.image,
        "flavor": machine.flavor,
        "vcpu": machine.vcpu,
        "memory_gib": machine.memory_gib,
        "key": machine.key,
        "groups": ", ".join(machine.groups),
        WISHED: ", ".join(machine.addresses),
    }
    families = [f"address_v{subnet.version}" for subnet in zone.network.subnets]
    return _row(system.stack, f"machine-{machine.component}", asked, "machine_id", *families)


def _volumes(system: SystemDesign, machine: MachineDesign) -> Iterator[Row]:
    for volume in machine.volumes:
        asked: dict[str, Value] = {
            "machine": machine.name,
            "name": volume.name,
            "size_gib": volume.size_gib,
            "type": volume.type,
        }
        yield _row(system.stack, f"volume-{machine.component}-{volume.name}", asked, "volume_id")


def _names(system: SystemDesign) -> Iterator[Row]:
    for record in system.records:
        asked: dict[str, Value] = {
            "name": record.name,
            "type": record.type,
            "values": ", ".join(record.values),
            "ttl": record.ttl,
        }
        yield _row(system.stack, f"record-{record.type}-{record.name}", asked, "done")
