"""The government external network: devices, links, VPNs, prefixes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from inventory.base import Address, Cidr, InterfaceAddress, Record, Ref, SelectorText, Struct, Text, Words, field
from inventory.kinds.territory import Level

__all__ = [
    "Device",
    "DeviceRole",
    "Encoding",
    "Interface",
    "Ipv6Capability",
    "Ipv6Stage",
    "Link",
    "LinkUpgrade",
    "Prefix",
    "PrefixPurpose",
    "Vpn",
    "VpnTechnology",
]


class Ipv6Stage(StrEnum):
    """Stages of the dual-stack retrofit, in order."""

    NONE = "none"
    ASSESSED = "assessed"
    ADDRESSED = "addressed"
    UNDERLAY = "underlay"
    ROUTING = "routing"
    SERVICE = "service"
    SECURITY = "security"
    VERIFIED = "verified"


class Ipv6Capability(StrEnum):
    """Whether a device can do IPv6."""

    UNKNOWN = "unknown"
    READY = "ready"
    UPGRADE = "upgrade"
    REPLACE = "replace"


class DeviceRole(StrEnum):
    """Place of a device in the network."""

    CORE = "core"
    AGGREGATION = "aggregation"
    ACCESS = "access"
    CUSTOMER_EDGE = "customer_edge"
    FIREWALL = "firewall"
    EXIT = "exit"


class Encoding(StrEnum):
    """Text encoding of a device's configuration."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"


class Interface(Struct):
    """One interface of a device."""

    name: Words = field("Name as the device writes it", example="GigabitEthernet0/0/1")
    addresses: tuple[InterfaceAddress, ...] = field("IPv4 and IPv6 addresses with prefix length", ())
    vlan: int | None = field("VLAN", None, ge=1, le=4094)
    vpn: Annotated[str, Ref("vpn")] | None = field("VPN instance", None)
    description: Text = field("Description", "")


class Device(Record):
    """A router, switch or firewall."""

    name: Text = field("Host name", "", example="TY-CORE-1")
    division: Annotated[str, Ref("division")] = field("Division", example="140100")
    level: Level = field("Administrative level it serves", example="city")
    department: Annotated[str, Ref("department")] | None = field("Owner, for customer-edge devices", None)
    room: Annotated[str, Ref("room")] | None = field("Room it stands in", None)
    role: DeviceRole = field("Role", example="core")
    platform: Text = field("Operating system", "", example="huawei_vrp8")
    model: Text = field("Hardware model", "", example="NE40E-X8")
    software: Text = field("Software release", "", example="V800R012C00SPC300")
    management_address: Address | None = field("Management address", None, example="10.255.1.1")
    host_key: Text = field("SSH host key, as in known_hosts", "")
    credential: Text = field("Reference to a credential, never the credential", "", example="agent:netops")
    encoding: Encoding = field("Text encoding of its configuration", Encoding.UTF_8)
    redundancy_group: Text = field("Devices of one group back each other up", "")
    loopbacks: tuple[Address, ...] = field("Loopback addresses", ())
    interfaces: tuple[Interface, ...] = field("Interfaces", ())
    ipv6_capability: Ipv6Capability = field("Whether it can do IPv6", Ipv6Capability.UNKNOWN)
    ipv6_stage: Ipv6Stage = field("Stage of the dual-stack retrofit reached", Ipv6Stage.NONE)
    note: Text = field("Free text", "")


class LinkUpgrade(Struct):
    """A bandwidth that the carrier offers for a link, and its fee."""

    bandwidth_mbps: float = field("Bandwidth", unit="Mbit/s", example=2000, gt=0)
    fee_yuan_per_month: float = field("Fee", unit="yuan/month", example=9000, ge=0)


class Link(Record):
    """A backbone link between two device interfaces."""

    a_device: Annotated[str, Ref("device")] = field("Device at end A", example="ty-core-1")
    a_interface: Text = field("Interface at end A", "", example="GE0/0/1")
    b_device: Annotated[str, Ref("device")] = field("Device at end B", example="ty-access-1")
    b_interface: Text = field("Interface at end B", "")
    metric_ab: int = field("Routing metric from A to B", 10, ge=1)
    metric_ba: int = field("Routing metric from B to A", 10, ge=1)
    bandwidth_mbps: float = field("Bandwidth", unit="Mbit/s", example=1000, gt=0)
    p95_mbps: float = field("95th percentile of use", 0, unit="Mbit/s", ge=0)
    peak_mbps: float = field("Peak use", 0, unit="Mbit/s", ge=0)
    carrier: Annotated[str, Ref("carrier")] | None = field("Carrier", None)
    fee_yuan_per_month: float = field("Fee", 0, unit="yuan/month", ge=0)
    migration_share: float | None = field("Share usable for migration copies; default the estate's", None, ge=0, le=1)
    upgrades: tuple[LinkUpgrade, ...] = field("Priced upgrade steps", ())
    note: Text = field("Free text", "")


class VpnTechnology(StrEnum):
    """How a VPN is carried."""

    MPLS_L3VPN = "mpls_l3vpn"
    SRV6 = "srv6"
    VRF_LITE = "vrf_lite"
    VLAN = "vlan"


class Vpn(Record):
    """A VPN instance that keeps departments or services apart."""

    name: Text = field("Name", "", example="gov-common")
    technology: VpnTechnology = field("Technology", VpnTechnology.MPLS_L3VPN)
    domain: Text = field("Domain (public network area, internet area, department)", "")
    route_targets: tuple[str, ...] = field("Route targets", (), example=["65001:100"])
    service_class: Text = field("Service class", "")
    members: Annotated[str, SelectorText()] = field("Selector of its members", "")
    note: Text = field("Free text", "")


class PrefixPurpose(StrEnum):
    """What a prefix is for."""

    INFRASTRUCTURE = "infrastructure"
    LINK = "link"
    LOOPBACK = "loopback"
    USERS = "users"
    POOL = "pool"
    INTERCONNECTION = "interconnection"


class Prefix(Record):
    """An IPv4 or IPv6 prefix and its use."""

    prefix: Cidr = field("Prefix", example="10.14.0.0/16")
    purpose: PrefixPurpose = field("Purpose", example="users")
    division: Annotated[str, Ref("division")] | None = field("Division", None)
    department: Annotated[str, Ref("department", soft=True)] | None = field("Department that uses it", None)
    site: Text = field("Site, pool or link", "")
    aggregate: bool = field("Handed down to divisions below, not used itself", False)
    vpn: Annotated[str, Ref("vpn")] | None = field("VPN instance", None)
    pair: Annotated[str, Ref("prefix", soft=True)] | None = field(
        "The prefix of the other family for the same segment", None
    )
    pinned: bool = field("Assigned by hand; address planning keeps it", False)
    note: Text = field("Free text", "")
