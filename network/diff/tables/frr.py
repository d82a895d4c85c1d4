"""FRRouting 8: each row has been typed into real daemons (tests/network/diff/test_frr.py)."""

from __future__ import annotations

from network.diff.rules import Rule, row

__all__ = ["FRR"]

TOP = ""
INTERFACE = r"interface .+"
BGP = r"router bgp .+"
FAMILY = r"router bgp .+ / address-family .+"
OSPF = r"router (?:ospf6?|isis).*"
MAP = r"route-map .+"
ADDRESS = r"((?:\d+\.){3}\d+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)"

FRR: tuple[Rule, ...] = (
    row(TOP, r"(hostname|log \S+|ip router-id|ipv6 router-id) .*", "no {0}", key="{0}", phase=1),
    row(TOP, r"(ipv6|ip) forwarding", phase=2),
    row(TOP, r"((?:ipv6|ip) (?:prefix-list|access-list) \S+) (?:seq \d+ )?.*", thing="{0}", phase=10),
    row(
        TOP,
        r"(bgp (?:as-path access-list|community-list|extcommunity-list|large-community-list)(?: standard| expanded)? \S+) .*",
        thing="{0}",
        phase=10,
    ),
    row(
        TOP,
        r"(route-map \S+) (?:permit|deny) (\d+)",
        key="{0} {1}",
        overwrites=False,
        thing="{0}",
        phase=20,
        opens=True,
    ),
    row(TOP, r"vrf \S+", phase=30, opens=True, stays=True),
    row(TOP, r"router ospf6?(?: vrf \S+)?|router isis \S+(?: vrf \S+)?", phase=40, opens=True),
    row(TOP, r"interface .*", phase=50, opens=True, stays=True),
    row(TOP, r"(?:ip|ipv6) route .*", phase=60),
    row(TOP, r"(router bgp) \d+((?: vrf \S+)?)", key="{0}{1}", overwrites=False, phase=70, opens=True),
    row(INTERFACE, r"ipv6 address .*|ip address .*", phase=20),
    row(INTERFACE, r"(ipv6 ospf6 area) \S+", "no {0}", key="{0}", overwrites=False, phase=60),
    row(INTERFACE, r"(ip ospf area) \S+", "no {0}", key="{0}", phase=60),
    row(INTERFACE, r"(ipv6 router isis|ip router isis) \S+", key="{0}", overwrites=False, phase=60),
    row(
        INTERFACE,
        r"((?:ipv6 ospf6|ip ospf) (?:cost|hello-interval|dead-interval|retransmit-interval|transmit-delay|priority|network|instance-id))"
        r" .*",
        "no {0}",
        key="{0}",
        phase=64,
    ),
    row(INTERFACE, r"(ipv6 nd prefix \S+)(?: .*)?", "no {0}", key="{0}", phase=32),
    row(
        INTERFACE,
        r"(ipv6 nd (?:ra-interval|ra-lifetime|reachable-time|router-preference|mtu|home-agent-\S+|ra-hop-limit|ra-retrans-interval)) .*",
        "no {0}",
        key="{0}",
        phase=34,
    ),
    row(INTERFACE, r"ipv6 nd suppress-ra", phase=40),
    row(OSPF, r"(ospf6? router-id|net) \S+", key="{0}", phase=5),
    row(OSPF, r"(redistribute \S+)(?: .*)?", "no {0}", key="{0}", phase=30),
    row(BGP, r"(bgp router-id|bgp cluster-id|timers bgp) .*", "no {0}", key="{0}", phase=5),
    row(BGP, r"bgp .*", phase=6),
    row(BGP, r"neighbor (\S+) peer-group", key="peer-group {0}", phase=10, undo_takes=("(?:no )?neighbor {0} .*",)),
    row(
        BGP,
        rf"neighbor {ADDRESS} remote-as \S+",
        "no neighbor {0}",
        key="remote-as {0}",
        phase=15,
        undo_takes=("(?:no )?neighbor {0} .*",),
    ),
    row(BGP, r"neighbor (\S+) remote-as \S+", key="remote-as {0}", phase=15),
    row(BGP, r"neighbor (\S+) peer-group (\S+)", key="group of {0}", overwrites=False, phase=18),
    row(
        BGP,
        r"(neighbor \S+ (?:description|update-source|ebgp-multihop|timers|password|local-as|advertisement-interval|ttl-security"
        r"|maximum-prefix|weight|allowas-in|bfd))(?: .*)?",
        "no {0}",
        key="{0}",
        phase=40,
    ),
    row(FAMILY, r"neighbor \S+ activate", phase=20),
    row(
        FAMILY,
        r"(neighbor \S+ (?:route-map|prefix-list|filter-list|distribute-list)) (\S+) (in|out)",
        key="{0} {2}",
        phase=42,
    ),
    row(FAMILY, r"(redistribute \S+)(?: .*)?", "no {0}", key="{0}", phase=30),
    row(FAMILY, r"(network \S+)(?: .*)?", "no {0}", key="{0}", phase=30),
    row(BGP, r"address-family .*", phase=60, opens=True, stays=True),
    row(MAP, r"(match (?:ip|ipv6) (?:address|next-hop)(?: prefix-list)?) .*", key="{0}", phase=20),
    row(MAP, r"(set (?:metric|local-preference|weight|origin|tag)) .*", key="{0}", phase=30),
    row(r".*", r"description .*", "no description", key="description", phase=45),
)
