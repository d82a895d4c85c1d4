"""Huawei VRP 5 and 8.

Sources: NetEngine 8000 F1A Command Reference (VRP 8) for the forms of undo; what annet's public tests of Huawei show
(tests/annet/test_patch/huawei_*.yaml); tests/data/vendor_facts/huawei_vrp8.yaml holds each fact with its source.
"""

from __future__ import annotations

from network.diff.rules import Rule, row

__all__ = ["VRP"]

TOP = ""
INTERFACE = r"interface .+"
BGP = r"bgp \S+"
FAMILY = r"bgp \S+ / (?:ipv[46]-family|vpn-instance|l2vpn-family|l2vpn-ad-family|link-state-family|evpn).*"
PEERS = rf"(?:{BGP}|{FAMILY})"
VPN = r"ip vpn-instance \S+(?: / ipv[46]-family)?"
ACL = r"acl .+"
POLICY = r"route-policy .+"
ADDRESS = r"((?:\d+\.){3}\d+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)"

ANYWHERE: tuple[Rule, ...] = (row(r".*", r"description .*", "undo description", key="description", phase=45),)

TOP_LINES: tuple[Rule, ...] = (
    row(TOP, r"ipv6", phase=2),
    row(TOP, r"(sysname) .*", "undo sysname", key="sysname", phase=1),
    row(TOP, r"(mpls lsr-id) .*", "undo mpls lsr-id", key="{0}", phase=3),
    row(TOP, r"mpls|mpls ldp|mpls te", phase=4, opens=True),
    *(
        row(
            TOP,
            rf"(ip {family}-prefix \S+) index (\d+) .*",
            "undo {0} index {1}",
            key="{0} index {1}",
            overwrites=False,
            thing="{0}",
            phase=10,
            placeholder=("{0} index 4294967295 deny " + nothing, "undo {0} index 4294967295"),
        )
        for family, nothing in (("ip", "0.0.0.0 32"), ("ipv6", ":: 128"))
    ),
    row(
        TOP,
        r"(ip (?:as-path-filter|community-filter|extcommunity-filter)(?: basic| advanced)? \S+)(?: index (\d+))? .*",
        phase=10,
        thing="{0}",
    ),
    row(
        TOP, r"(acl (?:ipv6 )?(?:name \S+|number \d+|\d+)).*", "undo {0}", key="{0}", thing="{0}", phase=15, opens=True
    ),
    row(
        TOP,
        r"(route-policy \S+) (?:permit|deny) node (\d+)",
        "undo {0} node {1}",
        key="{0} node {1}",
        overwrites=False,
        thing="{0}",
        phase=20,
        opens=True,
    ),
    row(TOP, r"(traffic classifier \S+).*", "undo {0}", thing="{0}", phase=25, opens=True),
    row(TOP, r"(traffic behavior \S+).*", "undo {0}", thing="{0}", phase=26, opens=True),
    row(TOP, r"(traffic policy \S+).*", "undo {0}", thing="{0}", phase=27, opens=True),
    row(TOP, r"(ip vpn-instance \S+)", thing="{0}", phase=30, opens=True),
    row(TOP, r"(dhcpv6 pool \S+)", thing="{0}", phase=35, opens=True),
    row(TOP, r"(?:radius-server|hwtacacs-server|hwtacacs server) template (\S+)", thing="{0}", phase=36, opens=True),
    row(TOP, r"aaa", phase=38, opens=True, stays=True),
    row(TOP, r"(isis \d+)(?: vpn-instance \S+)?", "undo {0}", thing="{0}", phase=40, opens=True),
    row(TOP, r"(ospfv3 \d+)(?: .*)?", "undo {0}", thing="{0}", phase=40, opens=True),
    row(TOP, r"(ospf \d+)(?: .*)?", "undo {0}", thing="{0}", phase=40, opens=True),
    row(TOP, r"vlan batch .*", phase=42),
    row(TOP, r"vlan \d+", phase=43, opens=True),
    row(TOP, r"interface (?:Eth-Trunk\d+|LoopBack\d+|Vbdif\d+|Tunnel\S+|NULL0)", phase=50, opens=True),
    row(TOP, r"interface (?:Vlanif\d+|\S+\.\d+).*", phase=56, opens=True),
    row(TOP, r"interface .*", phase=54, opens=True, stays=True),
    row(
        TOP,
        r"((?:ip|ipv6) route-static .*?)(?: (?:preference|tag|track|description|permanent|inherit-cost|bfd) ?.*)?",
        "undo {0}",
        key="{0}",
        phase=60,
    ),
    row(TOP, r"bgp \S+", "undo bgp", key="bgp", overwrites=False, phase=70, opens=True),
    row(
        TOP,
        r"((?:ntp-service|ntp) unicast-server (?:ipv6 )?\S+(?: vpn-instance \S+)?)(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=80,
    ),
    row(TOP, r"(info-center loghost (?:ipv6 )?\S+(?: vpn-instance \S+)?)(?: .*)?", "undo {0}", key="{0}", phase=80),
    row(TOP, r"(snmp-agent target-host host-name \S+) .*", "undo {0}", key="{0}", phase=82),
    row(
        TOP, r"(snmp-agent target-host trap .* params securityname (?:cipher )?\S+).*", "undo {0}", key="{0}", phase=82
    ),
    row(TOP, r"((?:ssh|telnet|ftp|snmp-agent)(?: ipv6)? server acl(?: ipv6)?) \S+", "undo {0}", key="{0}", phase=84),
    row(TOP, r"user-interface maximum-vty \d+", "undo user-interface maximum-vty", key="maximum-vty", phase=86),
    row(TOP, r"user-interface (?:con|vty|aux|current).*", phase=88, opens=True, stays=True),
)

