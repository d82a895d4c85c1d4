"""What IPv4 has in a configuration and IPv6 has not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from network.config.spelling import spelled
from network.config.tree import ConfigLine, ConfigTree
from network.parity.finding import Finding
from network.parity.tables.forms import FORMS, Forms, Servers
from network.platforms import Platform

__all__ = ["parity"]

_ANY4, _ANY6 = IPv4Network("0.0.0.0/0"), IPv6Network("::/0")
_PROTOCOLS = {"icmp": "icmpv6", "1": "icmpv6", "58": "icmpv6", "ip": "ipv6", "": "ipv6", "6": "tcp", "17": "udp"}
_WORDS = re.compile(r"\b(?:logging|log|counting|time-range \S+)\b")

Rule6 = tuple[str, str, IPv6Network, IPv6Network, str]


def parity(platform: Platform, tree: ConfigTree, pairs: Mapping[IPv4Network, IPv6Network]) -> tuple[Finding, ...]:
    """The IPv4 lines without their IPv6 counterpart, by line number.

    ``pairs`` gives the IPv6 prefix of each IPv4 segment. A rule or route counts as answered by one of the paired
    prefix exactly; one for a single host of a paired segment, by any within its prefix. Servers are matched through
    the pairs where they have any, else any IPv6 server of the kind answers one IPv4 server.
    """
    lint = _Lint(FORMS[platform.dialect], pairs)
    lines = tree.lines
    found = [
        *lint.rules(lines),
        *lint.uses(lines),
        *lint.routes(lines),
        *(finding for servers in lint.forms.servers for finding in lint.servers(servers, lines)),
        *lint.management(lines),
        *lint.targets(lines),
    ]
    return tuple(sorted(found, key=lambda finding: (finding.number, finding.code, finding.text)))


class _Lint:
    def __init__(self, forms: Forms, pairs: Mapping[IPv4Network, IPv6Network]) -> None:
        self.forms = forms
        self.pairs = {**pairs, _ANY4: _ANY6}

    def rules(self, lines: tuple[ConfigLine, ...]) -> Iterator[Finding]:
        """Rules of access lists."""
        answers = {
            answer for _, match in _listed(lines, self.forms.list6, self.forms.rule6) for answer in [_rule6(match)]
        }
        for line, match in _listed(lines, self.forms.list4, self.forms.rule4):
            action, protocol, rest = _essence(match)
            source, destination = _network4(match, "source"), _network4(match, "destination")
            sides = [self._counterpart(network) for network in (source, destination)]
            if missing := [
                match[name] for name, side in zip(("source", "destination"), sides, strict=True) if side is None
            ]:
                yield Finding("parity-acl-unpaired", line.number, line.text, {"network": ", ".join(missing)})
                continue
            if not any(
                (action, protocol, rest) == (answer[0], answer[1], answer[4])
                and _fits(answer[2], sides[0], source)
                and _fits(answer[3], sides[1], destination)
                for answer in answers
            ):
                data = {
                    "action": action,
                    "protocol": protocol,
                    "source": str(sides[0]),
                    "destination": str(sides[1]),
                }
                yield Finding("parity-acl-rule", line.number, line.text, data)

    def _counterpart(self, network: IPv4Network | None) -> IPv6Network | None:
        """The IPv6 prefix of a network, or of the segment of a single host."""
        found = None if network is None else self.pairs.get(network)
        if network is None or found is not None or network.prefixlen != 32:
            return found
        return self._segment(network.network_address)

    def _segment(self, address: IPv4Address) -> IPv6Network | None:
        for length in range(31, 0, -1):
            found = self.pairs.get(IPv4Network((address, length), strict=False))
            if found is not None:
                return found
        return None

    def uses(self, lines: tuple[ConfigLine, ...]) -> Iterator[Finding]:
        """Access lists that filter packets of an interface which has IPv6."""
        for view in lines:
            if not self.forms.used_in.fullmatch(view.text):
                continue
            if not any(re.match(r"ipv6 address|ipv6 enable", line.text) for line in view.children):
                continue
            guarded = {_direction(match) for _, match in _matching(view.children, self.forms.use6)}
            for line, match in _matching(view.children, self.forms.use4):
                if _direction(match) not in guarded:
                    data = {"view": view.text, "direction": _direction(match)}
                    yield Finding("parity-acl-use", line.number, line.text, data)

    def routes(self, lines: tuple[ConfigLine, ...]) -> Iterator[Finding]:
        """Static routes, those of a VPN instance by themselves."""
        answers = {
            (vpn or match.groupdict()["vpn"] or "", IPv6Network(f"{match['net']}/{match['mask']}", strict=False))
            for vpn, _, match in _everywhere(lines, self.forms.route6)
        }
        for vpn, line, match in _everywhere(lines, self.forms.route4):
            name = vpn or match["vpn"] or ""
            network = IPv4Network(f"{match['net']}/{match['mask']}", strict=False)
            counterpart = self._counterpart(network)
            if counterpart is None:
                yield Finding("parity-route-unpaired", line.number, line.text, {"network": str(network)})
            elif not any(name == other and _fits(prefix, counterpart, network) for other, prefix in answers):
                data = {"counterpart": f"{counterpart}" + (f" ({name})" if name else "")}
                yield Finding("parity-route", line.number, line.text, data)

    def servers(self, servers: Servers, lines: tuple[ConfigLine, ...]) -> Iterator[Finding]:
        """Servers of one kind."""
        free = Counter(IPv6Address(match["address"]) for _, match in _matching(lines, servers.ipv6))
        for line, match in _matching(lines, servers.ipv4):
            address = IPv4Address(match["address"])
            segment = self._counterpart(IPv4Network(address))
            answer = next((other for other in free if segment is None or other in segment), None)
            if answer is None:
                yield Finding(servers.code, line.number, line.text, {"address": str(address)})
                continue
            free[answer] -= 1
            if not free[answer]:
                del free[answer]

    def management(self, lines: tuple[ConfigLine, ...]) -> Iterator[Finding]:
        """Limits of who may manage the device."""
        views: list[tuple[str, tuple[ConfigLine, ...]]] = [("", lines)] if self.forms.managed_in.fullmatch("") else []
        views += [
            (view.text, view.children) for view in lines if view.text and self.forms.managed_in.fullmatch(view.text)
        ]
        for head, children in views:
            answers = {_direction(match) for _, match in _matching(children, self.forms.management6)}
            for line, match in _matching(children, self.forms.management4):
                if _direction(match) not in answers:
                    yield Finding("parity-management", line.number, line.text, {"view": head or _direction(match)})

    def targets(self, lines: tuple[ConfigLine, ...]) -> Iterator[Finding]:
        """VPN targets of the IPv4 family that the IPv6 family has not; those of the instance hold for both."""
        for view in lines:
            instance = self.forms.vpn.fullmatch(view.text)
            if instance is None:
                continue
            own = {target for _, target in self._targets(view.children)}
            families = [line for line in view.children if self.forms.family6.fullmatch(line.text)]
            there = own | {target for line in families for _, target in self._targets(line.children)}
            for family in view.children:
                if not self.forms.family4.fullmatch(family.text):
                    continue
                for line, (direction, target) in self._targets(family.children):
                    if (direction, target) not in there:
                        data = {"vpn": instance[1], "target": target, "direction": direction}
                        yield Finding("parity-vpn-target", line.number, line.text, data)

    def _targets(self, lines: tuple[ConfigLine, ...]) -> Iterator[tuple[ConfigLine, tuple[str, str]]]:
        for line, match in _matching(lines, self.forms.target):
            directions = (
                {"import", "export"} if (match["direction"] or "both") == "both" else {match["direction"].split("-")[0]}
            )
            for target in match["targets"].split():
                for direction in sorted(directions):
                    yield line, (direction, target)


def _matching(lines: tuple[ConfigLine, ...], pattern: re.Pattern[str]) -> Iterator[tuple[ConfigLine, re.Match[str]]]:
    for line in lines:
        if match := pattern.fullmatch(line.text):
            yield line, match


def _listed(
    lines: tuple[ConfigLine, ...], head: re.Pattern[str] | None, rule: re.Pattern[str]
) -> Iterator[tuple[ConfigLine, re.Match[str]]]:
    if head is None:
        yield from _matching(lines, rule)
        return
    for view in lines:
        if head.fullmatch(view.text):
            yield from _matching(view.children, rule)


def _everywhere(
    lines: tuple[ConfigLine, ...], pattern: re.Pattern[str]
) -> Iterator[tuple[str, ConfigLine, re.Match[str]]]:
    """Lines of the top level, and of the views of VPN instances with the instance's name."""
    for line, match in _matching(lines, pattern):
        yield "", line, match
    for view in lines:
        if named := re.fullmatch(r"(?:vrf|vrf definition) (\S+)", view.text):
            for line, match in _matching(view.children, pattern):
                yield named[1], line, match


