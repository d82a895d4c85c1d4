"""What depends on a device, before and after a push: neighbours, routes, reachability in both families."""

from __future__ import annotations

import ipaddress
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from network.errors import RefusedError
from network.platforms import GuardKind

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.transport import Session

__all__ = ["DeviceState", "Difference", "Probe", "carried_vpns", "differences", "read_state"]

MARK = "qianyun-reached"
VPN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""Names of instances that a command line reads as one word."""
UP = re.compile(r"(?i)\b(?:full|established|up)\b")
ADDRESS = re.compile(r"(?i)(?<![\w:.])(?:\d+(?:\.\d+){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*)(?:/\d+)?(?![\w:.])")
RECEIVED = re.compile(r"(\d+)\s+(?:packets?(?:\(s\))?\s+)?received")
DYNAMIC = re.compile(r"(?i)\b(?:direct|static|ospf\w*|o_\w+|isis\w*|i_\w+|[ei]?bgp)\b")


@dataclass(frozen=True, order=True)
class Probe:
    """An address that the device pings. ``of``: whose it is, for people. ``vpn``: VPN instance that it is in."""

    address: str
    of: str = ""
    vpn: str = ""

    @property
    def version(self) -> int:
        """4 or 6."""
        return ipaddress.ip_address(self.address).version


@dataclass(frozen=True)
class DeviceState:
    """What was seen on one device.

    Attributes:
        neighbours: ``protocol peer`` of all that are up; the protocol as in the platform's purposes: ospf, bgp_ipv6.
        routes: destinations in its routing tables, both families; those of a VPN instance as ``VPN DESTINATION``.
        reached: probes that answered.
    """

    neighbours: frozenset[tuple[str, str]] = frozenset()
    routes: frozenset[str] = frozenset()
    reached: frozenset[Probe] = frozenset()


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that is there in one state only. ``lost``: before the change only."""

    lost: bool
    family: int
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{'-' if self.lost else '+'} IPv{self.family} {self.kind} {self.what}"


def read_state(session: Session, platform: Platform, probes: Iterable[Probe] = (), running: str = "") -> DeviceState:
    """Neighbours, routes and reachability as the device sees them; what its platform cannot say is left out.

    ``running``: its configuration, which names the VPN instances that it carries: each is looked into. Probes of others
    are left out. Errors of the transport; a command that the device refuses counts as saying nothing.
    """
    vpns = carried_vpns(platform, running)
    commands = platform.commands
    neighbours = {
        (purpose.removeprefix("neighbours_"), peer)
        for purpose in commands
        if purpose.startswith("neighbours_")
        for peer in _peers(_said(session, platform, purpose))
    }
    routes = {
        route
        for purpose in ("routes", "routes_ipv6")
        if purpose in commands
        for route in _routes(_said(session, platform, purpose))
    }
    routes |= {
        f"{vpn} {route}"
        for vpn in vpns
        for purpose in ("routes_vpn", "routes_vpn_ipv6")
        if purpose in commands
        for route in _routes(_said(session, platform, purpose, vpn=vpn))
    }
    here = [probe for probe in probes if not probe.vpn or probe.vpn in vpns]
    reached = frozenset(_reached(session, platform, here))
    return DeviceState(frozenset(neighbours), frozenset(routes), reached)


def carried_vpns(platform: Platform, running: str) -> tuple[str, ...]:
    """The VPN instances that interfaces of a device are in."""
    if not platform.vpn:
        return ()
    found = (one["name"] for one in re.finditer(platform.vpn, running, re.MULTILINE))
    return tuple(name for name in dict.fromkeys(found) if VPN.fullmatch(name))


def differences(before: DeviceState, after: DeviceState) -> tuple[Difference, ...]:
    """What the change has taken and brought, losses of IPv4 first."""
    found = [
        Difference(lost, _family(name, peer), "neighbour", f"{name.removesuffix('_ipv6')} {peer}")
        for lost, some in ((True, before.neighbours - after.neighbours), (False, after.neighbours - before.neighbours))
        for name, peer in some
    ]
    found += [
        Difference(lost, ipaddress.ip_network(route.rpartition(" ")[2], strict=False).version, "route", route)
        for lost, some in ((True, before.routes - after.routes), (False, after.routes - before.routes))
        for route in some
    ]
    found += [
        Difference(lost, probe.version, "reachability", " ".join(filter(None, (probe.vpn, probe.address, probe.of))))
        for lost, some in ((True, before.reached - after.reached), (False, after.reached - before.reached))
        for probe in some
    ]
    return tuple(sorted(found, key=lambda one: (not one.lost, one)))


