"""H3C Comware 7: views, lines, what they need and what undo takes.

Written from the command references of S7500E (Release 6300) and S6300 (Release 243x) and from what annet's public tests
of H3C show; where neither says anything, the stricter reading. tests/data/vendor_facts/h3c_comware7.yaml holds the facts
that it is tested against, with their sources.
"""

from __future__ import annotations

import re

from network.testing.simulators.rules import Dialect, Row, Toggle, Undo

__all__ = ["COMWARE"]

SYSTEM = ""
INTERFACE = r"interface [^>]+"
BGP = r"bgp [^>]+(?: > ip vpn-instance [^>]+)?"
FAMILY = r"bgp [^>]+ > (?:ip vpn-instance [^>]+ > )?address-family [^>]+"
PEERS = rf"(?:{BGP}|{FAMILY})"
VPN = r"ip vpn-instance [^>]+"
VPN_FAMILY = r"ip vpn-instance [^>]+ > address-family (?:ipv[46]|evpn)"
POLICY = r"route-policy [^>]+"
IGP = r"(?:ospf|ospfv3|isis)[^>]*"
IGP_FAMILY = r"isis [^>]+ > address-family [^>]+"
AREA = r"ospf(?:v3)? [^>]+ > area [^>]+"
ADDRESS = r"(?:(?:\d+\.){3}\d+|[0-9a-fA-F]*:[0-9a-fA-F:.]+)"
PHYSICAL = r"(?:Ten-GigabitEthernet|GigabitEthernet|FortyGigE|HundredGigE|Twenty-FiveGigE|M-GigabitEthernet|Ethernet|WGE|XGE|GE|HGE|FGE|Serial|Pos)[\d/]+"
PEER = r"(?:peer {0} (?:as-number|group) .*|group {0}(?: .*)?)"

