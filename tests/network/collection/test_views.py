"""Answers of devices, in the form that the makers' documents print."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest

from network.collection import (
    bgp_ipv4_neighbours,
    bgp_ipv6_neighbours,
    interface_states,
    ipv6_routes,
    ospfv3_neighbours,
)
from network.errors import CollectionError
from network.platforms import platform_of

VRP, COMWARE, FRR = (platform_of(id) for id in ("huawei_vrp8", "h3c_comware7", "frr"))

VRP_OSPFV3 = """OSPFv3 Process (1)
OSPFv3 Area (0.0.0.1)
Neighbor ID     Pri   State            Dead Time   Interface            Instance ID
2.2.2.2           1   Full/Backup      00:00:34    GE0/1/0                     0
OSPFv3 Area (0.0.0.2)
Neighbor ID     Pri   State            Dead Time   Interface            Instance ID
3.3.3.3           1   Init/-           00:00:34    GE0/1/1                     0
OSPFv3 Process (101)
OSPFv3 Area (0.0.0.0)
Neighbor ID     Pri   State            Dead Time   Interface            Instance ID
4.4.4.4           1   Full/-           00:00:34    GE0/1/1.100                 0
"""
COMWARE_OSPFV3 = """
               OSPFv3 Process 1 with Router ID 1.1.1.1

 Area: 0.0.0.0
-------------------------------------------------------------------------
 Router ID       Pri State             Dead-Time InstID Interface
 2.2.2.2         1   Full/BDR          00:00:34  0      Vlan200
"""
VRP_BGP = """
 BGP local router ID : 1.1.1.1
 Local AS number : 65008
 Total number of peers : 3                 Peers in established state : 2

  Peer            V    AS  MsgRcvd  MsgSent  OutQ  Up/Down       State PrefRcv
  2001:DB8:1::2   4 65009       37       40     0 00:33:15 Established       1
  2001:DB8:1111:2222:3333:4444:5555:6666
                  4 65009       37       40     0 00:33:15 Established       7
  10.0.0.9        4 65009       37       40     0 0073h15m      Active       0
"""
COMWARE_BGP = """
 BGP local router ID: 1.1.1.1
 Local AS number: 65009
 Total number of peers: 1                 Peers in established state: 1

  * - Dynamically created peer
  Peer                    AS  MsgRcvd  MsgSent OutQ PrefRcv Up/Down  State

  2001:DB8:1::2        65008        4        4    0       2 00:00:35 Established
"""
VRP_ROUTES = """Routing Table : _public_
         Destinations : 2        Routes : 3

Destination  : ::1                             PrefixLength : 128
NextHop      : ::1                             Preference   : 0
Cost         : 0                               Protocol     : Direct
RelayNextHop : ::                              TunnelID     : 0x0
Interface    : InLoopBack0                     Flags        : D

Destination  : 2001:DB8:2::                    PrefixLength : 64
NextHop      : FE80::1                         Preference   : 10
Cost         : 1                               Protocol     : OSPFv3
RelayNextHop : ::                              TunnelID     : 0x0
Interface    : GE0/1/0                         Flags        : D

Destination  : 2001:DB8:2::                    PrefixLength : 64
NextHop      : FE80::2                         Preference   : 10
Cost         : 1                               Protocol     : OSPFv3
RelayNextHop : ::                              TunnelID     : 0x0
Interface    : GE0/1/1                         Flags        : D
"""
COMWARE_ROUTES = """
Destinations : 2        Routes : 2

Destination: ::1/128                                     Protocol  : Direct
NextHop    : ::1                                         Preference: 0
Interface  : InLoop0                                     Cost      : 0