INTERFACE_LINES: tuple[Rule, ...] = (
    row(INTERFACE, r"undo portswitch|portswitch", key="portswitch", phase=2),
    row(
        INTERFACE,
        r"ip binding vpn-instance (\S+)",
        key="ip binding",
        phase=5,
        line_takes=(r"(?!ip binding )(?:ip|ipv6|dhcpv6) .*", r"(?:ospf|ospfv3|isis) .*"),
    ),
    row(INTERFACE, r"ipv6 enable", phase=10),
    row(INTERFACE, r"(ip address (?:\d+\.){3}\d+ \S+)", key="ip address", phase=20),
    row(INTERFACE, r"(ip address (?:\d+\.){3}\d+ \S+) sub", phase=22),
    row(INTERFACE, r"ipv6 address \S+ link-local", key="link-local", phase=24),
    row(INTERFACE, r"ipv6 address auto link-local", phase=24),
    row(INTERFACE, r"ipv6 address \S+/\d+(?: eui-64)?", phase=26),
    row(
        INTERFACE, r"(mtu|ipv6 mtu|ospf cost|isis cost|isis ipv6 cost|bandwidth) \d+.*", "undo {0}", key="{0}", phase=64
    ),
    row(
        INTERFACE,
        r"(isis (?:circuit-type|circuit-level|timer \S+)|ospf network-type|ospf timer \S+) .*",
        "undo {0}",
        key="{0}",
        phase=64,
    ),
    row(INTERFACE, r"(ipv6 nd ra prefix \S+) .*", "undo {0}", key="{0}", phase=32),
    row(
        INTERFACE,
        r"(ipv6 nd ra (?:min-interval|max-interval|router-lifetime|hop-limit|preference)) \S+",
        "undo {0}",
        key="{0}",
        phase=34,
    ),
    row(
        INTERFACE,
        r"(ipv6 nd (?:dad attempts|ns retrans-timer|nud reachable-time|hop-limit)) \d+",
        "undo {0}",
        key="{0}",
        phase=34,
    ),
    row(INTERFACE, r"ipv6 nd ra halt disable", key="ra halt", phase=40),
    row(INTERFACE, r"ipv6 nd autoconfig \S+", phase=36),
    row(INTERFACE, r"(dhcpv6 server) \S+.*", "undo {0}", key="{0}", phase=44),
    row(INTERFACE, r"dhcpv6 relay .*", phase=44),
    row(INTERFACE, r"isis enable (\d+)", "undo isis enable", key="isis enable", phase=58),
    row(INTERFACE, r"isis ipv6 enable (\d+)", "undo isis ipv6 enable", key="isis ipv6 enable", phase=60),
    row(INTERFACE, r"(ospf(?:v3)? \d+ area \S+)(?: .*)?", phase=60),
    row(INTERFACE, r"(ospfv3 cost) \d+(?: instance (\d+))?", "undo {0}", key="{0}", phase=64),
    row(
        INTERFACE,
        r"(ospfv3 (?:network-type|timer \S+|dr-priority|mtu-ignore|bfd)) ?.*",
        "undo {0}",
        key="{0}",
        phase=66,
    ),
    row(INTERFACE, r"mpls", phase=50),
    row(INTERFACE, r"mpls ldp", phase=52),
    row(INTERFACE, r"mpls ldp .*|mpls te.*", phase=54),
    row(INTERFACE, r"(traffic-policy) \S+ (inbound|outbound)(?: .*)?", "undo {0} {1}", key="{0} {1}", phase=70),
    row(
        INTERFACE,
        r"(traffic-filter (?:inbound|outbound) acl(?: ipv6)?) (?:name )?\S+",
        key="{0}",
        overwrites=False,
        phase=70,
    ),
    row(INTERFACE, r"(eth-trunk) \d+", "undo {0}", key="{0}", phase=48),
)

