"""The network track: every device through the stages of the dual-stack retrofit, from the top down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from inventory.kinds.network import Device, Ipv6Capability, Ipv6Stage, VpnTechnology
from inventory.kinds.territory import Level
from migration.check.paths import Routes
from migration.check.tracks.gate import Gate, in_turn
from migration.plan import Track, item_id

if TYPE_CHECKING:
    from migration.check.case import Case

__all__ = ["HARDWARE", "STAGES", "TRACK", "area", "gates", "skipped", "steps"]

TRACK = Track.NETWORK
STAGES = tuple(Ipv6Stage)
HARDWARE = {Ipv6Capability.UPGRADE: "upgraded", Ipv6Capability.REPLACE: "replaced"}
ANY_ONE = ("underlay", "service", "security", "verified")
"""Steps that wait for one upstream; ``routing`` waits for every one."""


def steps(case: Case) -> Iterator[tuple[str, Sequence[str]]]:
    """Stages not yet reached, and new hardware or software before the first that needs it."""
    for key, device in case.inventory.devices.items():
        left = [stage.value for stage in STAGES[STAGES.index(device.ipv6_stage) + 1 :]]
        if "underlay" in left and _over_ipv4(case, device):
            left.remove("underlay")
        hardware = HARDWARE.get(device.ipv6_capability)
        if hardware is not None and ("addressed" in left or "underlay" in left):
            left.insert("assessed" in left, hardware)
        yield f"device:{key}", left


def skipped(case: Case) -> set[str]:
    """Ids that the ``underlay`` items would have of devices below that stage whose VPNs all run over an IPv4 core."""
    return {
        item_id(key, "underlay", TRACK)
        for key, device in case.inventory.devices.items()
        if STAGES.index(device.ipv6_stage) < STAGES.index(Ipv6Stage.UNDERLAY)
        and _over_ipv4(case, device)
        and item_id(key, "underlay", TRACK) not in case.inventory.done
    }


def _over_ipv4(case: Case, device: Device) -> bool:
    """Whether all its VPNs, or without any all of the estate, are carried as 6VPE over IPv4 (RFC 4659)."""
    vpns = case.inventory.vpns
    named = {interface.vpn for interface in device.interfaces if interface.vpn in vpns} or set(vpns)
    return bool(named) and all(vpns[vpn].technology is VpnTechnology.MPLS_L3VPN for vpn in named if vpn is not None)


def area(case: Case, device: Device) -> str:
    """LEVEL-DIVISION by which its changes are counted: the city it belongs to, else its top division."""
    lineage = case.inventory.lineage(device.division)
    divisions = case.inventory.divisions
    city = next((one for one in lineage if one in divisions and divisions[one].level is Level.CITY), lineage[-1])
    return f"{device.level.value}-{city}"


def gates(case: Case) -> Iterator[Gate]:
    """Stages in turn; no device ahead of its upstreams."""
    root = case.inventory.estate.settings.management_root
    routes = None if root is None else Routes(case.inventory, root)
    for name, left in case.wanted.items():
        kind, _, key = name.partition(":")
        if kind != "device":
            continue
        yield from in_turn(name, left)
        above = [f"device:{device}" for device in routes.upstreams(key)] if routes is not None else []
        for step in left:
            waiting = tuple((device, step) for device in above if case.wants(device, step))
            if step == "routing":
                yield from (Gate((name, step), (one,)) for one in waiting)
            elif step in ANY_ONE and waiting and len(waiting) == len(above):
                yield Gate((name, step), waiting)
