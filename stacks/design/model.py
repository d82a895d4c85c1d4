"""What a stack is to hold, in words that no cloud and no engine has: read from inventory and plan, frozen in runbooks,
shown in forms, made by components. Everything here survives JSON unchanged.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from inventory.base import Address, Cidr, Struct, Text, field

__all__ = [
    "Direction",
    "GroupDesign",
    "MachineDesign",
    "MachineOutputs",
    "NetworkDesign",
    "Place",
    "QuotaDesign",
    "RecordDesign",
    "RuleDesign",
    "StackDesign",
    "SubnetDesign",
    "SystemDesign",
    "SystemOutputs",
    "VolumeDesign",
    "Way",
    "ZoneDesign",
    "ZoneOutputs",
]

Version = Literal[4, 6]


class Way(StrEnum):
    """How a cloud is reached."""

    OPENSTACK = "openstack"
    TERRAFORM = "terraform"
    FORM = "form"


class Direction(StrEnum):
    """Seen from the machine."""

    INGRESS = "ingress"
    EGRESS = "egress"


class Place(Struct):
    """The cloud that a stack is made on, and how it is spoken to. Never a credential."""

    cloud: str = field("Cloud of the inventory", example="yun-ty")
    pool: str = field("Pool", example="yun-ty-a")
    way: Way = field("Way in")
    login: Text = field("Entry of clouds.yaml, or name of the provider's login", "", example="yun-ty")
    region: Text = field("Region", "")
    availability_zone: Text = field("Availability zone", "")


class SubnetDesign(Struct):
    """A subnet of one family."""

    version: Version = field("4 or 6")
    prefix: Cidr = field("Prefix", example="10.128.3.0/24")
    dns_servers: tuple[Address, ...] = field("Name servers that its machines are told", ())
    dynamic: tuple[Address, Address] | None = field(
        "First and last of the addresses that are given to whoever names none; absent: the cloud's own choice", None
    )


class NetworkDesign(Struct):
    """The network of a landing zone, with one subnet of each family."""

    name: str = field("Name")
    subnets: tuple[SubnetDesign, ...] = field("Subnets")
    external_network: Text = field("Network of the cloud that the router's gateway is in; empty: none", "")


class RuleDesign(Struct):
    """What a security group lets through. Exactly one of ``remote_prefix`` and ``remote_group`` is set."""

    id: str = field("Short and stable, made of what the rule says", example="in-tcp-443-10.1.0.0-16")
    direction: Direction = field("Seen from the machine", Direction.INGRESS)
    version: Version = field("4 or 6")
    protocol: Text = field("tcp, udp, icmp or ipv6-icmp; empty: any", "")
    ports: tuple[int, int] | None = field("First and last port; absent: all", None)
    remote_prefix: Cidr | None = field("The other end", None)
    remote_group: Text = field("Security group of the same stack at the other end", "")
    reasons: tuple[str, ...] = field("Why: ids of dependencies and bridges, or the row of the settings", ())
    public: bool = field("Whether the other end is meant to be everybody", False)


class GroupDesign(Struct):
    """A security group: all that is not let through is shut out."""

    name: str = field("Name", example="140000-mzt-0003-web")
    rules: tuple[RuleDesign, ...] = field("Rules", ())


class QuotaDesign(Struct):
    """How much a landing zone may use."""

    vcpu: int = field("Virtual processors", unit="vCPU", ge=0)
    memory_gib: int = field("Memory", unit="GiB", ge=0)
    storage_gib: int = field("Storage", unit="GiB", ge=0)
    machines: int = field("Machines", ge=0)
    volumes: int = field("Volumes", ge=0)


class RecordDesign(Struct):
    """A DNS record set."""

    name: str = field("Full name with its final dot", example="hydj.mzt.sx.cegn.")
    type: Literal["A", "AAAA"] = field("Type")
    values: tuple[Address, ...] = field("Addresses")
    ttl: int = field("Time to live", 300, unit="s", ge=30)


class VolumeDesign(Struct):
    """A volume beside the machine's own disk."""

    name: str = field("Name", example="data")
    size_gib: int = field("Size", unit="GiB", ge=1)
    type: Text = field("Volume type", "")


