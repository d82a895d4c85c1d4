"""What underlay and routing stages add: the IPv6 mirror of the IPv4 protocols that run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from network.errors import RenderingError
from network.intent import BgpIpv6, DeviceIntent, VpnIpv6
from network.rendering.counterparts import Counterparts
from network.rendering.running import Bgp, Family, IgpProcess, Running
from network.rendering.tables.words import WORDS

__all__ = ["Ipv6Bgp", "Ipv6Family", "Ipv6Interface", "Ipv6Process", "Ipv6Route", "Ipv6Session", "Mirror"]


@dataclass(frozen=True)
class Ipv6Interface:
    """IGP for IPv6 in the view that ``head`` enters; ``settings`` as the IPv4 ones are written."""

    head: str
    area: str
    passive: bool
    settings: Mapping[str, str]


@dataclass(frozen=True)
class Ipv6Process:
    """An OSPFv3 process, or what an IS-IS process adds."""

    kind: str
    id: str
    vpn: str
    router_id: IPv4Address | None
    areas: tuple[str, ...]
    imports: tuple[str, ...]
    settings: tuple[str, ...]
    interfaces: tuple[Ipv6Interface, ...]


@dataclass(frozen=True)
class Ipv6Route:
    """A static route; ``rest``: preference, tag and the like of the IPv4 one."""

    network: IPv6Network
    next_hop: IPv6Address
    vpn: str
    rest: str


@dataclass(frozen=True)
class Ipv6Session:
    """A BGP session over IPv6."""

    address: IPv6Address
    asn: str
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Ipv6Family:
    """An address family. ``peers``: addresses of both families, in 6PE and 6VPE the IPv4 ones."""

    name: str
    vpn: str
    sessions: tuple[Ipv6Session, ...] = ()
    peers: tuple[tuple[IPv4Address | IPv6Address, tuple[str, ...]], ...] = ()
    networks: tuple[IPv6Network, ...] = ()
    imports: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    labelled: bool = False


@dataclass(frozen=True)
class Ipv6Bgp:
    """What BGP of the device adds for IPv6; families outside VPNs first."""

    asn: str
    families: tuple[Ipv6Family, ...] = field(default=())


class Mirror:
    """The IPv6 mirror of one device's protocols."""

    def __init__(self, intent: DeviceIntent, running: Running, dialect: str) -> None:
        self.intent = intent
        self.running = running
        self.dialect = dialect
        self.words = WORDS[dialect]
        self.counterparts = Counterparts(intent, running, self.words.unprinted)

    # Underlay

    def processes(self) -> tuple[Ipv6Process, ...]:
        """The IPv6 counterpart of each IGP process that has an interface with IPv6."""
        made = [self._process(process) for process in self.running.processes if self._wanted(process)]
        return tuple(process for process in made if process.interfaces)

    def _wanted(self, process: IgpProcess) -> bool:
        if not process.vpn:
            return self.intent.igp.ipv6
        vpn = self.intent.vpn(process.vpn)
        return vpn is not None and vpn.ipv6 is VpnIpv6.NATIVE

    def _process(self, process: IgpProcess) -> Ipv6Process:
        interfaces = tuple(self._igp_interfaces(process))
        if process.kind == "isis" and interfaces and not process.wide:
            raise RenderingError("render-narrow-metrics", device=self.intent.device, process=process.id)
        router_id = process.router_id or self.intent.router_id
        if process.kind == "ospf" and interfaces and router_id is None:
            raise RenderingError("render-router-id", device=self.intent.device, process=process.id)
        main = process.kind == "ospf" and not process.vpn and process.id == str(self.intent.igp.process)
        return Ipv6Process(
            process.kind,
            str(self.intent.igp.ipv6_process) if main else process.id,
            process.vpn,
            router_id,
            tuple(dict.fromkeys(one.area for one in interfaces)),
            self.imports(process.imports),
            tuple(text for text in process.texts if self.words.process.fullmatch(text)),
            interfaces,
        )

    def _igp_interfaces(self, process: IgpProcess) -> Iterator[Ipv6Interface]:
        own = [there for _, there in self.counterparts.interfaces]
        loopback = self.running.interfaces.get(self.counterparts.loopback(""))
        if loopback is not None and self.intent.loopback.ipv6 and loopback not in own:
            own.insert(0, loopback)
        for there in own:
            found = next((one for one in there.igp if one.process is process), None)
            if found is not None:
                yield Ipv6Interface(there.head, found.area, found.passive, found.settings)

    def imports(self, sources: tuple[str, ...]) -> tuple[str, ...]:
        """IPv6 sources of routes for the IPv4 ones; those with a policy that looks at IPv4 are left out."""
        found = []
        for source in sources:
            word, _, rest = source.partition(" ")
            if word in self.words.imports and not self._looks_at_ipv4(source):
                found.append(f"{self.words.imports[word]} {rest}".strip())
        return tuple(found)

    def _looks_at_ipv4(self, text: str) -> bool:
        found = self.words.policy.fullmatch(text)
        if found is None:
            return False
        head = re.compile(self.words.policy_view.format(name=re.escape(found[1])))
        views = [texts for view, texts in self.running.views.items() if head.fullmatch(view)]
        named = any(head.fullmatch(text) for text in self.running.texts)
        return not named or any(self.words.ipv4_only.fullmatch(text) for texts in views for text in texts)

    # Routing

    def routes(self) -> tuple[Ipv6Route, ...]:
        """Static routes whose network and next hop both have a counterpart."""
        found = []
        for route in self.running.routes:
            network = self.counterparts.network(route.network, route.vpn)
            next_hop = self.counterparts.host(route.next_hop)
            if network is not None and next_hop is not None:
                found.append(Ipv6Route(network, next_hop, route.vpn, _ipv6_rest(route.rest)))
        return tuple(found)

    def bgp(self) -> Ipv6Bgp | None:
        """BGP's IPv6 families; None without any."""
        bgp = self.running.bgp
        if bgp is None:
            return None
        families = [self._global(bgp), *self._carriers(bgp), *self._within(bgp)]
        there = tuple(one for one in families if one is not None)
        return Ipv6Bgp(bgp.asn, there) if there else None

    def _global(self, bgp: Bgp) -> Ipv6Family | None:
        family = bgp.families.get(("ipv4", ""))
        mode = self.intent.bgp.ipv6 if self.intent.bgp else BgpIpv6.NONE
        if family is None or mode is BgpIpv6.NONE:
            return None
        if mode is BgpIpv6.NATIVE:
            return self._native(bgp, family, "")
        asn = bgp.asn
        internal = {address for address, session in bgp.sessions.get("", {}).items() if session.asn == asn}
        peers = tuple(
            (address, settings)
            for address, texts in family.peers.items()
            if address in internal and (settings := self._peer(texts)) is not None
        )
        networks = self._networks(family, "")
        if not peers and not networks:
            return None
        others = tuple(text for text in family.others if self.words.other.fullmatch(text))
        return Ipv6Family(
            "ipv6", "", peers=peers, networks=networks, imports=self.imports(family.imports), others=others,
            labelled=True,
        )  # fmt: skip

    def _carriers(self, bgp: Bgp) -> Iterator[Ipv6Family]:
        """VPN-IPv6 between the routers that exchange VPN-IPv4."""
        family = bgp.families.get(("vpnv4", ""))
        if family is None or self.intent.bgp is None or not self.intent.bgp.vpn:
            return
        peers = tuple(
            (address, settings)
            for address, texts in family.peers.items()
            if (settings := self._peer(texts)) is not None
        )
        others = tuple(text for text in family.others if self.words.other.fullmatch(text))
        if peers or others:
            yield Ipv6Family("vpnv6", "", peers=peers, others=others)

    def _within(self, bgp: Bgp) -> Iterator[Ipv6Family | None]:
        for (name, vpn), family in bgp.families.items():
            if name == "ipv4" and vpn and self.intent.vpn(vpn) is not None:
                yield self._native(bgp, family, vpn)

    def _native(self, bgp: Bgp, family: Family, vpn: str) -> Ipv6Family | None:
        sessions, peers = [], []
        for address, texts in family.peers.items():
            session = bgp.sessions.get(vpn, {}).get(address)
            other = self.counterparts.host(address)
            settings = self._peer(texts)
            if session is None or other is None or settings is None:
                continue
            kept = tuple(text for text in session.settings if self.words.session.fullmatch(text))
            sessions.append(Ipv6Session(other, session.asn, kept))
            peers.append((other, settings))
        networks = self._networks(family, vpn)
        imports = self.imports(family.imports)
        if not (peers or networks or imports):
            return None
        others = tuple(text for text in family.others if self.words.other.fullmatch(text))
        return Ipv6Family("ipv6", vpn, tuple(sessions), tuple(peers), networks, imports, others)

    def _peer(self, texts: tuple[str, ...]) -> tuple[str, ...] | None:
        """The settings that hold for IPv6 as well; None for a peer that an IPv4-only filter guards."""
        if any(self.words.filters.fullmatch(text) or self._looks_at_ipv4(text) for text in texts):
            return None
        kept = tuple(text for text in texts if self.words.peer.fullmatch(text))
        return kept or None

    def _networks(self, family: Family, vpn: str) -> tuple[IPv6Network, ...]:
        found = (
            self.counterparts.network(network, vpn)
            for network, rest in family.networks
            if not self._looks_at_ipv4(rest)
        )
        return tuple(dict.fromkeys(network for network in found if network is not None))


def _ipv6_rest(rest: str) -> str:
    """Preference, tag, distance and description of a static route; tracks and BFD sessions are of IPv4."""
    kept = re.findall(r"(?:preference \d+|tag \d+|description .+|permanent|^\d+)", rest)
    return " ".join(kept)