def _direction(match: re.Match[str]) -> str:
    return next((value for value in match.groupdict().values() if value), "")


def _essence(match: re.Match[str]) -> tuple[str, str, str]:
    groups = match.groupdict()
    protocol = (groups.get("protocol") or "").lower()
    rest = " ".join(_WORDS.sub("", groups["rest"]).split())
    return groups["action"], _PROTOCOLS.get(protocol, protocol), rest


def _rule6(match: re.Match[str]) -> Rule6:
    action, protocol, rest = _essence(match)
    source, destination = (_network6(match.groupdict().get(side)) for side in ("source", "destination"))
    return action, protocol, source, destination, rest


def _network6(text: str | None) -> IPv6Network:
    if text is None or text == "any":
        return _ANY6
    return IPv6Network(spelled(text).removeprefix("host ").replace(" ", "/"), strict=False)


def _network4(match: re.Match[str], side: str) -> IPv4Network | None:
    """A network from its text: any, host A, A/length, or A and a wildcard (``0`` for one host).

    None for a wildcard with holes, which is no network.
    """
    text = match.groupdict().get(side)
    if text is None or text == "any":
        return _ANY4
    words = text.removeprefix("host ").replace("/", " /").split()
    if len(words) == 1:
        return IPv4Network(words[0])
    if words[1].startswith("/"):
        return IPv4Network("".join(words), strict=False)
    wildcard = int(words[1]) if words[1].isdigit() else int(IPv4Address(words[1]))
    if wildcard & (wildcard + 1):
        return None
    return IPv4Network((words[0], 32 - wildcard.bit_length()), strict=False)


def _fits(prefix: IPv6Network, counterpart: IPv6Network | None, network: IPv4Network | None) -> bool:
    """Whether an IPv6 prefix answers for an IPv4 network with that counterpart."""
    if counterpart is None or network is None:
        return False
    return prefix == counterpart or (network.prefixlen == 32 and prefix.subnet_of(counterpart))
