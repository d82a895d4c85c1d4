"""Victims that are routers of a laboratory: FRR behind its own SSH server."""

from __future__ import annotations

from inventory.inventory import Inventory
from inventory.kinds.network import Ipv6Stage
from network.addressing import plan_addresses
from network.config import parse, to_text
from network.diff import patch
from network.intent import Intents
from network.lab import Lab
from network.platforms import platform_of
from network.rendering import intended
from tools.push_kills.killing import Shown, Victim

__all__ = ["routers"]

OPERATOR = "operator"


def routers(lab: Lab, inventory: Inventory, devices: list[str], stage: Ipv6Stage, guard: int) -> list[Shown]:
    """Routers of a laboratory that stands, with what ``stage`` adds to what they have now. Sessions come from this
    process's network, which has to be that of the operators' host."""
    intents = Intents(inventory, plan_addresses(inventory))
    platform = platform_of("frr")
    found = []
    for device in devices:
        host = lab.hosts[device]

        def running(device: str = device) -> str:
            return lab.run(device, ["vtysh", "-c", "show running-config"], check=True).stdout

        before = running()
        tree = parse(platform, before)
        wanted = intended(intents[device], stage, tree)
        order = {
            "device": device, "platform": "frr", "address": host.login or host.addresses[0], "port": 22,
            "host_key": host.host_key,
            "user": OPERATOR, "key_file": str(lab.folder / "id_ed25519"), "before": before,
            "intended": to_text(platform, wanted), "guard": guard,
        }  # fmt: skip
        victim = Victim(device, order, running, guard)
        found.append(Shown(victim, len(patch(platform, tree, wanted).commands)))
    return found
