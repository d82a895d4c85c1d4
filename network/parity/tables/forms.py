"""How each family of command lines writes what parity compares. Groups by name; patterns fit the whole line.

An access list's rule has the groups action, protocol, source, destination and rest (ports and the like, compared as
text); a route net and mask or length, and vpn; a server address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["FORMS", "Forms", "Servers"]

V4 = r"(?:\d{1,3}\.){3}\d{1,3}"
V6 = r"[0-9A-Fa-f]*:[0-9A-Fa-f:.]+"


@dataclass(frozen=True, slots=True)
class Servers:
    """One kind of server: its code, and the lines that name one for each family."""

    code: str
    ipv4: re.Pattern[str]
    ipv6: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one family of command lines.

    ``list4``, ``list6``: heads of access lists, or None where a rule names its list (then ``rule4`` and ``rule6`` fit
    lines of the top level). ``use4``, ``use6``: lines that put a list to use, in views whose head fits ``used_in``
    (an interface) or ``managed_in`` (management access; the empty pattern for the top level), with group direction.
    ``targets``: a VPN target with its directions, in views ``vpn`` / ``family``.
    """

    list4: re.Pattern[str] | None
    list6: re.Pattern[str] | None
    rule4: re.Pattern[str]
    rule6: re.Pattern[str]
    use4: re.Pattern[str]
    use6: re.Pattern[str]
    used_in: re.Pattern[str]
    management4: re.Pattern[str]
    management6: re.Pattern[str]
    managed_in: re.Pattern[str]
    route4: re.Pattern[str]
    route6: re.Pattern[str]
    servers: tuple[Servers, ...]
    vpn: re.Pattern[str]
    family4: re.Pattern[str]
    family6: re.Pattern[str]
    target: re.Pattern[str]


def _servers(code: str, ipv4: str, ipv6: str) -> Servers:
    return Servers(code, re.compile(ipv4), re.compile(ipv6))


_RULE = r"rule \d+ (?P<action>permit|deny)(?: (?P<protocol>(?!source|destination|logging|counting|vpn-instance|time-range)\S+))?"
_NETWORK4 = rf"(?: source (?P<source>any|{V4} \S+))?(?: destination (?P<destination>any|{V4} \S+))?(?P<rest>.*)"
_NETWORK6 = (
    rf"(?: source (?P<source>any|{V6}(?:/| )\d+))?(?: destination (?P<destination>any|{V6}(?:/| )\d+))?(?P<rest>.*)"
)
_ROUTES = {
    "route4": re.compile(rf"ip route-static (?:vpn-instance (?P<vpn>\S+) )?(?P<net>{V4}) (?P<mask>\S+) .*"),
    "route6": re.compile(rf"ipv6 route-static (?:vpn-instance (?P<vpn>\S+) )?(?P<net>{V6}) (?P<mask>\d+) .*"),
}
_TARGET = re.compile(
    r"vpn-target (?P<targets>(?:\S+:\d+ ?)+)(?P<direction>import-extcommunity|export-extcommunity|both)?.*"
)

VRP = Forms(
    list4=re.compile(r"acl (?!ipv6).*"),
    list6=re.compile(r"acl ipv6 .*"),
    rule4=re.compile(_RULE + _NETWORK4),
    rule6=re.compile(_RULE + _NETWORK6),
    use4=re.compile(
        r"traffic-filter (?P<direction>inbound|outbound) acl (?!ipv6).*|traffic-filter acl (?!ipv6)(?:name )?\S+ (?P<other>inbound|outbound).*"
    ),
    use6=re.compile(
        r"traffic-filter (?P<direction>inbound|outbound) acl ipv6 .*|traffic-filter acl ipv6 (?:name )?\S+ (?P<other>inbound|outbound).*"
    ),
    used_in=re.compile(r"interface .*"),
    management4=re.compile(
        r"acl (?!ipv6 )\S+ (?P<direction>inbound|outbound)|(?P<service>ssh|telnet|ftp|snmp-agent) server acl \S+|(?P<agent>snmp-agent) acl \S+"
    ),
    management6=re.compile(
        r"acl ipv6 \S+ (?P<direction>inbound|outbound)|(?P<service>ssh|telnet|ftp|snmp-agent) ipv6 server acl \S+|(?P<agent>snmp-agent) acl ipv6 \S+"
    ),
    managed_in=re.compile(r"|user-interface .*"),
    servers=(
        _servers("parity-dns", rf"dns server (?P<address>{V4})(?: .*)?", rf"dns server ipv6 (?P<address>{V6})(?: .*)?"),
        _servers(
            "parity-ntp",
            rf"ntp(?:-service)? unicast-server (?P<address>{V4})(?: .*)?",
            rf"ntp(?:-service)? unicast-server ipv6 (?P<address>{V6})(?: .*)?",
        ),
        _servers(
            "parity-snmp",
            rf"snmp-agent target-host .*address udp-domain (?P<address>{V4}) .*",
            rf"snmp-agent target-host .*address udp-domain (?P<address>{V6}) .*",
        ),
    ),
    vpn=re.compile(r"ip vpn-instance (\S+)"),
    family4=re.compile(r"ipv4-family"),
    family6=re.compile(r"ipv6-family"),
    target=_TARGET,
    **_ROUTES,
)

