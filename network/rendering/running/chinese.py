"""Huawei VRP and H3C Comware: one language with two dialects."""

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
_ADDRESS = re.compile(rf"ip address ({_IPV4}) ({_IPV4}|\d+)(?: sub)?")
_OSPF = re.compile(rf"ospf (\d+)(?: router-id ({_IPV4}))?(?: vpn-instance (\S+))?")
_ISIS = re.compile(r"isis (\d+)(?: vpn-instance (\S+))?")
_NETWORK = re.compile(rf"network ({_IPV4}) ({_IPV4}|0)")
_ENABLED = re.compile(r"ospf (?:enable )?(\d+) area (\S+)")
_ISIS_ENABLED = re.compile(r"isis enable (\d+)")
_OSPF_SETTING = re.compile(r"ospf (cost|network-type|timer hello|timer dead|dr-priority) (.+)")
_ISIS_SETTING = re.compile(r"isis (cost|circuit-type|circuit-level) (.+)")
_PEER = re.compile(rf"peer ({_IPV4}) (.+)")
_BGP_NETWORK = re.compile(rf"network ({_IPV4})(?: ({_IPV4}|\d+))?(.*)")
_IMPORT = re.compile(r"import-route (.+)")
_STATIC = re.compile(
    rf"ip route-static (?:vpn-instance (\S+) )?({_IPV4}) ({_IPV4}|\d+) (?!vpn-instance)"
    rf"(?:\S*[A-Za-z]\S* )?({_IPV4})(.*)"
)
_LIST = re.compile(
    r"acl (?:number (\d+)|(\d+)|(basic|advanced) (\d+)|(basic|advanced) name (\S+)|name (\S+)(?: (basic|advance|\d+))?)"
    r"(?: name (\S+))?(?: match-order config)?"
)
_FAMILIES = {
    "ipv4-family unicast": "ipv4",
    "ipv4-family vpnv4": "vpnv4",
    "address-family ipv4 unicast": "ipv4",
    "address-family ipv4": "ipv4",
    "address-family vpnv4": "vpnv4",
}


def read(tree: ConfigTree) -> Running:
    """The IPv4 side of a VRP or Comware configuration."""
    processes = tuple(_processes(tree))
    interfaces = {}
    for line in tree.lines:
        if line.text.startswith("interface "):
            interfaces[line.text.split(" ", 1)[1]] = _interface(line, processes)
    return Running(
        hostname=next((one.text.split(" ", 1)[1] for one in tree.lines if one.text.startswith("sysname ")), ""),
        interfaces=interfaces,
        processes=processes,
        bgp=next((_bgp(line) for line in tree.lines if re.fullmatch(r"bgp \S+(?: instance \S+)?", line.text)), None),
        vpns={made.name: made for line in tree.lines if (made := _vpn(line)) is not None},
        routes=tuple(_routes(tree)),
        lists=tuple(_lists(tree)),
        texts=tuple(line.text for line in tree.lines),
        views={line.text: tuple(child.text for child in line.children) for line in tree.lines if line.children},
    )


def _processes(tree: ConfigTree) -> Iterator[IgpProcess]:
    for line in tree.lines:
        if found := _OSPF.fullmatch(line.text):
            yield _ospf(line, found)
        elif found := _ISIS.fullmatch(line.text):
            texts = [child.text for child in line.children]
            # Multi-topology needs wide metrics (RFC 5120, section 4).
            wide = any(re.match(r"cost-style (?:wide|wide-compatible|compatible)", text) for text in texts)
            yield IgpProcess("isis", found[1], found[2] or "", wide=wide)


def _ospf(line: ConfigLine, found: re.Match[str]) -> IgpProcess:
    networks, passive, imports = [], set(), []
    for child in line.children:
        if child.text.startswith("area "):
            area = _dotted(child.text.split()[1])
            stated = [one for part in child.children if (one := _NETWORK.fullmatch(part.text))]
            networks += [(network, area) for one in stated if (network := wildcard_network(one[1], one[2]))]
        elif child.text.startswith("silent-interface "):
            passive.add(child.text.split(" ", 1)[1].replace(" ", ""))
        elif imported := _IMPORT.fullmatch(child.text):
            imports.append(imported[1])
    router_id = IPv4Address(found[2]) if found[2] else None
    return IgpProcess(
        "ospf", found[1], found[3] or "", router_id, tuple(networks), frozenset(passive), imports=tuple(imports),
        texts=tuple(child.text for child in line.children),
    )  # fmt: skip


def _dotted(area: str) -> str:
    return str(IPv4Address(int(area))) if area.isdecimal() else area


def _interface(line: ConfigLine, processes: tuple[IgpProcess, ...]) -> RunningInterface:
    name = line.text.split(" ", 1)[1]
    texts = tuple(child.text for child in line.children)
    vpn = next((text.split()[-1] for text in texts if text.startswith("ip binding vpn-instance ")), "")
    ipv4 = tuple(IPv4Interface(f"{found[1]}/{found[2]}") for text in texts if (found := _ADDRESS.fullmatch(text)))
    igp = []
    for process in processes:
        if process.kind == "ospf" and (area := _area(process, vpn, ipv4, texts)):
            settings = {found[1]: found[2] for text in texts if (found := _OSPF_SETTING.fullmatch(text))}
            passive = name.replace(" ", "") in process.passive or "all" in process.passive
            igp.append(IgpInterface(process, area, passive, settings))
        if process.kind == "isis" and any(
            (found := _ISIS_ENABLED.fullmatch(text)) and found[1] == process.id for text in texts
        ):
            settings = {found[1]: found[2] for text in texts if (found := _ISIS_SETTING.fullmatch(text))}
            igp.append(IgpInterface(process, passive="isis silent" in texts, settings=settings))
    return RunningInterface(name, line.text, vpn, ipv4, tuple(igp), texts)


