"""Typed views of what devices answer: neighbours, routes, interfaces.

Answers of Huawei and H3C to IPv6 commands are read by TTP templates of this package, the other ones by ntc-templates;
FRRouting answers in JSON.
"""

from __future__ import annotations

import functools
import json
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any, TypeVar

from network.errors import CollectionError
from network.platforms import Platform

__all__ = [
    "BgpNeighbour",
    "InterfaceState",
    "Ospfv3Neighbour",
    "Route6",
    "bgp_ipv4_neighbours",
    "bgp_ipv6_neighbours",
    "interface_states",
    "ipv6_routes",
    "ospfv3_neighbours",
    "ttp_rows",
]

Row = dict[str, Any]
View = TypeVar("View")

_NTC = {"vrp": "huawei_vrp", "comware": "hp_comware"}
_LONELY = re.compile(r"(?m)^(\s*[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)[ \t]*\n[ \t]+(?=\d)")


@dataclass(frozen=True)
class Ospfv3Neighbour:
    """One OSPFv3 neighbour. ``up``: its state is Full. ``area``: dotted, empty where the device does not say it."""

    router_id: IPv4Address
    interface: str
    state: str
    area: str = ""
    process: str = ""

    @property
    def up(self) -> bool:
        """Whether databases are the same."""
        return self.state.lower().startswith("full")


@dataclass(frozen=True)
class BgpNeighbour:
    """One BGP neighbour and how many routes it has sent."""

    address: IPv4Address | IPv6Address
    asn: str
    state: str
    received: int = 0

    @property
    def up(self) -> bool:
        """Whether the session is established."""
        return self.state.lower().startswith("established")


@dataclass(frozen=True)
class Route6:
    """One IPv6 route: lower-case protocol, its next hops (empty: attached) and interfaces, in the device's order."""

    prefix: IPv6Network
    protocol: str
    next_hops: tuple[IPv6Address, ...] = ()
    interfaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class InterfaceState:
    """One interface: whether its line and its protocol are up."""

    name: str
    line: bool
    protocol: bool


def ospfv3_neighbours(platform: Platform, text: str) -> tuple[Ospfv3Neighbour, ...]:
    """From the answer to the platform's command ``neighbours_ospfv3``; CollectionError where it cannot be read."""

    purpose = "neighbours_ospfv3"
    if platform.dialect == "frr":
        rows = _json(platform, purpose, text).get("neighbors", [])
        return _views(
            platform,
            purpose,
            lambda row: Ospfv3Neighbour(IPv4Address(row["neighborId"]), row["interfaceName"], row["state"]),
            rows,
        )
    return _views(
        platform,
        purpose,
        lambda row: Ospfv3Neighbour(
            IPv4Address(row["router_id"]), row["interface"], row["state"], row["area"], row["process"]
        ),
        ttp_rows(platform, "ospfv3_neighbours", text),
    )


def bgp_ipv6_neighbours(platform: Platform, text: str) -> tuple[BgpNeighbour, ...]:
    """From the answer to the platform's command ``neighbours_bgp_ipv6``; CollectionError where it cannot be read.

    In 6PE the neighbours have IPv4 addresses.
    """
    if platform.dialect == "frr":
        return _frr_bgp(platform, "neighbours_bgp_ipv6", text)
    rows = ttp_rows(platform, "bgp_ipv6_neighbours", _LONELY.sub(r"\1 ", text))
    return _views(platform, "neighbours_bgp_ipv6", _neighbour, rows)


def bgp_ipv4_neighbours(platform: Platform, text: str) -> tuple[BgpNeighbour, ...]:
    """From the answer to the platform's command ``neighbours_bgp``; CollectionError where it cannot be read."""
    if platform.dialect == "frr":
        return _frr_bgp(platform, "neighbours_bgp", text)
    command = {"vrp": "display bgp peer", "comware": "display bgp peer ipv4"}[platform.dialect]
    rows = _ntc(platform, command, "neighbours_bgp", text)
    named = [
        {
            "address": row["peer"],
            "asn": row.get("asn") or row.get("remote_asn", ""),
            "state": row["state"],
            "received": row.get("pref_rcvd") or row.get("prefixes_received") or 0,
        }
        for row in rows
    ]
    return _views(platform, "neighbours_bgp", _neighbour, named)


