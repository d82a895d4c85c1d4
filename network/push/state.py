"""What depends on a device, before and after a push: neighbours, routes, reachability in both families."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from network.errors import RefusedError
from network.platforms import GuardKind

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.transport import Session

__all__ = ["DeviceState", "Difference", "Probe", "differences", "read_state"]

MARK = "qianyun-reached"
UP = re.compile(r"(?i)\b(?:full|established|up)\b")
ADDRESS = re.compile(r"(?i)(?<![\w:.])(?:\d+(?:\.\d+){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*)(?:/\d+)?(?![\w:.])")
RECEIVED = re.compile(r"(\d+)\s+(?:packets?(?:\(s\))?\s+)?received")
DYNAMIC = re.compile(r"(?i)\b(?:direct|static|ospf\w*|o_\w+|isis\w*|i_\w+|[ei]?bgp)\b")


@dataclass(frozen=True, order=True)
class Probe:
    """An address that the device pings. ``of``: whose it is, for people."""

    address: str
    of: str = ""

    @property
    def version(self) -> int:
        """4 or 6."""
        return ipaddress.ip_address(self.address).version


@dataclass(frozen=True)
class DeviceState:
    """What was seen on one device.

    Attributes:
        neighbours: ``protocol peer`` of all that are up; the protocol as in the platform's purposes: ospf, bgp_ipv6.
        routes: destinations in its routing tables, both families.
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


def read_state(session: Session, platform: Platform, probes: Iterable[Probe] = ()) -> DeviceState:
    """Neighbours, routes and reachability as the device sees them; what its platform cannot say is left out.

    Errors of the transport; a command that the device refuses counts as saying nothing.
    """
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
    reached = frozenset(_reached(session, platform, probes))
    return DeviceState(frozenset(neighbours), frozenset(routes), reached)


def differences(before: DeviceState, after: DeviceState) -> tuple[Difference, ...]:
    """What the change has taken and brought, losses of IPv4 first."""
    found = [
        Difference(lost, _family(name, peer), "neighbour", f"{name.removesuffix('_ipv6')} {peer}")
        for lost, some in ((True, before.neighbours - after.neighbours), (False, after.neighbours - before.neighbours))
        for name, peer in some
    ]
    found += [
        Difference(lost, ipaddress.ip_network(route, strict=False).version, "route", route)
        for lost, some in ((True, before.routes - after.routes), (False, after.routes - before.routes))
        for route in some
    ]
    found += [
        Difference(lost, probe.version, "reachability", f"{probe.address} {probe.of}".strip())
        for lost, some in ((True, before.reached - after.reached), (False, after.reached - before.reached))
        for probe in some
    ]
    return tuple(sorted(found, key=lambda one: (not one.lost, one)))


def _family(protocol: str, peer: str) -> int:
    if protocol.endswith(("_ipv6", "v3", "_vpnv6")) or ":" in peer:
        return 6
    return 4


def _said(session: Session, platform: Platform, purpose: str) -> str:
    try:
        return session.command(platform.command(purpose))
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
        script = "".join(
            f"({line} >/dev/null 2>&1 && echo {MARK} {number}) &\n" for number, line in enumerate(lines.values())
        )
        said = session.shell(f"{script}wait", timeout=60) if lines else ""
        numbers = {int(number) for number in re.findall(rf"^{MARK} (\d+)$", said, re.MULTILINE)}
        yield from (probe for number, probe in enumerate(lines) if number in numbers)
        return
    for probe, line in lines.items():
        try:
            found = RECEIVED.search(session.command(line, timeout=60))
        except RefusedError:
            continue
        if found is not None and int(found[1]) > 0:
            yield probe


def _ping(platform: Platform, probe: Probe) -> str:
    """One packet: what is lost by chance is asked for again by those who wait for it."""
    purpose = "ping" if probe.version == 4 else "ping_ipv6"
    if purpose not in platform.commands:
        return ""
    return platform.command(purpose, count=1, seconds=1, milliseconds=1000, address=probe.address)