ROWS: tuple[Row, ...] = (
    # ---- system view: what opens views
    Row(SYSTEM, r"interface ([A-Za-z][\w/.:-]*)(?: mode \S+)?", opens=True),
    Row(SYSTEM, r"bgp (\d+(?:\.\d+)?)(?: instance \S+)?", opens=True, key="bgp", overwrites=False),
    Row(SYSTEM, r"(ospf(?:v3)? \d+)(?: router-id \S+)?(?: vpn-instance \S+)?", opens=True, key="{0}"),
    Row(SYSTEM, r"(isis \d+)(?: vpn-instance \S+)?", opens=True, key="{0}"),
    Row(SYSTEM, r"ip vpn-instance (\S+)", opens=True),
    Row(
        SYSTEM,
        r"acl (ipv6 )?(?:number |basic |advanced )?(?:name )?(\d+|[A-Za-z]\S*)(?: name \S+)?",
        opens=True,
        key="acl {0}{1}",
    ),
    Row(SYSTEM, r"acl mac .*", opens=True),
    Row(SYSTEM, r"route-policy (\S+) (permit|deny) node (\d+)", opens=True, key="{0} {2}"),
    Row(SYSTEM, r"vlan (\d+)", opens=True),
    Row(
        SYSTEM,
        r"(?:traffic classifier|traffic behavior|qos policy|local-user|domain|radius scheme|hwtacacs scheme|line|user-interface|role name|dhcp server ip-pool|ipv6 dhcp pool|nqa entry|track|keychain|public-key peer|mpls lsr|mpls ldp|l2vpn|vsi|segment-routing ipv6|netconf|irf-port|policy-based-route|time-range|user-group|ftp|object-group|evpn|tunnel-policy)\b(?! server | enable).*",
        opens=True,
    ),
    # ---- system view: single lines
    Row(
        SYSTEM,
        r"ipv6 prefix-list (\S+) index (\d+) (.*)",
        key="6 {0} {1}",
        overwrites=False,
        clashes=r"top: ipv6 prefix-list {0} index \d+ {2}",
    ),
    Row(
        SYSTEM,
        r"ip prefix-list (\S+) index (\d+) (.*)",
        key="4 {0} {1}",
        overwrites=False,
        clashes=r"top: ip prefix-list {0} index \d+ {2}",
    ),
    Row(SYSTEM, r"(sysname) \S.*", key="{0}"),
    Row(
        SYSTEM,
        r"(ipv6 route-static(?: vpn-instance \S+)? \S+ \d+ \S+(?: [0-9a-f:]+)?)(?: (?:preference|tag|track|description|permanent|bfd) ?.*)?",
        key="{0}",
    ),
    Row(
        SYSTEM,
        r"(ip route-static(?: vpn-instance \S+)? \S+ \S+ \S+(?: (?:\d+\.){3}\d+)?)(?: (?:preference|tag|track|description|permanent|bfd) ?.*)?",
        key="{0}",
    ),
    Row(SYSTEM, r"(ntp-service (?:ipv6 )?unicast-server \S+(?: vpn-instance \S+)?)(?: .*)?", key="{0}"),
    Row(SYSTEM, r"(info-center loghost(?: vpn-instance \S+)?(?: ipv6)? \S+)(?: .*)?", key="{0}"),
    Row(SYSTEM, r"((?:ssh server|telnet server|snmp-agent|ftp server)(?: ipv6)? acl(?: ipv6)?) (\S+)", key="{0}"),
    Row(
        SYSTEM,
        r"(?:version|ip|ipv6|clock|ntp-service|snmp-agent|info-center|ssh|sftp|scp|telnet|ftp|lldp|dns|dhcp|stp|arp|vlan|header|license|system|router|undo|mirroring-group|password-control|super|http|https|irf|lacp|link-aggregation|loopback-detection|ospf|mpls|pki|qos|rmon|scheduler|sflow|snmp|tcp|tftp|ttl|undo|xbar|nd|multicast|pim|fib|bfd|burst-mode|as-path|crypto|forwarding|hardware-resource|igmp-snooping|itu-channel|job|monitor|netstream|poe|port|ptp|public-key|radius|hwtacacs|security|switch-mode|user-role|undo|vrrp|domain default|domain|local-server|port-security|packet-filter|parity-error|role default-role)\b.*",
    ),
    # ---- interfaces
    Row(INTERFACE, r"ipv6 enable", refused=True),
    Row(
        INTERFACE,
        r"ip binding vpn-instance (\S+)",
        key="binding",
        needs=("top: ip vpn-instance {0}",),
        takes=(
            r"here: ip address .*",
            r"here: ipv6 (?:address|mtu|nd) .*",
            r"here: undo ipv6 nd .*",
            r"here: (?:ospf|ospfv3|isis) .*",
            r"here: (?:ipv6 )?dhcp relay .*",
        ),
    ),
    Row(INTERFACE, r"ipv6 address ([0-9a-f:.]+/\d+)(?: eui-64| anycast)?", address=0),
    Row(INTERFACE, r"ipv6 address \S+ link-local", key="link-local"),
    Row(INTERFACE, r"ip address (?:\d+\.){3}\d+ \S+ sub", needs=(r"here: ip address [0-9.]+ [0-9.]+",)),
    Row(INTERFACE, r"ip address (?:\d+\.){3}\d+ \S+", key="ip address"),
    Row(
        INTERFACE,
        r"(ipv6 mtu|ipv6 nd ra (?:interval|router-lifetime|hop-limit)|ipv6 nd router-preference) .+",
        key="{0}",
    ),
    Row(
        INTERFACE,
        r"ospfv3 (\d+) area \S+(?: instance \d+)?",
        key="ospfv3",
        overwrites=False,
        needs=(r"top: ospfv3 {0}(?: .*)?", r"here: ipv6 address .*"),
    ),
    Row(
        INTERFACE,
        r"(ospfv3 (?:cost|network-type|timer \S+|dr-priority|mtu-ignore|bfd|ipsec))\b.*",
        key="{0}",
        needs=(r"here: ospfv3 \d+ area .*",),
    ),
    Row(INTERFACE, r"ospf (\d+) area \S+", key="ospf area", needs=(r"top: ospf {0}(?: .*)?",)),
    Row(
        INTERFACE,
        r"(ospf (?:cost|network-type|timer \S+|dr-priority|authentication-mode|bfd|mtu-enable))\b.*",
        key="{0}",
    ),
    Row(INTERFACE, r"isis enable (\d+)", key="isis enable", needs=(r"top: isis {0}(?: .*)?",)),
    Row(
        INTERFACE,
        r"isis ipv6 enable (\d+)",
        key="isis ipv6 enable",
        needs=(r"top: isis {0}(?: .*)? > address-family ipv6.*",),
    ),
    Row(INTERFACE, r"(isis ipv6 \S+) .*", key="{0}", needs=(r"here: isis ipv6 enable \d+",)),
    Row(
        INTERFACE,
        r"(isis (?:circuit-type|circuit-level|cost|timer \S+|small-hello|authentication-mode|bfd|dis-priority))\b.*",
        key="{0}",
        needs=(r"here: isis enable \d+",),
    ),
    Row(
        INTERFACE,
        r"packet-filter ipv6 (?:name )?(\S+) (inbound|outbound).*",
        key="filter6 {1}",
        needs=(r"top: acl ipv6 (?:(?:number|basic|advanced) )?(?:name )?{0}(?: .*)?",),
    ),
    Row(
        INTERFACE,
        r"packet-filter (?:name )?(\S+) (inbound|outbound).*",
        key="filter4 {1}",
        needs=(r"top: acl (?:(?:number|basic|advanced) )?(?:name )?{0}(?: .*)?",),
    ),
    Row(INTERFACE, r"(description) .+", key="{0}"),
    Row(
        INTERFACE,
        r"(mtu|bandwidth|speed|duplex|vlan-type|port link-mode|port link-type|port access vlan|port link-aggregation group) ?.*",
        key="{0}",
    ),
    Row(
        INTERFACE,
        r"(?:port|mpls|dhcp|ip|ipv6|arp|stp|lldp|qos|loopback|negotiation|pim|igmp|vrrp|bfd|nat|tunnel|source|destination|ntp-service|link-aggregation|service-instance|xconnect|combo|flow|broadcast-suppression|multicast-suppression|jumboframe|undo|mirroring-group|packet-filter|traffic|link-delay|sflow|netstream|l2|nd|dldp|urpf|user-bind|l3-address|distributed-gateway|mac-address|local-proxy-arp|management|fec)\b.*",
    ),
    # ---- VPN instances
    Row(VPN, r"address-family (?:ipv4|ipv6|evpn)", opens=True),
    Row(VPN, r"route-distinguisher \S+", key="rd", overwrites=False),
    Row(VPN, r"(description|vpn-id|tnl-policy|(?:export|import) route-policy) .+", key="{0}"),
    Row(VPN, r"(?:vpn-target|routing-table)\b.*"),
    Row(VPN_FAMILY, r"((?:export|import) route-policy|tnl-policy) .+", key="{0}"),
    Row(VPN_FAMILY, r"(?:vpn-target|routing-table|apply-label|route-replicate|segment-routing)\b.*"),
    # ---- BGP
    Row(r"bgp [^>]+", r"ip vpn-instance (\S+)", opens=True, needs=("top: ip vpn-instance {0}",)),
    Row(BGP, r"address-family (?:ipv4|ipv6|vpnv4|vpnv6|l2vpn|link-state)(?: .*)?", opens=True),
    Row(BGP, r"group (\S+)(?: (?:internal|external))?", key="group {0}", overwrites=False),
    Row(BGP, rf"peer ({ADDRESS}) as-number (\S+)", key="peer {0}", overwrites=False),
    Row(BGP, r"peer (\S+) as-number (\S+)", key="peer {0}", overwrites=False, needs=(r"here: group {0}(?: .*)?",)),
    Row(BGP, r"peer (\S+) group (\S+)", key="peer {0} group", overwrites=False, needs=(r"here: group {1}(?: .*)?",)),
    Row(
        BGP,
        r"(peer (\S+) (?:connect-interface|source-address|description|ebgp-max-hop|password|keychain|timer|fake-as|substitute-as|tcp-mss|ignore|ttl-security|low-memory-exempt))\b.*",
        key="{0}",
        needs=("here: " + PEER.replace("{0}", "{1}"),),
    ),
    Row(BGP, r"peer (\S+) (?:bfd|graceful-restart|log-change|capability-advertise).*", needs=(f"here: {PEER}",)),
    Row(BGP, r"(router-id|timer keepalive|graceful-restart|confederation id) ?.*", key="{0}"),
    Row(
        BGP,
        r"(?:bgp|default|ebgp-interface-sensitive|confederation|log-peer-change|ignore|non-stop-routing|primary-path-detect|flush|undo)\b.*",
    ),
    Row(FAMILY, r"peer (\S+) enable", needs=(f"up: {PEER}",)),
    Row(
        FAMILY,
        r"(peer (\S+) (?:route-policy|prefix-list|filter-policy|as-path-acl)) (\S+) (import|export)",
        key="{0} {3}",
        needs=(r"here: peer {1} enable",),
    ),
    Row(FAMILY, r"peer (\S+) group (\S+)", key="peer {0} group", needs=(r"up: group {1}(?: .*)?",)),
    Row(
        FAMILY,
        r"(peer (\S+) (?:preferred-value|route-limit|allow-as-loop|next-hop-local|next-hop-invariable|reflect-client|label-route-capability|advertise-community|advertise-ext-community|default-route-advertise|public-as-only|keep-all-routes|soo|upe|prefix-sid|additional-paths|advertise))\b.*",
        key="{0}",
        needs=(r"here: peer {1} enable",),
    ),
    Row(FAMILY, r"(network \S+(?: \S+)?)(?: route-policy \S+)?", key="{0}"),
    Row(FAMILY, r"(import-route \S+(?: \d+)?)(?: .*)?", key="{0}"),
    Row(FAMILY, r"(balance|preference|reflector cluster-id|default local-preference|default med) ?.*", key="{0}"),
    Row(
        FAMILY,
        r"(?:aggregate|default-route|filter-policy|reflect|dampening|nexthop|pic|summary|fast-reroute|policy|rr-filter|vpn-route|allow-invalid-as|advertise|segment-routing|import-rib|additional-paths|route-select|bestroute|undo)\b.*",
    ),
    # ---- OSPF, OSPFv3, IS-IS
    Row(r"isis [^>]+", r"address-family (?:ipv4|ipv6)(?: .*)?", opens=True),
    Row(r"ospf(?:v3)? [^>]+", r"area \S+", opens=True),
    Row(rf"(?:{IGP}|{IGP_FAMILY})", r"(import-route \S+(?: \d+)?)(?: .*)?", key="{0}"),
    Row(
        rf"(?:{IGP}|{IGP_FAMILY})",
        r"(router-id|network-entity|cost-style|is-level|is-name|bandwidth-reference|spf-schedule-interval|maximum load-balancing|timer \S+|preference|multi-topology)\b ?.*",
        key="{0}",
    ),
    Row(
        rf"(?:{IGP}|{IGP_FAMILY})",
        r"(?:silent-interface|default-route-advertise|filter-policy|filter|bfd|graceful-restart|vpn-instance-capability|domain-id|route-tag|stub-router|opaque-capability|non-stop-routing|fast-reroute|lsa|asbr-summary|log-peer-change|set-overload|flash-flood|description|domain-authentication-mode|area-authentication-mode|snmp|auto-cost|mpls|segment-routing|undo)\b.*",
    ),
    Row(AREA, r"(?:network|stub|nssa|abr-summary|authentication-mode|filter|vlink-peer|default-cost)\b.*"),
    # ---- access lists, policies
    Row(r"acl [^>]+", r"rule (\d+) comment .+", key="rule {0} comment", needs=(r"here: rule {0} (?!comment ).*",)),
    Row(r"acl [^>]+", r"rule (\d+) ((?:permit|deny).*)", key="rule {0}", clashes=r"here: rule \d+ {1}"),
    Row(r"acl [^>]+", r"(step|description) .+", key="{0}"),
    Row(POLICY, r"((?:if-match|apply)(?: (?:ip|ipv6) (?:address|next-hop|route-source))? \S+)(?: .*)?", key="{0}"),
    Row(POLICY, r"(?:continue|description)\b.*"),
    # ---- the rest: not looked at closely
    Row(
        r"(?:line|user-interface) [^>]+",
        r"acl (ipv6 )?(\S+) (inbound|outbound)",
        key="acl {0}{2}",
        needs=(r"top: acl {0}(?:(?:number|basic|advanced) )?(?:name )?{1}(?: .*)?",),
    ),
    Row(
        r"(?:line|user-interface) [^>]+",
        r"(authentication-mode|protocol inbound|idle-timeout|screen-length|user-role|history-command) ?.*",
        key="{0}",
    ),
    Row(r"vlan [^>]+", r"(description|name) .+", key="{0}"),
    Row(
        r"(?:traffic|qos|local-user|domain|radius|hwtacacs|line|user-interface|role|dhcp|ipv6 dhcp|nqa|track|keychain|public-key|mpls|l2vpn|vsi|segment-routing|netconf|irf-port|policy-based-route|user-group|object-group|evpn|tunnel-policy|vlan)\b.*",
        r"(?!(?:interface|bgp|ospf|ospfv3|isis|acl (?:ipv6|number|basic|advanced)|route-policy|vlan \d|return|quit)\b).+",
    ),
)