Destination: 2001:DB8::/32                               Protocol  : BGP4+
NextHop    : 2001:DB8:1::1                               Preference: 255
Interface  : Vlan10                                      Cost      : 0
"""
FRR_ROUTES = {
    "2001:db8:2::/64": [
        {
            "protocol": "ospf6",
            "selected": True,
            "nexthops": [
                {"ip": "fe80::1", "interfaceName": "eth1", "active": True},
                {"ip": "fe80::2", "interfaceName": "eth2"},
            ],
        },
        {"protocol": "bgp", "nexthops": [{"ip": "2001:db8::9", "active": True}]},
    ],
    "2001:db8:1::/64": [
        {
            "protocol": "connected",
            "selected": True,
            "nexthops": [{"directlyConnected": True, "interfaceName": "eth1", "active": True}],
        }
    ],
}


def test_ospfv3_neighbours_of_vrp_know_process_and_area() -> None:
    found = ospfv3_neighbours(VRP, VRP_OSPFV3)
    assert [(one.process, one.area, str(one.router_id), one.interface, one.up) for one in found] == [
        ("1", "0.0.0.1", "2.2.2.2", "GE0/1/0", True),
        ("1", "0.0.0.2", "3.3.3.3", "GE0/1/1", False),
        ("101", "0.0.0.0", "4.4.4.4", "GE0/1/1.100", True),
    ]


def test_ospfv3_neighbours_of_comware() -> None:
    (found,) = ospfv3_neighbours(COMWARE, COMWARE_OSPFV3)
    assert (found.process, found.area, found.interface, found.up) == ("1", "0.0.0.0", "Vlan200", True)


def test_ospfv3_neighbours_of_frr() -> None:
    answer = {"neighbors": [{"neighborId": "10.0.0.2", "state": "Full", "interfaceName": "eth1", "priority": 1}]}
    (found,) = ospfv3_neighbours(FRR, json.dumps(answer))
    assert (found.router_id, found.interface, found.up) == (IPv4Address("10.0.0.2"), "eth1", True)


def test_bgp_neighbours_of_vrp_whose_addresses_need_a_line() -> None:
    found = bgp_ipv6_neighbours(VRP, VRP_BGP)
    assert [(str(one.address), one.asn, one.up, one.received) for one in found] == [
        ("2001:db8:1::2", "65009", True, 1),
        ("2001:db8:1111:2222:3333:4444:5555:6666", "65009", True, 7),
        ("10.0.0.9", "65009", False, 0),
    ]


def test_bgp_neighbours_of_comware() -> None:
    (found,) = bgp_ipv6_neighbours(COMWARE, COMWARE_BGP)
    assert (found.address, found.up, found.received) == (IPv6Address("2001:db8:1::2"), True, 2)


@pytest.mark.parametrize("family", ["ipv6Unicast", ""])
def test_bgp_neighbours_of_frr(family: str) -> None:
    peers = {"peers": {"2001:db8::9": {"remoteAs": 65000, "state": "Established", "pfxRcd": 3}}}
    (found,) = bgp_ipv6_neighbours(FRR, json.dumps({family: peers} if family else peers))
    assert (found.address, found.asn, found.up, found.received) == (IPv6Address("2001:db8::9"), "65000", True, 3)


def test_ipv4_neighbours_by_ntc_templates() -> None:
    vrp = "".join(
        line for line in VRP_BGP.splitlines(keepends=True) if "2001" not in line and not line.startswith("      ")
    )
    (found,) = bgp_ipv4_neighbours(VRP, vrp)
    assert (found.address, found.asn, found.up) == (IPv4Address("10.0.0.9"), "65009", False)
    (other,) = bgp_ipv4_neighbours(COMWARE, COMWARE_BGP.replace("2001:DB8:1::2", "10.0.0.9     "))
    assert (other.address, other.up, other.received) == (IPv4Address("10.0.0.9"), True, 2)


def test_routes_of_vrp_join_what_has_the_same_prefix() -> None:
    own, far = ipv6_routes(VRP, VRP_ROUTES)
    assert (own.prefix, own.protocol, own.next_hops) == (IPv6Network("::1/128"), "direct", ())
    assert (far.protocol, [str(hop) for hop in far.next_hops], far.interfaces) == (
        "ospfv3",
        ["fe80::1", "fe80::2"],
        ("GE0/1/0", "GE0/1/1"),
    )


def test_routes_of_comware() -> None:
    far = ipv6_routes(COMWARE, COMWARE_ROUTES)[1]
    assert (far.prefix, far.protocol, far.interfaces) == (IPv6Network("2001:db8::/32"), "bgp4+", ("Vlan10",))


def test_routes_of_frr_are_those_in_use() -> None:
    near, far = ipv6_routes(FRR, json.dumps(FRR_ROUTES))
    assert (near.prefix, near.next_hops, near.interfaces) == (IPv6Network("2001:db8:1::/64"), (), ("eth1",))
    assert (far.protocol, far.next_hops, far.interfaces) == ("ospf6", (IPv6Address("fe80::1"),), ("eth1",))


def test_interfaces_by_ntc_templates() -> None:
    answer = (
        "PHY: Physical\n*down: administratively down\n"
        "Interface                   PHY   Protocol  InUti OutUti   inErrors  outErrors\n"
        "GigabitEthernet0/1/0        up    up        0.01%  0.01%          0          0\n"
        "GigabitEthernet0/1/1        *down down         0%     0%          0          0\n"
        "LoopBack0                   up    up(s)        0%     0%          0          0\n"
    )
    found = {one.name: (one.line, one.protocol) for one in interface_states(VRP, answer)}
    assert found == {
        "GigabitEthernet0/1/0": (True, True),
        "GigabitEthernet0/1/1": (False, False),
        "LoopBack0": (True, True),
    }


def test_nothing_is_nothing() -> None:
    assert ospfv3_neighbours(VRP, "") == ()
    assert ipv6_routes(COMWARE, "") == ()
    assert bgp_ipv6_neighbours(FRR, "{}") == ()


@pytest.mark.parametrize(("platform", "answer"), [("frr", "% BGP instance not found"), ("frr", '{"peers": {"x": {}}}')])
def test_what_cannot_be_read_is_said_with_its_command(platform: str, answer: str) -> None:
    with pytest.raises(CollectionError) as caught:
        bgp_ipv6_neighbours(platform_of(platform), answer)
    assert caught.value.data["command"] == "show bgp ipv6 unicast summary json"
