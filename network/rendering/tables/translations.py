"""Lines of an IPv4 configuration whose IPv6 counterpart is the same line with another address or list.

Marks in a pattern: ``<host>`` an IPv4 address of a server or neighbour, ``<list>`` number or name of an access list.
In the counterpart ``{host}`` is its IPv6 address and ``{list}`` the same list's name; numbers stand for groups of the
pattern. A line whose address or list has no counterpart has none itself. ``view``: head of the view, "" for the top.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inventory.kinds.network import Ipv6Stage

__all__ = ["TRANSLATIONS", "Translation"]

_HOST = r"(?P<host>\d+\.\d+\.\d+\.\d+)"
_LIST = r"(?P<list>(?:name )?[A-Za-z0-9_.-]+)"


@dataclass(frozen=True)
class Translation:
    """One row. source: where the counterpart is described."""

    stage: Ipv6Stage
    view: re.Pattern[str]
    line: re.Pattern[str]
    counterpart: str
    source: str


def _row(stage: Ipv6Stage, view: str, line: str, counterpart: str, source: str) -> Translation:
    pattern = line.replace("<host>", _HOST).replace("<list>", _LIST)
    return Translation(stage, re.compile(view), re.compile(pattern), counterpart, source)


_SERVICE, _SECURITY = Ipv6Stage.SERVICE, Ipv6Stage.SECURITY
_NE8000 = "NetEngine 8000 F1A Command Reference, V800R022"
_HUAWEI = "Huawei command reference, {}; release not noted"
_UNVERIFIED = "unverified"

_VRP = (
    _row(_SERVICE, "", r"dns server <host>(.*)", "dns server ipv6 {host}{2}", _UNVERIFIED),
    _row(_SERVICE, "", r"(ntp-service|ntp) unicast-server <host>(.*)", "{1} unicast-server ipv6 {host}{3}", _HUAWEI.format("ntp unicast-server")),
    _row(
        _SERVICE, "", r"snmp-agent target-host(| host-name \S+) trap address udp-domain <host> (?!.*source)(.*)",
        "snmp-agent target-host trap ipv6 address udp-domain {host} {3}",
        "CloudEngine command reference, snmp-agent target-host trap ipv6",
    ),
    _row(_SERVICE, "", r"info-center loghost <host>(.*)", "info-center loghost ipv6 {host}{2}", _HUAWEI.format("info-center loghost ipv6")),
    _row(_SERVICE, r"interface .+", r"dhcp relay (?:server-ip|server-address|binding server ip) <host>", "dhcpv6 relay destination {host}", f"{_NE8000}, dhcpv6 relay"),
    _row(_SERVICE, r"interface .+", r"ip relay address <host>.*", "dhcpv6 relay destination {host}", f"{_NE8000}, dhcpv6 relay"),
    _row(_SERVICE, r"radius-server group \S+", r"radius-server (authentication|accounting) <host>(.*)", "radius-server {1} {host}{3}", _UNVERIFIED),
    _row(_SECURITY, r"user-interface vty .+", r"acl <list> (inbound|outbound)", "acl ipv6 {list} {2}", _UNVERIFIED),
    _row(_SECURITY, "", r"ssh server acl <list>", "ssh ipv6 server acl {list}", _HUAWEI.format("ssh server acl")),
    _row(_SECURITY, r"interface .+", r"traffic-filter (inbound|outbound) acl <list>", "traffic-filter {1} acl ipv6 {list}", _UNVERIFIED),
    _row(_SECURITY, r"interface .+", r"traffic-filter acl <list> (inbound|outbound)", "traffic-filter acl ipv6 {list} {2}", _UNVERIFIED),
    # With `operator and` a second condition would narrow what IPv4 matches: those stay as they are.
    _row(_SECURITY, r"traffic classifier \S+ operator or", r"if-match acl <list>", "if-match ipv6 acl {list}", _HUAWEI.format("if-match ipv6 acl")),
    _row(_SECURITY, "", r"stelnet ipv4 server enable", "stelnet ipv6 server enable", _UNVERIFIED),
    _row(_SECURITY, "", r"ssh server-source -i (\S+)", "ssh ipv6 server-source -i {1}", _UNVERIFIED),
)  # fmt: skip

_COMWARE = (
    _row(_SERVICE, "", r"dns server <host>(.*)", "ipv6 dns server {host}{2}", _UNVERIFIED),
    _row(_SERVICE, "", r"ntp-service unicast-server <host>(.*)", "ntp-service ipv6 unicast-server {host}{2}", _UNVERIFIED),
    _row(
        _SERVICE, "", r"snmp-agent target-host trap address udp-domain <host> (.*)",
        "snmp-agent target-host trap address udp-domain ipv6 {host} {2}",
        "H3C network management command reference, snmp-agent target-host",
    ),
    _row(_SERVICE, "", r"info-center loghost <host>(.*)", "info-center loghost ipv6 {host}{2}", _UNVERIFIED),
    _row(_SERVICE, r"interface .+", r"dhcp relay server-address <host>", "ipv6 dhcp relay server-address {host}", "H3C Layer 3 IP services command reference, DHCPv6 relay agent"),
    # The IPv4 server stays the first one asked.
    _row(_SERVICE, r"(?:hwtacacs|radius) scheme \S+", r"(?:primary|secondary) (authentication|accounting|authorization) <host>(?: \d+)?", "secondary {1} ipv6 {host}", _UNVERIFIED),
    _row(_SECURITY, "", r"ssh server acl <list>", "ssh server ipv6 acl {list}", _UNVERIFIED),
    _row(_SECURITY, r"interface .+", r"packet-filter <list> (inbound|outbound)", "packet-filter ipv6 {list} {2}", _UNVERIFIED),
    _row(_SECURITY, r"(?:user-interface|line) vty .+", r"acl <list> (inbound|outbound)", "acl ipv6 {list} {2}", _UNVERIFIED),
    _row(_SECURITY, r"traffic classifier \S+ operator or", r"if-match acl <list>", "if-match acl ipv6 {list}", _UNVERIFIED),
)  # fmt: skip

_IOS = (
    _row(_SERVICE, "", r"ip name-server <host>", "ip name-server {host}", _UNVERIFIED),
    _row(_SERVICE, "", r"ntp server <host>(.*)", "ntp server {host}{2}", _UNVERIFIED),
    _row(_SERVICE, "", r"logging host <host>(.*)", "logging host ipv6 {host}{2}", _UNVERIFIED),
    _row(_SERVICE, "", r"snmp-server host <host> (.*)", "snmp-server host {host} {2}", _UNVERIFIED),
    _row(_SERVICE, r"interface .+", r"ip helper-address <host>", "ipv6 dhcp relay destination {host}", _UNVERIFIED),
    _row(_SECURITY, r"line vty .+", r"access-class <list> in", "ipv6 access-class {list} in", _UNVERIFIED),
)

TRANSLATIONS: dict[str, tuple[Translation, ...]] = {
    "vrp": _VRP,
    "comware": _COMWARE,
    "frr": (
        _row(_SECURITY, r"line vty", r"access-class <list>", "ipv6 access-class {list}", "FRRouting 8.4, basic configuration commands"),
    ),
    "ios": _IOS,
    "zxros": _IOS,
}  # fmt: skip
"""By ``Platform.dialect``."""