UNDOS: tuple[Undo, ...] = (
    Undo(SYSTEM, rf"interface {PHYSICAL}", refused=True),
    Undo(SYSTEM, r"interface (\S+)", removes=("top: interface {0}(?: .*)?",)),
    Undo(SYSTEM, r"bgp(?: \d+)?", removes=("top: bgp .*",)),
    Undo(
        SYSTEM,
        r"(ospfv3 \d+)(?: .*)?",
        removes=(
            "top: {0}(?: .*)?",
            "top: interface .* > {0} area .*",
            "top: interface .* > ospfv3 (?:cost|network-type|timer|dr-priority|mtu-ignore|bfd)\\b.*",
        ),
    ),
    Undo(SYSTEM, r"(ospf \d+)(?: .*)?", removes=("top: {0}(?: .*)?", "top: interface .* > {0} area .*")),
    Undo(SYSTEM, r"isis (\d+)", removes=("top: isis {0}(?: .*)?", "top: interface .* > isis .*")),
    Undo(
        SYSTEM,
        r"ip vpn-instance (\S+)",
        removes=(
            "top: ip vpn-instance {0}",
            "top: interface .* > ip binding vpn-instance {0}",
            "top: bgp .* > ip vpn-instance {0}",
        ),
    ),
    Undo(
        SYSTEM,
        r"acl (ipv6 )?(?:(?:number|basic|advanced) )?(?:name )?(\d+|\S+)",
        removes=(r"top: acl {0}(?:(?:number|basic|advanced) )?(?:name )?{1}(?: .*)?",),
        unless=(
            r"top: interface .* > packet-filter {0}(?:name )?{1} .*",
            r"top: (?:line|user-interface) .* > acl {0}{1} .*",
            r"top: .* acl {0}{1}",
        ),
    ),
    Undo(
        SYSTEM,
        r"route-policy (\S+) node (\d+)",
        removes=(r"top: route-policy {0} (?:permit|deny) node {1}",),
        last=(r"top: route-policy {0} .*", r"top: bgp .* > .* > .* route-policy {0}(?: .*)?"),
    ),
    Undo(
        SYSTEM,
        r"route-policy (\S+)",
        removes=(r"top: route-policy {0} .*",),
        unless=(r"top: bgp .* > .* > .* route-policy {0}(?: .*)?",),
    ),
    Undo(SYSTEM, r"route-policy .*", refused=True),
    Undo(
        SYSTEM,
        r"(ipv6|ip) prefix-list (\S+) index (\d+)",
        removes=(r"top: {0} prefix-list {1} index {2} .*",),
        last=(r"top: {0} prefix-list {1} index .*", r"top: route-policy .* > if-match {0} \S+ prefix-list {1}"),
    ),
    Undo(
        SYSTEM,
        r"(ipv6|ip) prefix-list (\S+)",
        removes=(r"top: {0} prefix-list {1} .*",),
        unless=(r"top: route-policy .* > if-match {0} \S+ prefix-list {1}",),
    ),
    Undo(SYSTEM, r"(?:ipv6|ip) prefix-list .*", refused=True),
    Undo(
        SYSTEM,
        r"ip community-list (?:basic |advanced )?(\S+)(?: .*)?",
        removes=("here: {line}(?: .*)?",),
        unless=(r"top: route-policy .* > if-match community (?:name )?{0}(?: .*)?",),
    ),
    Undo(
        SYSTEM,
        r"((?:ip|ipv6) route-static .*?)(?: (?:preference|tag|track|description|permanent|bfd) .*)",
        refused=True,
    ),
    Undo(INTERFACE, r"ipv6 address (\S+/\d+)", removes=("here: ipv6 address {0}(?: .*)?",)),
    Undo(INTERFACE, r"(?:ipv6 mtu|ipv6 nd ra \S+|mtu) \d+", refused=True),
    Undo(INTERFACE, r"description .+", refused=True),
    Undo(
        INTERFACE,
        r"ip binding vpn-instance(?: (\S+))?",
        removes=(
            r"here: ip binding vpn-instance .*",
            r"here: ip address .*",
            r"here: ipv6 (?:address|mtu|nd) .*",
            r"here: undo ipv6 nd .*",
            r"here: (?:ospf|ospfv3|isis) .*",
        ),
    ),
    Undo(
        INTERFACE,
        r"ospfv3 (\d+) area (\S+)(?: .*)?",
        removes=(
            "here: ospfv3 {0} area {1}(?: .*)?",
            "here: ospfv3 (?:cost|network-type|timer|dr-priority|mtu-ignore|bfd)\\b.*",
        ),
    ),
    Undo(INTERFACE, r"isis enable(?: (\d+))?", removes=("here: isis .*",)),
    Undo(INTERFACE, r"isis ipv6 enable(?: (\d+))?", removes=("here: isis ipv6 .*",)),
    Undo(
        INTERFACE,
        r"packet-filter (ipv6 )?(?:name )?(\S+) (inbound|outbound)",
        removes=("here: packet-filter {0}(?:name )?{1} {2}(?: .*)?",),
    ),
    Undo(VPN, r"route-distinguisher", removes=("here: route-distinguisher .*",)),
    Undo(VPN, r"route-distinguisher \S+", refused=True),
    Undo(PEERS, rf"peer ({ADDRESS}) as-number \S+", refused=True),
    Undo(PEERS, rf"peer ({ADDRESS})", removes=(r"here: peer {0} .*", r"here: address-family.* > peer {0} .*")),
    Undo(PEERS, r"peer (\S+) as-number", removes=(r"here: peer {0} as-number .*",)),
    Undo(PEERS, r"peer \S+ (?:connect-interface|description|ebgp-max-hop) .+", refused=True),
    Undo(
        BGP,
        r"group (\S+)",
        removes=(r"here: group {0}(?: .*)?", r"here: peer {0} .*", r"here: address-family.* > peer {0} .*"),
        unless=(r"here: peer .* group {0}",),
    ),
    Undo(r"acl [^>]+", r"rule (\d+) comment", removes=("here: rule {0} comment .*",)),
    Undo(r"acl [^>]+", r"rule (\d+)", removes=("here: rule {0} .*",)),
    Undo(r"acl [^>]+", r"rule .*", refused=True),
)

TOGGLES: tuple[Toggle, ...] = (
    Toggle(INTERFACE, r"shutdown", printed=("on",)),
    Toggle(INTERFACE, r"ipv6 nd ra halt", printed=("off",)),
    Toggle(FAMILY, r"policy vpn-target", printed=("off",)),
    Toggle(SYSTEM, r"ssh server enable", printed=("on",)),
)

COMWARE = Dialect(
    rows=ROWS,
    undos=UNDOS,
    toggles=TOGGLES,
    sorted_lines=(re.compile(r"rule (\d+) "),),
    errors={
        "unknown": " % Unrecognized command found at '^' position.",
        "absent": " % The configuration does not exist.",
        "needs": " % What the command depends on does not exist.",
        "exists": " % The configuration conflicts with one that exists.",
        "in_use": " % The object is used by others and cannot be removed.",
        "pending": " % The configuration cannot be changed now.",
        "wrong": " % Wrong parameter found at '^' position.",
        "permission": "Permission denied.",
    },
)
