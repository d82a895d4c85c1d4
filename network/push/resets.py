"""BGP sessions that a change makes the device negotiate anew.

Address families are capabilities that the two ends tell each other when a session opens (RFC 4760, RFC 5492): one that
is activated on a session that is up closes and opens it on most systems, and IPv4 goes with it for a moment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from network.errors import PushRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from network.push.model import Change

__all__ = ["activated", "may_reset"]

FAMILY = re.compile(r"(?:address-family|ipv6-family|ipv4-family|l2vpn-family)\b")
IPV6 = re.compile(r"ipv6-family\b|address-family (?:ipv6|vpnv6)\b")
LEFT = re.compile(r"(?:exit-address-family|exit|quit|return|end)$")
ACTIVATED = re.compile(r"(?:peer|neighbor) (\S+) (?:enable|activate)$")


def activated(before: str, commands: Iterable[str]) -> tuple[str, ...]:
    """Peers and groups of ``before``, the running configuration, that ``commands`` put into an IPv6 family. Peers with
    IPv6 addresses have sessions of their own: theirs carry no IPv4."""
    found: dict[str, None] = {}
    inside = False
    for line in (command.strip() for command in commands):
        if FAMILY.match(line):
            inside = IPV6.match(line) is not None
        elif LEFT.match(line):
            inside = False
        elif inside and (peer := ACTIVATED.match(line)) and ":" not in peer[1] and _is_peer(before, peer[1]):
            found[peer[1]] = None
    return tuple(found)


def may_reset(change: Change) -> PushRefusedError | None:
    """``push-may-reset-bgp`` where a change activates IPv6 on sessions that carry IPv4."""
    peers = activated(change.before, change.patch.commands)
    if not peers:
        return None
    # All of them: a person agrees to each.
    return PushRefusedError("push-may-reset-bgp", device=change.device, peers=", ".join(peers))


def _is_peer(before: str, name: str) -> bool:
    return re.search(rf"^\s*(?:peer|neighbor) {re.escape(name)}(?:\s|$)", before, re.MULTILINE) is not None