COMWARE = Forms(
    list4=re.compile(r"acl (?!ipv6|mac|user-defined).*"),
    list6=re.compile(r"acl ipv6 .*"),
    rule4=re.compile(_RULE + _NETWORK4),
    rule6=re.compile(_RULE + _NETWORK6),
    use4=re.compile(r"packet-filter (?!ipv6)(?:name )?\S+ (?P<direction>inbound|outbound).*"),
    use6=re.compile(r"packet-filter ipv6 (?:name )?\S+ (?P<direction>inbound|outbound).*"),
    used_in=re.compile(r"interface .*"),
    management4=re.compile(
        r"acl (?!ipv6 )(?:advanced |basic )?\S+ (?P<direction>inbound|outbound)|(?P<service>ssh|telnet) server acl \S+"
    ),
    management6=re.compile(
        r"acl ipv6 \S+ (?P<direction>inbound|outbound)|(?P<service>ssh|telnet) server (?:ipv6 acl(?: ipv6)?|acl ipv6) \S+"
    ),
    managed_in=re.compile(r"|(?:line|user-interface) .*"),
    servers=(
        _servers("parity-dns", rf"dns server (?P<address>{V4})(?: .*)?", rf"ipv6 dns server (?P<address>{V6})(?: .*)?"),
        _servers(
            "parity-ntp",
            rf"ntp-service unicast-server (?P<address>{V4})(?: .*)?",
            rf"ntp-service ipv6 unicast-server (?P<address>{V6})(?: .*)?",
        ),
        _servers(
            "parity-snmp",
            rf"snmp-agent target-host .*address udp-domain (?P<address>{V4}) .*",
            rf"snmp-agent target-host .*address udp-domain ipv6 (?P<address>{V6}) .*",
        ),
    ),
    vpn=re.compile(r"ip vpn-instance (\S+)"),
    family4=re.compile(r"address-family ipv4.*"),
    family6=re.compile(r"address-family ipv6.*"),
    target=_TARGET,
    **_ROUTES,
)

FRR = Forms(
    list4=None,
    list6=None,
    rule4=re.compile(
        rf"access-list \S+ (?:seq \d+ )?(?P<action>permit|deny) (?P<source>any|{V4}(?:/\d+)?)(?P<rest>(?: exact-match)?)"
    ),
    rule6=re.compile(
        rf"ipv6 access-list \S+ (?:seq \d+ )?(?P<action>permit|deny) (?P<source>any|{V6}/\d+)(?P<rest>(?: exact-match)?)"
    ),
    use4=re.compile(r"(?!)"),
    use6=re.compile(r"(?!)"),
    used_in=re.compile(r"interface .*"),
    management4=re.compile(r"access-class \S+"),
    management6=re.compile(r"ipv6 access-class \S+"),
    managed_in=re.compile(r"line vty"),
    route4=re.compile(rf"ip route (?P<net>{V4})/(?P<mask>\d+) .*?(?: vrf (?P<vpn>\S+))?"),
    route6=re.compile(rf"ipv6 route (?P<net>{V6})/(?P<mask>\d+) .*?(?: vrf (?P<vpn>\S+))?"),
    servers=(),
    vpn=re.compile(r"router bgp \d+ vrf (\S+)"),
    family4=re.compile(r"address-family ipv4 unicast"),
    family6=re.compile(r"address-family ipv6 unicast"),
    target=re.compile(r"rt vpn (?P<direction>import|export|both) (?P<targets>.+)"),
)

IOS = Forms(
    list4=re.compile(r"ip access-list .*"),
    list6=re.compile(r"ipv6 access-list .*"),
    rule4=re.compile(
        rf"(?:\d+ )?(?P<action>permit|deny) (?P<protocol>\S+) (?P<source>any|host {V4}|{V4} {V4}) (?P<destination>any|host {V4}|{V4} {V4})(?P<rest>.*)"
    ),
    rule6=re.compile(
        rf"(?:sequence \d+ )?(?P<action>permit|deny) (?P<protocol>\S+) (?P<source>any|host {V6}|{V6}/\d+) (?P<destination>any|host {V6}|{V6}/\d+)(?P<rest>.*)"
    ),
    use4=re.compile(r"ip access-group \S+ (?P<direction>in|out)"),
    use6=re.compile(r"ipv6 traffic-filter \S+ (?P<direction>in|out)"),
    used_in=re.compile(r"interface .*"),
    management4=re.compile(r"access-class \S+ (?P<direction>in|out)"),
    management6=re.compile(r"ipv6 access-class \S+ (?P<direction>in|out)"),
    managed_in=re.compile(r"line .*"),
    route4=re.compile(rf"ip route (?:vrf (?P<vpn>\S+) )?(?P<net>{V4}) (?P<mask>{V4}) .*"),
    route6=re.compile(rf"ipv6 route (?:vrf (?P<vpn>\S+) )?(?P<net>{V6})/(?P<mask>\d+) .*"),
    servers=(
        _servers(
            "parity-dns", rf"ip name-server (?P<address>{V4})(?: .*)?", rf"ip name-server (?P<address>{V6})(?: .*)?"
        ),
        _servers(
            "parity-ntp", rf"ntp server (?P<address>{V4})(?: .*)?", rf"ntp server (?:ipv6 )?(?P<address>{V6})(?: .*)?"
        ),
        _servers(
            "parity-snmp",
            rf"snmp-server host (?P<address>{V4})(?: .*)?",
            rf"snmp-server host (?P<address>{V6})(?: .*)?",
        ),
    ),
    vpn=re.compile(r"vrf definition (\S+)"),
    family4=re.compile(r"address-family ipv4"),
    family6=re.compile(r"address-family ipv6"),
    target=re.compile(r"route-target (?P<direction>import|export|both) (?P<targets>\S+)"),
)

FORMS: dict[str, Forms] = {"vrp": VRP, "comware": COMWARE, "frr": FRR, "ios": IOS, "zxros": IOS}
"""By ``Platform.dialect``."""
