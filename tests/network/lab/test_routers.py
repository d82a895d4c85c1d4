"""Routers of an inventory as nodes of a laboratory: cables, VPN instances, LANs, management."""

from __future__ import annotations

import struct
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.inventory import Inventory
from inventory.kinds.network import Device
from network.errors import LabError
from network.lab.baseline import baselines
from network.lab.convergence import _covered, _network, _wanted
from network.lab.hosts import topology_of
from network.lab.topology import Topology
from tools.example_twin import SIZES, make_twin


def nine(**changes: dict[str, Any]) -> Inventory:
    """The twin of nine routers; ``changes``: fields of devices by id, with '_' for '-' and a leading 'd'."""
    estate, records = make_twin(SIZES[9])
    found = {kind: {record.id: record for record in listed} for kind, listed in records.items()}
    for name, fields in changes.items():
        id = name[1:].replace("_", "-")
        found["device"][id] = Device.model_validate(found["device"][id].model_dump() | fields)
    return Inventory(
        estate,
        Path("twin"),
        divisions=found["division"],
        devices=found["device"],
        links=found["link"],
        vpns=found["vpn"],
        prefixes=found["prefix"],
    )


def topology(inventory: Inventory, *only: str) -> Topology:
    return topology_of(inventory, only, "", dict.fromkeys(inventory.devices, "!\n"))


def test_a_cable_for_each_link_and_each_sub_interface() -> None:
    inventory = nine()
    found = topology(inventory)
    ends = {
        frozenset(((a, a_port), (b, b_port))) for (a, a_port, _), (b, b_port, _) in ((c.a, c.b) for c in found.cables)
    }
    links = inventory.links.values()
    assert ends == {frozenset(((i.a_device, i.a_interface), (i.b_device, i.b_interface))) for i in links}
    assert len(found.cables) == len(ends)
    vpns = {(vpn, name.rpartition(".")[2]) for c in found.cables for _, name, vpn in (c.a, c.b) if vpn}
    assert vpns == {("gov-public", "100"), ("gov-internet", "200")}


def test_sub_interfaces_of_one_vlan_are_joined_without_a_link_of_their_own() -> None:
    inventory = nine()
    plain = {id: link for id, link in inventory.links.items() if "." not in link.a_interface}
    assert len(plain) * 3 == len(inventory.links)
    alone = Inventory(inventory.estate, inventory.path, devices=inventory.devices, links=plain, vpns=inventory.vpns)
    assert set(topology(alone).cables) == set(topology(inventory).cables)


def test_one_user_in_each_lan_behind_its_router_not_the_backbone() -> None:
    found = topology(nine())
    users = {node.name: node for node in found.nodes if node.kind == "host"}
    lans = {f"{d.id}.{p.name}" for d in nine().devices.values() for p in d.interfaces if p.name.startswith("lan")}
    assert set(users) == lans
    user = users["140105101-r1.lan2"]
    (port,) = user.ports
    assert port.routers == ("172.18.7.1",)
    assert not user.access
    assert user.sysctls["net/ipv6/conf/default/accept_ra"] == "1"
    (segment,) = (segment for segment in found.segments if segment.name == port.segment)
    assert segment.gateways == ()
    router = next(node for node in found.nodes if node.name == "140105101-r1")
    (lan,) = (one for one in router.ports if one.segment == port.segment)
    assert (lan.name, lan.vpn, lan.addresses) == ("lan2", "gov-public", ())


def test_operators_reach_routers_at_their_management_addresses() -> None:
    found = topology(nine(d140100_r1={"management_address": "10.0.0.3"}))
    nodes = {node.name: node for node in found.nodes}
    outside, inside = nodes["140100-r2"], nodes["140100-r1"]
    assert outside.login == "10.255.0.4"
    assert "10.255.0.4/32" in outside.ports[0].addresses
    # A loopback of its own: the configuration brings it.
    assert (inside.login, len(inside.ports[0].addresses)) == ("10.0.0.3", 1)
    ways = {route.to: route.via for route in nodes["ops"].routes}
    assert ways["10.0.0.3/32"] == inside.ports[0].addresses[0].partition("/")[0]
    assert len(ways) == 9
    assert len({port.addresses[0] for node in nodes.values() for port in node.ports if port.name == "mgmt0"}) == 10


def test_selecting_routers() -> None:
    names = {node.name for node in topology(nine(), "140000-r1", "140000-r2").nodes if node.kind == "router"}
    assert names == {"140000-r1", "140000-r2"}
    assert len([node for node in topology(nine(), "network").nodes if node.kind == "router"]) == 9
    with pytest.raises(LabError) as refused:
        topology(nine(), "netwrk")
    assert refused.value.code == "lab-only"
    assert "network" in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"management_address": None}, "lab-no-management"),
        ({"management_address": "2001:db8::1"}, "lab-no-management"),
        ({"interfaces": [{"name": "GigabitEthernet0/0/1", "addresses": ["192.0.2.1/24"]}]}, "lab-interface-name"),
        ({"interfaces": [{"name": "lan2", "addresses": ["172.18.1.2/24"]}]}, "lab-address-twice"),
    ],
)
def test_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(LabError) as refused:
        topology(nine(d140106101_r1=fields))
    assert refused.value.code == code


def test_a_router_wants_the_loopbacks_and_lans_of_those_it_is_joined_with() -> None:
    found = topology(nine())
    routers = [node for node in found.nodes if node.kind == "router"]
    wanted = _wanted(found, routers)
    assert len(wanted["140100-r1", ""]) == 8 + 1
    assert len(wanted["140100-r1", "gov-public"]) == 5
    assert len(wanted["140000-r2", "gov-public"]) == 4
    alone = replace(found, cables=())
    assert not any(_wanted(alone, routers).values())


def test_a_default_route_covers_all() -> None:
    from ipaddress import IPv4Network

    network = IPv4Network("10.1.2.0/24")
    assert _covered(network, {IPv4Network("0.0.0.0/0")})
    assert _covered(network, {IPv4Network("10.1.0.0/16")})
    assert not _covered(network, {IPv4Network("10.1.2.0/25")})


def test_configurations_begin_without_ipv6() -> None:
    texts = baselines(nine(), ["140000-r1", "140105101-r1"])
    assert set(texts) == {"140000-r1", "140105101-r1"}
    for text in texts.values():
        assert "ipv6" not in text
        assert "interface eth1.100 vrf gov-public" in text
        assert "router ospf vrf gov-internet" in text


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_routes_are_read_from_the_kernels_numbers(address: int, length: int) -> None:
    """As /proc/net/route prints them: hexadecimal, of the bytes in the network's order read by this machine."""
    network = IPv4Network((address >> (32 - length) << (32 - length), length))
    numbers = [struct.unpack("=I", one.packed)[0] for one in (network.network_address, network.netmask)]
    assert _network(*(f"{number:08X}" for number in numbers)) == network
