"""From inventory and address plan to what each device shall do."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Interface, IPv6Network

import pytest
from pydantic import ValidationError

from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.network import Device, Link, Vpn
from inventory.routing_settings import AreaRule, Server
from network.addressing import Addresses
from network.errors import UnknownPlatformError
from network.intent import BgpIpv6, DeviceIntent, Intents, InterfaceRole, PairTable, VpnIpv6, intent_in_vpn, intent_of
from network.intent.areas import area_of_link, isis_entity

ROUTING = {
    "asn": 65001,
    "areas": [{"area": "1", "devices": "level:county"}],
    "management": [{"ipv4": "10.248.0.0/16", "ipv6": "3fff:f::/48"}],
    "servers": {"ntp": [{"ipv4": "10.248.0.9", "ipv6": "3fff:f::9"}]},
}


def device(id: str, level: str = "city", role: str = "core", **more: object) -> Device:
    values = {"id": id, "division": "1", "level": level, "role": role, "platform": "huawei_vrp8"} | more
    return Device.model_validate(values)


def estate(routing: dict[str, object] | None = None, technology: str = "mpls_l3vpn") -> Inventory:
    """core-1 and core-2 (city) above agg (county), which has users in a VPN and outside."""
    core = [
        device(f"core-{n}", loopbacks=[f"10.252.0.{n}"], interfaces=[{"name": "GE1", "addresses": [f"10.0.{n}.1/30"]}])
        for n in (1, 2)
    ]
    agg = device(
        "agg",
        "county",
        "aggregation",
        name="AGG",
        loopbacks=["10.252.0.9"],
        management_address="10.248.1.9",
        interfaces=[
            {"name": "GE1", "addresses": ["10.0.1.2/30"]},
            {"name": "GE2", "addresses": ["10.0.2.2/30"]},
            {"name": "GE3", "addresses": ["10.1.0.1/24"]},
            {"name": "GE4", "addresses": ["10.2.0.1/24"], "vpn": "41-gov"},
            {"name": "GE2.100", "addresses": ["10.3.0.2/30"], "vpn": "41-gov", "vlan": 100},
            {"name": "MEth0", "addresses": ["10.248.1.9/24"]},
            {"name": "GE9"},
        ],
    )
    links = [
        Link(
            id=f"l{n}",
            a_device=f"core-{n}",
            a_interface="GE1",
            b_device="agg",
            b_interface=f"GE{n}",
            bandwidth_mbps=1000,
            metric_ab=5,
            metric_ba=7 * n,
        )
        for n in (1, 2)
    ]
    settings = {"routing": ROUTING if routing is None else routing}
    vpn = Vpn.model_validate(
        {"id": "41-gov", "name": "政务公用", "technology": technology, "route_targets": ["65001:100"]}
    )
    return Inventory(
        estate=Estate.model_validate({"name": "x", "as_of": "2024-01-01", "settings": settings}),
        devices={one.id: one for one in (*core, agg)},
        links={one.id: one for one in links},
        vpns={"41-gov": vpn},
    )


ADDRESSES = Addresses(
    loopbacks={"core-1": IPv6Address("3fff::1"), "core-2": IPv6Address("3fff::2"), "agg": IPv6Address("3fff::9")},
    interfaces={
        ("agg", "GE1"): (IPv6Interface("3fff:1::1/127"),),
        ("agg", "GE3"): (IPv6Interface("3fff:2::1/64"),),
        ("agg", "GE4"): (IPv6Interface("3fff:3::1/64"),),
        ("agg", "MEth0"): (IPv6Interface("3fff:4::1/64"),),
    },
    pairs={IPv4Network("10.1.0.0/24"): IPv6Network("3fff:2::/64")},
)


def agg(routing: dict[str, object] | None = None, technology: str = "mpls_l3vpn") -> DeviceIntent:
    return intent_of(estate(routing, technology), ADDRESSES, "agg")


def test_interfaces_know_what_they_are_for() -> None:
    roles = {one.name: one.role for one in agg().interfaces}
    assert roles == {
        "GE1": InterfaceRole.BACKBONE,
        "GE2": InterfaceRole.BACKBONE,
        "GE3": InterfaceRole.EDGE,
        "GE4": InterfaceRole.EDGE,
        "GE2.100": InterfaceRole.BACKBONE,
        "MEth0": InterfaceRole.MANAGEMENT,
        "GE9": InterfaceRole.UNUSED,
    }


def test_links_give_peer_metric_and_area() -> None:
    second = next(one for one in agg().interfaces if one.name == "GE2")
    assert (second.peer_device, second.peer_interface, second.metric, second.area) == ("core-2", "GE1", 14, "0.0.0.1")
    seen = intent_of(estate(), ADDRESSES, "core-1").interfaces[0]
    assert (seen.peer_device, seen.metric, seen.area) == ("agg", 5, "0.0.0.1")


def test_the_management_interface_gets_no_ipv6() -> None:
    assert next(one for one in agg().interfaces if one.name == "MEth0").ipv6 == ()


def test_reflectors_are_the_highest_core() -> None:
    bgp = agg().bgp
    assert bgp is not None
    assert [(str(peer.ipv4), str(peer.ipv6), peer.client) for peer in bgp.peers] == [
        ("10.252.0.1", "3fff::1", False),
        ("10.252.0.2", "3fff::2", False),
    ]
    above = intent_of(estate(), ADDRESSES, "core-1").bgp
    assert above is not None
    assert above.reflector
    assert [(peer.device, peer.client) for peer in above.peers] == [("core-2", False), ("agg", True)]


def test_users_outside_vpns_are_announced() -> None:
    bgp = agg().bgp
    assert bgp is not None
    assert bgp.networks_ipv4 == (IPv4Network("10.1.0.0/24"),)
    assert bgp.networks_ipv6 == (IPv6Network("3fff:2::/64"),)


def test_mpls_alone_leaves_the_core_without_ipv6() -> None:
    intent = agg()
    assert intent.vpns[0].ipv6 is VpnIpv6.SIXVPE
    assert intent.bgp is not None
    assert (intent.igp.ipv6, intent.bgp.ipv6, intent.bgp.vpn) == (False, BgpIpv6.SIXPE, True)


@pytest.mark.parametrize("technology", ["vrf_lite", "vlan", "srv6"])
def test_other_vpns_need_ipv6_in_the_core(technology: str) -> None:
    intent = agg(technology=technology)
    assert intent.bgp is not None
    assert (intent.igp.ipv6, intent.bgp.ipv6) == (True, BgpIpv6.NATIVE)
    assert intent.vpns[0].ipv6 is (VpnIpv6.SRV6 if technology == "srv6" else VpnIpv6.NATIVE)


def test_native_ipv6_over_mpls_when_the_settings_want_it() -> None:
    intent = agg(ROUTING | {"global_ipv6": "native"})
    assert intent.igp.ipv6
    assert intent.vpns[0].ipv6 is VpnIpv6.SIXVPE


def test_a_chinese_name_is_no_name_of_an_instance() -> None:
    intent = agg()
    assert intent.vpns[0].name == "41-gov"
    assert {one.vpn for one in intent.interfaces} == {"", "41-gov"}
    assert intent.vpn("41-gov") is intent.vpns[0]
    assert intent.vpn("other") is None


def test_inside_a_vpn_there_is_no_vpn() -> None:
    inside = intent_in_vpn(agg(technology="vrf_lite"), "41-gov")
    assert [(one.name, one.vpn) for one in inside.interfaces] == [("GE4", ""), ("GE2.100", "")]
    assert inside.vpns == ()
    assert inside.bgp is not None
    assert inside.bgp.networks_ipv6 == (IPv6Network("3fff:3::/64"),)
    assert inside.igp.ipv6


def test_without_an_asn_there_is_no_bgp() -> None:
    assert agg({}).bgp is None


def test_an_unknown_platform_names_device_and_nearest() -> None:
    wrong = estate()
    other = wrong.replace(devices={**wrong.devices, "x": device("x", platform="huawei_vrp88")})
    with pytest.raises(UnknownPlatformError) as caught:
        Intents(other, ADDRESSES)["x"]
    assert "device x" in caught.value.message
    assert "huawei_vrp8" in caught.value.hint


def test_a_wrong_area_is_said() -> None:
    with pytest.raises(ValidationError, match="dotted quad"):
        AreaRule.model_validate({"area": "backbone", "devices": ""})


# Pairs


def test_only_exact_pairs_count() -> None:
    pairs = agg().pairs
    assert pairs.network(IPv4Network("10.1.0.0/24")) == IPv6Network("3fff:2::/64")
    assert pairs.network(IPv4Network("10.1.0.0/25")) is None
    assert pairs.network(IPv4Network("0.0.0.0/0")) == IPv6Network("::/0")
    assert pairs.network(IPv4Network("10.248.0.0/16")) == IPv6Network("3fff:f::/48")


def test_hosts_are_loopbacks_interfaces_and_servers() -> None:
    pairs = agg().pairs
    wanted = {"10.252.0.1": "3fff::1", "10.0.1.2": "3fff:1::1", "10.248.0.9": "3fff:f::9"}
    assert {ip: str(pairs.host(IPv4Address(ip))) for ip in wanted} == wanted
    assert pairs.network(IPv4Network("10.252.0.1/32")) == IPv6Network("3fff::1/128")
    assert pairs.host(IPv4Address("10.9.9.9")) is None


def test_networks_that_two_vpns_use_are_told_apart() -> None:
    network = IPv4Network("192.168.0.0/24")
    table = PairTable(of_vpn={"a": {network: IPv6Network("3fff:a::/64")}, "b": {network: IPv6Network("3fff:b::/64")}})
    assert table.network(network, "a") == IPv6Network("3fff:a::/64")
    assert table.network(network, "b") == IPv6Network("3fff:b::/64")
    assert table.network(network) is None


# Digests


def test_the_digest_changes_with_what_is_rendered_and_with_nothing_else() -> None:
    first = agg()
    assert first.digest == agg().digest
    assert first.digest != agg(ROUTING | {"asn": 65002}).digest
    other = Addresses(ADDRESSES.prefixes, ADDRESSES.loopbacks, ADDRESSES.interfaces, {})
    assert first.digest != intent_of(estate(), other, "agg").digest


# Areas


@pytest.mark.parametrize(("written", "area"), [("0", "0.0.0.0"), ("1", "0.0.0.1"), ("0.0.1.0", "0.0.1.0")])
def test_areas_are_dotted(written: str, area: str) -> None:
    assert AreaRule.model_validate({"area": written, "devices": ""}).area == area


@pytest.mark.parametrize("wrong", [{"ipv4": "3fff::1"}, {"ipv6": "10.0.0.1"}])
def test_families_are_not_mixed_up(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="family"):
        Server.model_validate(wrong)


@pytest.mark.parametrize(
    ("here", "there", "area"),
    [
        ("0.0.0.1", "0.0.0.0", "0.0.0.1"),
        ("0.0.0.0", "0.0.0.1", "0.0.0.1"),
        ("0.0.0.1", "0.0.0.1", "0.0.0.1"),
        ("0.0.0.1", "0.0.0.2", "0.0.0.0"),
        ("0.0.0.1", None, "0.0.0.1"),
    ],
)
def test_areas_of_links(here: str, there: str | None, area: str) -> None:
    assert area_of_link(here, there) == area


def test_isis_entity_from_the_router_id() -> None:
    assert isis_entity("49.0001", IPv4Address("10.252.0.1")) == "49.0001.0102.5200.0001.00"
