"""H3C Comware 5 and 7.

Sources: H3C S6300 and S6800 command references (Comware 7) for the forms of undo; what annet's public tests of H3C show
(tests/annet/test_patch/h3c_*.yaml); tests/data/vendor_facts/h3c_comware7.yaml holds each fact with its source.
"""

from __future__ import annotations

from network.diff.rules import Rule, row

__all__ = ["COMWARE"]

TOP = ""
INTERFACE = r"interface .+"
BGP = r"bgp \S+.*"
FAMILY = r"bgp .+ / address-family .+"
PEERS = r"bgp .+"
VPN = r"ip vpn-instance \S+(?: / address-family .+)?"
ACL = r"acl .+"
POLICY = r"route-policy .+"
SCHEME = r"(?:radius|hwtacacs) scheme .*"
ADDRESS = r"((?:\d+\.){3}\d+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)"

TOP_LINES: tuple[Rule, ...] = (
    row(TOP, r"sysname .*", "undo sysname", key="sysname", phase=1),
    row(TOP, r"ipv6", phase=2),
    row(TOP, r"mpls lsr-id .*", "undo mpls lsr-id", key="mpls lsr-id", phase=3),
    row(TOP, r"mpls ldp", phase=4, opens=True),
    *(
        row(
            TOP,
            rf"({family} prefix-list \S+) index (\d+) .*",
            "undo {0} index {1}",
            key="{0} index {1}",
            overwrites=False,
            thing="{0}",
            phase=10,
            placeholder=("{0} index 65535 deny " + nothing, "undo {0} index 65535"),
        )
        for family, nothing in (("ip", "0.0.0.0 32"), ("ipv6", ":: 128"))
    ),
    row(TOP, r"(ip (?:community-list|as-path|extcommunity-list)(?: basic| advanced)? \S+) .*", thing="{0}", phase=10),
    row(
        TOP,
        r"(acl (?:ipv6 |mac )?(?:(?:advanced |basic |user-defined )?name \S+|(?:advanced |basic |number |user-defined )?\d+)).*",
        "undo {0}",
        key="{0}",
        thing="{0}",
        phase=15,
        opens=True,
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
    row(TOP, r"(qos policy \S+).*", "undo {0}", thing="{0}", phase=27, opens=True),
    row(TOP, r"(ip vpn-instance \S+)", thing="{0}", phase=30, opens=True),
    row(TOP, r"((?:ipv6 )?dhcp (?:pool|server ip-pool) \S+)", thing="{0}", phase=35, opens=True),
    row(TOP, r"((?:radius|hwtacacs) scheme \S+)", thing="{0}", phase=36, opens=True),
    row(TOP, r"(domain (?:name )?\S+)", thing="{0}", phase=37, opens=True),
    row(TOP, r"(isis \d+)(?: vpn-instance \S+)?", "undo {0}", thing="{0}", phase=40, opens=True),
    row(TOP, r"(ospfv3 \d+)(?: .*)?", "undo {0}", thing="{0}", phase=40, opens=True),
    row(TOP, r"(ospf \d+)(?: .*)?", "undo {0}", thing="{0}", phase=40, opens=True),
    row(TOP, r"vlan \d+(?: to \d+)?", phase=43, opens=True),
    row(
        TOP,
        r"interface (?:Bridge-Aggregation\d+|Route-Aggregation\d+|LoopBack\d+|Tunnel\S+|Vsi\S+)",
        phase=50,
        opens=True,
    ),
    row(TOP, r"interface (?:Vlan-interface\d+|\S+\.\d+).*", phase=56, opens=True),
    row(TOP, r"interface .*", phase=54, opens=True, stays=True),
    row(
        TOP,
        r"((?:ip|ipv6) route-static .*?)(?: (?:preference|tag|track|description|permanent|bfd) ?.*)?",
        "undo {0}",
        key="{0}",
        phase=60,
    ),
    row(TOP, r"bgp \S+(.*)", "undo bgp{0}", key="bgp{0}", overwrites=False, phase=70, opens=True),
    row(
        TOP,
        r"(ntp-service (?:ipv6 )?unicast-server \S+(?: vpn-instance \S+)?)(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=80,
    ),
    row(TOP, r"(info-center loghost (?:vpn-instance \S+ )?(?:ipv6 )?\S+)(?: .*)?", "undo {0}", key="{0}", phase=80),
    row(TOP, r"(snmp-agent target-host trap .* params securityname \S+).*", "undo {0}", key="{0}", phase=82),
    row(TOP, r"((?:ssh|telnet) server (?:ipv6 )?acl)(?: ipv6)? \S+", "undo {0}", key="{0}", phase=84),
    row(TOP, r"(?:user-interface|line) (?:class )?(?:con|vty|aux|console).*", phase=88, opens=True, stays=True),
)

INTERFACE_LINES: tuple[Rule, ...] = (
    row(INTERFACE, r"(port link-mode) \S+", "undo {0}", key="{0}", phase=2),
    row(
        INTERFACE,
        r"ip binding vpn-instance (\S+)",
        "undo ip binding vpn-instance",
        key="ip binding",
        phase=5,
        line_takes=(r"(?!ip binding )(?:ip|ipv6|dhcp) .*", r"(?:ospf|ospfv3|isis) .*"),
    ),
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
        r"(ipv6 nd (?:ra (?:interval|router-lifetime)|dad attempts|ns retrans-timer|nud reachable-time)) .*",
        "undo {0}",
        key="{0}",
        phase=34,
    ),
    row(INTERFACE, r"ipv6 nd ra halt", phase=40),
    row(INTERFACE, r"ipv6 nd autoconfig \S+", phase=36),
    row(INTERFACE, r"(ipv6 dhcp select) \S+.*", "undo {0}", key="{0}", phase=42),
    row(INTERFACE, r"(ipv6 dhcp server) .*", "undo {0}", key="{0}", phase=44),
    row(INTERFACE, r"isis enable(?: (\d+))?", "undo isis enable", key="isis enable", phase=58),
    row(INTERFACE, r"isis ipv6 enable(?: (\d+))?", "undo isis ipv6 enable", key="isis ipv6 enable", phase=60),
    row(INTERFACE, r"(ospf(?:v3)? \d+ area \S+)(?: .*)?", phase=60),
    row(INTERFACE, r"(ospfv3 cost) \d+( instance \d+)?", "undo {0}{1}", key="{0}{1}", phase=64),
    row(
        INTERFACE,
        r"(ospfv3 (?:network-type|timer \S+|dr-priority|mtu-ignore|bfd enable))(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=66,
    ),
    row(INTERFACE, r"mpls enable", phase=50),
    row(INTERFACE, r"mpls ldp enable", phase=52),
    row(
        INTERFACE,
        r"(packet-filter (?:ipv6 )?)(?:name )?\S+ (inbound|outbound)(?: .*)?",
        key="{0}{1}",
        overwrites=False,
        phase=70,
    ),
    row(INTERFACE, r"(port link-aggregation group) .*", "undo {0}", key="{0}", phase=48),
)