def _family(protocol: str, peer: str) -> int:
    if protocol.endswith(("_ipv6", "v3", "_vpnv6")) or ":" in peer:
        return 6
    return 4


def _said(session: Session, platform: Platform, purpose: str, **values: str) -> str:
    try:
        return session.command(platform.command(purpose, **values))
    except RefusedError:  # a protocol that does not run there
        return ""


def _peers(text: str) -> Iterator[str]:
    """Peers that are up, of a table or of FRR's JSON."""
    plain = _json(text)
    if plain is not None:
        yield from _json_peers(plain)
        return
    for line in text.splitlines():
        if UP.search(line) and (found := ADDRESS.search(line)):
            yield found[0]


def _json_peers(plain: Any, name: str = "") -> Iterator[str]:
    """FRR: a peer is a dict with its state, under its address or router id, or in a list with its id inside."""
    if isinstance(plain, list):
        for one in plain:
            yield from _json_peers(one, name)
    elif isinstance(plain, dict):
        state = next((plain[key] for key in ("nbrState", "state", "peerState") if isinstance(plain.get(key), str)), "")
        if state:
            peer = plain.get("neighborId") or plain.get("systemId") or plain.get("adj") or name
            if UP.search(state):
                yield str(peer)
            return
        for key, value in plain.items():
            yield from _json_peers(value, key)


def _routes(text: str) -> Iterator[str]:
    plain = _json(text)
    if isinstance(plain, dict):
        yield from (key for key in plain if "/" in key)
        return
    for line in text.splitlines():
        found = ADDRESS.search(line)
        if found and "/" in found[0] and (found.start() == len(line) - len(line.lstrip()) or DYNAMIC.search(line)):
            yield found[0]
        elif found and (mask := re.search(r"PrefixLength\s*:\s*(\d+)", line)):  # VRP 8 prints IPv6 routes as blocks
            yield f"{found[0]}/{mask[1]}"


def _json(text: str) -> Any:
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _reached(session: Session, platform: Platform, probes: Iterable[Probe]) -> Iterator[Probe]:
    asked = {probe: _ping(platform, probe) for probe in probes}
    lines = {probe: line for probe, line in asked.items() if line}
    if platform.guard is GuardKind.TIMER:  # a shell of its own: all at once
        numbered = list(lines)
        said = session.shell(f"{_script(platform, numbered)}wait", timeout=60) if lines else ""
        numbers = {int(number) for number in re.findall(rf"^{MARK} (\d+)$", said, re.MULTILINE)}
        yield from (probe for number, probe in enumerate(numbered) if number in numbers)
        return
    for probe, line in lines.items():
        try:
            found = RECEIVED.search(session.command(line, timeout=60))
        except RefusedError:
            continue
        if found is not None and int(found[1]) > 0:
            yield probe


def _script(platform: Platform, probes: list[Probe]) -> str:
    """Pings in the background, those of each VPN instance in its namespace where it has one."""

    def pings(vpn: str, *, inside: bool) -> str:
        mine = ((number, probe) for number, probe in enumerate(probes) if probe.vpn == vpn)
        lines = ((number, _ping(platform, replace(probe, vpn="") if inside else probe)) for number, probe in mine)
        return "".join(f"({line} >/dev/null 2>&1 && echo {MARK} {number}) &\n" for number, line in lines)

    script = pings("", inside=False)
    for vpn in dict.fromkeys(probe.vpn for probe in probes if probe.vpn):
        within = platform.command("in_namespace", vpn=vpn, script=shlex.quote(pings(vpn, inside=True) + "wait"))
        has = platform.command("has_namespace", vpn=vpn)
        script += f"if {has}; then {within}; else\n{pings(vpn, inside=False)}wait\nfi &\n"
    return script


def _ping(platform: Platform, probe: Probe) -> str:
    """One packet: what is lost by chance is asked for again by those who wait for it."""
    purpose = ("ping_vpn" if probe.vpn else "ping") + ("" if probe.version == 4 else "_ipv6")
    if purpose not in platform.commands:
        return ""
    return platform.command(purpose, count=1, seconds=1, milliseconds=1000, address=probe.address, vpn=probe.vpn)
