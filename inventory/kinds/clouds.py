"""Where systems go, or what is absorbed: clouds and their pools."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from inventory.base import Record, Ref, Struct, Text, Words, field
from inventory.kinds.network import Ipv6Stage

__all__ = [
    "Access",
    "CapacityStep",
    "Cloud",
    "CloudFamily",
    "CloudTier",
    "Docking",
    "DockingState",
    "Domain",
    "Exemption",
    "Intention",
    "Pool",
    "PoolAttachment",
    "PriceList",
    "Resources",
    "Technology",
]


class CloudTier(StrEnum):
    """Tier of a cloud in the 1+N structure."""

    PROVINCIAL = "provincial"
    INDUSTRY = "industry"
    CITY = "city"
    COUNTY = "county"
    DEPARTMENT = "department"


class Intention(StrEnum):
    """target: systems move there; absorb: its systems move away."""

    TARGET = "target"
    ABSORB = "absorb"


class Domain(StrEnum):
    """Public services or administrative services."""

    PUBLIC_SERVICE = "public_service"
    ADMINISTRATIVE = "administrative"


class CloudFamily(StrEnum):
    """Make of the cloud platform."""

    OPENSTACK = "openstack"
    HCS = "hcs"
    APSARA = "apsara"
    INSPUR = "inspur"
    H3C = "h3c"
    OTHER = "other"


class Access(StrEnum):
    """How resources are had: by API or by the operator's request form."""

    API = "api"
    REQUEST_FORM = "request_form"


class DockingState(StrEnum):
    """Docking to the provincial cloud (纳管)."""

    NONE = "none"
    PLANNED = "planned"
    DOCKED = "docked"


class Docking(Struct):
    """State and date of docking to the provincial cloud."""

    state: DockingState = field("State", DockingState.NONE)
    date: dt.date | None = field("Planned or actual date", None)


class Exemption(Struct):
    """Why a platform that the 1+N rules forbid may exist."""

    approved_by: Words = field("Body that granted it (an office, never a person)", example="省大数据局")
    document: Words = field("Document number", example="晋数发〔2020〕12号")
    date: dt.date | None = field("Date", None)


class PriceList(Struct):
    """Prices of one month."""

    vcpu: float = field("One vCPU", 0, unit="yuan/month", ge=0)
    memory_gib: float = field("One GiB of memory", 0, unit="yuan/month", ge=0)
    storage_gib: float = field("One GiB of storage", 0, unit="yuan/month", ge=0)


class Cloud(Record):
    """A cloud of the 1+N structure, or an existing platform that is absorbed."""

    name: Text = field("Name", "", example="太原市政务云")
    tier: CloudTier = field("Tier", example="city")
    intention: Intention = field("Target of migration, or to be absorbed", Intention.TARGET)
    domain: Domain | None = field("Only this domain's systems; absent: both", None)
    division: Annotated[str, Ref("division")] = field("Division it serves", example="140100")
    sector: Text = field("Sector of an industry cloud", "", example="finance")
    department: Annotated[str, Ref("department")] | None = field("Owner of a department cloud", None)
    operator: Text = field("Operator", "")
    family: CloudFamily = field("Make", CloudFamily.OTHER)
    access: Access = field("Way in", Access.API)
    lead_time_days: int = field("Lead time of a request", 0, unit="days", ge=0)
    docking: Docking = field("Docking to the provincial cloud", Docking())
    certified_grade: int = field("Highest classified-protection grade it is certified for", 3, ge=1, le=5)
    ipv6_stage: Ipv6Stage = field("IPv6 stage of its network", Ipv6Stage.NONE)
    prices: PriceList = field("Price list", PriceList())
    established: dt.date | None = field("Date it was built", None)
    extended: dt.date | None = field("Date of the last extension", None)
    exemption: Exemption | None = field("Exemption from the 1+N rules", None)
    note: Text = field("Free text", "")


class Technology(StrEnum):
    """Processor architecture of a pool."""

    X86 = "x86"
    ARM = "arm"
    DOMESTIC = "domestic"


class Resources(Struct):
    """An amount of the three pooled resources."""

    vcpu: float = field("Virtual processors", 0, unit="vCPU", ge=0)
    memory_gib: float = field("Memory", 0, unit="GiB", ge=0)
    storage_gib: float = field("Storage", 0, unit="GiB", ge=0)


class CapacityStep(Resources):
    """What a pool offers in all from a day on (until the next step)."""

    start: dt.date | None = field("First day; absent: from the beginning", None, alias="from")


class PoolAttachment(Struct):
    """Where a pool meets the network."""

    device: Annotated[str, Ref("device")] = field("Device", example="ty-dc-gw-1")
    bandwidth_mbps: float = field("Bandwidth", 0, unit="Mbit/s", ge=0)


class Pool(Record):
    """A pool of resources in one zone of a cloud."""

    name: Text = field("Name", "")
    cloud: Annotated[str, Ref("cloud")] = field("Cloud", example="yun-ty")
    zone: Text = field("Availability zone", "")
    domain: Domain | None = field("Domain; default the cloud's", None)
    technology: Technology = field("Processor architecture", Technology.X86)
    capacity: tuple[CapacityStep, ...] = field("Capacity steps over time", ())
    in_use: Resources = field("Used by what does not move", Resources())
    overcommit: float = field("vCPU sold per physical processor thread; multiplies the vCPU capacity", 1.0, gt=0)
    headroom: float | None = field("Share kept free; default the estate's", None, ge=0, le=0.95)
    attachments: tuple[PoolAttachment, ...] = field("Attachments to the network", ())
    note: Text = field("Free text", "")
