"""settings.stacks: how each cloud is reached and what it offers, so that places of systems can be made or asked for.

Every row says where it comes from. Never a credential: ``login`` names an entry of clouds.yaml, or of the provider's
own login file, on the machine that speaks to the cloud.
"""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from inventory.base import Address, Cidr, Ref, Struct, Text, Words, field
from inventory.kinds.clouds import Technology
from inventory.kinds.systems import ComponentRole

__all__ = [
    "BaselineRule",
    "CloudStacks",
    "CloudWay",
    "FlavorRow",
    "ImageRow",
    "PoolPlace",
    "ProtectedRow",
    "StackSettings",
    "VolumeTypeRow",
    "is_everybody",
]

_WIDEST = {4: 8, 6: 16}


Port = Annotated[int, Field(ge=1, le=65535)]


class CloudWay(StrEnum):
    """How a cloud is reached: by our provider, by a vendor's Terraform provider, or by the operator's form."""

    OPENSTACK = "openstack"
    TERRAFORM = "terraform"
    FORM = "form"


class PoolPlace(Struct):
    """Where a pool's machines stand in the cloud's own words."""

    pool: Annotated[str, Ref("pool", soft=True)] = field("Pool", example="yun-ty-a")
    availability_zone: Text = field("Availability zone", "", example="az1")
    region: Text = field("Region, where it is not the cloud's", "")
    source: Words = field("Where it comes from", example="云服务商甲资源清单")


class ImageRow(Struct):
    """An image. Of the rows that fit a component the most particular counts, of equal ones the first."""

    image: Words = field("Name or id in the cloud", example="kylin-v10-x86")
    technology: Technology | None = field("Only pools of this architecture; absent: all", None)
    role: ComponentRole | None = field("Only components of this role; absent: all", None)
    component_technology: Text = field(
        "Only components of this technology, with * and ?; empty: all", "", example="dm8*"
    )
    source: Words = field("Where it comes from", example="云服务商甲镜像目录")


class FlavorRow(Struct):
    """A size of machine. A component gets the smallest that is large enough."""

    name: Words = field("Name or id in the cloud", example="c6.xlarge.2")
    vcpu: int = field("Virtual processors", unit="vCPU", example=4, ge=1)
    memory_gib: float = field("Memory", unit="GiB", example=8, gt=0)
    technology: Technology | None = field("Only pools of this architecture; absent: all", None)
    source: Words = field("Where it comes from", example="云服务商甲规格目录")


class VolumeTypeRow(Struct):
    """A type of volume. The first row that fits counts; without one the cloud's own default is used."""

    type: Words = field("Name in the cloud", example="ssd")
    role: ComponentRole | None = field("Only components of this role; absent: all", None)
    source: Words = field("Where it comes from", example="云服务商甲规格目录")


class CloudStacks(Struct):
    """One cloud: how it is spoken to, and what can be had there."""

    cloud: Annotated[str, Ref("cloud", soft=True)] = field("Cloud", example="yun-ty")
    way: CloudWay | None = field(
        "How it is reached; absent: form where the cloud's access is request_form, else openstack", None
    )
    login: Text = field("Entry of clouds.yaml, or name of the provider's login; never a credential", "")
    region: Text = field("Region", "", example="RegionOne")
    domain: Text = field("Domain of the identity service in which projects are made; empty: the login's", "")
    roles: tuple[Words, ...] = field("Roles that the login gets in each project it makes", ("member",))
    pools: tuple[PoolPlace, ...] = field("Its pools in its own words; a pool without a row: the record's zone", ())
    external_network: Text = field(
        "Network in which routers of landing zones have their gateway; empty: the cloud's network is routed without", ""
    )
    dns_zone: Text = field(
        "Zone below which landing zones have theirs, with its final dot; empty: the cloud keeps none", "",
        example="yun.ty.cegn.",
    )  # fmt: skip
    dns_mail: Text = field("Mail address of the zones' SOA records", "", example="hostmaster@yun.ty.cegn")
    dns_servers: tuple[Address, ...] = field("Name servers of both families that machines are told", ())
    images: tuple[ImageRow, ...] = field("Images", ())
    flavors: tuple[FlavorRow, ...] = field("Sizes of machines", ())
    volume_types: tuple[VolumeTypeRow, ...] = field("Types of volumes", ())
    key: Text = field("Key pair that machines are made with, as the cloud knows it", "")
    source: Words = field("Where the row comes from", example="市大数据局")


class BaselineRule(Struct):
    """What machines of every landing zone let through, whatever their systems depend on."""

    name: Words = field("Short name; rules of one name and role make one security group", example="bastion")
    role: ComponentRole | None = field("Only machines of components of this role; absent: all", None)
    direction: Literal["ingress", "egress"] = field("Seen from the machine", "ingress")
    protocol: Literal["", "tcp", "udp", "icmp"] = field("Protocol; icmp: that of the prefix's family; empty: any", "")
    ports: tuple[Port, Port] | None = field("First and last port; absent: all", None, example=[22, 22])
    prefix: Cidr = field("The other end", example="10.14.9.0/24")
    public: bool = field("Whether it is meant to be open to everybody", False)
    source: Words = field("Who asks for it", example="运维安全管理办法 第 12 条")


class ProtectedRow(Struct):
    """What the engine never deletes: not when it leaves the design, not with its stack."""

    stack: Words = field("Stacks by name, with * and ?", example="zone.*")
    resource: Words = field("Logical names of resources, with * and ?", example="network")
    source: Words = field("Who asks for it", example="assumption")


class StackSettings(Struct):
    """Places on clouds."""

    project: Words = field("Name under which the engine keeps the stacks", "qianyun")
    backend: Text = field("Where stacks are kept: file://FOLDER or s3://BUCKET; empty: .qianyun/stacks", "")
    clouds: tuple[CloudStacks, ...] = field(
        "Clouds, one row each", (), example=[{"cloud": "yun-ty", "login": "yun-ty", "source": "assumption"}]
    )
    zone_length: int = field(
        "Length of a landing zone's IPv4 prefix, taken out of its pool's", 26, unit="bits", ge=16, le=29
    )
    headroom: float = field("What a landing zone may use beyond its systems, as a share of them", 0.2, ge=0, le=4)
    baseline: tuple[BaselineRule, ...] = field("What machines of all landing zones let through", ())
    protected: tuple[ProtectedRow, ...] = field("What is never deleted", ())
    source: Words = field("Where the layout comes from", "assumption")

    def of(self, cloud: str) -> CloudStacks | None:
        """The row of a cloud."""
        return next((row for row in self.clouds if row.cloud == cloud), None)


def is_everybody(prefix: str) -> bool:
    """Whether a prefix is the open network: larger than 10.0.0.0/8, or than IPv6 prefixes that states are given."""
    network = ipaddress.ip_network(prefix)
    return network.prefixlen < _WIDEST[network.version]
