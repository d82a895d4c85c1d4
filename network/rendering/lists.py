"""IPv6 counterparts of IPv4 access lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from network.rendering.counterparts import Counterparts
from network.rendering.running import AccessList, Running
from network.rendering.running.model import wildcard_network

__all__ = ["Ipv6List", "counterparts_of_lists"]

_IPV4 = r"\d+\.\d+\.\d+\.\d+"
_RULE = re.compile(r"rule (\d+) (permit|deny)(?: (\S+))?(.*)")
_PLACE = re.compile(rf"(source|destination) ({_IPV4}) ({_IPV4}|0)\b")
_PROTOCOLS = {"ip": "ipv6", "icmp": "icmpv6", "1": "icmpv6"}
_NOT_FOR_IPV6 = re.compile(r"\b(?:icmp-type|igmp|tos|precedence|object-group|address-set|ttl-expired|any-flow)\b")
_FRR = re.compile(rf"access-list (\S+) seq (\d+) (permit|deny) (any|{_IPV4}(?:/\d+)?)(?: exact-match)?")
_PREFIXES = re.compile(rf"ip prefix-list (\S+) seq (\d+) (permit|deny) (any|{_IPV4}/\d+)")

# Neighbour discovery and path MTU (RFC 4890, section 4.3.1): without them an access list that ends in a general deny
# cuts the link off. Types 2, 133, 134, 135, 136.
ICMPV6_NEEDED = (2, 133, 134, 135, 136)


@dataclass(frozen=True)
class Ipv6List:
    """``key``, ``kind``: of the IPv4 list. ``rules``: whole rules in the language of the platform."""

    key: str
    kind: str
    rules: tuple[str, ...]


def counterparts_of_lists(counterparts: Counterparts, running: Running, dialect: str) -> tuple[Ipv6List, ...]:
    """The IPv6 list of each IPv4 list that can be told in IPv6 as a whole.

    A rule whose networks have no counterpart has none: traffic from or to them is not there in IPv6. A list with a rule
    that looks at something else that IPv6 does not have is left out, so that nothing is permitted that was denied; so
    is one whose name an IPv6 list with other rules has taken. A list for addresses only, of which nothing is left,
    denies all: it mostly guards management access.
    """
    translate = _chinese if dialect in {"vrp", "comware"} else _frr
    made = []
    for one in running.lists:
        rules = translate(one, counterparts.network)
        if rules is not None:
            made.append(Ipv6List(one.key, one.kind, rules))
    return tuple(one for one in made if not _taken(one, running))


Networks = Callable[[IPv4Network], IPv6Network | None]


def _chinese(one: AccessList, network_of: Networks) -> tuple[str, ...] | None:
    rules, numbers, denies = [], [], False
    for text in one.rules:
        found = _RULE.fullmatch(text)
        if found is None:
            if text.startswith(("rule ", "undo ")) and " description " not in text and " comment " not in text:
                return None
            continue
        numbers.append(int(found[1]))
        rest = found[4]
        protocol = f" {_PROTOCOLS.get(found[3], found[3])}" if one.kind == "advanced" and found[3] else ""
        if one.kind == "basic" and found[3]:
            rest = f" {found[3]}{rest}"
        if _NOT_FOR_IPV6.search(rest):
            return None
        translated = _places(rest, network_of)
        if translated is None:
            continue
        denies = denies or found[2] == "deny"
        rules.append(f"rule {found[1]} {found[2]}{protocol}{translated}")
    if one.kind == "advanced" and denies:
        first = min(numbers)
        if first < len(ICMPV6_NEEDED):
            return None
        start = first - len(ICMPV6_NEEDED)
        needed = [f"rule {start + i} permit icmpv6 icmp6-type {type} 0" for i, type in enumerate(ICMPV6_NEEDED)]
        rules = needed + rules
    if not rules and one.rules and one.kind == "basic":
        # Management access knows an empty list as an open door.
        rules = [f"rule {numbers[0]} deny"]
    return tuple(rules) or None


def _places(rest: str, network_of: Networks) -> str | None:
    """The part of a rule behind its protocol with IPv6 networks; None where a network has no counterpart."""
    missing = False

    def other(found: re.Match[str]) -> str:
        nonlocal missing
        network = wildcard_network(found[2], found[3])
        counterpart = network_of(network) if network is not None else None
        if counterpart is None:
            missing = True
            return found[0]
        return f"{found[1]} {counterpart}"

    made = _PLACE.sub(other, rest)
    return None if missing else made


def _frr(one: AccessList, network_of: Networks) -> tuple[str, ...] | None:
    word, pattern = ("ipv6 prefix-list", _PREFIXES) if one.kind == "prefixes" else ("ipv6 access-list", _FRR)
    rules = []
    for text in one.rules:
        if " remark " in text:
            continue
        found = pattern.fullmatch(text)
        if found is None:
            return None
        if found[4] == "any":
            rules.append(f"{word} {found[1]} seq {found[2]} {found[3]} any")
        elif (network := network_of(IPv4Network(found[4]))) is not None:
            rules.append(f"{word} {found[1]} seq {found[2]} {found[3]} {network}")
    if not rules and one.kind == "basic":
        rules = [f"{word} {one.key} seq 5 deny any"]
    return tuple(rules) or None


def _taken(one: Ipv6List, running: Running) -> bool:
    return any(set(texts) - set(one.rules) for texts in _existing(one.key, running))


def _existing(key: str, running: Running) -> Iterator[tuple[str, ...]]:
    head = re.compile(rf"acl ipv6 (?:\S+ )*?{re.escape(key)}(?: .*)?")
    for view, texts in running.views.items():
        if head.fullmatch(view):
            yield tuple(text for text in texts if text.startswith("rule "))
    flat = tuple(
        text for text in running.texts if text.startswith((f"ipv6 access-list {key} ", f"ipv6 prefix-list {key} "))
    )
    if flat:
        yield flat
