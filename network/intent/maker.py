"""From inventory and address plan to the intent of each device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface, ip_interface
from typing import TYPE_CHECKING

from inventory.inventory import Inventory
from inventory.kinds.network import Device, Interface, Link, Vpn, VpnTechnology
from inventory.kinds.territory import Level
from inventory.routing_settings import GlobalIpv6, Igp, Server
from inventory.selectors import parse_selector
from network.errors import UnknownPlatformError
from network.intent.areas import area_of_link, areas_of, isis_entity
from network.intent.model import (
    BgpIntent,
    BgpIpv6,
    BgpPeer,
    DeviceIntent,
    HostIntent,
    IgpIntent,
    InterfaceIntent,
    InterfaceRole,
    Loopback,
    ServerPair,
    ServicesIntent,
    VpnIntent,
    VpnIpv6,
)
from network.intent.pairs import PairTable
from network.platforms import platform_of

if TYPE_CHECKING:
    from network.addressing import Addresses

__all__ = ["Intents", "intent_in_vpn", "intent_of"]

LEVELS = tuple(Level)
CARRIAGE = {
    VpnTechnology.MPLS_L3VPN: VpnIpv6.SIXVPE,
    VpnTechnology.SRV6: VpnIpv6.SRV6,
    VpnTechnology.VRF_LITE: VpnIpv6.NATIVE,
    VpnTechnology.VLAN: VpnIpv6.NATIVE,
}


def intent_of(inventory: Inventory, addresses: Addresses, device: str) -> DeviceIntent:
    """The intent of one device; for many devices make ``Intents`` once.

    Raises UnknownObjectError for a device that the inventory does not have, and UnknownPlatformError with
    the nearest one.
    """
    return Intents(inventory, addresses)[device]


def instance_name(inventory: Inventory, vpn: str) -> str:
    """What devices call the instance of a VPN."""
    record = inventory.vpns.get(vpn)
    name = record.name if record is not None else ""
    # Instance names are ASCII on every platform; a name in Chinese is for people.
    return name if name and name.isascii() and " " not in name else vpn


class Intents(Mapping[str, DeviceIntent]):
    """The intents of all devices by id, each made when it is asked for."""

    def __init__(self, inventory: Inventory, addresses: Addresses) -> None:
        self.inventory = inventory
        self.addresses = addresses
        self.settings = inventory.estate.settings.routing
        self._made: dict[str, DeviceIntent] = {}

    def __len__(self) -> int:
        return len(self.inventory.devices)

    def __iter__(self) -> Iterator[str]:
        return iter(self.inventory.devices)

    def __getitem__(self, device: str) -> DeviceIntent:
        if device not in self._made:
            record = self.inventory.get("device", device)
            assert isinstance(record, Device)
            self._made[device] = self._intent(record)
        return self._made[device]

    def _intent(self, device: Device) -> DeviceIntent:
        try:
            platform = platform_of(device.platform)
        except UnknownPlatformError as error:
            raise UnknownPlatformError("device-platform", device=device.id, **error.data) from None
        loopback = self._loopback(device)
        interfaces = tuple(self._interface(device, one) for one in device.interfaces)
        settings = self.settings
        igp = IgpIntent(
            protocol=settings.igp,
            process=settings.isis_process if settings.igp is Igp.ISIS else settings.ospf_process,
            ipv6_process=settings.isis_process if settings.igp is Igp.ISIS else settings.ospfv3_process,
            ipv6=settings.igp is not Igp.NONE and self._core_ipv6,
            isis_entity=isis_entity(settings.isis_area, loopback.ipv4) if settings.igp is Igp.ISIS else "",
            hello_seconds=settings.hello_seconds,
            dead_seconds=settings.dead_seconds,
        )
        networks = [network for network in settings.management if network.ipv4 or network.ipv6]
        hosts = settings.hosts
        return DeviceIntent.model_validate(
            {
                "device": device.id,
                "name": device.name or device.id,
                "platform": platform.id,
                "level": device.level,
                "role": device.role,
                "router_id": loopback.ipv4,
                "management_address": device.management_address or "",
                "loopback": loopback,
                "interfaces": interfaces,
                "igp": igp,
                "bgp": self._bgp(device, interfaces),
                "vpns": self._vpns(interfaces),
                "services": self._services,
                "hosts": HostIntent(
                    router_advertisements=hosts.router_advertisements, managed=hosts.managed, other=hosts.other
                ),
                "management_ipv4": [network.ipv4 for network in networks if network.ipv4],
                "management_ipv6": [network.ipv6 for network in networks if network.ipv6],
                "pairs": self.pairs,
            }
        )

    def _loopback(self, device: Device) -> Loopback:
        ipv4 = next((address for address in device.loopbacks if ":" not in address), None)
        ipv6 = self.addresses.loopbacks.get(device.id)
        return Loopback(ipv4=IPv4Address(ipv4) if ipv4 else None, ipv6=ipv6)

    def _interface(self, device: Device, interface: Interface) -> InterfaceIntent:
        own = [ip_interface(address) for address in interface.addresses]
        planned = self.addresses.interfaces.get((device.id, interface.name), ())
        ipv4 = tuple(address for address in own if isinstance(address, IPv4Interface))
        ipv6 = dict.fromkeys([*(address for address in own if isinstance(address, IPv6Interface)), *planned])
        end = self._ends.get((device.id, interface.name)) or self._ends.get(
            (device.id, interface.name.rpartition(".")[0])
        )
        if any(str(address.ip) == device.management_address for address in own) and end is None:
            role = InterfaceRole.MANAGEMENT
        elif end is not None:
            role = InterfaceRole.BACKBONE
        else:
            role = InterfaceRole.EDGE if own or ipv6 else InterfaceRole.UNUSED
        link, here = end or (None, "a")
        peer, peer_interface, metric = "", "", 10
        if link is not None:
            peer, peer_interface = link.b_device, link.b_interface
            metric = link.metric_ab
            if here == "b":
                peer, peer_interface, metric = link.a_device, link.a_interface, link.metric_ba
        return InterfaceIntent(
            name=interface.name,
            description=interface.description,
            role=role,
            ipv4=ipv4,
            ipv6=() if role is InterfaceRole.MANAGEMENT else tuple(ipv6),
            vpn=self._vpn_name(interface.vpn) if interface.vpn else "",
            vlan=interface.vlan,
            peer_device=peer,
            peer_interface=peer_interface,
            metric=metric,
            area=area_of_link(self._areas[device.id], self._areas.get(peer)),
        )

    def _vpn_name(self, id: str) -> str:
        return instance_name(self.inventory, id)

    def _vpns(self, interfaces: tuple[InterfaceIntent, ...]) -> tuple[VpnIntent, ...]:
        here = {interface.vpn for interface in interfaces if interface.vpn}
        found = []
        for number, record in enumerate(self.inventory.vpns.values(), 1):
            name = self._vpn_name(record.id)
            if name in here:
                own = [one for one in interfaces if one.vpn == name and one.role is InterfaceRole.EDGE]
                found.append(self._vpn(record, number, name, own))
        return tuple(found)

    def _vpn(self, record: Vpn, number: int, name: str, own: list[InterfaceIntent]) -> VpnIntent:
        targets = record.route_targets
        return VpnIntent(
            id=record.id,
            name=name,
            number=number,
            technology=record.technology,
            ipv6=CARRIAGE[record.technology],
            # The convention of route targets such as 65001:100; unique in the estate by number without one.
            route_distinguisher=targets[0] if targets else f"{self.settings.asn or 65000}:{number}",
            route_targets=targets,
            networks_ipv4=tuple(address.network for one in own for address in one.ipv4),
            networks_ipv6=tuple(address.network for one in own for address in one.ipv6),
        )

    def _bgp(self, device: Device, interfaces: tuple[InterfaceIntent, ...]) -> BgpIntent | None:
        settings = self.settings
        if settings.asn is None or device.id not in self._speakers:
            return None
        reflector = device.id in self._reflectors
        others = self._speakers if reflector else self._reflectors
        own = [one for one in interfaces if one.role is InterfaceRole.EDGE and not one.vpn]
        technologies = {vpn.technology for vpn in self.inventory.vpns.values()}
        return BgpIntent(
            asn=settings.asn,
            peers=tuple(self._peer(id, reflector) for id in others if id != device.id),
            ipv6=self._global_ipv6,
            networks_ipv4=tuple(address.network for one in own for address in one.ipv4),
            networks_ipv6=tuple(address.network for one in own for address in one.ipv6),
            vpn=bool(technologies & {VpnTechnology.MPLS_L3VPN, VpnTechnology.SRV6}),
            reflector=reflector,
            keepalive_seconds=settings.keepalive_seconds,
            hold_seconds=settings.hold_seconds,
        )

    def _peer(self, id: str, reflector: bool) -> BgpPeer:
        device = self.inventory.devices[id]
        loopback = self._loopback(device)
        return BgpPeer(
            device=id,
            name=device.name or id,
            asn=self.settings.asn or 0,
            ipv4=loopback.ipv4,
            ipv6=loopback.ipv6,
            client=reflector and id not in self._reflectors,
        )

    # What all devices share, computed once.

    @cached_property
    def pairs(self) -> PairTable:
        """The pairs of the estate: prefixes, interfaces, loopbacks and servers."""
        hosts = {}
        for device in self.inventory.devices.values():
            loopback = self._loopback(device)
            if loopback.ipv4 and loopback.ipv6:
                hosts[loopback.ipv4] = loopback.ipv6
            for interface in device.interfaces:
                planned = self.addresses.interfaces.get((device.id, interface.name), ())
                own = [IPv4Interface(one) for one in interface.addresses if ":" not in one]
                if own and planned:
                    hosts[own[0].ip] = planned[0].ip
        for pair in self._all_servers:
            if pair.ipv4 and pair.ipv6:
                hosts[pair.ipv4] = pair.ipv6
        networks = dict(self.addresses.pairs)
        for network in self.settings.management:
            if network.ipv4 and network.ipv6:
                left, right = ip_interface(network.ipv4).network, ip_interface(network.ipv6).network
                networks[left] = right  # type: ignore[index,assignment]
        of_vpn = {(self._vpn_name(id) if id else ""): table for id, table in self.addresses.pairs_of_vpn.items()}
        return PairTable(networks, of_vpn, hosts)

    @cached_property
    def _all_servers(self) -> list[ServerPair]:
        services = self._services
        groups = (services.dns, services.ntp, services.snmp, services.syslog, services.aaa, services.dhcp)
        return [pair for group in groups for pair in group]

    @cached_property
    def _services(self) -> ServicesIntent:
        servers = self.settings.servers

        def pairs(group: tuple[Server, ...]) -> tuple[ServerPair, ...]:
            return tuple(ServerPair.model_validate(server.model_dump()) for server in group)

        return ServicesIntent(
            dns=pairs(servers.dns),
            ntp=pairs(servers.ntp),
            snmp=pairs(servers.snmp),
            syslog=pairs(servers.syslog),
            aaa=pairs(servers.aaa),
            dhcp=pairs(servers.dhcp),
        )

    @cached_property
    def _ends(self) -> dict[tuple[str, str], tuple[Link, str]]:
        found = {}
        for link in self.inventory.links.values():
            found[link.a_device, link.a_interface] = (link, "a")
            found[link.b_device, link.b_interface] = (link, "b")
        return found

    @cached_property
    def _areas(self) -> dict[str, str]:
        return areas_of(self.inventory, self.settings.areas)

    @cached_property
    def _speakers(self) -> tuple[str, ...]:
        if not self.settings.speakers:
            return tuple(id for id, device in self.inventory.devices.items() if self._loopback(device).ipv4)
        return tuple(parse_selector(self.settings.speakers).select(self.inventory, "device"))

    @cached_property
    def _reflectors(self) -> tuple[str, ...]:
        if self.settings.reflectors:
            return tuple(parse_selector(self.settings.reflectors).select(self.inventory, "device"))
        cores = [device for device in self.inventory.devices.values() if device.role == "core"]
        highest = min((LEVELS.index(device.level) for device in cores), default=0)
        return tuple(device.id for device in cores if LEVELS.index(device.level) == highest)

    @cached_property
    def _all_mpls(self) -> bool:
        vpns = self.inventory.vpns.values()
        return bool(vpns) and all(vpn.technology is VpnTechnology.MPLS_L3VPN for vpn in vpns)

    @cached_property
    def _core_ipv6(self) -> bool:
        """Whether routers speak IPv6 among each other: not where MPLS carries all of it."""
        return not (self._all_mpls and self._global_ipv6 in {BgpIpv6.SIXPE, BgpIpv6.NONE})

    @cached_property
    def _global_ipv6(self) -> BgpIpv6:
        chosen = self.settings.global_ipv6
        if chosen is GlobalIpv6.AUTO:
            return BgpIpv6.SIXPE if self._all_mpls else BgpIpv6.NATIVE
        return BgpIpv6(chosen.value)


def intent_in_vpn(intent: DeviceIntent, vpn: str) -> DeviceIntent:
    """The device as seen from inside one VPN (its name or id): only the VPN's interfaces, and no VPN around them.

    For laboratories whose kernel has no VRFs: a router of its own stands for each VPN instance. The IGP carries IPv6
    there, and BGP keeps its peers and originates the VPN's networks.
    """
    inside = intent.vpn(vpn)
    names = {vpn} if inside is None else {inside.id, inside.name}
    interfaces = tuple(one.model_copy(update={"vpn": ""}) for one in intent.interfaces if one.vpn and one.vpn in names)
    bgp = intent.bgp
    if bgp is not None:
        bgp = bgp.model_copy(
            update={
                "vpn": False,
                "ipv6": BgpIpv6.NATIVE,
                "networks_ipv4": inside.networks_ipv4 if inside else (),
                "networks_ipv6": inside.networks_ipv6 if inside else (),
            }
        )
    igp = intent.igp.model_copy(update={"ipv6": intent.igp.protocol is not Igp.NONE})
    return intent.model_copy(update={"interfaces": interfaces, "vpns": (), "bgp": bgp, "igp": igp})
