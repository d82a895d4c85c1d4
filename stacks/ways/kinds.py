"""The kinds of resources that components ask for, with the names of what goes in and what comes out.

Amounts: vCPU, MiB and GiB as the names say. Ids are those of the cloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["FIELDS", "Kind", "KindFields"]


class Kind(StrEnum):
    """What can be asked for; the value is the last part of our provider's token."""

    PROJECT = "Project"
    ROLE_ASSIGNMENT = "RoleAssignment"
    QUOTA = "Quota"
    NETWORK = "Network"
    SUBNET = "Subnet"
    ROUTER = "Router"
    ROUTER_INTERFACE = "RouterInterface"
    SECURITY_GROUP = "SecurityGroup"
    SECURITY_GROUP_RULE = "SecurityGroupRule"
    PORT = "Port"
    KEYPAIR = "Keypair"
    SERVER = "Server"
    VOLUME = "Volume"
    VOLUME_ATTACHMENT = "VolumeAttachment"
    DNS_ZONE = "DnsZone"
    RECORD_SET = "RecordSet"


@dataclass(frozen=True)
class KindFields:
    """Names of a kind: inputs that must be given, those that may be, and outputs beside them."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[str, ...]:
        """All that may go in."""
        return (*self.required, *self.optional)


FIELDS: Mapping[Kind, KindFields] = {
    Kind.PROJECT: KindFields(("name",), ("description", "domain_id", "enabled")),
    Kind.ROLE_ASSIGNMENT: KindFields(("project_id", "role"), ("user_id",)),
    Kind.QUOTA: KindFields(
        ("project_id",),
        (
            "cores", "ram_mib", "instances", "key_pairs", "volumes", "gigabytes", "snapshots", "networks", "subnets",
            "routers", "ports", "security_groups", "security_group_rules",
        ),
    ),
    Kind.NETWORK: KindFields(("name",), ("description", "mtu")),
    Kind.SUBNET: KindFields(
        ("name", "network_id", "ip_version", "cidr"),
        (
            "gateway_ip", "enable_dhcp", "dns_nameservers", "allocation_pools", "ipv6_address_mode", "ipv6_ra_mode",
            "description",
        ),
    ),
    Kind.ROUTER: KindFields(("name",), ("external_network", "description")),
    Kind.ROUTER_INTERFACE: KindFields(("router_id", "subnet_id")),
    Kind.SECURITY_GROUP: KindFields(("name",), ("description",)),
    Kind.SECURITY_GROUP_RULE: KindFields(
        ("security_group_id", "direction", "ether_type"),
        ("protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "remote_group_id"),
    ),
    Kind.PORT: KindFields(
        ("name", "network_id"),
        ("fixed_ips", "security_group_ids", "description"),
        ("mac_address", "fixed_ips"),
    ),
    Kind.KEYPAIR: KindFields(("name", "public_key")),
    Kind.SERVER: KindFields(
        ("name", "image", "flavor", "port_ids"),
        ("key_name", "availability_zone", "metadata", "user_data"),
        ("status", "image_id", "flavor_id"),
    ),
    Kind.VOLUME: KindFields(
        ("name", "size_gib"), ("volume_type", "availability_zone", "metadata", "description"), ("status",)
    ),
    Kind.VOLUME_ATTACHMENT: KindFields(("server_id", "volume_id"), (), ("device",)),
    Kind.DNS_ZONE: KindFields(("name", "email"), ("ttl", "description")),
    Kind.RECORD_SET: KindFields(("zone_id", "name", "type", "records"), ("ttl", "description")),
}  # fmt: skip
