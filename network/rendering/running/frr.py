"""FRRouting, and the makers whose command lines look alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from network.config import ConfigLine, ConfigTree
from network.rendering.running.model import (
    AccessList,
    Bgp,
    Family,
    IgpInterface,
    IgpProcess,
    Running,
    RunningInterface,
    RunningVpn,
    Session,
    StaticRoute,
    wildcard_network,
)

__all__ = ["read"]

_IPV4 = r"\d+\.\d+\.\d+\.\d+"
_OSPF = re.compile(r"router ospf(?: (\d+))?(?: vrf (\S+))?")
_ISIS = re.compile(r"router isis (\S+)(?: vrf (\S+))?")
_BGP = re.compile(r"router bgp (\d+)(?: vrf (\S+))?")
_HEAD = re.compile(r"interface (\S+)(?: vrf (\S+))?")
_ADDRESS = re.compile(rf"ip address ({_IPV4})(?:/(\d+)| ({_IPV4}))(?: secondary)?(?: label \S+)?")
_NETWORK = re.compile(rf"network ({_IPV4})(?:/(\d+)| ({_IPV4})) area (\S+)")
_SETTING = re.compile(r"ip ospf (cost|network|hello-interval|dead-interval|retransmit-interval|priority|bfd)(?: (.+))?")
_ISIS_SETTING = re.compile(r"isis (metric|circuit-type|network|hello-interval|hello-multiplier)(?: (.+))?")
_PEER = re.compile(rf"neighbor ({_IPV4}) (.+)")
_BGP_NETWORK = re.compile(rf"network ({_IPV4})(?:/(\d+)| mask ({_IPV4}))?(.*)")
_STATIC = re.compile(
    rf"ip route (?:vrf (\S+) )?({_IPV4})(?:/(\d+)| ({_IPV4})) ({_IPV4})(?: vrf (\S+))?((?: (?!vrf)\S+)*)"
)
_LIST = re.compile(r"access-list (\S+) (?:seq \d+ )?(?:permit|deny|remark) .*")
_PREFIXES = re.compile(r"ip prefix-list (\S+) .*")


def read(tree: ConfigTree) -> Running:
    """The IPv4 side of a configuration of FRRouting."""
    processes = tuple(_processes(tree))
    interfaces = {}
    for line in tree.lines:
        if found := _HEAD.fullmatch(line.text):
            interfaces[found[1]] = _interface(line, found, processes)
    names = [line.text.split()[1] for line in tree.lines if line.text.startswith(("hostname ", "sysname "))]
    return Running(
        hostname=names[0] if names else "",
        interfaces=interfaces,
        processes=processes,
        bgp=_bgp(tree),
        vpns={
            found[1]: RunningVpn(found[1])
            for line in tree.lines
            if (found := re.fullmatch(r"(?:vrf|vrf definition|ip vrf) (\S+)", line.text))
        },
        routes=tuple(_routes(tree)),
        lists=tuple(_lists(tree)),
        texts=tuple(line.text for line in tree.lines),
        views={line.text: tuple(child.text for child in line.children) for line in tree.lines if line.children},
    )


def _processes(tree: ConfigTree) -> Iterator[IgpProcess]:
    for line in tree.lines:
        if found := _OSPF.fullmatch(line.text):
            networks, passive, router_id, imports = [], set(), None, []
            for child in line.children:
                if stated := _NETWORK.fullmatch(child.text):
                    network = (
                        IPv4Network(f"{stated[1]}/{stated[2]}", strict=False)
                        if stated[2]
                        else wildcard_network(stated[1], stated[3])
                    )
                    if network is not None:
                        networks.append((network, _dotted(stated[4])))
                elif child.text.startswith("passive-interface "):
                    passive.add(child.text.split()[1])
                elif child.text.startswith(("ospf router-id ", "router-id ")):
                    router_id = IPv4Address(child.text.split()[-1])
                elif child.text.startswith("redistribute "):
                    imports.append(child.text.split(" ", 1)[1])
            yield IgpProcess(
                "ospf", found[1] or "", found[2] or "", router_id, tuple(networks), frozenset(passive),
                imports=tuple(imports), texts=tuple(child.text for child in line.children),
            )  # fmt: skip
        elif found := _ISIS.fullmatch(line.text):
            # FRR speaks wide metrics unless told otherwise (metric-style, IS-IS chapter of its documentation).
            narrow = any(child.text.startswith("metric-style narrow") for child in line.children)
            yield IgpProcess("isis", found[1], found[2] or "", wide=not narrow)


def _dotted(area: str) -> str:
    return str(IPv4Address(int(area))) if area.isdecimal() else area


def _interface(line: ConfigLine, found: re.Match[str], processes: tuple[IgpProcess, ...]) -> RunningInterface:
    name = found[1]
    texts = tuple(child.text for child in line.children)
    words = ("vrf forwarding ", "ip vrf forwarding ")
    vpn = found[2] or next((text.split()[-1] for text in texts if text.startswith(words)), "")
    ipv4 = tuple(
        IPv4Interface(f"{stated[1]}/{stated[2] or stated[3]}") for text in texts if (stated := _ADDRESS.fullmatch(text))
    )
    igp = []
    for process in processes:
        if process.vpn != vpn:
            continue
        if process.kind == "ospf":
            named = [_dotted(text.split()[3]) for text in texts if re.fullmatch(r"ip ospf area \S+", text)]
            area = named[0] if named else process.area_of(ipv4[0].ip) if ipv4 else None
            if area:
                passive = name in process.passive or "default" in process.passive or "ip ospf passive" in texts
                settings = {one[1]: one[2] or "" for text in texts if (one := _SETTING.fullmatch(text))}
                igp.append(IgpInterface(process, area, passive, settings))
        elif f"ip router isis {process.id}" in texts:
            settings = {one[1]: one[2] or "" for text in texts if (one := _ISIS_SETTING.fullmatch(text))}
            igp.append(IgpInterface(process, passive="isis passive" in texts, settings=settings))
    return RunningInterface(name, line.text, vpn, ipv4, tuple(igp), texts)


def _bgp(tree: ConfigTree) -> Bgp | None:
    asn = ""
    sessions: dict[str, dict[IPv4Address, Session]] = {}
    families: dict[tuple[str, str], Family] = {}
    for line in tree.lines:
        if found := _BGP.fullmatch(line.text):
            vpn = found[2] or ""
            asn = asn if vpn and asn else found[1]
            sessions[vpn] = _sessions(line.children)
            for child in line.children:
                if child.text in {"address-family ipv4 unicast", "address-family ipv4"}:
                    families["ipv4", vpn] = _family(child)
                elif child.text in {"address-family ipv4 vpn", "address-family vpnv4"}:
                    families["vpnv4", vpn] = _family(child)
    return Bgp(asn, sessions, families) if asn else None


def _sessions(lines: tuple[ConfigLine, ...]) -> dict[IPv4Address, Session]:
    settings: dict[IPv4Address, list[str]] = {}
    groups: dict[str, list[str]] = {}
    for line in lines:
        if found := _PEER.fullmatch(line.text):
            settings.setdefault(IPv4Address(found[1]), []).append(found[2])
        elif found := re.fullmatch(r"neighbor (\S+) (.+)", line.text):
            groups.setdefault(found[1], []).append(found[2])
    made = {}
    for address, texts in settings.items():
        group = next((text.split()[1] for text in texts if text.startswith("peer-group ")), "")
        own = [text for text in texts if not text.startswith("peer-group ")]
        inherited = [text for text in groups.get(group, ()) if text != "peer-group"]
        whole = own + [text for text in inherited if text.split()[0] not in {one.split()[0] for one in own}]
        asn = next((text.split()[1] for text in whole if text.startswith("remote-as ")), "")
        if asn:
            made[address] = Session(address, asn, tuple(text for text in whole if not text.startswith("remote-as ")))
    return made


def _family(line: ConfigLine) -> Family:
    peers: dict[IPv4Address, list[str]] = {}
    networks, imports, others = [], [], []
    for child in line.children:
        if found := _PEER.fullmatch(child.text):
            peers.setdefault(IPv4Address(found[1]), []).append(found[2])
        elif found := _BGP_NETWORK.fullmatch(child.text):
            networks.append((IPv4Network(f"{found[1]}/{found[2] or found[3] or 32}"), found[4].strip()))
        elif child.text.startswith("redistribute "):
            imports.append(child.text.split(" ", 1)[1])
        else:
            others.append(child.text)
    return Family(
        {address: tuple(texts) for address, texts in peers.items()}, tuple(networks), tuple(imports), tuple(others)
    )


def _routes(tree: ConfigTree) -> Iterator[StaticRoute]:
    for line in tree.lines:
        within = line.text.split()[1] if re.fullmatch(r"vrf \S+", line.text) else ""
        for one in (line, *(line.children if within else ())):
            if found := _STATIC.fullmatch(one.text):
                network = IPv4Network(f"{found[2]}/{found[3] or found[4]}", strict=False)
                yield StaticRoute(network, IPv4Address(found[5]), found[1] or found[6] or within, found[7].strip())


def _lists(tree: ConfigTree) -> Iterator[AccessList]:
    rules: dict[tuple[str, str], list[str]] = {}
    for line in tree.lines:
        if found := _LIST.fullmatch(line.text):
            rules.setdefault((found[1], "basic"), []).append(line.text)
        elif found := _PREFIXES.fullmatch(line.text):
            rules.setdefault((found[1], "prefixes"), []).append(line.text)
    for (key, kind), texts in rules.items():
        yield AccessList(key, kind, tuple(texts))
