"""Victims that are simulated devices of Huawei and H3C, made from an estate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inventory.kinds.network import Ipv6Stage
from inventory.load import load_estate
from network.addressing import plan_addresses
from network.config import parse, to_text
from network.diff import patch
from network.intent import Intents
from network.platforms import GuardKind, platform_of
from network.rendering import baseline, intended
from network.testing.simulators import Simulator, serve
from tools.push_kills.killing import Shown, Victim

__all__ = ["simulated"]

SCALE = 0.05
"""A device's second lasts so many of ours: the makers' shortest guard is a minute."""
PASSWORD = "Lab-Pass-1"  # noqa: S105 - the simulators' own


@contextmanager
def simulated(estate: Path, stage: Ipv6Stage = Ipv6Stage.ADDRESSED) -> Iterator[list[Shown]]:
    """One device of each simulated platform of the estate, serving while the block lasts."""
    inventory = load_estate(estate).inventory
    intents = Intents(inventory, plan_addresses(inventory))
    kinds = {
        record.platform: id
        for id, record in sorted(inventory.devices.items(), reverse=True)
        if platform_of(record.platform).guard in (GuardKind.COMMIT_TRIAL, GuardKind.COMMIT_DELAY)
    }
    orders: dict[str, tuple[Simulator, dict[str, object], int]] = {}
    for kind, device in sorted(kinds.items()):
        platform, intent = platform_of(kind), intents[device]
        simulator = Simulator(kind, to_text(platform, baseline(intent)), encoding=platform.encoding)
        running = parse(platform, simulator.running)
        wanted = intended(intent, stage, running)
        order: dict[str, object] = {
            "device": device,
            "platform": kind,
            "user": "netops",
            "password": PASSWORD,
            "encoding": platform.encoding,
        }
        order |= {"before": simulator.running, "intended": to_text(platform, wanted), "guard": 60}
        orders[simulator.name] = simulator, order, len(patch(platform, running, wanted).commands)
    with serve((simulator for simulator, _, _ in orders.values()), scale=SCALE) as places:
        yield [_shown(name, *orders[name], places[name]) for name in orders]


def _shown(name: str, simulator: Simulator, order: dict[str, object], lines: int, place: tuple[str, int, str]) -> Shown:
    host, port, key = place
    whole = order | {"address": host, "port": port, "host_key": key}
    return Shown(Victim(name, whole, lambda: simulator.running, 60 * SCALE), lines)
