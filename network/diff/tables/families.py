"""By which words a line belongs to IPv4 or to IPv6, for all makers."""

from __future__ import annotations

import re

__all__ = ["FREE_TEXT", "IPV4_ADDRESS", "IPV4_IDENTITY", "IPV4_WORD", "IPV6_LINE", "NAMED", "NEUTRAL"]

FREE_TEXT = re.compile(r"(?:undo |no )?(?:(?:\S+ \S+ )?(?:description|comment)|name|sysname|hostname|header|banner)\b")
"""Lines whose words are a person's."""

IPV6_LINE = re.compile(
    r"(?<![\w-])(?:ipv6(?:-family|-prefix|-unicast|-address|-source)?|ospfv3|ospf6|dhcpv6|icmpv6|icmp6|vpnv6|isisv6|ripng|bgp4\+)(?![\w-])"
)
"""Keywords of IPv6 as words of their own: ``ospfv3 1 area 0``, ``ipv6-family unicast``, ``address-family vpnv6``."""

IPV4_ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")

IPV4_WORD = re.compile(r"(?<![\w-])(?:ip|ipv4(?:-family)?|vpnv4|icmp|arp|nat|ip-prefix)(?![\w-])")
"""Keywords of IPv4 as words of their own: ``ip address``, not ``ip-prefix-list``."""

IPV4_IDENTITY = re.compile(
    r"(?:ospf6 |bgp )?(?:router-id|route-distinguisher|vpn-target|rd|network-entity|net|area|mpls lsr-id)\b|ip binding vpn-instance |ip vpn-instance "
)
"""Lines that look like IPv4's but only name something: router IDs, areas, distinguishers, and what binds both families."""

NAMED = re.compile(
    r"(?:group|peer|neighbor) (\S+)(?: .*)?"
    r"|(?:ip |bgp )?(?:as-path-filter|community-filter|community-list|extcommunity-filter|extcommunity-list|as-path)(?: access-list)?(?: basic| advanced| standard| expanded)? (\S+) .*"
)
"""Lines that make or continue something with a name."""

NEUTRAL = re.compile(r"dhcp enable")
"""Lines that change nothing of what runs: on VRP the service of DHCPv6 needs ``dhcp enable``; interfaces that serve
DHCP for IPv4 name it themselves."""
