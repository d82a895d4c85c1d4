"""Huawei VRP 8: views, lines, what they need and what undo takes.

Written from the NetEngine 8000 F1A documents (V800R022) and from what annet's public tests of Huawei show; where
neither says anything, the stricter reading. tests/data/vendor_facts/huawei_vrp8.yaml holds the facts that it is tested
against, with their sources.
"""

from __future__ import annotations

import re

from network.testing.simulators.rules import Dialect, Row, Toggle, Undo

__all__ = ["VRP"]

SYSTEM = ""
INTERFACE = r"interface [^>]+"
BGP = r"bgp [^>]+"
FAMILY = r"bgp [^>]+ > (?:ipv[46]-family|vpn-instance|l2vpn-family|l2vpn-ad-family|evpn)[^>]*"
PEERS = rf"(?:{BGP}|{FAMILY})"
VPN = r"ip vpn-instance [^>]+"
VPN_FAMILY = r"ip vpn-instance [^>]+ > ipv[46]-family"
ACL4 = r"acl (?!ipv6)[^>]+"
ACL6 = r"acl ipv6 [^>]+"
POLICY = r"route-policy [^>]+"
IGP = r"(?:ospf|ospfv3|isis)[^>]*"
AREA = r"ospf(?:v3)? [^>]+ > area [^>]+"
ADDRESS = r"(?:(?:\d+\.){3}\d+|[0-9a-fA-F]*:[0-9a-fA-F:.]+)"
PHYSICAL = r"(?:\d*GE|GigabitEthernet|XGigabitEthernet|Ethernet|MEth|\d+GE|FlexE|50\|100GE|Pos|Serial)[\d/]+"