ROUTING_LINES: tuple[Rule, ...] = (
    row(r"(?:ospfv3|ospf|bgp|isis) .*", r"(router-id) \S+", "undo {0}", key="{0}", phase=5),
    row(r"isis .*", r"(network-entity) \S+", phase=5),
    row(r"isis .*", r"(cost-style|is-level|is-name|timer \S+|auto-cost .*) .*", "undo {0}", key="{0}", phase=10),
    row(r"isis \S+(?: vpn-instance \S+)?", r"address-family ipv[46](?: unicast)?", phase=20, opens=True),
    row(r"(?:ospfv3|ospf) .*", r"area \S+", phase=20, opens=True),
    row(
        r"(?:ospfv3|ospf) .*",
        r"(bandwidth-reference|spf-schedule-interval|maximum load-balancing) .*",
        "undo {0}",
        key="{0}",
        phase=10,
    ),
    row(
        rf"(?:{PEERS}|isis .*|ospfv3 .*|ospf .*)",
        r"(import-route (?:(?:isisv6|ospfv3|ospf|isis|ripng|bgp4\+|bgp) \d+|\S+))(?: .*)?",
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
        r"|timer|keep-all-routes|route-limit|allow-as-loop|ttl-security|source-address))(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=40,
    ),
    row(
        PEERS,
        r"(peer \S+ (?:route-policy|prefix-list|filter-policy|as-path-acl)) (\S+) (import|export)",
        key="{0} {2}",
        phase=42,
    ),
    row(FAMILY, r"(network \S+ \S+)(?: .*)?", "undo {0}", key="{0}", phase=30),
    row(PEERS, r"(balance(?: (?:eibgp|ebgp|ibgp))?) \d+.*", "undo {0}", overwrites=False, key="balance", phase=8),
    row(PEERS, r"address-family .*|ip vpn-instance \S+", phase=60, opens=True),
)

OTHER_LINES: tuple[Rule, ...] = (
    row(r"ip vpn-instance \S+", r"address-family \S+", phase=60, opens=True),
    row(VPN, r"route-distinguisher (\S+)", "undo route-distinguisher", key="rd", phase=5),
    row(VPN, r"((?:export|import) route-policy)(?: \S+)?", "undo {0}", key="{0}", phase=12),
    row(ACL, r"(rule \d+ comment) .*", "undo {0}", key="{0}", phase=30),
    row(ACL, r"(rule \d+) .*", "undo {0}", key="{0}", overwrites=False, phase=20, undo_may_take=("{0} comment .*",)),
    row(ACL, r"(step) \d+.*", "undo {0}", key="{0}", phase=5),
    row(
        POLICY,
        r"(if-match (?:ip|ipv6) (?:address|next-hop|route-source) (?:prefix-list|acl)) .*",
        "undo {0}",
        key="{0}",
        phase=20,
    ),
    row(POLICY, r"(if-match (?:cost|tag|route-type|as-path|community)) .*", "undo {0}", key="{0}", phase=20),
    row(
        POLICY,
        r"(apply (?:cost|cost-type|local-preference|preference|tag|origin|preferred-value)) .*",
        "undo {0}",
        key="{0}",
        phase=30,
    ),
    row(
        r"(?:line|user-interface) .*",
        r"acl (ipv6 )?\S+ (inbound|outbound)",
        "undo acl {0}{1}",
        key="acl {0}{1}",
        phase=20,
    ),
    row(
        r"(?:line|user-interface) .*",
        r"(protocol inbound|idle-timeout|screen-length|user-role|authentication-mode)(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=10,
    ),
    row(
        r"ipv6 dhcp pool .*",
        r"(network \S+|gateway-list|dns-server|domain-name)(?: .*)?",
        "undo {0}",
        key="{0}",
        phase=10,
    ),
    row(SCHEME, r"(primary \S+)(?: .*)?", "undo {0}", key="{0}", phase=10),
    row(SCHEME, r"(secondary \S+ (?:ipv6 )?\S+)(?: .*)?", "undo {0}", key="{0}", phase=12),
    row(r"qos policy .*", r"(classifier \S+) behavior \S+.*", "undo {0}", key="{0}", phase=20),
)

COMWARE: tuple[Rule, ...] = (
    *TOP_LINES,
    *INTERFACE_LINES,
    *ROUTING_LINES,
    *BGP_LINES,
    *OTHER_LINES,
    row(r".*", r"description .*", "undo description", key="description", phase=45),
)
