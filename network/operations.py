"""Operations of device steps that change no configuration: assess, save, compare, verify."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migration.run.ports import Outcome
from network.config import parse
from network.errors import PushError
from network.push.facts import pairs_of_host, verified_probes_of_host
from network.push.model import config_hash
from network.push.saving import save
from network.push.state import DeviceState, Probe, differences, read_state

if TYPE_CHECKING:
    from network.push.journal import Journal
    from network.transport import Login, Target, Transport

__all__ = ["READING", "Sight"]

SHOWN = 5


@dataclass(frozen=True)
class Sight:
    """One device that is looked at.

    Attributes:
        probes: what it should reach.
        variables: of its host in the runbook.
        item: key under which the steps of one item share what they have seen.
    """

    target: Target
    login: Login
    probes: tuple[Probe, ...]
    variables: Mapping[str, Any]
    journal: Journal
    item: str


def _assess(sight: Sight, transport: Transport) -> Outcome:
    """Read the configuration and keep it; what the platform is and how far it is known."""
    platform = sight.target.platform
    with transport.open(sight.target, sight.login) as session:
        running = session.running()
        version = session.command(platform.command("version")) if "version" in platform.commands else ""
    tree = parse(platform, running)
    sight.journal.keep(sight.item, sight.target.device, "assessed", running)
    return Outcome(
        True,
        evidence={
            "running": config_hash(platform, running),
            "lines": len(running.splitlines()),
            "sections": len(tree.lines),
            "version": next((line.strip() for line in version.splitlines() if line.strip()), ""),
            "proof": platform.proof.value,
            "guard": platform.guard.value,
        },
    )


def _save(sight: Sight, transport: Transport) -> Outcome:
    """Save the configuration on the device, keep a copy here, and what depends on the device for ``compare-state``."""
    platform = sight.target.platform
    sight.journal.refuse_alarmed(sight.target.device)  # what nobody has looked at must not outlive a restart
    with transport.open(sight.target, sight.login) as session:
        running = session.running()
        state = read_state(session, platform, sight.probes, running)
        save(session, platform, sight.target.device)
    sight.journal.keep(sight.item, sight.target.device, "saved", running)
    sight.journal.keep(sight.item, sight.target.device, "state", _written(state))
    return Outcome(True, evidence={"running": config_hash(platform, running), **_counts(state)})


def _compare(sight: Sight, transport: Transport) -> Outcome:
    """Neighbours, routes and reachability are as they were when the configuration was saved."""
    before = _read(sight.journal.kept(sight.item, sight.target.device, "state"))
    with transport.open(sight.target, sight.login) as session:
        after = read_state(session, sight.target.platform, sight.probes, session.running())
    lost = [str(one) for one in differences(before, after) if one.lost]
    evidence = {"lost": lost[:SHOWN], **_counts(after)}
    if not lost:
        return Outcome(True, evidence=evidence)
    worse = PushError("push-worse", device=sight.target.device, count=len(lost), first=lost[0])
    return Outcome(False, worse.code, worse.message, evidence)


def _verified(sight: Sight, transport: Transport) -> Outcome:
    """Everything of IPv4 has its IPv6 counterpart, and what is reached over IPv4 is reached over IPv6 as well, of what
    the plan has brought there by now: nothing behind the device."""
    from network.parity import parity

    platform, device = sight.target.platform, sight.target.device
    try:
        probes = verified_probes_of_host(sight.variables)
    except (KeyError, TypeError, ValueError) as spoiled:
        raise PushError("push-no-facts", device=device) from spoiled
    with transport.open(sight.target, sight.login) as session:
        running = session.running()
        state = read_state(session, platform, probes, running)
    findings = parity(platform, parse(platform, running), pairs_of_host(sight.variables).networks)
    reached = {
        version: {(probe.vpn, probe.of) for probe in state.reached if probe.version == version} for version in (4, 6)
    }
    six = {(probe.vpn, probe.of) for probe in probes if probe.version == 6}
    missing = [" ".join(filter(None, one)) for one in sorted(reached[4] & six - reached[6])]
    evidence = {"findings": len(findings), "reached_ipv4": len(reached[4]), "reached_ipv6": len(reached[6])}
    if findings:
        first = f"{findings[0].number}: {findings[0].text}"
        error = PushError("push-no-parity", device=device, count=len(findings), first=first)
        return Outcome(False, error.code, error.message, evidence)
    if missing:
        error = PushError("push-worse", device=device, count=len(missing), first=f"IPv6 reachability {missing[0]}")
        return Outcome(False, error.code, error.message, evidence)
    return Outcome(True, evidence=evidence)


READING: Mapping[str, Callable[[Sight, Transport], Outcome]] = {
    "ipv6-assess": _assess,
    "ipv6-verified": _verified,
    "save-configuration": _save,
    "compare-state": _compare,
}
"""Operation -> what carries it out. Each may raise the errors of transport, configuration and journal."""


def _counts(state: DeviceState) -> dict[str, int]:
    return {"neighbours": len(state.neighbours), "routes": len(state.routes), "reached": len(state.reached)}


def _written(state: DeviceState) -> str:
    return json.dumps(
        {
            "neighbours": sorted(state.neighbours),
            "routes": sorted(state.routes),
            "reached": [[probe.address, probe.of, probe.vpn] for probe in sorted(state.reached)],
        }
    )


def _read(text: str) -> DeviceState:
    plain = json.loads(text)
    return DeviceState(
        frozenset((protocol, peer) for protocol, peer in plain["neighbours"]),
        frozenset(plain["routes"]),
        frozenset(Probe(*probe) for probe in plain["reached"]),
    )
