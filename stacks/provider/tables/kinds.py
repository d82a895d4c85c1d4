"""Every kind of object that the provider makes: its inputs, what a change of each means, and what the cloud adds."""

from __future__ import annotations

from collections.abc import Mapping

from stacks.provider.model import Change, Kind, Marking, Property, Shape

__all__ = ["BY_TOKEN", "KINDS"]

P = Property
REPLACE, GROW = Change.REPLACE, Change.GROW
INTEGER, BOOLEAN, TEXTS, MAP, POOLS, ADDRESSES = (
    Shape.INTEGER,
    Shape.BOOLEAN,
    Shape.TEXTS,
    Shape.MAP,
    Shape.POOLS,
    Shape.ADDRESSES,
)
RA_MODES = ("slaac", "dhcpv6-stateful", "dhcpv6-stateless")

NAME = P("name", required=True)
DESCRIPTION = P("description", default="")


def _limits(*rows: tuple[str, str]) -> tuple[Property, ...]:
    """Limits of a quota: -1 is no limit; what is not named is not touched."""
    return tuple(P(name, INTEGER, computed=True, attribute=attribute, minimum=-1) for name, attribute in rows)


COMPUTE_LIMITS = _limits(("cores", ""), ("ram_mib", "ram"), ("instances", ""), ("key_pairs", ""))
VOLUME_LIMITS = _limits(("volumes", ""), ("gigabytes", ""), ("snapshots", ""))
NETWORK_LIMITS = _limits(
    ("networks", ""),
    ("subnets", ""),
    ("routers", ""),
    ("ports", ""),
    ("security_groups", ""),
    ("security_group_rules", ""),
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "Project", "identity", singular="project", plural="projects", marking=Marking.LABELS, clashes=True,
        properties=(NAME, DESCRIPTION, P("domain_id", change=REPLACE, computed=True), P("enabled", BOOLEAN, default=True, attribute="is_enabled")),
    ),
    Kind(
        "RoleAssignment", "identity", clashes=True,
        properties=(P("project_id", required=True, change=REPLACE), P("role", required=True, change=REPLACE), P("user_id", change=REPLACE, computed=True)),
    ),
    Kind(
        "Quota", "identity", clashes=True,
        properties=(P("project_id", required=True, change=REPLACE), *COMPUTE_LIMITS, *VOLUME_LIMITS, *NETWORK_LIMITS),
    ),
    Kind(
        "Network", "network", singular="network", plural="networks", marking=Marking.TAGS, outputs=("mtu",),
        properties=(NAME, DESCRIPTION, P("mtu", INTEGER, computed=True, minimum=68)),
    ),
    Kind(
        "Subnet", "network", singular="subnet", plural="subnets", marking=Marking.TAGS, outputs=("gateway_ip",), clashes=True,
        properties=(
            NAME,
            P("network_id", required=True, change=REPLACE),
            P("ip_version", INTEGER, required=True, change=REPLACE, choices=(4, 6)),
            P("cidr", required=True, change=REPLACE, address=True),
            P("gateway_ip", computed=True, address=True),
            P("enable_dhcp", BOOLEAN, default=True, attribute="is_dhcp_enabled"),
            P("dns_nameservers", TEXTS, default=(), ordered=True, address=True),
            P("allocation_pools", POOLS, computed=True),
            P("ipv6_address_mode", change=REPLACE, choices=RA_MODES),
            P("ipv6_ra_mode", change=REPLACE, choices=RA_MODES),
            DESCRIPTION,
        ),
    ),
    Kind(
        "Router", "network", singular="router", plural="routers", marking=Marking.TAGS,
        properties=(NAME, P("external_network", default=""), DESCRIPTION),
    ),
    Kind(
        "RouterInterface", "network", clashes=True,
        properties=(P("router_id", required=True, change=REPLACE), P("subnet_id", required=True, change=REPLACE)),
    ),
    Kind("SecurityGroup", "network", singular="security_group", plural="security_groups", marking=Marking.TAGS, properties=(NAME, DESCRIPTION)),
    Kind(
        "SecurityGroupRule", "network", singular="security_group_rule", plural="security_group_rules", marking=Marking.DESCRIPTION, clashes=True,
        properties=(
            P("security_group_id", required=True, change=REPLACE),
            P("direction", required=True, change=REPLACE, choices=("ingress", "egress")),
            P("ether_type", required=True, change=REPLACE, choices=("IPv4", "IPv6")),
            P("protocol", change=REPLACE),
            P("port_range_min", INTEGER, change=REPLACE, minimum=0),
            P("port_range_max", INTEGER, change=REPLACE, minimum=0),
            P("remote_ip_prefix", change=REPLACE, address=True),
            P("remote_group_id", change=REPLACE),
        ),
    ),
    Kind(
        "Port", "network", singular="port", plural="ports", marking=Marking.TAGS, outputs=("mac_address", "fixed_ips"), clashes=True,
        properties=(
            NAME,
            P("network_id", required=True, change=REPLACE),
            P("fixed_ips", ADDRESSES, computed=True),
            P("security_group_ids", TEXTS, computed=True),
            DESCRIPTION,
        ),
    ),
    Kind(
        "Keypair", "compute", singular="keypair", plural="keypairs", clashes=True,
        properties=(P("name", required=True, change=REPLACE), P("public_key", required=True, change=REPLACE)),
    ),
    Kind(
        "Server", "compute", singular="server", plural="servers", marking=Marking.METADATA, outputs=("status", "image_id", "flavor_id", "ready"),
        clashes=True, seconds=900,
        properties=(
            NAME,
            P("image", required=True, change=REPLACE),
            P("flavor", required=True, change=REPLACE),
            P("port_ids", TEXTS, required=True, change=REPLACE, blind=True, ordered=True),
            P("key_name", change=REPLACE),
            P("availability_zone", change=REPLACE, computed=True),
            P("metadata", MAP, computed=True),
            P("user_data", change=REPLACE, secret=True, blind=True),
        ),
    ),
    Kind(
        "Volume", "block_storage", singular="volume", plural="volumes", marking=Marking.METADATA, outputs=("status", "ready"), seconds=600,
        properties=(
            NAME,
            P("size_gib", INTEGER, required=True, change=GROW, attribute="size", minimum=1),
            P("volume_type", change=REPLACE, computed=True),
            P("availability_zone", change=REPLACE, computed=True),
            P("metadata", MAP, computed=True),
            DESCRIPTION,
        ),
    ),
    Kind(
        "VolumeAttachment", "compute", clashes=True, outputs=("device",), seconds=300,
        properties=(P("server_id", required=True, change=REPLACE), P("volume_id", required=True, change=REPLACE)),
    ),
    Kind(
        "DnsZone", "dns", singular="zone", plural="zones", marking=Marking.DESCRIPTION, clashes=True,
        properties=(P("name", required=True, change=REPLACE), P("email", required=True), P("ttl", INTEGER, computed=True, minimum=1), DESCRIPTION),
    ),
    Kind(
        "RecordSet", "dns", singular="recordset", plural="recordsets", marking=Marking.DESCRIPTION, clashes=True,
        properties=(
            P("zone_id", required=True, change=REPLACE),
            P("name", required=True, change=REPLACE),
            P("type", required=True, change=REPLACE, choices=("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT")),
            P("records", TEXTS, required=True, address=True),
            P("ttl", INTEGER, computed=True, minimum=1),
            DESCRIPTION,
        ),
    ),
)  # fmt: skip

BY_TOKEN: Mapping[str, Kind] = {kind.token: kind for kind in KINDS}
