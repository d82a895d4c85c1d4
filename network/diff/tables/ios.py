"""Cisco IOS, Ruijie RGOS and ZTE ZXROS: compared as text only, nothing is pushed to them.

Source: Cisco IOS 15 command references; the other two take the same forms in their command references, which nobody
here has tried.
"""

from __future__ import annotations

from network.diff.rules import Rule, row

__all__ = ["IOS"]

TOP = ""
INTERFACE = r"interface .+"
BGP = r"router bgp .+"

IOS: tuple[Rule, ...] = (
    row(TOP, r"(hostname) .*", "no {0}", key="{0}", phase=1),
    row(TOP, r"ipv6 unicast-routing|ipv6 cef", phase=2),
    row(
        TOP,
        r"((?:ipv6|ip) prefix-list \S+) seq (\d+) .*",
        "no {0} seq {1}",
        key="{0} seq {1}",
        overwrites=False,
        thing="{0}",
        phase=10,
    ),
    row(TOP, r"((?:ipv6|ip) access-list (?:standard |extended )?\S+)", thing="{0}", phase=15, opens=True),
    row(
        TOP,
        r"(route-map \S+) (?:permit|deny) (\d+)",
        key="{0} {1}",
        overwrites=False,
        thing="{0}",
        phase=20,
        opens=True,
    ),
    row(TOP, r"(vrf definition \S+|ip vrf \S+)", thing="{0}", phase=30, opens=True),
    row(TOP, r"(ipv6 router ospf \d+|router (?:ospf|ospfv3|isis) ?\S*).*", "no {0}", thing="{0}", phase=40, opens=True),
    row(TOP, r"vlan \d+", phase=43, opens=True),
    row(TOP, r"interface (?:Loopback|Tunnel|Vlan|\S+\.\d).*", phase=56, opens=True),
    row(TOP, r"interface .*", phase=54, opens=True, stays=True),
    row(TOP, r"(?:ip|ipv6) route .*", phase=60),
    row(TOP, r"(router bgp) \d+", key="{0}", overwrites=False, phase=70, opens=True),
    row(TOP, r"line .*", phase=88, opens=True, stays=True),
    row(
        INTERFACE,
        r"(vrf forwarding|ip vrf forwarding) \S+",
        phase=5,
        key="vrf",
        line_takes=(r"(?:ip|ipv6) address .*",),
    ),
    row(INTERFACE, r"ipv6 enable", phase=10),
    row(INTERFACE, r"(ip address (?:\d+\.){3}\d+ \S+)", key="ip address", phase=20),
    row(INTERFACE, r"ipv6 address \S+ link-local", key="link-local", phase=24),
    row(INTERFACE, r"ipv6 address .*", phase=26),
    row(INTERFACE, r"(ipv6 nd prefix \S+)(?: .*)?", "no {0}", key="{0}", phase=32),
    row(INTERFACE, r"(ipv6 ospf \d+ area) \S+.*", phase=60),
    row(INTERFACE, r"((?:ipv6 )?mtu|bandwidth|ip ospf cost|ipv6 ospf cost) \d+", "no {0}", key="{0}", phase=64),
    row(INTERFACE, r"(ipv6 traffic-filter|ip access-group) (\S+) (in|out)", key="{0} {2}", phase=70),
    row(BGP, r"(bgp router-id) \S+", "no {0}", key="{0}", phase=5),
    row(BGP, r"neighbor (\S+) peer-group", key="peer-group {0}", phase=10, undo_takes=("(?:no )?neighbor {0} .*",)),
    row(
        BGP,
        r"neighbor (\S+) remote-as \S+",
        "no neighbor {0}",
        key="remote-as {0}",
        phase=15,
        undo_takes=("(?:no )?neighbor {0} .*",),
    ),
    row(
        BGP,
        r"(neighbor \S+ (?:description|update-source|ebgp-multihop|timers|password))(?: .*)?",
        "no {0}",
        key="{0}",
        phase=40,
    ),
    row(BGP, r"neighbor \S+ activate", phase=20),
    row(BGP, r"address-family .*", phase=60, opens=True),
    row(r".*", r"description .*", "no description", key="description", phase=45),
)
