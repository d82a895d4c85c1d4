"""What moves: systems, their components, the dependencies between them, move groups, objects outside the estate."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from inventory.base import Address, EndRef, Id, Record, Ref, Struct, Text, TypedRef, Words, field
from inventory.kinds.decisions import Decision

__all__ = [
    "Component",
    "ComponentRole",
    "Criticality",
    "Dependency",
    "DependencyKind",
    "DependencyOrder",
    "DependencySource",
    "Endpoint",
    "Evidence",
    "EvidenceKind",
    "ExternalObject",
    "Lifecycle",
    "MoveGroup",
    "NeedsIpv6By",
    "ReachesBy",
    "Strength",
    "System",
    "SystemDecisions",
    "SystemKind",
    "Transfer",
    "UsageEvidence",
]


class Lifecycle(StrEnum):
    """Where a system is in its life."""

    PLANNED = "planned"
    BUILDING = "building"
    IN_SERVICE = "in_service"
    CLOSED = "closed"


class SystemKind(StrEnum):
    """What a system is; generic ones are replaced by a shared product."""

    BUSINESS = "business"
    PORTAL = "portal"
    MAIL = "mail"
    OFFICE_AUTOMATION = "office_automation"
    VIDEO = "video"
    SHARED_PLATFORM = "shared_platform"
    BASE_DATABASE = "base_database"


class Criticality(StrEnum):
    """How much depends on a system."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Transfer(StrEnum):
    """How the first copy of the data travels."""

    NETWORK = "network"
    SHIPPED = "shipped"


class EvidenceKind(StrEnum):
    """Kinds of compliance evidence."""

    FILING = "filing"
    ASSESSMENT = "assessment"
    CRYPTOGRAPHY = "cryptography"
    SCAN = "scan"
    BACKUP_TEST = "backup_test"


class Evidence(Struct):
    """A file that proves something, by path and checksum."""

    kind: EvidenceKind = field("What it proves", example="assessment")
    path: Text = field("File below evidence/", "")
    sha256: Text = field("SHA-256 of the file", "")
    date: dt.date | None = field("Date", None)
    valid_until: dt.date | None = field("Valid until", None)


class UsageEvidence(Struct):
    """How last_used was found out."""

    log_ins_90d: int | None = field("Log-ins in the last 90 days", None, ge=0)
    requests_90d: int | None = field("Requests in the last 90 days", None, ge=0)
    source: Text = field("Where the figures come from", "")


class Endpoint(Struct):
    """Where a component is reached."""

    address: Address | None = field("IPv4 address", None, example="10.14.3.10")
    address_v6: Address | None = field("IPv6 address", None)
    name: Text = field("DNS name", "", example="hydj.mzt.sx.cegn")
    port: int | None = field("TCP or UDP port", None, ge=1, le=65535)
    vpn: Annotated[str, Ref("vpn")] | None = field("VPN instance", None)
    public_address: Address | None = field("Public address", None)


class ComponentRole(StrEnum):
    """What a component does."""

    WEB = "web"
    APPLICATION = "application"
    DATABASE = "database"
    CACHE = "cache"
    QUEUE = "queue"
    FILE = "file"
    OTHER = "other"


class Component(Struct):
    """Part of a system. ``id`` is unique within its system; elsewhere it is written SYSTEM/COMPONENT."""

    id: Id = field("Id within the system", example="db")
    name: Text = field("Name", "")
    role: ComponentRole = field("Role", ComponentRole.OTHER)
    technology: Text = field("Technology now", "", example="oracle-11g")
    target_technology: Text = field("Technology afterwards; a change forbids plain replication", "", example="dm8")
    runs_in: Annotated[str, TypedRef(("room", "cloud", "pool"))] | None = field(
        "Where it runs, if not where the system does", None
    )
    assets: tuple[Annotated[str, Ref("asset", soft=True)], ...] = field("Hardware it runs on", ())
    vcpu: float = field("Virtual processors", 0, unit="vCPU", ge=0)
    memory_gib: float = field("Memory", 0, unit="GiB", ge=0)
    storage_gib: float = field("Storage", 0, unit="GiB", ge=0)
    data_gib: float = field("Data to copy", 0, unit="GiB", ge=0)
    change_gib_per_day: float = field("Data that changes", 0, unit="GiB/day", ge=0)
    endpoints: tuple[Endpoint, ...] = field("Where it is reached", ())
    target_endpoints: tuple[Endpoint, ...] = field("Where it will be reached in the cloud, as assigned there", ())


class NeedsIpv6By(Struct):
    """An AAAA record is wanted by a date."""

    by: dt.date = field("Date", example="2021-12-31")


class SystemDecisions(Struct):
    """Decisions taken by hand; they override the rules."""

    disposition: Decision | None = field(
        "retire, retain, relocate, rehost, repurchase, replatform, refactor, colocate", None
    )
    target: Decision | None = field("pool:ID or cloud:ID", None)
    slot: Decision | None = field("Slot the cutover is pinned to (2021-W14 or a date in it)", None)


NeedsIpv6 = Literal["at_cutover", "no"] | NeedsIpv6By


