"""Territory and organisation: divisions and departments."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from inventory.base import Record, Ref, Struct, Text, field

Code = Annotated[str, Field(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]

__all__ = ["AttachmentRole", "Department", "DepartmentAttachment", "Division", "Level"]


class Level(StrEnum):
    """Administrative levels, top down."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class Division(Record):
    """An administrative division, or a functional zone (development zone and the like) that has no code of its own."""

    name: Text = field("Official name", "", example="太原市")
    level: Level = field("Administrative level", example="city")
    code: Code | None = field(
        "Code of GB/T 2260 (6 digits), GB/T 10114 for townships (9), villages 12; absent for functional zones",
        None,
        example="140100",
    )
    parent: Annotated[str, Ref("division", soft=True)] | None = field(
        "The division above; derived from the code where absent, required for functional zones", None, example="140000"
    )
    functional_zone: bool = field("A functional zone: no code, but a parent", False)
    note: Text = field("Free text", "")


class AttachmentRole(StrEnum):
    """Whether an attachment carries the traffic or stands by."""

    PRIMARY = "primary"
    BACKUP = "backup"


class DepartmentAttachment(Struct):
    """Where a department meets the government external network."""

    device: Annotated[str, Ref("device")] = field("Access or customer-edge device", example="ty-access-3")
    role: AttachmentRole = field("Primary or backup attachment", AttachmentRole.PRIMARY)
    level: Level | None = field("Administrative level of this attachment; default the division's", None)


class Department(Record):
    """A government department or unit: owner of systems, rooms and lines."""

    name: Text = field("Official name", "", example="省民政厅")
    division: Annotated[str, Ref("division")] = field("Division it belongs to", example="140000")
    sector: Text = field("Sector (industry clouds serve sectors)", "", example="civil_affairs")
    politics_and_law: bool = field("Politics-and-law department: its equipment is colocated, not moved", False)
    parent: Annotated[str, Ref("department", soft=True)] | None = field("Department above it", None)
    attached_to: tuple[DepartmentAttachment, ...] = field("Attachments to the external network", ())
    note: Text = field("Free text", "")
