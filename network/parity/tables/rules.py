"""The rules of parity, by code: level in SARIF's words, and the English message."""

from __future__ import annotations

__all__ = ["LEVELS", "MESSAGES"]

MESSAGES: dict[str, str] = {
    "parity-acl-rule": "no IPv6 rule does what this IPv4 rule does: {action} {protocol} from {source} to {destination}",
    "parity-acl-unpaired": "the IPv4 rule names {network}, which has no IPv6 counterpart",
    "parity-acl-use": "{view}: IPv4 packets are filtered {direction}, IPv6 packets are not",
    "parity-route": "no IPv6 route leads where this IPv4 route leads: {counterpart}",
    "parity-route-unpaired": "the IPv4 route leads to {network}, which has no IPv6 counterpart",
    "parity-dns": "no IPv6 name server stands beside {address}",
    "parity-ntp": "no IPv6 time server stands beside {address}",
    "parity-snmp": "no IPv6 address receives the traps that {address} receives",
    "parity-management": "{view}: access is limited for IPv4, not for IPv6",
    "parity-vpn-target": "{vpn}: VPN target {target} ({direction}) of IPv4 is missing in IPv6",
}

LEVELS: dict[str, str] = {
    "parity-acl-rule": "error",
    "parity-acl-unpaired": "warning",
    "parity-acl-use": "error",
    "parity-route": "error",
    "parity-route-unpaired": "warning",
    "parity-dns": "warning",
    "parity-ntp": "warning",
    "parity-snmp": "warning",
    "parity-management": "error",
    "parity-vpn-target": "error",
}
"""``error`` where IPv6 is open although IPv4 is closed, or does not arrive; else ``warning``."""
