"""A request of a zone and two systems, and an operator who fills forms in."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from migration.plan import Disposed, Disposition, Grid, ItemState, Plan, PlanItem, PlanStatus
from stacks.design.model import (
    Direction,
    GroupDesign,
    MachineDesign,
    NetworkDesign,
    Place,
    QuotaDesign,
    RecordDesign,
    RuleDesign,
    SubnetDesign,
    SystemDesign,
    VolumeDesign,
    Way,
    ZoneDesign,
)
from stacks.requests.model import Request
from stacks.requests.workbook import FIRST_ROW, request_workbook

__all__ = ["DAY", "RECORDS", "cells", "fill", "form_of", "key_word", "plan_of", "request_of", "save", "zone_of"]

DAY = dt.date(2021, 4, 12)
PLACE = Place(cloud="yun", pool="yun-a", way=Way.FORM)

RECORDS = """\
divisions: [{id: "140000", code: "140000", level: province}]
departments: [{id: mzt, division: "140000", name: 民政厅}]
clouds: [{id: yun, tier: provincial, division: "140000", access: request_form, lead_time_days: 20, operator: 某公司}]
pools: [{id: yun-a, cloud: yun}]
systems:
- id: hydj
  department: mzt
  components:
  - {id: web, endpoints: [{address: 10.14.0.1, name: hydj.sx.cegn, port: 443}, {address: 10.14.0.1, port: 80}]}
  - {id: db, target_endpoints: [{address: 10.128.3.30, name: db.mzt.yun, port: 1521}]}
- {id: tysf, department: mzt, components: [{id: app}]}
- {id: else, department: mzt, components: [{id: app, target_endpoints: [{address: 10.128.3.44}]}]}
"""


def key_word(key: str) -> str:
    """Words of a form that are their keys, but for those that are read back."""
    return {"value-yes": "是", "value-no": "否"}.get(key, key)


def zone_of() -> ZoneDesign:
    rule = RuleDesign(id="ssh", version=4, protocol="tcp", ports=(22, 22), remote_prefix="10.14.9.0/24", reasons=("x",))
    return ZoneDesign(
        id="yun-a.mzt",
        place=PLACE,
        project="yun-a.mzt",
        department="mzt",
        grade=3,
        quota=QuotaDesign(vcpu=8, memory_gib=16, storage_gib=300, machines=4, volumes=2),
        network=NetworkDesign(
            name="yun-a.mzt",
            subnets=(
                SubnetDesign(version=4, prefix="10.128.3.0/26", dns_servers=("10.14.0.53",)),
                SubnetDesign(version=6, prefix="2001:db8:77::/64"),
            ),
        ),
        groups=(GroupDesign(name="bastion", rules=(rule,)),),
        dns_zone="mzt.yun.",
    )


def machine_of(system: str, component: str, *addresses: str) -> MachineDesign:
    return MachineDesign(
        component=component,
        name=f"{system}-{component}",
        image="=cmd|' /C calc'!A0",
        flavor="c2",
        vcpu=2,
        memory_gib=4.5,
        addresses=addresses,
        groups=(f"{system}-{component}", "bastion"),
        volumes=(VolumeDesign(name="data", size_gib=100),),
    )


def system_of(id: str, *machines: MachineDesign) -> SystemDesign:
    rule = RuleDesign(
        id="in-443", direction=Direction.INGRESS, version=6, protocol="tcp", ports=(443, 444), remote_prefix="::/0"
    )
    return SystemDesign(
        id=id,
        zone="yun-a.mzt",
        place=PLACE,
        department="mzt",
        machines=machines,
        groups=tuple(GroupDesign(name=f"{id}-{machine.component}", rules=(rule,)) for machine in machines),
        records=(RecordDesign(name=f"{id}.mzt.yun.", type="A", values=("10.128.3.9",)),),
    )


def request_of(**changed: Any) -> Request:
    """Zone yun-a.mzt, system hydj (web with a fixed IPv4 address, db), system tysf (app)."""
    systems = (
        system_of("hydj", machine_of("hydj", "web", "10.128.3.20"), machine_of("hydj", "db")),
        system_of("tysf", machine_of("tysf", "app")),
    )
    request = Request(
        id="yun.mzt.2021-W14",
        cloud="yun",
        cloud_name="某云",
        department="mzt",
        wave="2021-W14/yun",
        needed_by=dt.date(2021, 5, 10),
        lead_days=20,
        zones=(zone_of(),),
        asked_zones=("yun-a.mzt",),
        systems=systems,
    )
    return request.model_copy(update=changed)


def _values(key: str, column: str, number: int) -> str:
    if column == "done":
        return "是"
    if column == "address_v4":
        return "10.128.3.20" if key.endswith("machine-web") else f"10.128.3.{29 + number}"
    return f"2001:db8:77::{number + 1:x}" if column == "address_v6" else f"{column}-{key}"


def fill(book: Workbook) -> None:
    """Write something sensible into every cell that is open and empty."""
    for sheet in book.worksheets[1:]:
        for number, row in enumerate(sheet.iter_rows(min_row=FIRST_ROW)):
            for cell in row[1:]:
                if not cell.protection.locked and cell.value is None:
                    column = str(sheet.cell(1, cell.column or 0).value)
                    cell.value = _values(str(row[0].value), column, number)


def form_of(request: Request, words: Callable[[str], str] = key_word) -> Workbook:
    """The form as a spreadsheet program opens it."""
    return load_workbook(io.BytesIO(request_workbook(request, words)))


def save(book: Workbook, path: Path) -> Path:
    """As the operator hands it in."""
    book.save(path)
    return path


def cells(book: Workbook) -> Iterator[Any]:
    """All cells with something in them."""
    for sheet in book.worksheets:
        yield from (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def plan_of(**waves: tuple[str, dt.date]) -> Plan:
    """Cutovers by system: their wave and day; preparation begins nine days before."""
    grid = Grid(first_day=dt.date(2021, 3, 1), length_days=7, count=60)
    items = []
    for system, (wave, day) in waves.items():
        slot = grid.slot_of(day)
        common: dict[str, Any] = {"slot": slot, "slot_label": grid.label(slot), "state": ItemState.PLANNED}
        items += [
            PlanItem(
                id=f"system/{system}/cutover",
                object=f"system:{system}",
                start=day,
                end=day,
                wave=wave,
                pool="yun-a",
                **common,
            ),
            PlanItem(
                id=f"system/{system}/prepare",
                step="prepare",
                object=f"system:{system}",
                start=day - dt.timedelta(days=9),
                end=day - dt.timedelta(days=2),
                **common,
            ),
        ]
    return Plan(
        estate="x", as_of=grid.first_day, now=grid.first_day, status=PlanStatus.FEASIBLE, grid=grid, items=tuple(items),
        dispositions=tuple(Disposed(system=id, disposition=Disposition.REHOST, rule="decision") for id in waves),
    )  # fmt: skip
