"""A filled form against its request: every row there once, nothing changed, every cell filled in and sensible.

All that is wrong is collected, so that the operator gets one list. Only a form without a fault becomes deliveries.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from stacks.design.model import MachineOutputs, SystemDesign, SystemOutputs, ZoneDesign, ZoneOutputs
from stacks.requests.errors import DeliveryError
from stacks.requests.filled import FilledCell, FilledForm, FilledRow, FilledSheet
from stacks.requests.model import DeliveredRow, Delivery, Request
from stacks.requests.sheets import WISHED, Column, Fill, Row, Sheet, Value, sheets_of

__all__ = ["YES", "Checked", "check_form"]

YES = frozenset({"yes", "y", "done", "是", "已完成", "完成", "√", "1", "true"})
"""What says that something is done."""
NO = frozenset({"no", "n", "否", "未完成", "×", "0", "false"})
DAMAGED = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
"""What a spreadsheet shows in the place of a value."""
_VERSION = {Fill.ADDRESS_4: 4, Fill.ADDRESS_6: 6}


@dataclass(frozen=True)
class Checked:
    """Deliveries by stack, or what stands against them."""

    deliveries: tuple[Delivery, ...]
    flaws: tuple[DeliveryError, ...]


@dataclass
class _Reading:
    """Values that are fit to be taken over, by (row key, column), and the flaws so far."""

    prefixes: Mapping[str, Mapping[int, str]]
    taken: Mapping[str, str]
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    flaws: list[DeliveryError] = field(default_factory=list)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def wrong(self, code: str, sheet: str, **data: object) -> None:
        self.flaws.append(DeliveryError(code, sheet=sheet, **data))


def check_form(request: Request, form: FilledForm, taken: Mapping[str, str], day: dt.date) -> Checked:
    """Hold a form against its request.

    Args:
        request: what was asked for; ``form.hash`` is its hash.
        form: the filled form.
        taken: address -> who has it, of everything but what this request asks for.
        day: day of the delivery.
    """
    zones = {zone.id: zone for zone in request.zones}
    within: dict[str, dict[int, str]] = {
        f"{system.stack}/machine-{machine.component}": {
            subnet.version: subnet.prefix for subnet in zones[system.zone].network.subnets
        }
        for system in request.systems
        for machine in system.machines
    }
    reading = _Reading(within, taken)
    for sheet in sheets_of(request):
        found = form.sheets.get(sheet.key)
        if found is None or not {column.key for column in sheet.columns} <= set(found.columns):
            reading.wrong("delivery-sheet", found.title if found else sheet.key)
        else:
            _sheet(sheet, found, reading)
    if reading.flaws:
        return Checked((), tuple(reading.flaws))
    rows: dict[str, dict[str, DeliveredRow]] = {}
    for sheet in sheets_of(request):
        for row in sheet.rows:
            filled = {name: reading.values[row.key, name] for name in sorted(row.fills)}
            rows.setdefault(str(row.asked["stack"]), {})[row.key] = DeliveredRow(asked=row.hash, values=filled)
    made = (_delivery(request, design, reading.values, rows.get(design.stack, {}), day) for design in request.designs)
    return Checked(tuple(made), ())


def _sheet(sheet: Sheet, found: FilledSheet, reading: _Reading) -> None:
    asked = {row.key: row for row in sheet.rows}
    seen = set[str]()
    for line in found.rows:
        row = asked.get(line.key)
        if row is None:
            reading.wrong("delivery-row-extra", found.title, cell=line.at)
        elif line.key in seen:
            reading.wrong("delivery-row-twice", found.title, cell=line.at, row=row.name)
        else:
            seen.add(line.key)
            for column in sheet.columns:
                _cell(row, column, line, found.title, reading)
    for key, row in asked.items():
        if key not in seen:
            reading.wrong("delivery-row-missing", found.title, row=row.name)


def _cell(row: Row, column: Column, line: FilledRow, title: str, reading: _Reading) -> None:
    cell = line.cells[column.key]
    if column.fill is None:
        asked = row.asked.get(column.key, "")
        if column.key != "direction" and not _same(asked, cell.text):
            reading.wrong("delivery-changed", title, cell=cell.at, found=cell.text, asked=asked)
    elif column.key not in row.fills:
        if cell.text:
            reading.wrong("delivery-changed", title, cell=cell.at, found=cell.text, asked="")
    elif cell.formula:
        reading.wrong("delivery-formula", title, cell=cell.at)
    elif not cell.text:
        reading.wrong("delivery-empty", title, cell=cell.at, column=column.key)
    elif cell.rounded:
        reading.wrong("delivery-rounded", title, cell=cell.at, found=cell.text)
    elif cell.text in DAMAGED or any(unicodedata.category(letter).startswith("C") for letter in cell.text):
        reading.wrong("delivery-unreadable", title, cell=cell.at, found=cell.text, column=column.key)
    else:
        _take(row, column, cell, title, reading)


def _take(row: Row, column: Column, cell: FilledCell, title: str, reading: _Reading) -> None:
    if column.fill is Fill.DONE:
        said = cell.text.lower().partition(" ")[0]
        if said in NO:
            reading.wrong("delivery-not-done", title, cell=cell.at, row=row.name)
        elif said not in YES:
            reading.wrong("delivery-unreadable", title, cell=cell.at, found=cell.text, column=column.key)
        reading.values[row.key, column.key] = "yes"
        return
    value = cell.text
    if column.fill is Fill.ID:
        if any(letter.isspace() for letter in value):
            reading.wrong("delivery-unreadable", title, cell=cell.at, found=value, column=column.key)
            return
        before = reading.ids.setdefault((column.key, value), f"{title} {cell.at}")
        if before != f"{title} {cell.at}":
            reading.wrong("delivery-id-twice", title, cell=cell.at, found=value, other=before)
            return
    else:
        found = _address(row, column, cell, title, reading)
        if found is None:
            return
        value = found
    reading.values[row.key, column.key] = value


def _address(row: Row, column: Column, cell: FilledCell, title: str, reading: _Reading) -> str | None:
    assert column.fill is not None
    version = _VERSION[column.fill]
    try:
        address = ipaddress.ip_address(cell.text)
    except ValueError:
        reading.wrong("delivery-unreadable", title, cell=cell.at, found=cell.text, column=column.key)
        return None
    text = str(address)
    where = {"cell": cell.at, "found": text}
    prefix = ipaddress.ip_network(reading.prefixes[row.key].get(version, "::/0"))
    wanted = [asked for asked in str(row.asked[WISHED]).split(", ") if asked and _version(asked) == version]
    before = len(reading.flaws)
    if address.version != version:
        reading.wrong("delivery-family", title, version=version, **where)
    elif address not in prefix or not _for_machines(address, prefix):
        reading.wrong("delivery-outside", title, prefix=str(prefix), **where)
    elif wanted and text not in wanted:
        reading.wrong("delivery-address-other", title, asked=wanted[0], **where)
    elif text in reading.taken:
        reading.wrong("delivery-address-twice", title, other=reading.taken[text], **where)
    elif reading.addresses.setdefault(text, row.name) != row.name:
        reading.wrong("delivery-address-twice", title, other=reading.addresses[text], **where)
    return None if len(reading.flaws) > before else text


def _version(address: str) -> int:
    return ipaddress.ip_address(address).version


def _for_machines(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> bool:
    """Neither the network's own address, in IPv6 the routers' anycast address, nor the broadcast address."""
    last = prefix.version == 4 and address == prefix.broadcast_address
    return address != prefix.network_address and not last


def _same(asked: Value, found: str) -> bool:
    if isinstance(asked, str):
        return _bare(asked) == _bare(found)
    try:
        return float(found) == asked
    except ValueError:
        return False


def _bare(text: str) -> str:
    """Without what spreadsheets change by themselves: blanks, and the form of letters."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _delivery(
    request: Request,
    design: ZoneDesign | SystemDesign,
    values: Mapping[tuple[str, str], str],
    rows: dict[str, DeliveredRow],
    day: dt.date,
) -> Delivery:
    return Delivery(
        stack=design.stack,
        request=request.id,
        hash=request.hash,
        delivered=day,
        zone=_zone(design, values) if isinstance(design, ZoneDesign) else None,
        system=_system(design, values) if isinstance(design, SystemDesign) else None,
        rows=rows,
    )


def _zone(design: ZoneDesign, values: Mapping[tuple[str, str], str]) -> ZoneOutputs:
    subnets = {subnet.version: f"{design.stack}/subnet-v{subnet.version}" for subnet in design.network.subnets}
    return ZoneOutputs(
        project_id=values[f"{design.stack}/project", "project_id"],
        network_id=values[next(iter(subnets.values())), "network_id"],
        subnets={"4" if version == 4 else "6": values[key, "subnet_id"] for version, key in subnets.items()},
        groups={group.name: values[f"{design.stack}/group-{group.name}", "group_id"] for group in design.groups},
        dns_zone_id=values.get((f"{design.stack}/project", "dns_zone_id"), ""),
    )


def _system(design: SystemDesign, values: Mapping[tuple[str, str], str]) -> SystemOutputs:
    machines = {}
    for machine in design.machines:
        key = f"{design.stack}/machine-{machine.component}"
        addresses = (values.get((key, name)) for name in ("address_v4", "address_v6"))
        machines[machine.component] = MachineOutputs(
            id=values[key, "machine_id"],
            name=machine.name,
            addresses=tuple(address for address in addresses if address),
        )
    return SystemOutputs(machines=machines)
