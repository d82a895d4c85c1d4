"""What a runbook keeps of the devices that its steps act on: how they are reached and what they are to have.

The worker has no estate: what was approved with the runbook is what is done.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any

from inventory.errors import QianyunError
from migration.runbook.model import ExecutorKind, Host, HostGroup, Runbook
from network.push.access import facts_of
from network.push.probes import Dependents
from network.push.state import Probe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from inventory.inventory import Inventory
    from network.intent import DeviceIntent, PairTable

__all__ = [
    "ACCESS",
    "INTENT",
    "intent_of_host",
    "pairs_of_host",
    "probes_of_host",
    "verified_probes_of_host",
    "with_devices",
]

ACCESS, INTENT, PROBES, VERIFIED, PAIRS = "access", "intent", "probes", "verified_probes", "pairs"
"""Variables of a device's host."""
PAIRED_GROUP = "paired"
"""Group of the devices that need the pairs of the estate: these stand in the runbook once."""
PAIRED = ("ipv6-security", "ipv6-verified")
"""Operations that translate what the device itself says of IPv4, and need the pairs of the whole estate for it."""


def with_devices(runbook: Runbook, inventory: Inventory) -> tuple[Runbook, tuple[QianyunError, ...]]:
    """The runbook with a host for each device that its steps act on, and why some devices have none: their platform is
    not known, or their intent cannot be told."""
    steps = [step for _, step in runbook.steps() if step.executor is ExecutorKind.DEVICE]
    named = dict.fromkeys(name for step in steps for name in step.targets if name in inventory.devices)
    paired = {name for step in steps if step.act.do in PAIRED for name in step.targets}
    verified = {name for step in steps if step.act.do == "ipv6-verified" for name in step.targets}
    if not named:
        return runbook, ()
    from network.addressing import plan_addresses
    from network.intent import Intents

    addresses = plan_addresses(inventory)
    intents = Intents(inventory, addresses)
    dependents = Dependents(inventory, addresses)
    hosts = {host.name: host for host in runbook.hosts}
    groups = {group.name: group for group in runbook.host_groups}
    lacks: list[QianyunError] = []
    for name in named:
        device = inventory.devices[name]
        try:
            intent = intents[name]
        except QianyunError as error:
            lacks.append(error)
            continue
        hosts[name] = Host(
            name=name,
            address=device.management_address or "",
            object=f"device:{name}",
            place=f"room:{device.room}" if device.room else "",
            groups=("device", PAIRED_GROUP) if name in paired else ("device",),
            variables={
                ACCESS: facts_of(device),
                INTENT: intent.model_dump(mode="json", exclude={"pairs"}, exclude_defaults=True),
                PROBES: _plain_probes(dependents.of(name)),
            }
            | (
                {VERIFIED: _plain_probes(dependents.verified(name, carried=intent.igp.ipv6))}
                if name in verified
                else {}
            ),
        )
        if name in paired:
            groups.setdefault(PAIRED_GROUP, HostGroup(name=PAIRED_GROUP, variables={PAIRS: _plain_pairs(intent.pairs)}))
    made = {"hosts": tuple(hosts.values()), "host_groups": tuple(groups.values())}
    return runbook.model_copy(update=made), tuple(lacks)


def intent_of_host(variables: Mapping[str, Any]) -> DeviceIntent:
    """The intent that ``with_devices`` put there. ValueError, KeyError where it was spoiled by hand."""
    from network.intent import DeviceIntent

    return DeviceIntent.model_validate({**variables[INTENT], "pairs": pairs_of_host(variables)})


def probes_of_host(variables: Mapping[str, Any]) -> tuple[Probe, ...]:
    """The probes that ``with_devices`` put there."""
    return _probes(variables.get(PROBES, ()))


def verified_probes_of_host(variables: Mapping[str, Any]) -> tuple[Probe, ...]:
    """What ``ipv6-verified`` asks for. KeyError: the runbook was made without it."""
    return _probes(variables[VERIFIED])


def _probes(plain: Iterable[Mapping[str, Any]]) -> tuple[Probe, ...]:
    return tuple(Probe(str(one["address"]), str(one.get("of", "")), str(one.get("vpn", ""))) for one in plain)


def _plain_probes(probes: Iterable[Probe]) -> list[dict[str, str]]:
    return [{"address": probe.address, "of": probe.of} | ({"vpn": probe.vpn} if probe.vpn else {}) for probe in probes]


def _plain_pairs(pairs: PairTable) -> dict[str, Any]:
    def plain(table: Mapping[Any, Any]) -> dict[str, str]:
        return {str(one): str(other) for one, other in table.items()}

    of_vpn = {vpn: plain(table) for vpn, table in pairs.of_vpn.items()}
    return {"networks": plain(pairs.networks), "of_vpn": of_vpn, "hosts": plain(pairs.hosts)}


def pairs_of_host(variables: Mapping[str, Any]) -> PairTable:
    """The pairs that ``with_devices`` put there; empty for operations that need none. ValueError as above."""
    from network.intent import PairTable

    plain: Mapping[str, Any] = variables.get(PAIRS, {})

    def networks(table: Mapping[str, str]) -> dict[IPv4Network, IPv6Network]:
        return {IPv4Network(one): IPv6Network(other) for one, other in table.items()}

    return PairTable(
        networks=networks(plain.get("networks", {})),
        of_vpn={vpn: networks(table) for vpn, table in plain.get("of_vpn", {}).items()},
        hosts={IPv4Address(one): IPv6Address(other) for one, other in plain.get("hosts", {}).items()},
    )