ROUTING_LINES: tuple[Rule, ...] = (
    row(r"(?:ospfv3|ospf|bgp|isis) .*", r"(router-id) \S+", "undo {0}", key="{0}", phase=5),
    row(r"isis .*", r"(network-entity) \S+", phase=5),
    row(
        r"isis .*",
        r"(cost-style|is-level|is-name|timer \S+|bandwidth-reference|ipv6 bandwidth-reference) .*",
        "undo {0}",
        key="{0}",
        phase=10,
    ),
    row(r"isis .*", r"(ipv6 enable)(?: topology \S+)?", "undo {0}", key="{0}", phase=20),
    row(r"(?:ospfv3|ospf) .*", r"area \S+", phase=20, opens=True),
    row(
        r"(?:ospfv3|ospf) .*",
        r"(bandwidth-reference|spf-schedule-interval|spf timers|maximum load-balancing) .*",
        "undo {0}",
        key="{0}",
        phase=10,
    ),
    row(
        rf"(?:{PEERS}|isis .*|ospfv3 .*|ospf .*)",
        r"((?:ipv6 )?import-route (?:\S+ \d+|\S+))(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=30,
    ),
)

BGP_LINES: tuple[Rule, ...] = (
    row(PEERS, r"group (\S+)(?: .*)?", "undo group {0}", key="group {0}", overwrites=False, phase=10),
    row(
        PEERS,
        rf"peer {ADDRESS} as-number \S+",
        "undo peer {0}",
        key="peer {0} as-number",
        overwrites=False,
        phase=15,
        undo_takes=(r"(?:undo )?peer {0} .*",),
    ),
    row(PEERS, r"(peer \S+ as-number) \S+", "undo {0}", key="{0}", overwrites=False, phase=16),
    row(PEERS, r"(peer \S+ group) (\S+)", "undo {0} {1}", key="{0}", overwrites=False, phase=18),
    row(FAMILY, r"(peer \S+ enable)", phase=17),
    row(
        PEERS,
        r"(peer \S+ (?:connect-interface|ebgp-max-hop|local-as|substitute-as|password|preferred-value|description|tcp-mss"
        r"|keepalive|timer|route-limit|allow-as-loop|valid-ttl-hops|tracking))(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=40,
    ),
    row(
        PEERS,
        r"(peer \S+ (?:route-policy|ip-prefix|ipv6-prefix|filter-policy|as-path-filter)) (\S+) (import|export)",
        key="{0} {2}",
        phase=42,
    ),
    row(PEERS, r"(peer \S+ bfd) ((?:min|detect)\S+) \d+", "undo {0} {1}", phase=44),
    row(FAMILY, r"(network \S+ \S+)(?: .*)?", "undo {0}", key="{0}", phase=30),
    row(
        PEERS,
        r"(maximum load-balancing(?: (?:eibgp|ebgp|ibgp))?) \d+.*",
        "undo {0}",
        overwrites=False,
        key="load-balancing",
        phase=8,
    ),
    row(BGP, r"(?:ipv[46]-family|vpn-instance|l2vpn-family|l2vpn-ad-family|link-state-family).*", phase=60, opens=True),
)

OTHER_LINES: tuple[Rule, ...] = (
    row(r"ip vpn-instance \S+", r"ipv[46]-family", phase=20, opens=True),
    row(
        VPN,
        r"route-distinguisher (\S+)",
        key="rd",
        overwrites=False,
        phase=5,
    ),
    row(VPN, r"((?:export|import) route-policy) \S+", "undo {0}", key="{0}", phase=12),
    row(ACL, r"(rule \d+) description .*", "undo {0} description", key="{0} description", phase=30),
    row(
        ACL, r"(rule \d+) .*", "undo {0}", key="{0}", overwrites=False, phase=20, undo_may_take=("{0} description .*",)
    ),
    row(ACL, r"(step) \d+", "undo {0}", key="{0}", phase=5),
    row(POLICY, r"(if-match (?:cost|protocol|tag|route-type)) .*", "undo {0}", key="{0}", phase=20),
    row(
        POLICY,
        r"(apply (?:cost|cost-type|local-preference|preference|tag|origin|preferred-value)) .*",
        "undo {0}",
        key="{0}",
        phase=30,
    ),
    row(POLICY, r"(goto next-node) \d+", "undo {0}", key="{0}", phase=40),
    row(r"user-interface .*", r"acl (ipv6 )?(\S+) (inbound|outbound)", "undo acl {0}{2}", key="acl {0}{2}", phase=20),
    row(
        r"user-interface .*",
        r"(protocol inbound|idle-timeout|screen-length|user privilege level|authentication-mode)(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=10,
    ),
    row(
        r"radius-server .*",
        r"(radius-server (?:authentication|accounting) \S+ \d+)(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=10,
    ),
    row(r"dhcpv6 pool .*", r"(address prefix \S+)(?: .*)?", "undo {0}", key="{0}", phase=10),
    row(r"traffic policy .*", r"(classifier \S+) behavior \S+.*", "undo {0}", key="{0}", phase=20),
    row(r"traffic behavior .*", r"(remark \S+|car).*", "undo {0}", key="{0}", phase=20),
)

VRP: tuple[Rule, ...] = (*TOP_LINES, *INTERFACE_LINES, *ROUTING_LINES, *BGP_LINES, *OTHER_LINES, *ANYWHERE)
