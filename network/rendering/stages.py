"""What each stage adds to a device, and the whole of its intended configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network, IPv6Address
from typing import Any

from inventory.kinds.network import Ipv6Stage
from network.config import ConfigTree, merge, parse
from network.intent import DeviceIntent, InterfaceRole, ServerPair, VpnIpv6
from network.intent.areas import BACKBONE
from network.platforms import platform_of
from network.rendering.environment import fill
from network.rendering.lines import translated_lines
from network.rendering.lists import counterparts_of_lists
from network.rendering.routing import Mirror
from network.rendering.running import Running, running_of
from network.rendering.tables.words import WORDS

__all__ = ["STAGES", "baseline", "fragment", "intended"]

STAGES = tuple(stage for stage in Ipv6Stage if stage is not Ipv6Stage.NONE)
"""Stages of the retrofit in order."""


def fragment(intent: DeviceIntent, stage: Ipv6Stage, running: ConfigTree) -> ConfigTree:
    """What a stage adds to a running configuration: IPv6 only; empty for stages that change nothing.

    Names, numbers and protocols of IPv4 come from ``running``; addresses and pairs from the intent. What is there
    already is rendered again, so that the same stage gives the same fragment however often it is applied. Raises
    RenderingError for what cannot be told in IPv6 without changing IPv4.
    """
    return next(iter(_fragments(intent, (stage,), running)), ConfigTree())


def intended(intent: DeviceIntent, upto: Ipv6Stage, running: ConfigTree) -> ConfigTree:
    """The running configuration with the fragments of all stages up to and including one.

    Raises as ``fragment``.
    """
    stages = STAGES[: STAGES.index(upto) + 1] if upto in STAGES else ()
    tree = running
    for made in _fragments(intent, stages, running):
        tree = merge(tree, made)
    return tree


def _fragments(intent: DeviceIntent, stages: tuple[Ipv6Stage, ...], running: ConfigTree) -> Iterator[ConfigTree]:
    """The fragments of stages that change something. None of them changes what a later one reads: the IPv4 side."""
    building = [stage for stage in stages if stage in _BUILD]
    if not building:
        return
    platform = platform_of(intent.platform)
    mirror = Mirror(intent, running_of(platform, running), platform.dialect)
    for stage in building:
        yield parse(platform, fill(platform, stage.value, _BUILD[stage](mirror)))


def baseline(intent: DeviceIntent) -> ConfigTree:
    """The whole IPv4 configuration from the intent alone: for laboratories, simulators and tests."""
    platform = platform_of(intent.platform)
    links = [one for one in intent.interfaces if one.role is InterfaceRole.BACKBONE and not one.vpn]
    areas = {one.area for one in links} or {BACKBONE}
    own_area = BACKBONE if BACKBONE in areas else min(areas)
    networks: dict[str, list[IPv4Network]] = {area: [] for area in sorted(areas)}
    if intent.loopback.ipv4:
        networks[own_area].append(IPv4Network(intent.loopback.ipv4))
    for one in intent.interfaces:
        # Without BGP the networks of hosts travel in the IGP.
        if not one.vpn and (one in links or (intent.bgp is None and one.role is InterfaceRole.EDGE)):
            networks[one.area if one.area in networks else own_area] += [address.network for address in one.ipv4]
    values = {
        "intent": intent,
        "loopback": WORDS[platform.dialect].loopback,
        "loopback_area": own_area,
        "areas": sorted(areas),
        "area_networks": networks,
        "mpls": any(vpn.ipv6 is VpnIpv6.SIXVPE for vpn in intent.vpns),
    }
    return parse(platform, fill(platform, "baseline", values))


def _addressed(mirror: Mirror) -> dict[str, Any]:
    intent, running = mirror.intent, mirror.running
    counterparts = mirror.counterparts
    interfaces = [
        {"head": there.head, "vpn": there.vpn, "addresses": interface.ipv6}
        for interface, there in counterparts.interfaces
    ]
    return {
        "loopback": counterparts.loopback(mirror.words.loopback),
        "loopback_address": intent.loopback.ipv6,
        "interfaces": interfaces,
        "vpns": _vpns(intent, running, {str(one["vpn"]) for one in interfaces}),
    }


def _vpns(intent: DeviceIntent, running: Running, used: set[str]) -> list[dict[str, Any]]:
    """VPN instances of the device that the inventory knows, with the distinguisher and targets of IPv4."""
    found = []
    for name, there in running.vpns.items():
        known = intent.vpn(name)
        if known is not None:
            found.append(
                {
                    "name": name,
                    "used": name in used,
                    "distinguisher": there.distinguisher,
                    "targets": there.targets,
                    "common": there.common,
                }
            )
    return found


def _underlay(mirror: Mirror) -> dict[str, Any]:
    return {"processes": mirror.processes()}


def _routing(mirror: Mirror) -> dict[str, Any]:
    intent, running = mirror.intent, mirror.running
    bgp = running.views.get(f"router bgp {running.bgp.asn}", ()) if running.bgp else ()
    return {
        "routes": mirror.routes(),
        "bgp": mirror.bgp(),
        "vpns": _vpns(intent, running, set()),
        # FRR and its like activate IPv4 on every new session unless told otherwise.
        "ipv4_by_default": "no bgp default ipv4-unicast" not in bgp,
    }


def _service(mirror: Mirror) -> dict[str, Any]:
    intent, running = mirror.intent, mirror.running
    lines = translated_lines(mirror.counterparts, running, mirror.dialect, Ipv6Stage.SERVICE, frozenset())
    edges = [there.head for interface, there in mirror.counterparts.interfaces if interface.role is InterfaceRole.EDGE]
    said = {word for line in lines for word in line.text.split()}
    own = intent.services

    def missing(pairs: tuple[ServerPair, ...]) -> list[IPv6Address]:
        return [pair.ipv6 for pair in pairs if pair.ipv6 and str(pair.ipv6) not in said]

    return {
        "hosts": intent.hosts,
        "edges": edges if intent.hosts.router_advertisements else [],
        "relays": {line.view for line in lines if "relay" in line.text and line.view},
        "more": {"dns": missing(own.dns), "ntp": missing(own.ntp), "syslog": missing(own.syslog)},
        # Releases of VRP 8 differ in the word: what runs decides.
        "ntp": "ntp" if any(text.startswith("ntp ") for text in running.texts) else "ntp-service",
        "lines": lines,
    }


def _security(mirror: Mirror) -> dict[str, Any]:
    running = mirror.running
    lists = counterparts_of_lists(mirror.counterparts, running, mirror.dialect)
    names = frozenset(one.key for one in lists)
    lines = translated_lines(mirror.counterparts, running, mirror.dialect, Ipv6Stage.SECURITY, names)
    return {"lists": lists, "lines": lines}


_BUILD: dict[Ipv6Stage, Callable[[Mirror], dict[str, Any]]] = {
    Ipv6Stage.ADDRESSED: _addressed,
    Ipv6Stage.UNDERLAY: _underlay,
    Ipv6Stage.ROUTING: _routing,
    Ipv6Stage.SERVICE: _service,
    Ipv6Stage.SECURITY: _security,
}
