"""Made-up running configurations, and what a retrofit would add to them, for each main platform.

The forms are those that the makers print; sizes are set by the number of interfaces (7 to 9 lines each) and of rules.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from network.config import ConfigTree, merge, parse
from network.platforms import platform_of

MAIN = ("huawei_vrp8", "h3c_comware7", "frr")


@dataclass(frozen=True, slots=True)
class Pair:
    """A running configuration, the IPv6 fragment, and both joined."""

    platform: str
    running_text: str
    running: ConfigTree
    fragment: ConfigTree
    intended: ConfigTree


def pair(
    platform: str, seed: int, *, interfaces: int = 60, peers: int = 20, rules: int = 40, old: bool = False
) -> Pair:
    """One pair. With ``old`` the running configuration already has IPv6 of a former plan, which the intended one
    changes: some lines stay, some go, some get another value."""
    random_ = random.Random(f"{platform} {seed}")
    running = _RUNNING[platform](random_, interfaces, peers, rules)
    fragment = _FRAGMENT[platform](random.Random(f"{platform} {seed} new"), interfaces, peers, rules)
    known = platform_of(platform)
    base = parse(known, running)
    added = parse(known, fragment)
    intended = merge(base, added)
    if old:
        former = parse(known, _FRAGMENT[platform](random.Random(f"{platform} {seed} old"), interfaces, peers, rules))
        base = merge(base, former)
    return Pair(platform, running, base, added, intended)


def _a(number: int) -> str:
    return f"10.{number // 250 % 250}.{number % 250}"


def _vrp_running(random_: random.Random, interfaces: int, peers: int, rules: int) -> str:
    out = ["!Software Version V800R021C00SPC100", "#", "sysname CITY-CORE", "#", "ip vpn-instance GOV", " ipv4-family"]
    out += [
        "  route-distinguisher 65000:1",
        "  vpn-target 65000:1 export-extcommunity",
        "  vpn-target 65000:1 import-extcommunity",
        "#",
    ]
    out += ["acl number 3000", *(f" rule {5 * i + 5} permit ip source {_a(i)}.0 0.0.0.255" for i in range(rules)), "#"]
    for i in range(interfaces):
        out += [f"interface GigabitEthernet0/{i // 24}/{i % 24}", f" description to site {i}", " undo shutdown"]
        out += [f" ip address {_a(i)}.1 255.255.255.252", " ospf enable 1 area 0.0.0.0", " mpls", " mpls ldp", "#"]
    out += ["interface LoopBack0", " ip address 10.255.0.1 255.255.255.255", "#"]
    out += ["bgp 65000", " router-id 10.255.0.1", *(f" peer 10.254.0.{i} as-number 65000" for i in range(peers))]
    out += [*(f" peer 10.254.0.{i} connect-interface LoopBack0" for i in range(peers)), " #", " ipv4-family unicast"]
    out += ["  undo synchronization", *(f"  peer 10.254.0.{i} enable" for i in range(peers)), "#"]
    out += [
        "ospf 1 router-id 10.255.0.1",
        " area 0.0.0.0",
        f"  network 10.0.0.0 0.{random_.randrange(256)}.255.255",
        "#",
    ]
    out += [
        "ip route-static 0.0.0.0 0.0.0.0 10.0.0.2",
        "#",
        "user-interface vty 0 4",
        " acl 2001 inbound",
        " authentication-mode aaa",
    ]
    return "\n".join([*out, "#", "return", ""])


def _vrp_fragment(random_: random.Random, interfaces: int, peers: int, rules: int) -> str:
    block = random_.randrange(1, 0xFFFF)
    out = [
        "ip vpn-instance GOV",
        " ipv6-family",
        "  route-distinguisher 65000:1",
        "  vpn-target 65000:1 export-extcommunity",
    ]
    out += ["acl ipv6 number 3000"]
    out += [
        f" rule {5 * i + 5} permit ipv6 source 2001:db8:{block:x}:{i:x}::/64"
        for i in range(rules)
        if random_.random() < 0.8
    ]
    out += [
        f"ip ipv6-prefix SITES index {10 * i + 10} permit 2001:db8:{random_.randrange(0xFFFF):x}:: 48" for i in range(3)
    ]
    out += [
        (
            f"route-policy SITES6 permit node {node}\n"
            f" if-match ipv6 address prefix-list SITES\n apply cost {random_.randrange(9)}"
        )
        for node in (10, 20)
    ]
    out += ["ospfv3 1", " router-id 10.255.0.1", " area 0.0.0.0"]
    for i in range(interfaces):
        out += [
            f"interface GigabitEthernet0/{i // 24}/{i % 24}",
            " ipv6 enable",
            f" ipv6 address 2001:db8:{block:x}:{i:x}::1/64",
        ]
        out += [" ospfv3 1 area 0.0.0.0"]
        out += [f" ospfv3 cost {random_.randrange(1, 99)}"] if random_.random() < 0.3 else []
        out += [" undo ipv6 nd ra halt", f" ipv6 mtu {random_.choice((1480, 1500))}"] if random_.random() < 0.3 else []
    out += [
        "interface LoopBack0",
        " ipv6 enable",
        f" ipv6 address 2001:db8:ffff::{block:x}/128",
        " ospfv3 1 area 0.0.0.0",
    ]
    own = [i for i in range(peers) if random_.random() < 0.8]
    out += ["bgp 65000", *(f" peer 2001:db8:ffff::{i:x} as-number {random_.choice((65000, 65001))}" for i in own)]
    out += [f" peer 2001:db8:ffff::{i:x} connect-interface LoopBack0" for i in own]
    out += [f" peer 2001:db8:ffff::{i:x} description of plan {block}" for i in own if random_.random() < 0.5]
    out += [" ipv6-family unicast", *(f"  peer 2001:db8:ffff::{i:x} enable" for i in own)]
    out += [f"  peer 2001:db8:ffff::{i:x} route-policy SITES6 import" for i in own]
    out += ["ipv6 route-static :: 0 2001:db8::1", "ntp-service unicast-server ipv6 2001:db8::123"]
    return "\n".join([*out, "user-interface vty 0 4", " acl ipv6 3000 inbound", ""])


def _comware_running(random_: random.Random, interfaces: int, peers: int, rules: int) -> str:
    out = [
        "#",
        " version 7.1.070, Release 6555P01",
        "#",
        " sysname COUNTY",
        "#",
        "ip vpn-instance GOV",
        " route-distinguisher 65000:1",
    ]
    out += [
        " #",
        " address-family ipv4",
        "  vpn-target 65000:1 import-extcommunity",
        "#",
        "ospf 1 router-id 10.255.0.1",
        " area 0.0.0.0",
        "#",
    ]
    for i in range(interfaces):
        out += [
            f"interface Ten-GigabitEthernet1/{i // 24}/{i % 24}",
            " port link-mode route",
            f" description to site {i}",
        ]
        out += [f" ip address {_a(i)}.1 255.255.255.252", " ospf 1 area 0.0.0.0", " mpls enable", "#"]
    out += ["interface LoopBack0", " ip address 10.255.0.1 255.255.255.255", "#"]
    out += ["bgp 65000", " router-id 10.255.0.1", *(f" peer 10.254.0.{i} as-number 65000" for i in range(peers)), " #"]
    out += [" address-family ipv4 unicast", *(f"  peer 10.254.0.{i} enable" for i in range(peers)), "#"]
    out += ["acl advanced 3000", *(f" rule {5 * i} permit ip source {_a(i)}.0 0.0.0.255" for i in range(rules)), "#"]
    out += [
        f" ip route-static 0.0.0.0 0 10.0.{random_.randrange(250)}.2",
        "#",
        "line vty 0 63",
        " authentication-mode scheme",
    ]
    return "\n".join([*out, "#", "return", ""])


def _comware_fragment(random_: random.Random, interfaces: int, peers: int, rules: int) -> str:
    block = random_.randrange(1, 0xFFFF)
    out = [
        "ip vpn-instance GOV",
        " address-family ipv6",
        "  vpn-target 65000:1 import-extcommunity",
        "acl ipv6 advanced 3000",
    ]
    for i in range(rules):
        if random_.random() < 0.8:
            out += [f" rule {5 * i} permit ipv6 source 2001:db8:{block:x}:{i:x}::/64"]
            out += [f" rule {5 * i} comment plan {block}"] if random_.random() < 0.3 else []
    out += [
        f"ipv6 prefix-list SITES index {10 * i + 10} permit 2001:db8:{random_.randrange(0xFFFF):x}:: 48"
        for i in range(3)
    ]
    out += [
        (
            f"route-policy SITES6 permit node {node}\n"
            f" if-match ipv6 address prefix-list SITES\n apply cost {random_.randrange(9)}"
        )
        for node in (10, 20)
    ]
    out += ["ospfv3 1", " router-id 10.255.0.1", " area 0.0.0.0"]
    for i in range(interfaces):
        out += [f"interface Ten-GigabitEthernet1/{i // 24}/{i % 24}", f" ipv6 address 2001:db8:{block:x}:{i:x}::1/64"]
        out += [" ospfv3 1 area 0.0.0.0"]
        out += [f" ospfv3 cost {random_.randrange(1, 99)}"] if random_.random() < 0.3 else []
        out += [" undo ipv6 nd ra halt", " packet-filter ipv6 3000 inbound"] if random_.random() < 0.3 else []
    out += ["interface LoopBack0", f" ipv6 address 2001:db8:ffff::{block:x}/128", " ospfv3 1 area 0.0.0.0"]
    own = [i for i in range(peers) if random_.random() < 0.8]
    out += ["bgp 65000", *(f" peer 2001:db8:ffff::{i:x} as-number {random_.choice((65000, 65001))}" for i in own)]
    out += [f" peer 2001:db8:ffff::{i:x} connect-interface LoopBack0" for i in own]
    out += [" address-family ipv6 unicast", *(f"  peer 2001:db8:ffff::{i:x} enable" for i in own)]
    out += [f"  peer 2001:db8:ffff::{i:x} route-policy SITES6 import" for i in own]
    return "\n".join([*out, "ipv6 route-static :: 0 2001:db8::1", "ntp-service ipv6 unicast-server 2001:db8::123", ""])


def _frr_running(random_: random.Random, interfaces: int, peers: int, rules: int) -> str:
    out = ["frr version 8.4.4", "frr defaults traditional", "hostname township", "log syslog informational", "!"]
    out += [*(f"ip prefix-list V4 seq {5 * i + 5} permit {_a(i)}.0/24" for i in range(rules)), "!"]
    for i in range(interfaces):
        out += [f"interface eth{i}", f" description to site {i}", f" ip address {_a(i)}.1/30", " ip ospf area 0"]
        out += [f" ip ospf cost {random_.randrange(1, 99)}", "exit", "!"]
    out += ["interface lo", " ip address 10.255.0.1/32", "exit", "!"]
    out += [
        "router bgp 65000",
        " bgp router-id 10.255.0.1",
        *(f" neighbor 10.254.0.{i} remote-as 65000" for i in range(peers)),
    ]
    out += [" !", " address-family ipv4 unicast", *(f"  neighbor 10.254.0.{i} next-hop-self" for i in range(peers))]
    return "\n".join(
        [*out, " exit-address-family", "exit", "!", "router ospf", " ospf router-id 10.255.0.1", "exit", "!", "end", ""]
    )


def _frr_fragment(random_: random.Random, interfaces: int, peers: int, rules: int) -> str:
    block = random_.randrange(1, 0xFFFF)
    out = [f"ipv6 prefix-list SITES seq {5 * i + 5} permit 2001:db8:{block:x}:{i:x}::/64" for i in range(rules)]
    out += [f"ipv6 access-list MANAGE seq {5 * i + 5} permit 2001:db8:{block:x}:{i:x}::/64" for i in range(3)]
    out += ["router ospf6", " ospf6 router-id 10.255.0.1", "exit"]
    for i in range(interfaces):
        out += [f"interface eth{i}", f" ipv6 address 2001:db8:{block:x}:{i:x}::1/64", " ipv6 ospf6 area 0"]
        out += [f" ipv6 ospf6 cost {random_.randrange(1, 99)}"] if random_.random() < 0.3 else []
        out += [" no ipv6 nd suppress-ra", " ipv6 nd ra-interval 30"] if random_.random() < 0.3 else []
    out += ["interface lo", f" ipv6 address 2001:db8:ffff::{block:x}/128", " ipv6 ospf6 area 0"]
    own = [i for i in range(peers) if random_.random() < 0.8]
    out += [
        "router bgp 65000",
        *(f" neighbor 2001:db8:ffff::{i:x} remote-as {random_.choice((65000, 65001))}" for i in own),
    ]
    out += [f" neighbor 2001:db8:ffff::{i:x} description plan {block}" for i in own if random_.random() < 0.5]
    out += [" address-family ipv4 unicast", *(f"  no neighbor 2001:db8:ffff::{i:x} activate" for i in own)]
    out += [" address-family ipv6 unicast", *(f"  neighbor 2001:db8:ffff::{i:x} activate" for i in own)]
    out += [f"  neighbor 2001:db8:ffff::{i:x} route-map SITES6 in" for i in own]
    out += [
        f"route-map SITES6 permit {node}\n match ipv6 address prefix-list SITES\n set metric {random_.randrange(9)}"
        for node in (10, 20)
    ]
    return "\n".join([*out, "ipv6 route ::/0 2001:db8::1", ""])


_RUNNING = {"huawei_vrp8": _vrp_running, "h3c_comware7": _comware_running, "frr": _frr_running}
_FRAGMENT = {"huawei_vrp8": _vrp_fragment, "h3c_comware7": _comware_fragment, "frr": _frr_fragment}