def _area(process: IgpProcess, vpn: str, ipv4: tuple[IPv4Interface, ...], texts: tuple[str, ...]) -> str | None:
    for text in texts:
        if (found := _ENABLED.fullmatch(text)) and found[1] == process.id:
            return _dotted(found[2])
    return process.area_of(ipv4[0].ip) if ipv4 and process.vpn == vpn else None


def _vpn(line: ConfigLine) -> RunningVpn | None:
    if not line.text.startswith("ip vpn-instance "):
        return None
    family = next((one for one in line.children if one.text in {"ipv4-family", "address-family ipv4"}), None)
    inside = family.children if family is not None else ()
    own = [child.text for child in (*line.children, *inside)]
    distinguisher = next((text.split()[1] for text in own if text.startswith("route-distinguisher ")), "")
    within = tuple(child.text for child in inside if child.text.startswith("vpn-target "))
    above = tuple(child.text for child in line.children if child.text.startswith("vpn-target "))
    texts = tuple(child.text for child in line.children)
    return RunningVpn(line.text.split()[2], distinguisher, within or above, not within and bool(above), texts)


def _bgp(line: ConfigLine) -> Bgp:
    sessions: dict[str, dict[IPv4Address, Session]] = {"": _sessions(line.children)}
    families: dict[tuple[str, str], Family] = {}
    for child in line.children:
        if child.text in _FAMILIES:
            families[_FAMILIES[child.text], ""] = _family(child)
        elif child.text.startswith("ipv4-family vpn-instance "):
            name = child.text.split()[2]
            families["ipv4", name] = _family(child)
            sessions[name] = _sessions(child.children)
        elif child.text.startswith("ip vpn-instance "):
            name = child.text.split()[2]
            sessions[name] = _sessions(child.children)
            for part in child.children:
                if part.text in _FAMILIES:
                    families[_FAMILIES[part.text], name] = _family(part)
    return Bgp(line.text.split()[1], sessions, families)


def _sessions(lines: tuple[ConfigLine, ...]) -> dict[IPv4Address, Session]:
    settings: dict[IPv4Address, list[str]] = {}
    groups: dict[str, list[str]] = {}
    for line in lines:
        if found := _PEER.fullmatch(line.text):
            settings.setdefault(IPv4Address(found[1]), []).append(found[2])
        elif found := re.fullmatch(r"peer (\S+) (.+)", line.text):
            groups.setdefault(found[1], []).append(found[2])
    made = {}
    for address, texts in settings.items():
        group = next((text.split()[1] for text in texts if text.startswith("group ")), "")
        own = [text for text in texts if not text.startswith("group ")]
        whole = own + [text for text in groups.get(group, ()) if text.split()[0] not in {one.split()[0] for one in own}]
        asn = next((text.split()[1] for text in whole if text.startswith("as-number ")), "")
        if asn:
            made[address] = Session(address, asn, tuple(text for text in whole if not text.startswith("as-number ")))
    return made


def _family(line: ConfigLine) -> Family:
    peers: dict[IPv4Address, list[str]] = {}
    networks, imports, others = [], [], []
    for child in line.children:
        if found := _PEER.fullmatch(child.text):
            peers.setdefault(IPv4Address(found[1]), []).append(found[2])
        elif found := _BGP_NETWORK.fullmatch(child.text):
            networks.append((IPv4Network(f"{found[1]}/{found[2] or _classful(found[1])}"), found[3].strip()))
        elif found := _IMPORT.fullmatch(child.text):
            imports.append(found[1])
        else:
            others.append(child.text)
    return Family(
        {address: tuple(texts) for address, texts in peers.items()}, tuple(networks), tuple(imports), tuple(others)
    )


def _classful(address: str) -> int:
    first = int(address.split(".", 1)[0])
    return 8 if first < 128 else 16 if first < 192 else 24


def _routes(tree: ConfigTree) -> Iterator[StaticRoute]:
    for line in tree.lines:
        if found := _STATIC.fullmatch(line.text):
            network = IPv4Network(f"{found[2]}/{found[3]}", strict=False)
            yield StaticRoute(network, IPv4Address(found[4]), found[1] or "", found[5].strip())


def _lists(tree: ConfigTree) -> Iterator[AccessList]:
    for line in tree.lines:
        if found := _LIST.fullmatch(line.text):
            number = found[1] or found[2] or found[4] or ""
            word = (found[3] or found[5] or found[8] or "").replace("advanced", "advance")
            named = found[6] or found[7] or ""
            figure = number or (word if word.isdecimal() else "")
            kind = "basic" if word == "basic" or figure.startswith("2") else "advanced"
            if figure and figure[0] not in "23":  # layer 2 and interface lists know no family
                continue
            yield AccessList(named or number, kind, tuple(child.text for child in line.children))
