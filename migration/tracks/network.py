"""Network track: the stages of the dual-stack retrofit, device by device.

A device is never ahead of its upstreams (planning contract, section 2): ``routing`` waits for the primary and the
backup way, ``underlay``, ``service``, ``security`` and ``verified`` for any one of them. Top-down follows from this
alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.network import Device, Ipv6Capability, Ipv6Stage, VpnTechnology
from inventory.kinds.territory import Level
from migration.calendar import CHINA_TIME
from migration.graph.upstreams import Upstreams
from migration.plan import Skipped, item_id
from migration.steps import CHANGES, Track
from migration.tracks.making import TrackItems
from migration.work import Need, WorkItem

__all__ = ["finished_changes", "network_items"]

STAGES = tuple(Ipv6Stage)
"""none first, verified last."""

ANY_UPSTREAM = (Ipv6Stage.UNDERLAY, Ipv6Stage.SERVICE, Ipv6Stage.SECURITY, Ipv6Stage.VERIFIED)

RENEWALS = {Ipv6Capability.UPGRADE: "upgraded", Ipv6Capability.REPLACE: "replaced"}


def network_items(
    inventory: Inventory, now: dt.date, table: EffortTable, upstreams: Upstreams
) -> tuple[tuple[WorkItem, ...], tuple[Skipped, ...]]:
    """(items of all devices that are not verified, stages that they do not need)."""
    track = _Network(inventory, now, table, upstreams)
    for id in inventory.devices:
        track.device(id)
    return tuple(track.made.items), tuple(track.skipped)


def finished_changes(inventory: Inventory) -> Iterator[tuple[str, str, dt.date]]:
    """(item, LEVEL-DIVISION, day in China) of the changes of devices that runs have finished."""
    for id, moment in inventory.done.items():
        track, _, rest = id.partition("/")
        name, _, step = rest.rpartition("/")
        if track == Track.NETWORK and name in inventory.devices and (Track.NETWORK, step) in CHANGES:
            device = inventory.devices[name]
            day = dt.datetime.fromisoformat(moment).astimezone(CHINA_TIME).date()
            yield id, f"{device.level.value}-{_area_of(inventory, device.division)}", day


class _Network:
    def __init__(self, inventory: Inventory, now: dt.date, table: EffortTable, upstreams: Upstreams) -> None:
        self.inventory = inventory
        self.upstreams = upstreams
        self.made = TrackItems(inventory, now, table, Track.NETWORK)
        self.skipped: list[Skipped] = []
        self._no_underlay = {id: self._carried_over_ipv4(device) for id, device in inventory.devices.items()}
        self._areas: dict[str, str] = {}

    def device(self, id: str) -> None:
        """Add what a device has still to do, each step after the one before."""
        device = self.inventory.devices[id]
        ahead = STAGES[STAGES.index(device.ipv6_stage) + 1 :]
        area = f"{device.level.value}-{self._area(device.division)}"
        before = ""
        # New software or hardware comes after the assessment that asked for it and before any configuration.
        last = Ipv6Stage.ADDRESSED if self._no_underlay[id] else Ipv6Stage.UNDERLAY
        renewal = RENEWALS.get(device.ipv6_capability) if last in ahead else None
        for stage in ahead:
            if renewal is not None and stage is not Ipv6Stage.ASSESSED:
                before = self._add(device, renewal, area, self.made.after(before)) or before
                renewal = None
            if stage is Ipv6Stage.UNDERLAY and self._no_underlay[id]:
                self.skipped.append(Skipped(item=item_id(id, stage, Track.NETWORK), reason="vpn-over-ipv4"))
                continue
            needs = (*self.made.after(before), *self._gates(id, stage))
            before = self._add(device, stage.value, area, needs) or before

    def _add(self, device: Device, step: str, area: str, needs: tuple[Need, ...]) -> str:
        is_change = (Track.NETWORK, step) in CHANGES
        return self.made.add("device", device.id, step, device.department, needs, area=area if is_change else "")

    def _gates(self, id: str, stage: Ipv6Stage) -> tuple[Need, ...]:
        above = self.upstreams.of(id)
        waited = tuple(item_id(other, stage, Track.NETWORK) for other in above if not self._reached(other, stage))
        if stage is Ipv6Stage.ROUTING:
            return self.made.after(*waited)
        if stage in ANY_UPSTREAM and above and len(waited) == len(above):
            return (Need(waited),)
        return ()

    def _reached(self, id: str, stage: Ipv6Stage) -> bool:
        if stage is Ipv6Stage.UNDERLAY and self._no_underlay[id]:
            return True
        reached = STAGES.index(self.inventory.devices[id].ipv6_stage) >= STAGES.index(stage)
        return reached or item_id(id, stage, Track.NETWORK) in self.inventory.done

    def _carried_over_ipv4(self, device: Device) -> bool:
        """Whether all its VPNs carry IPv6 over an IPv4 core (6VPE, RFC 4659); without one named: all of the estate."""
        vpns = self.inventory.vpns
        named = {interface.vpn for interface in device.interfaces if interface.vpn is not None} or vpns.keys()
        return bool(named) and all(name in vpns and vpns[name].technology is VpnTechnology.MPLS_L3VPN for name in named)

    def _area(self, division: str) -> str:
        if division not in self._areas:
            self._areas[division] = _area_of(self.inventory, division)
        return self._areas[division]


def _area_of(inventory: Inventory, division: str) -> str:
    """The city that a division belongs to, else the topmost division above it."""
    lineage = inventory.lineage(division)
    divisions = inventory.divisions
    return next((name for name in lineage if name in divisions and divisions[name].level is Level.CITY), lineage[-1])