def ipv6_routes(platform: Platform, text: str) -> tuple[Route6, ...]:
    """From the answer to the platform's command ``routes_ipv6``, by prefix; CollectionError where it cannot be read."""
    if platform.dialect == "frr":
        return tuple(_frr_routes(platform, text))
    merged: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for row in ttp_rows(platform, "ipv6_routes", text):
        prefix = row["prefix"] if "/" in row["prefix"] else f"{row['prefix']}/{row['length']}"
        hops, interfaces = merged.setdefault((prefix, row["protocol"].lower()), ([], []))
        hops.append(row["next_hop"])
        interfaces.append(row["interface"])

    def made(row: Row) -> Route6:
        hops = tuple(dict.fromkeys(IPv6Address(hop) for hop in row["hops"] if hop not in {"::", "::1"}))
        return Route6(IPv6Network(row["prefix"]), row["protocol"], hops, tuple(dict.fromkeys(row["interfaces"])))

    rows = [
        {"prefix": prefix, "protocol": protocol, "hops": hops, "interfaces": interfaces}
        for (prefix, protocol), (hops, interfaces) in merged.items()
    ]
    return tuple(sorted(_views(platform, "routes_ipv6", made, rows), key=lambda route: route.prefix))


def interface_states(platform: Platform, text: str) -> tuple[InterfaceState, ...]:
    """From ``display interface brief`` or ``show interface brief json``; CollectionError where it cannot be read."""
    if platform.dialect == "frr":
        found = _json(platform, "interfaces", text)
        return tuple(
            InterfaceState(name, row.get("status") == "up", row.get("status") == "up") for name, row in found.items()
        )
    rows = _ntc(platform, "display interface brief", "interfaces", text)
    return tuple(
        InterfaceState(row["interface"], _is_up(row.get("phy") or row.get("link", "")), _is_up(row["protocol"]))
        for row in rows
    )


def _is_up(word: str) -> bool:
    return word.lower().startswith("up")


def _neighbour(row: Row) -> BgpNeighbour:
    address = IPv6Address(row["address"]) if ":" in row["address"] else IPv4Address(row["address"])
    return BgpNeighbour(address, str(row["asn"]), row["state"], int(row["received"]))


def _frr_bgp(platform: Platform, purpose: str, text: str) -> tuple[BgpNeighbour, ...]:
    found = _json(platform, purpose, text)
    found = found.get("ipv6Unicast") or found.get("ipv4Unicast") or found
    rows = [{"address": address} | row for address, row in found.get("peers", {}).items()]
    return _views(
        platform,
        purpose,
        lambda row: _neighbour(
            {"address": row["address"], "asn": row["remoteAs"], "state": row["state"], "received": row.get("pfxRcd", 0)}
        ),
        rows,
    )


def _frr_routes(platform: Platform, text: str) -> list[Route6]:
    found = []
    for prefix, entries in _json(platform, "routes_ipv6", text).items():
        for entry in entries:
            hops = [hop for hop in entry.get("nexthops", ()) if hop.get("active")]
            if entry.get("selected"):
                found.append(
                    Route6(
                        IPv6Network(prefix),
                        str(entry["protocol"]),
                        tuple(IPv6Address(hop["ip"]) for hop in hops if "ip" in hop),
                        tuple(dict.fromkeys(hop["interfaceName"] for hop in hops if "interfaceName" in hop)),
                    )
                )
    return sorted(found, key=lambda route: route.prefix)


def _views(platform: Platform, purpose: str, make: Callable[[Row], View], rows: list[Row]) -> tuple[View, ...]:
    try:
        return tuple(make(row) for row in rows)
    except (KeyError, ValueError) as error:
        raise _unreadable(platform, purpose, error) from error


def _json(platform: Platform, purpose: str, text: str) -> Row:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise _unreadable(platform, purpose, error) from error
    return found if isinstance(found, dict) else {}


def _ntc(platform: Platform, command: str, purpose: str, text: str) -> list[Row]:
    from ntc_templates.parse import ParsingException, parse_output
    from textfsm.parser import TextFSMError

    try:
        return list(parse_output(platform=_NTC[platform.dialect], command=command, data=text))
    except (ParsingException, TextFSMError) as error:
        raise _unreadable(platform, purpose, error) from error


@functools.cache
def _template(dialect: str, name: str) -> str:
    return (resources.files("network.collection") / "templates" / f"{dialect}_{name}.ttp").read_text(encoding="utf-8")


def ttp_rows(platform: Platform, name: str, text: str) -> list[Row]:
    """Rows that a template of this package finds in an answer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own old idioms
        from ttp import ttp

        parser = ttp(data=text, template=_template(platform.dialect, name), log_level="CRITICAL")
        parser.parse(one=True)
        found = parser.result(structure="flat_list")
    return [row for part in found for row in _rows(part, {})]


def _rows(part: Row, above: Row) -> Iterator[Row]:
    """Rows of nested groups, each with the plain values of the groups around it."""
    own = above | {name: value for name, value in part.items() if not isinstance(value, list)}
    nested = [(name, item) for name, value in part.items() if isinstance(value, list) for item in value]
    for name, item in nested:
        if name == "rows":
            yield own | item
        else:
            yield from _rows(item, own)


def _unreadable(platform: Platform, purpose: str, error: Exception) -> CollectionError:
    command = platform.commands.get(purpose, purpose)
    reason = f"{type(error).__name__}: {error}"
    return CollectionError("collection-parse", device=platform.id, command=command, reason=reason)
