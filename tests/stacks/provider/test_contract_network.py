"""Networks against a real OpenStack: the whole life of an object, drift and failures.

The plug-in process is spoken to over the wire, as the engine does; the cloud is looked at with a login of its own.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.stacks.provider.contract import Life, Place, live
from tests.stacks.provider.wire_client import FailedError
from tools.cloudbed.content import EXTERNAL


def test_network(place: Place) -> None:
    life = Life(
        "Network", {"name": "n", "mtu": 1450}, {"description": "text", "mtu": 1420, "name": "m"}, ("mtu", "name")
    )
    live(place, life, lambda id: place.cloud.network.update_network(id, mtu=1300, name="spoiled"))


def test_subnet_v4(place: Place, network: str) -> None:
    inputs = {
        "name": "s",
        "network_id": network,
        "ip_version": 4,
        "cidr": "10.40.0.0/24",
        "gateway_ip": "10.40.0.254",
        "dns_nameservers": ["10.40.0.53", "10.40.0.52"],
        "allocation_pools": [{"start": "10.40.0.100", "end": "10.40.0.150"}],
    }
    changes = {"enable_dhcp": False, "dns_nameservers": ["10.40.0.54"], "description": "d"}
    life = Life("Subnet", inputs, changes, ("enable_dhcp", "dns_nameservers"))
    network_of = place.cloud.network
    live(place, life, lambda id: network_of.update_subnet(id, is_dhcp_enabled=True, dns_nameservers=["10.0.0.1"]))


def test_subnet_v6(place: Place, network: str) -> None:
    inputs = {
        "name": "s6",
        "network_id": network,
        "ip_version": 6,
        "cidr": "FD00:40:0::/64",
        "ipv6_address_mode": "dhcpv6-stateful",
        "ipv6_ra_mode": "dhcpv6-stateful",
        "dns_nameservers": ["fd00:0:0::53"],
    }
    life = Life("Subnet", inputs, {"name": "t6"}, ("name",))
    live(place, life, lambda id: place.cloud.network.update_subnet(id, name="spoiled"))
    assert place.plugin.diff("Subnet", inputs, {**inputs, "cidr": "fd00:41::/64"}) == ({"cidr": "UPDATE_REPLACE"}, True)


def test_overlapping_prefixes_are_named(place: Place, network: str, subnets: tuple[str, str]) -> None:
    assert subnets
    inputs = {"name": "twice", "network_id": network, "ip_version": 4, "cidr": "10.20.0.128/25"}
    with pytest.raises(
        FailedError, match=r"Subnet twice: something else is in the way.*overlap.*\[cloud-conflict\]"
    ) as got:
        place.make("Subnet", **inputs)
    assert got.value.init is None


def test_router(place: Place) -> None:
    life = Life(
        "Router",
        {"name": "r", "external_network": EXTERNAL},
        {"external_network": "", "description": "d"},
        ("name", "external_network"),
    )
    external = place.cloud.network.find_network(EXTERNAL).id
    gateway = {"network_id": external}
    live(place, life, lambda id: place.cloud.network.update_router(id, name="q", external_gateway_info=gateway))


def test_an_unknown_external_network_is_named(place: Place) -> None:
    failures = place.plugin.failures("Router", {"name": "r", "external_network": "externl"})
    assert set(failures) == {"external_network"}
    assert "nearest: external" in failures["external_network"]


def test_router_interface(place: Place, subnets: tuple[str, str]) -> None:
    router, _ = place.make("Router", name="r")
    for subnet in subnets:
        live(place, Life("RouterInterface", {"router_id": router, "subnet_id": subnet}))


def test_security_group(place: Place) -> None:
    life = Life("SecurityGroup", {"name": "g", "description": "web"}, {"name": "h"}, ("name", "description"))
    change = place.cloud.network.update_security_group
    live(place, life, lambda id: change(id, name="spoiled", description="spoiled"))


def test_a_new_group_lets_nothing_through(place: Place) -> None:
    id, _ = place.make("SecurityGroup", name="tight")
    assert list(place.cloud.network.security_group_rules(security_group_id=id)) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"ether_type": "IPv4", "protocol": "tcp", "port_range_min": 443, "port_range_max": 444},
        {
            "ether_type": "IPv6",
            "protocol": "tcp",
            "port_range_min": 443,
            "port_range_max": 443,
            "remote_ip_prefix": "FD00::/16",
        },
        {"ether_type": "IPv6", "protocol": "ipv6-icmp"},
        {"ether_type": "IPv4", "remote_ip_prefix": "10.0.0.0/8"},
    ],
    ids=["tcp", "v6", "icmp", "any"],
)  # fmt: skip
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_security_group_rule(place: Place, rule: dict[str, Any], direction: str) -> None:
    group, _ = place.make("SecurityGroup", name="g")
    live(place, Life("SecurityGroupRule", {"security_group_id": group, "direction": direction, **rule}))


def test_rules_of_others_are_reported(place: Place) -> None:
    group, _ = place.make("SecurityGroup", name="g")
    known, _ = place.make(
        "SecurityGroupRule", security_group_id=group, direction="ingress", ether_type="IPv4", protocol="icmp"
    )
    by_hand = place.cloud.network.create_security_group_rule(
        security_group_id=group, direction="ingress", ether_type="IPv4", protocol="tcp", port_range_min=3389,
        port_range_max=3389, remote_ip_prefix="0.0.0.0/0", description="temporary",
    )  # fmt: skip
    (found,) = place.finder.unmanaged_rules([group], [known])
    assert (found.id, found.ports, found.remote, found.protocol) == (by_hand.id, (3389, 3389), "0.0.0.0/0", "tcp")
    assert found.description == "temporary"


def test_port(place: Place, network: str, subnets: tuple[str, str]) -> None:
    group, _ = place.make("SecurityGroup", name="g")
    inputs = {
        "name": "p",
        "network_id": network,
        "security_group_ids": [group],
        "fixed_ips": [
            {"subnet_id": subnets[0], "ip_address": "10.20.0.50"},
            {"subnet_id": subnets[1], "ip_address": "FD00:20:0::50"},
        ],
    }  # fmt: skip
    changes = {"fixed_ips": [{"subnet_id": subnets[0], "ip_address": "10.20.0.51"}], "description": "d"}
    change = place.cloud.network.update_port
    spoiled = [{"subnet_id": subnets[0], "ip_address": "10.20.0.77"}]
    life = Life("Port", inputs, changes, ("fixed_ips", "security_group_ids"))
    live(place, life, lambda id: change(id, fixed_ips=spoiled, security_group_ids=[]))


def test_outputs_of_a_port_have_all_addresses(place: Place, network: str, subnets: tuple[str, str]) -> None:
    _, outputs = place.make("Port", name="p", network_id=network, fixed_ips=[{"subnet_id": subnets[0]}])
    ((address,), mac) = ([row["ip_address"] for row in outputs["fixed_ips"]], outputs["mac_address"])
    assert address.startswith("10.20.0.")
    assert len(mac) == 17


def test_a_taken_address_is_named(place: Place, network: str, subnets: tuple[str, str]) -> None:
    wish = {"network_id": network, "fixed_ips": [{"subnet_id": subnets[0], "ip_address": "10.20.0.60"}]}
    place.make("Port", "one", name="one", **wish)
    with pytest.raises(FailedError, match=r"Port two.*10\.20\.0\.60.*\[cloud-conflict\]"):
        place.make("Port", "two", name="two", **wish)