ROWS: tuple[Row, ...] = (
    # ---- system view: what opens views
    Row(SYSTEM, r"interface ([A-Za-z][\w|/.:-]*)(?: (?:p2p|p2mp|mode \S+))?", opens=True),
    Row(SYSTEM, r"bgp (\d+(?:\.\d+)?)(?: instance \S+)?", opens=True, key="bgp", overwrites=False, once="bgp"),
    Row(SYSTEM, r"(ospf(?:v3)? \d+)(?: router-id \S+)?(?: vpn-instance (\S+))?", opens=True, key="{0}"),
    Row(SYSTEM, r"(isis \d+)(?: vpn-instance (\S+))?", opens=True, key="{0}"),
    Row(SYSTEM, r"ip vpn-instance (\S+)", opens=True),
    Row(SYSTEM, r"acl ipv6 number (\d+)", opens=True, key="acl6 {0}"),
    Row(SYSTEM, r"acl ipv6 name (\S+)(?: (?:basic|advance|number \d+))?", opens=True, key="acl6 {0}"),
    Row(SYSTEM, r"acl (?:number )?(\d+)", opens=True, key="acl4 {0}"),
    Row(SYSTEM, r"acl name (\S+)(?: (?:basic|advance|number \d+))?", opens=True, key="acl4 {0}"),
    Row(SYSTEM, r"route-policy (\S+) (permit|deny) node (\d+)", opens=True, key="{0} {2}", overwrites=False),
    Row(SYSTEM, r"vlan (\d+)", opens=True),
    Row(SYSTEM, r"traffic (?:classifier|behavior|policy) \S+.*", opens=True),
    Row(
        SYSTEM,
        r"(?:aaa|mpls|mpls ldp|mpls l2vpn|mpls te|bfd|evpn|segment-routing(?: ipv6)?|diffserv domain \S+)",
        opens=True,
    ),
    Row(
        SYSTEM,
        r"(?:user-interface|radius-server (?:group|template)|hwtacacs-server template|ip pool|dhcpv6 pool|bfd \S+ bind|keychain|tunnel-policy|nqa test-instance|domain|slot|xpl|netconf|twamp|qos-profile|time-range \S+ name)\b.*",
        opens=True,
    ),
    # ---- system view: single lines
    Row(
        SYSTEM,
        r"ip ipv6-prefix (\S+) index (\d+) (.*)",
        key="{0} {1}",
        overwrites=False,
        clashes=r"top: ip ipv6-prefix {0} index \d+ {2}",
    ),
    Row(
        SYSTEM,
        r"ip ip-prefix (\S+) index (\d+) (.*)",
        key="{0} {1}",
        overwrites=False,
        clashes=r"top: ip ip-prefix {0} index \d+ {2}",
    ),
    Row(SYSTEM, r"(sysname) \S.*", key="{0}"),
    Row(
        SYSTEM,
        r"(ipv6 route-static(?: vpn-instance \S+)? \S+ \d+ \S+(?: [0-9a-f:]+)?)(?: (?:preference|tag|track|description|permanent|bfd|inherit-cost) ?.*)?",
        key="{0}",
    ),
    Row(
        SYSTEM,
        r"(ip route-static(?: vpn-instance \S+)? \S+ \S+ \S+(?: (?:\d+\.){3}\d+)?)(?: (?:preference|tag|track|description|permanent|bfd|inherit-cost) ?.*)?",
        key="{0}",
    ),
    Row(SYSTEM, r"(ntp-service unicast-server (?:ipv6 )?\S+(?: vpn-instance \S+)?)(?: .*)?", key="{0}"),
    Row(SYSTEM, r"(info-center loghost (?:ipv6 )?\S+(?: vpn-instance \S+)?)(?: .*)?", key="{0}"),
    Row(SYSTEM, r"((?:ssh|telnet|ftp|snmp-agent)(?: ipv6)? (?:server )?acl(?: ipv6)?) (\S+)", key="{0}"),
    Row(SYSTEM, r"(mpls lsr-id) \S+", key="{0}"),
    Row(
        SYSTEM,
        r"(?:ip|ipv6|clock|ntp-service|snmp-agent|info-center|ssh|stelnet|sftp|scp|telnet|ftp|lldp|dns|dhcp|dhcpv6|stp|arp|vlan|header|local-user|license|system|set|router|route|multicast|pim|nat|icmp|tcp|rsa|ecc|dsa|sm2|pki|ssl|http|snetconf|fib|device|port-group|undo|hash|statistics?|super|patch|cpu-defend|ifm?|urpf|flow|netstream|as-notation|assign|forward|efm|ethernet|alarm|observe-port|public-key|error-down|load-balance|dcn|command-privilege|user-security-policy|crypto|qos|peer-public-key|radius|hwtacacs|bgp)\b.*",
    ),
    # ---- interfaces
    Row(
        INTERFACE,
        r"ip binding vpn-instance (\S+)",
        key="binding",
        needs=("top: ip vpn-instance {0}",),
        takes=(
            r"here: ip address .*",
            r"here: ipv6 (?:enable|address .*|mtu .*|nd .*)",
            r"here: undo ipv6 nd .*",
            r"here: (?:ospf|ospfv3|isis) .*",
            r"here: (?:ip|dhcpv6|dhcp) relay .*",
        ),
    ),
    Row(INTERFACE, r"ipv6 enable"),
    Row(INTERFACE, r"ipv6 address ([0-9a-f:.]+/\d+)(?: eui-64| anycast)?", needs=("here: ipv6 enable",), address=0),
    Row(INTERFACE, r"ipv6 address \S+ link-local", key="link-local", needs=("here: ipv6 enable",)),
    Row(INTERFACE, r"ipv6 address auto .*", needs=("here: ipv6 enable",)),
    Row(INTERFACE, r"(ipv6 mtu) \d+", key="{0}", needs=("here: ipv6 enable",)),
    Row(
        INTERFACE,
        r"(ipv6 nd ra (?:min-interval|max-interval|router-lifetime|hop-limit|preference)) \S+",
        key="{0}",
        needs=("here: ipv6 enable",),
    ),
    Row(INTERFACE, r"ipv6 nd .*", needs=("here: ipv6 enable",)),
    Row(INTERFACE, r"ip address (?:\d+\.){3}\d+ \S+ sub", needs=(r"here: ip address [0-9.]+ [0-9.]+",)),
    Row(INTERFACE, r"ip address (?:\d+\.){3}\d+ \S+", key="ip address"),
    Row(
        INTERFACE,
        r"ospfv3 (\d+) area \S+(?: instance \d+)?",
        key="ospfv3",
        overwrites=False,
        needs=(r"top: ospfv3 {0}(?: .*)?", "here: ipv6 enable"),
    ),
    Row(
        INTERFACE,
        r"(ospfv3 (?:cost|network-type|timer \S+|dr-priority|mtu-ignore|bfd|authentication-mode|ipsec))\b.*",
        key="{0}",
        needs=(r"here: ospfv3 \d+ area .*",),
    ),
    Row(INTERFACE, r"ospf enable (\d+) area \S+", key="ospf enable", needs=(r"top: ospf {0}(?: .*)?",)),
    Row(
        INTERFACE,
        r"(ospf (?:cost|network-type|timer \S+|dr-priority|authentication-mode|bfd|mtu-enable|enable))\b.*",
        key="{0}",
    ),
    Row(INTERFACE, r"isis enable (\d+)", key="isis enable", needs=(r"top: isis {0}(?: .*)?",)),
    Row(
        INTERFACE,
        r"isis ipv6 enable (\d+)",
        key="isis ipv6 enable",
        needs=(r"top: isis {0}(?: .*)?", r"top: isis {0}(?: .*)? > ipv6 enable.*", "here: ipv6 enable"),
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
        r"traffic-filter (inbound|outbound) acl ipv6 (?:name )?(\S+)",
        key="filter6 {0}",
        needs=(r"top: acl ipv6 (?:number |name ){1}(?: .*)?",),
    ),
    Row(
        INTERFACE,
        r"traffic-filter (inbound|outbound) acl (?:name )?(\S+)",
        key="filter4 {0}",
        needs=(r"top: acl (?:number |name )?{1}(?: .*)?",),
    ),
    Row(
        INTERFACE,
        r"traffic-policy (\S+) (inbound|outbound).*",
        key="policy {1}",
        needs=(r"top: traffic policy {0}(?: .*)?",),
    ),
    Row(INTERFACE, r"(description) .+", key="{0}"),
    Row(
        INTERFACE,
        r"(mtu|bandwidth|speed|duplex|vlan-type|eth-trunk|port link-type|port default vlan|control-vid) ?.*",
        key="{0}",
    ),
    Row(INTERFACE, r"mpls ldp", needs=("here: mpls",)),
    Row(
        INTERFACE,
        r"(?:port|mode|mpls|dhcp|dhcpv6|ip|arp|stp|lldp|trust|qos|statistic|carrier|loopback|negotiation|pim|igmp|urpf|vrrp6?|bfd|clock|nat|tunnel-protocol|source|destination|set|packet-filter|ntp-service|dot1q|qinq|vlan|user-queue|link-protocol|encapsulation|keepalive|ptp|efm|multicast|l2|device|undo)\b.*",
    ),
    # ---- VPN instances
    Row(VPN, r"ipv[46]-family", opens=True),
    Row(VPN, r"(description) .+", key="{0}"),
    Row(
        VPN, r"(?:route-distinguisher|vpn-target|vpn-id|tnl-policy|apply-label|prefix|routing-table|import|export)\b.*"
    ),
    Row(VPN_FAMILY, r"route-distinguisher \S+", key="rd", overwrites=False),
    Row(VPN_FAMILY, r"vpn-target .*", needs=("here: route-distinguisher .*",)),
    Row(
        VPN_FAMILY,
        r"((?:export|import) route-policy) (\S+)",
        key="{0}",
        needs=(r"here: route-distinguisher .*", r"top: route-policy {1} .*"),
    ),
    Row(
        VPN_FAMILY,
        r"(?:apply-label|tnl-policy|prefix|routing-table|default-color|segment-routing)\b.*",
        needs=("here: route-distinguisher .*",),
    ),
    # ---- BGP
    Row(
        BGP,
        r"ipv6-family vpn-instance (\S+)",
        opens=True,
        needs=(r"top: ip vpn-instance {0} > ipv6-family > route-distinguisher .*",),
    ),
    Row(
        BGP,
        r"ipv4-family vpn-instance (\S+)",
        opens=True,
        needs=(r"top: ip vpn-instance {0} > ipv4-family > route-distinguisher .*",),
    ),
    Row(BGP, r"(?:ipv[46]-family|l2vpn-family|l2vpn-ad-family|vpn-instance|link-state-family)(?: .*)?", opens=True),
    Row(
        rf"{BGP} > ipv[46]-family vpn-instance [^>]+",
        rf"peer ({ADDRESS}) as-number (\S+)",
        key="peer {0}",
        overwrites=False,
    ),
    Row(
        rf"{BGP} > ipv[46]-family vpn-instance [^>]+",
        rf"(peer ({ADDRESS}) (?:description|password|keychain|ebgp-max-hop|connect-interface|timer|substitute-as|allow-as-loop|bfd))\b.*",
        key="{0}",
        needs=(r"here: peer {1} (?:as-number|group) .*",),
    ),
    Row(
        rf"{BGP} > ipv[46]-family vpn-instance [^>]+",
        rf"peer ({ADDRESS}) enable",
        needs=(r"here: peer {0} (?:as-number|group) .*",),
    ),
    Row(BGP, r"group (\S+)(?: (?:internal|external))?", key="group {0}", overwrites=False),
    Row(BGP, rf"peer ({ADDRESS}) as-number (\S+)", key="peer {0}", overwrites=False),
    Row(BGP, r"peer (\S+) as-number (\S+)", key="peer {0}", overwrites=False, needs=(r"here: group {0}(?: .*)?",)),
    Row(BGP, r"peer (\S+) group (\S+)", key="peer {0} group", overwrites=False, needs=(r"here: group {1}(?: .*)?",)),
    Row(
        BGP,
        r"(peer (\S+) (?:connect-interface|description|ebgp-max-hop|password|keychain|timer|local-as|substitute-as|tcp-mss|ignore|valid-ttl-hops|tracking|fake-as|path-mtu|listen-only))\b.*",
        key="{0}",
        needs=(r"here: (?:peer {1} (?:as-number|group) .*|group {1}(?: .*)?)",),
    ),
    Row(
        BGP,
        r"peer (\S+) (?:bfd|graceful-restart|log-change|capability-advertise|dynamic).*",
        needs=(r"here: (?:peer {0} (?:as-number|group) .*|group {0}(?: .*)?)",),
    ),
    Row(
        BGP,
        r"(router-id|timer keepalive|graceful-restart|maximum load-balancing|reference-period|confederation id) ?.*",
        key="{0}",
    ),
    Row(
        BGP,
        r"(?:bgp|default|ebgp-interface-sensitive|confederation|dampening|shutdown|private-4-byte-as|local-as|as-path-limit|undo)\b.*",
    ),
    Row(FAMILY, r"peer (\S+) enable", needs=(r"up: (?:peer {0} (?:as-number|group) .*|group {0}(?: .*)?)",)),
    Row(
        FAMILY,
        r"(peer (\S+) route-policy) (\S+) (import|export)",
        key="{0} {3}",
        needs=(r"here: peer {1} (?:enable|as-number .*|group .*)", r"top: route-policy {2} .*"),
    ),
    Row(
        FAMILY,
        r"(peer (\S+) (?:ip-prefix|ipv6-prefix|filter-policy|as-path-filter)) (\S+) (import|export)",
        key="{0} {3}",
        needs=(r"here: peer {1} (?:enable|as-number .*|group .*)",),
    ),
    Row(FAMILY, r"peer (\S+) group (\S+)", key="peer {0} group", needs=(r"up: group {1}(?: .*)?",)),
    Row(
        FAMILY,
        r"(peer (\S+) (?:preferred-value|route-limit|allow-as-loop|next-hop-local|next-hop-invariable|reflect-client|label-route-capability|advertise-community|advertise-ext-community|default-route-advertise|public-as-only|keep-all-routes|substitute-as|soo|capability-advertise|upe|advertise|prefix-sid))\b.*",
        key="{0}",
        needs=(r"here: peer {1} (?:enable|as-number .*|group .*)",),
    ),
    Row(FAMILY, r"(network \S+(?: \S+)?)(?: route-policy \S+)?", key="{0}"),
    Row(FAMILY, r"(import-route \S+(?: \d+)?)(?: .*)?", key="{0}"),
    Row(
        FAMILY,
        r"(maximum load-balancing|preference|reflector cluster-id|router-id|default local-preference|default med) ?.*",
        key="{0}",
    ),
    Row(
        FAMILY,
        r"(?:aggregate|default-route|filter-policy|reflect|dampening|nexthop|bestroute|ext-community-change|advertise|segment-routing|route-select|auto-frr|ipv4-prefix|lsp|label-route|policy|apply-label|ingress-lsp|vpn-route|undo)\b.*",
    ),
    # ---- OSPF, OSPFv3, IS-IS
    Row(r"ospf(?:v3)? [^>]+", r"area \S+", opens=True),
    Row(r"(?:ospf|ospfv3|isis)[^>]*", r"((?:ipv6 )?import-route \S+(?: \d+)?)(?: .*)?", key="{0}"),
    Row(
        r"(?:ospf|ospfv3|isis)[^>]*",
        r"(router-id|network-entity|cost-style|is-level|is-name|bandwidth-reference|spf-schedule-interval|maximum load-balancing|timer \S+|preference|ipv6 enable|ipv6 preference|ipv6 bandwidth-reference)\b ?.*",
        key="{0}",
    ),
    Row(
        r"(?:ospf|ospfv3|isis)[^>]*",
        r"(?:silent-interface|default-route-advertise|ipv6|filter-policy|bfd|graceful-restart|vpn-instance-capability|domain-id|route-tag|stub-router|opaque-capability|mpls|frr|lsp|lsa|spf|enable|asbr-summary|log-peer-change|traffic-eng|set-overload|import|flash-flood|optional|segment-routing|auto-cost|circuit|domain-authentication-mode|area-authentication-mode|description|suppress|undo)\b.*",
    ),
    Row(
        AREA,
        r"(?:network|stub|nssa|abr-summary|authentication-mode|filter|description|vlink-peer|default-cost|mpls-te|abr-filter)\b.*",
    ),
    # ---- access lists, policies
    Row(ACL6, r"rule (\d+) description .+", key="rule {0} description", needs=(r"here: rule {0} (?!description ).*",)),
    Row(ACL6, r"rule (\d+) ((?:permit|deny).*)", key="rule {0}", clashes=r"here: rule \d+ {1}"),
    Row(ACL4, r"rule (\d+) description .+", key="rule {0} description", needs=(r"here: rule {0} (?!description ).*",)),
    Row(ACL4, r"rule (\d+) ((?:permit|deny).*)", key="rule {0}", clashes=r"here: rule \d+ {1}"),
    Row(r"acl [^>]+", r"(step|description) .+", key="{0}"),
    Row(
        POLICY,
        r"if-match ipv6 address prefix-list (\S+)",
        key="if-match 6",
        needs=(r"top: ip ipv6-prefix {0} index .*",),
    ),
    Row(POLICY, r"if-match ip-prefix (\S+)", key="if-match 4", needs=(r"top: ip ip-prefix {0} index .*",)),
    Row(POLICY, r"((?:if-match|apply) \S+) .*", key="{0}"),
    Row(POLICY, r"(?:if-match|apply|goto|continue|description)\b.*"),
    # ---- the rest: not looked at closely
    Row(
        r"user-interface [^>]+",
        r"acl ipv6 (\S+) (inbound|outbound)",
        key="acl6 {1}",
        needs=(r"top: acl ipv6 (?:number |name ){0}(?: .*)?",),
    ),
    Row(
        r"user-interface [^>]+",
        r"acl (\S+) (inbound|outbound)",
        key="acl4 {1}",
        needs=(r"top: acl (?:number |name )?{0}(?: .*)?",),
    ),
    Row(
        r"user-interface [^>]+",
        r"(authentication-mode|protocol inbound|idle-timeout|screen-length|user privilege level|history-command|set authentication password) ?.*",
        key="{0}",
    ),
    Row(r"vlan [^>]+", r"(description|name) .+", key="{0}"),
    Row(
        r"(?:aaa|mpls|bfd|evpn|segment-routing|diffserv|radius-server|hwtacacs-server|ip pool|dhcpv6 pool|keychain|tunnel-policy|nqa|domain|slot|xpl|netconf|twamp|qos-profile|traffic|vlan|user-interface)\b.*",
        r"(?!(?:interface|bgp|ospf|ospfv3|isis|acl|route-policy|vlan \d|aaa$|user-interface|return|quit)\b).+",
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
    Undo(SYSTEM, r"(ospf \d+)(?: .*)?", removes=("top: {0}(?: .*)?",)),
    Undo(SYSTEM, r"isis (\d+)", removes=("top: isis {0}(?: .*)?", "top: interface .* > isis .*")),
    Undo(
        SYSTEM,
        r"ip vpn-instance (\S+)",
        removes=("top: ip vpn-instance {0}", "top: interface .* > ip binding vpn-instance {0}"),
        unless=("top: bgp .* > ipv[46]-family vpn-instance {0}",),
    ),
    Undo(
        SYSTEM,
        r"acl ipv6 (?:number |name )?(\S+)(?: .*)?",
        removes=(r"top: acl ipv6 (?:(?:number|name) )?{0}(?: .*)?",),
        unless=(
            r"top: interface .* > traffic-filter \S+ acl ipv6 (?:name )?{0}",
            r"top: user-interface .* > acl ipv6 {0} .*",
            r"top: .* acl ipv6 {0}",
        ),
    ),
    Undo(
        SYSTEM,
        r"acl (?:number |name )?(\S+)(?: .*)?",
        removes=(r"top: acl (?:(?:number|name) )?{0}(?: .*)?",),
        unless=(r"top: interface .* > traffic-filter \S+ acl (?:name )?{0}", r"top: user-interface .* > acl {0} .*"),
    ),
    Undo(
        SYSTEM,
        r"route-policy (\S+) node (\d+)",
        removes=(r"top: route-policy {0} (?:permit|deny) node {1}",),
        unless=(
            r"top: bgp .* > .* route-policy {0}(?: .*)?",
            r"top: bgp .* > .* > .* route-policy {0}(?: .*)?",
            r"top: ip vpn-instance .* > .* > (?:import|export) route-policy {0}",
        ),
    ),
    Undo(
        SYSTEM,
        r"route-policy (\S+)",
        removes=(r"top: route-policy {0} .*",),
        unless=(r"top: bgp .* > .* route-policy {0}(?: .*)?", r"top: bgp .* > .* > .* route-policy {0}(?: .*)?"),
    ),
    Undo(SYSTEM, r"route-policy .*", refused=True),
    Undo(
        SYSTEM,
        r"ip ipv6-prefix (\S+) index (\d+)",
        removes=(r"top: ip ipv6-prefix {0} index {1} .*",),
        last=(r"top: ip ipv6-prefix {0} index .*", r"top: route-policy .* > if-match ipv6 address prefix-list {0}"),
    ),
    Undo(
        SYSTEM,
        r"ip ip-prefix (\S+) index (\d+)",
        removes=(r"top: ip ip-prefix {0} index {1} .*",),
        last=(r"top: ip ip-prefix {0} index .*", r"top: route-policy .* > if-match ip-prefix {0}"),
    ),
    Undo(
        SYSTEM,
        r"ip ipv6-prefix (\S+)",
        removes=(r"top: ip ipv6-prefix {0} .*",),
        unless=(r"top: route-policy .* > if-match ipv6 address prefix-list {0}",),
    ),
    Undo(SYSTEM, r"ip (?:ipv6|ip)-prefix .*", refused=True),
    Undo(
        SYSTEM,
        r"((?:ip|ipv6) route-static .*?)(?: (?:preference|tag|track|description|permanent|bfd|inherit-cost) .*)",
        refused=True,
    ),
    Undo(SYSTEM, r"(ntp-service unicast-server .*) preference", refused=True),
    Undo(
        INTERFACE,
        r"ipv6 enable",
        removes=(
            "here: ipv6 (?:enable|address .*|mtu .*|nd .*)",
            "here: undo ipv6 nd .*",
            "here: ospfv3 .*",
            "here: isis ipv6 .*",
        ),
    ),
    Undo(INTERFACE, r"ipv6 address (\S+/\d+)", removes=("here: ipv6 address {0}(?: .*)?",)),
    Undo(INTERFACE, r"ipv6 (?:mtu|nd ra \S+) \d+", refused=True),
    Undo(INTERFACE, r"description .+", refused=True),
    Undo(
        INTERFACE,
        r"ip binding vpn-instance (\S+)",
        removes=(
            "here: ip binding vpn-instance {0}",
            r"here: ip address .*",
            r"here: ipv6 (?:enable|address .*|mtu .*|nd .*)",
            r"here: undo ipv6 nd .*",
            r"here: (?:ospf|ospfv3|isis) .*",
        ),
    ),
    Undo(
        INTERFACE,
        r"ospfv3 (\d+)(?: area (\S+))?",
        removes=(
            "here: ospfv3 {0} area .*",
            "here: ospfv3 (?:cost|network-type|timer|dr-priority|mtu-ignore|bfd)\\b.*",
        ),
    ),
    Undo(INTERFACE, r"isis enable(?: (\d+))?", removes=("here: isis enable .*", "here: isis .*")),
    Undo(INTERFACE, r"isis ipv6 enable(?: (\d+))?", removes=("here: isis ipv6 .*",)),
    Undo(INTERFACE, r"(isis (?:ipv6 )?cost|isis circuit-type|ospf cost|ospfv3 cost) \S+", refused=True),
    Undo(VPN, r"ipv6-family", removes=("here: ipv6-family",)),
    Undo(VPN_FAMILY, r"route-distinguisher", refused=True),
    Undo(
        VPN_FAMILY,
        r"route-distinguisher (\S+)",
        removes=("here: route-distinguisher {0}", "here: (?:vpn-target|export|import|apply-label|tnl-policy) .*"),
    ),
    Undo(PEERS, rf"peer ({ADDRESS}) as-number \S+", refused=True),
    Undo(
        PEERS,
        rf"peer ({ADDRESS})",
        removes=(r"here: (?:undo )?peer {0} .*", r"here: .*-family.* > (?:undo )?peer {0} .*"),
    ),
    Undo(PEERS, r"peer (\S+) as-number", removes=(r"here: peer {0} as-number .*",)),
    Undo(PEERS, r"peer \S+ bfd \S+ \d+.*", refused=True),
    Undo(PEERS, r"peer \S+ (?:connect-interface|description|ebgp-max-hop) .+", refused=True),
    Undo(PEERS, r"(peer \S+ route-policy) (\S+) (import|export)", removes=(r"here: {0} {1} {2}",)),
    Undo(
        BGP,
        r"group (\S+)",
        removes=(r"here: group {0}(?: .*)?", r"here: peer {0} .*", r"here: .*-family.* > peer {0} .*"),
        unless=(r"here: peer .* group {0}",),
    ),
    Undo(r"acl [^>]+", r"rule (\d+) description", removes=("here: rule {0} description .*",)),
    Undo(r"acl [^>]+", r"rule (\d+)", removes=("here: rule {0} .*",)),
    Undo(r"acl [^>]+", r"rule .*", refused=True),
    Undo(POLICY, r"apply (?:cost|local-preference|preference|tag) \S+", refused=True),
    Undo(r"user-interface [^>]+", r"acl ipv6 inbound", removes=("here: acl ipv6 .* inbound",)),
    Undo(r"user-interface [^>]+", r"acl inbound", removes=("here: acl (?!ipv6).* inbound",)),
)

TOGGLES: tuple[Toggle, ...] = (
    Toggle(INTERFACE, r"shutdown"),
    Toggle(INTERFACE, r"portswitch"),
    Toggle(INTERFACE, r"dcn"),
    Toggle(INTERFACE, r"ipv6 nd ra halt", printed=("off",)),
    Toggle(FAMILY, r"(?:synchronization|policy vpn-target)"),
    Toggle(
        rf"{BGP} > ipv4-family unicast",
        rf"peer ({ADDRESS}) enable",
        needs=(r"up: (?:peer {0} (?:as-number|group) .*|group {0}(?: .*)?)",),
    ),
)

VRP = Dialect(
    rows=ROWS,
    undos=UNDOS,
    toggles=TOGGLES,
    sorted_lines=(re.compile(r"rule (\d+) "),),
    errors={
        "unknown": "Error: Unrecognized command found at '^' position.",
        "absent": "Error: The configuration does not exist.",
        "needs": "Error: The configuration it depends on does not exist.",
        "exists": "Error: The configuration conflicts with one that exists.",
        "in_use": "Error: The configuration is used by others.",
        "pending": "Error: The deletion of the former configuration has not been committed.",
        "wrong": "Error: Wrong parameter found at '^' position.",
        "permission": "Error: You do not have permission to run the command or the command is incomplete.",
    },
)