class System(Record):
    """An information system (信息系统)."""

    name: Text = field("Name", "", example="婚姻登记管理系统")
    department: Annotated[str, Ref("department")] = field("Owner", example="140000-mzt")
    lifecycle: Lifecycle = field("Where it is in its life", Lifecycle.IN_SERVICE)
    kind: SystemKind = field("What it is", SystemKind.BUSINESS)
    domain: Literal["public_service", "administrative"] | None = field("Which domain it serves; absent: either", None)
    grade: int | None = field("Classified-protection grade (等保)", None, ge=1, le=5)
    criticality: Criticality = field("How much depends on it", Criticality.MEDIUM)
    users: int | None = field("Users", None, ge=0)
    registered: bool | None = field("In the register of systems", None)
    duplicate_of: Annotated[str, Ref("system", soft=True)] | None = field("The system it duplicates", None)
    last_used: dt.date | None = field("Last real use", None)
    usage: UsageEvidence | None = field("Evidence of use", None)
    rto_minutes: int | None = field("Recovery time objective", None, unit="minutes", ge=0)
    rpo_minutes: int | None = field("Recovery point objective", None, unit="minutes", ge=0)
    allowed_outage_minutes: int | None = field("Outage allowed for the cutover", None, unit="minutes", ge=0)
    windows: tuple[Annotated[str, Ref("window")], ...] = field("Its own change windows; they replace selected ones", ())
    needs_ipv6: NeedsIpv6 | None = field("at_cutover, no or {by: DATE}", None)
    components: tuple[Component, ...] = field("Its parts", ())
    runs_in: Annotated[str, TypedRef(("room", "cloud", "pool", "external"))] | None = field(
        "Where it runs now", None, example="room:mzt-1"
    )
    technology: Literal["x86", "arm", "domestic"] | None = field("Architecture it needs afterwards; absent: any", None)
    transfer: Transfer = field("How its data travels", Transfer.NETWORK)
    maintenance_yuan_per_year: float = field("Maintenance cost now", 0, unit="yuan/year", ge=0)
    evidence: tuple[Evidence, ...] = field("Compliance evidence on record", ())
    decisions: SystemDecisions = field("Decisions by hand", SystemDecisions())
    effort_days: float | None = field("Effort that overrides the effort table", None, unit="person-days", ge=0)
    moved: dt.date | None = field("Day its cutover was done (kept by runs)", None)
    classified: bool = field("A classified stub: id, department and count only", False)
    count: int = field("How many a classified stub stands for", 1, ge=1)
    note: Text = field("Free text", "")


class ExternalObject(Record):
    """Something outside the estate that systems depend on."""

    name: Text = field("Name", "")
    owner: Text = field("Who runs it (an organisation)", "", example="国家级平台")
    addresses: tuple[str, ...] = field("Addresses or names", ())
    note: Text = field("Free text", "")


class DependencyKind(StrEnum):
    """What flows."""

    CALL = "call"
    DATA_FEED = "data_feed"
    SHARED_DATABASE = "shared_database"
    AUTHENTICATION = "authentication"
    BATCH = "batch"
    FILE = "file"
    MESSAGE = "message"


class Strength(StrEnum):
    """hard: the client does not work without the provider."""

    HARD = "hard"
    SOFT = "soft"


class DependencyOrder(StrEnum):
    """What the order of two cutovers must be."""

    PROVIDER_FIRST = "provider_first"
    TOGETHER = "together"
    NONE = "none"


class ReachesBy(StrEnum):
    """How the client finds the provider."""

    NAME = "name"
    ADDRESS = "address"
    UNKNOWN = "unknown"


class DependencySource(StrEnum):
    """Where the knowledge comes from; observed ones count as soft until confirmed."""

    DECLARED = "declared"
    OBSERVED = "observed"
    CONFIRMED = "confirmed"


DependencyEnd = Annotated[str, EndRef()]


def _dependency_id(data: dict[str, Any]) -> str:
    """CLIENT>PROVIDER:KIND:PORT from the fields before it (absent where one of these is wrong)."""
    kind = data.get("kind", DependencyKind.CALL)
    parts = (f"{data.get('client')}>{data.get('provider')}", kind.value, data.get("port"))
    return ":".join(str(part) for part in parts if part is not None)


class Dependency(Struct):
    """``client`` needs ``provider``. Ends: SYSTEM, SYSTEM/COMPONENT or external_object:ID."""

    client: DependencyEnd = field(
        "The one that needs: SYSTEM, SYSTEM/COMPONENT or external_object:ID", alias="from", example="140000-mzt-0003"
    )
    provider: DependencyEnd = field("The one that is needed, written alike", alias="to", example="140000-gxj-idp")
    kind: DependencyKind = field("What flows", DependencyKind.CALL)
    strength: Strength = field("hard or soft", Strength.SOFT)
    order: DependencyOrder = field("Order of the cutovers", DependencyOrder.NONE)
    reaches_by: ReachesBy = field("How the client finds the provider", ReachesBy.UNKNOWN)
    source: DependencySource = field("Where the knowledge comes from", DependencySource.DECLARED)
    protocol: Text = field("Protocol", "", example="tcp")
    port: int | None = field("Port", None, ge=1, le=65535)
    id: Words = Field(description="Id; default made of both ends, kind and port", default_factory=_dependency_id)
    traffic_mbps: float = field("Traffic", 0, unit="Mbit/s", ge=0)
    max_latency_ms: float | None = field("Latency limit", None, unit="ms", gt=0)
    first_seen: dt.date | None = field("First observed", None)
    last_seen: dt.date | None = field("Last observed", None)
    bytes_seen: int | None = field("Bytes observed", None, ge=0)
    rejected: bool = field("An observed flow that is no dependency", False)
    note: Text = field("Free text", "")


class MoveGroup(Record):
    """Systems that must move in one slot, declared by hand."""

    name: Text = field("Name", "")
    systems: tuple[Annotated[str, Ref("system", soft=True)], ...] = field(
        "Members", example=["140000-mzt-0003", "140000-mzt-0004"]
    )
    reason: Text = field("Why", "")
    note: Text = field("Free text", "")
