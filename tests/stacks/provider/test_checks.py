"""Inputs that cannot be right."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.provider.checks import failures
from stacks.provider.tables.kinds import KINDS
from stacks.provider.values import UNKNOWN

BY_NAME = {kind.name: kind for kind in KINDS}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ5 ops"
GOOD: dict[str, dict[str, Any]] = {
    "Project": {"name": "p"},
    "RoleAssignment": {"project_id": "p", "role": "member"},
    "Quota": {"project_id": "p", "cores": 8, "networks": -1},
    "Network": {"name": "n", "mtu": 1450},
    "Subnet": {
        "name": "s",
        "network_id": UNKNOWN,
        "ip_version": 6,
        "cidr": "fd00:1::/64",
        "gateway_ip": "fd00:1::1",
        "dns_nameservers": ["fd00::53"],
        "allocation_pools": [{"start": "fd00:1::10", "end": "fd00:1::20"}],
        "ipv6_address_mode": "dhcpv6-stateful",
    },
    "Router": {"name": "r"},
    "RouterInterface": {"router_id": "r", "subnet_id": "s"},
    "SecurityGroup": {"name": "g"},
    "SecurityGroupRule": {
        "security_group_id": "g",
        "direction": "ingress",
        "ether_type": "IPv4",
        "protocol": "tcp",
        "port_range_min": 443,
        "port_range_max": 443,
        "remote_ip_prefix": "10.0.0.0/8",
    },
    "Port": {"name": "p", "network_id": "n", "fixed_ips": [{"subnet_id": "s", "ip_address": "10.0.0.5"}]},
    "Keypair": {"name": "k", "public_key": KEY},
    "Server": {"name": "s", "image": "i", "flavor": "f", "port_ids": [UNKNOWN], "user_data": "top-secret"},
    "Volume": {"name": "v", "size_gib": 10, "metadata": {"a": "b"}},
    "VolumeAttachment": {"server_id": "s", "volume_id": "v"},
    "DnsZone": {"name": "a.cn.", "email": "ops@a.cn"},
    "RecordSet": {"zone_id": "z", "name": "x.a.cn.", "type": "AAAA", "records": ["fd00::5"]},
}


def test_every_kind_has_an_example() -> None:
    assert set(GOOD) == set(BY_NAME)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_good_inputs_pass(name: str) -> None:
    assert failures(BY_NAME[name], GOOD[name]) == []


@pytest.mark.parametrize("name", sorted(GOOD))
def test_each_required_property_is_missed(name: str) -> None:
    kind = BY_NAME[name]
    for row in kind.properties:
        if row.required:
            rest = {key: value for key, value in GOOD[name].items() if key != row.name}
            assert [failure.name for failure in failures(kind, rest)] == [row.name]


@pytest.mark.parametrize(
    ("kind", "change", "where", "words"),
    [
        ("Network", {"mtu": "1450"}, "mtu", "whole number"),
        ("Network", {"mtu": 1450.5}, "mtu", "whole number"),
        ("Network", {"mtu": True}, "mtu", "whole number"),
        ("Network", {"mtu": 40}, "mtu", "less than 68"),
        ("Network", {"mtu": 70000}, "mtu", "65535"),
        ("Network", {"mut": 1450}, "mut", "nearest: mtu"),
        ("Network", {"name": " "}, "name", "empty"),
        ("Network", {"name": "n" * 256}, "name", "255"),
        ("Network", {"description": "d" * 151}, "description", "150"),
        ("Subnet", {"cidr": "fd00:1::1/64"}, "cidr", "host bits"),
        ("Subnet", {"cidr": "10.0.0.0/24"}, "cidr", "IPv4 prefix"),
        ("Subnet", {"ip_version": 5}, "ip_version", "not one of"),
        ("Subnet", {"gateway_ip": "fd00:2::1"}, "gateway_ip", "not in fd00:1::/64"),
        ("Subnet", {"gateway_ip": "10.0.0.1"}, "gateway_ip", "IPv4 address in an IPv6"),
        ("Subnet", {"dns_nameservers": ["dns.cn"]}, "dns_nameservers", "no"),
        ("Subnet", {"allocation_pools": [{"start": "fd00:1::1"}]}, "allocation_pools", "end"),
        ("Subnet", {"allocation_pools": [{"start": "fd00:9::1", "end": "fd00:9::2"}]}, "allocation_pools", "not in"),
        ("SecurityGroupRule", {"port_range_max": 442}, "port_range_max", "less than"),
        ("SecurityGroupRule", {"port_range_max": None}, "port_range_max", "needed"),
        ("SecurityGroupRule", {"protocol": "tpc"}, "protocol", "nearest: tcp"),
        ("SecurityGroupRule", {"protocol": None}, "protocol", "needed"),
        ("SecurityGroupRule", {"remote_group_id": "g"}, "remote_group_id", "only one"),
        ("SecurityGroupRule", {"remote_ip_prefix": "fd00::/8"}, "remote_ip_prefix", "not IPv4"),
        ("SecurityGroupRule", {"remote_ip_prefix": "10.0.0.1/8"}, "remote_ip_prefix", "host bits"),
        ("Port", {"fixed_ips": [{"ip_address": "10.0.0.5"}]}, "fixed_ips", "subnet_id"),
        ("Port", {"fixed_ips": [{"subnet_id": "s", "ip_address": "10.0.0"}]}, "fixed_ips", "not an address"),
        ("Keypair", {"public_key": "-----BEGIN"}, "public_key", "no public key"),
        ("Server", {"port_ids": []}, "port_ids", "at least one"),
        ("Server", {"metadata": {"qianyun.urn": "x"}}, "metadata", "provider's own"),
        ("Server", {"metadata": {"a": 1}}, "metadata", "not a text"),
        ("Volume", {"size_gib": 0}, "size_gib", "less than 1"),
        ("Quota", {"cores": -2}, "cores", "less than -1"),
        ("DnsZone", {"name": "a.cn"}, "name", "final dot"),
        ("DnsZone", {"email": "ops"}, "email", "mail"),
        ("RecordSet", {"records": ["10.0.0.1"]}, "records", "IPv6"),
        ("RecordSet", {"records": []}, "records", "at least one"),
        ("RecordSet", {"type": "AAA"}, "type", "not one of"),
    ],
)
def test_what_is_wrong_is_named(kind: str, change: dict[str, Any], where: str, words: str) -> None:
    found = failures(BY_NAME[kind], {**GOOD[kind], **change})
    assert {failure.name for failure in found} == {where}
    assert words in found[0].reason


def test_ipv6_modes_belong_to_ipv6() -> None:
    inputs = {"name": "s", "network_id": "n", "ip_version": 4, "cidr": "10.0.0.0/24", "ipv6_ra_mode": "slaac"}
    assert [failure.name for failure in failures(BY_NAME["Subnet"], inputs)] == ["ipv6_ra_mode"]


def test_reasons_never_show_a_secret() -> None:
    found = failures(BY_NAME["Server"], {**GOOD["Server"], "user_data": ["top-secret"]})
    assert [failure.name for failure in found] == ["user_data"]
    assert "top-secret" not in found[0].reason