class MachineDesign(Struct):
    """The machine of a component, with its port."""

    component: str = field("Component of the system", example="db")
    name: str = field("Name", example="140000-mzt-0003-db")
    image: str = field("Image")
    flavor: str = field("Flavor")
    vcpu: int = field("Virtual processors of the flavor", unit="vCPU", ge=1)
    memory_gib: float = field("Memory of the flavor", unit="GiB", gt=0)
    key: Text = field("Key pair of the cloud", "")
    addresses: tuple[Address, ...] = field("Fixed addresses, at most one of each family", ())
    groups: tuple[str, ...] = field("Security groups of the stack or the landing zone", ())
    volumes: tuple[VolumeDesign, ...] = field("Volumes", ())


class ZoneDesign(Struct):
    """A landing zone: the project of one department in one pool."""

    kind: Literal["zone"] = "zone"
    id: str = field("POOL.DEPARTMENT", example="yun-ty-a.140000-mzt")
    place: Place = field("Where")
    project: str = field("Name of the project")
    department: str = field("Department")
    grade: int = field("Highest classified-protection grade of its systems", 0, ge=0, le=5)
    quota: QuotaDesign = field("Quota")
    network: NetworkDesign = field("Network")
    groups: tuple[GroupDesign, ...] = field("Baseline security groups", ())
    domain: Text = field("Domain of the identity service that the project is in; empty: the login's", "")
    roles: tuple[str, ...] = field("Roles that the login gets in the project", ())
    dns_zone: Text = field("DNS zone with its final dot; empty: the cloud keeps none", "")
    dns_mail: Text = field("Mail address of the zone's SOA", "")
    protected: tuple[str, ...] = field("Logical names, with * and ?, of what is never deleted", ())

    @property
    def stack(self) -> str:
        """Name of its stack."""
        return f"zone.{self.id}"


class SystemDesign(Struct):
    """A system's machines in its landing zone."""

    kind: Literal["system"] = "system"
    id: str = field("System", example="140000-mzt-0003")
    zone: str = field("Landing zone, POOL.DEPARTMENT")
    place: Place = field("Where")
    department: str = field("Department")
    grade: int = field("Classified-protection grade", 0, ge=0, le=5)
    needs_ipv6: bool = field("Whether its machines have to be reached over IPv6", False)
    machines: tuple[MachineDesign, ...] = field("Machines", ())
    groups: tuple[GroupDesign, ...] = field("Security groups", ())
    records: tuple[RecordDesign, ...] = field("DNS records", ())
    protected: tuple[str, ...] = field("Logical names, with * and ?, of what is never deleted", ())

    @property
    def stack(self) -> str:
        """Name of its stack."""
        return f"system.{self.id}"


StackDesign = Annotated[ZoneDesign | SystemDesign, Field(discriminator="kind")]


class ZoneOutputs(Struct):
    """What the stack of a landing zone, or the operator's delivery, hands to the stacks of its systems."""

    project_id: str = field("Project")
    network_id: str = field("Network")
    subnets: dict[Literal["4", "6"], str] = field("Id of the subnet of each family")
    groups: dict[str, str] = field("Id of each baseline security group, by name", {})
    dns_zone_id: str = field("DNS zone", "")


class MachineOutputs(Struct):
    """A machine as it was made."""

    id: str = field("Machine")
    name: str = field("Name")
    addresses: tuple[Address, ...] = field("Addresses of its port", ())
    mac: str = field("MAC address of its port", "")


class SystemOutputs(Struct):
    """What the stack of a system, or the operator's delivery, hands on."""

    machines: dict[str, MachineOutputs] = field("Machine of each component", {})
