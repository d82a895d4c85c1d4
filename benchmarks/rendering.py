"""Rendering and comparing a network of thousands of devices: all of it, all of it again, and with a few changed.

Running configurations are those that the baseline templates give for a made network of cores, aggregation and access
devices of three makers; each is read, taken through all stages of the retrofit, and compared there and back. The peer
does the comparison alone, with difflib over the same lines: what any tool that shows a difference does at least.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from ipaddress import IPv4Interface, IPv6Address, IPv6Interface
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks._measure import measure, task
from benchmarks._report import Required, note, parser, publish, row

if TYPE_CHECKING:
    from inventory.kinds.network import Device, Link
    from network.intent import Intents

REQUIRED: Required = {
    ("all devices", 2_000): {"seconds": 60.0},
    ("again, nothing changed", 2_000): {"seconds": 20.0},
}
CORES = WORKERS = 2
AGGREGATION = 12
"""Every twelfth device aggregates the eleven after it."""
PLATFORMS = ("huawei_vrp8", "h3c_comware7", "frr")
VPNS = ("gov-common", "gov-internet", "gov-video")


class _Ground:
    """Ports and links while they are laid; each takes the next segment of both families."""

    def __init__(self, devices: int) -> None:
        self.interfaces: dict[str, list[dict[str, Any]]] = {f"d{number}": [] for number in range(devices)}
        self.links: dict[str, Link] = {}
        self.planned: dict[tuple[str, str], tuple[IPv6Interface, ...]] = {}
        self.segments = count(1)

    def port(self, device: str, address: tuple[int, int], ipv6: str, vpn: str | None = None) -> str:
        own = self.interfaces[device]
        name = f"GigabitEthernet0/{len(own) // 48}/{len(own) % 48}"
        written = str(IPv4Interface(address))
        own.append({"name": name, "addresses": [written], "vpn": vpn, "description": f"第{len(own)}口"})
        self.planned[device, name] = (IPv6Interface(ipv6),)
        return name

    def link(self, above: str, below: str) -> None:
        from inventory.kinds.network import Link

        segment = next(self.segments)
        start = (10 << 24) + segment * 4
        near = self.port(above, (start + 1, 30), f"3fff:1:{segment:x}::/127")
        far = self.port(below, (start + 2, 30), f"3fff:1:{segment:x}::1/127")
        self.links[f"l{segment}"] = Link(
            id=f"l{segment}", a_device=above, a_interface=near, b_device=below, b_interface=far, bandwidth_mbps=1000
        )

    def users(self, device: str) -> None:
        for user in range(8):
            segment = next(self.segments)
            vpn = VPNS[user % 4] if user % 4 < len(VPNS) else None
            self.port(device, ((20 << 24) + segment * 256 + 1, 24), f"3fff:2:{segment:x}::1/64", vpn)


@cache
def network(devices: int) -> Intents:
    """A made network: two cores, aggregation below both, access below aggregation, users in VPNs and outside."""
    from inventory.estate import Estate
    from inventory.inventory import Inventory
    from inventory.kinds.network import Vpn
    from network.addressing import Addresses
    from network.intent import Intents

    ground = _Ground(devices)
    above = "d0"
    for number in range(CORES, devices):
        own = f"d{number}"
        if (number - CORES) % AGGREGATION == 0:
            above = own
            for core in range(CORES):
                ground.link(f"d{core}", own)
        else:
            ground.link(above, own)
        ground.users(own)
    routing = {
        "asn": 65001,
        "reflectors": "role:core",
        "management": [{"ipv4": "10.248.0.0/16", "ipv6": "3fff:f::/48"}],
    }
    estate = Estate.model_validate({"name": "made", "as_of": "2024-01-01", "settings": {"routing": routing}})
    records = _records(ground.interfaces)
    inventory = Inventory(
        estate=estate,
        devices=records,
        links=ground.links,
        vpns={id: Vpn(id=id, route_targets=(f"65001:{number}",)) for number, id in enumerate(VPNS)},
    )
    loopbacks = {id: IPv6Address(f"3fff::{number + 1:x}") for number, id in enumerate(records)}
    return Intents(inventory, Addresses(loopbacks=loopbacks, interfaces=ground.planned))


def _records(interfaces: dict[str, list[dict[str, Any]]]) -> dict[str, Device]:
    from inventory.kinds.network import Device

    return {
        id: Device.model_validate(
            {
                "id": id,
                "name": id.upper(),
                "division": "1",
                "level": "city" if number < CORES else "county",
                "role": "core" if number < CORES else "access",
                "platform": PLATFORMS[number % len(PLATFORMS)],
                "loopbacks": [f"10.252.{number // 250}.{number % 250 + 1}"],
                "interfaces": ports,
            }
        )
        for number, (id, ports) in enumerate(interfaces.items())
    }


def running(intents: Intents, id: str, *, changed: bool = False) -> str:
    """The running configuration of one device; ``changed``: somebody has changed a line."""
    from network.config import to_text
    from network.platforms import platform_of
    from network.rendering import baseline

    intent = intents[id]
    text = to_text(platform_of(intent.platform), baseline(intent))
    return text.replace("第1口", "第一口") if changed else text


def _part(devices: int, share: int, folder: str, changed: int, peer: bool) -> dict[str, Any]:
    """One worker's share: seconds of the work alone, and what it found."""
    from inventory.kinds.network import Ipv6Stage
    from network.rendering import ChangeCache

    intents = network(devices)
    own = [id for number, id in enumerate(intents) if number % WORKERS == share]
    texts = {id: running(intents, id, changed=place < changed // WORKERS) for place, id in enumerate(own)}
    changes = ChangeCache(Path(folder))
    if peer:
        return _difflib(
            {text: changes.change(intents[id], Ipv6Stage.VERIFIED, text).intended for id, text in texts.items()}
        )
    began = perf_counter()
    commands = sum(len(changes.change(intents[id], Ipv6Stage.VERIFIED, text).commands) for id, text in texts.items())
    return {
        "seconds": perf_counter() - began,
        "computed": changes.computed,
        "commands": commands,
        "lines": sum(text.count("\n") for text in texts.values()),
    }


def _difflib(pairs: dict[str, str]) -> dict[str, Any]:
    """The peer: both differences of each pair, as lines."""
    import difflib

    began = perf_counter()
    lines = 0
    for running, wanted in pairs.items():
        before, after = running.splitlines(), wanted.splitlines()
        lines += sum(1 for _ in difflib.unified_diff(before, after)) + sum(
            1 for _ in difflib.unified_diff(after, before)
        )
    return {"seconds": perf_counter() - began, "computed": 0, "commands": 0, "lines": lines}


def render(devices: int, folder: str, changed: int = 0, peer: bool = False) -> dict[str, Any]:
    """All devices in two processes; ``seconds`` is the slower one's work, without making the network."""
    with ProcessPoolExecutor(WORKERS) as pool:
        parts = [pool.submit(_part, devices, share, folder, changed, peer) for share in range(WORKERS)]
        found = [part.result() for part in parts]
    totals = {key: sum(part[key] for part in found) for key in ("computed", "commands", "lines")}
    return {"seconds": round(max(part["seconds"] for part in found), 3), **totals}


TASKS = {"render": render}


def rows(devices: int) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        for case, changed in (("all devices", 0), ("again, nothing changed", 0), ("again, 20 changed", 20)):
            note(f"{case}: {devices}")
            used = measure(task("rendering", "render", devices=devices, folder=folder, changed=changed))
            yield row(case, used, size=devices, **used.answer)
        note("the peer")
        used = measure(task("rendering", "render", devices=devices, folder=folder, peer=True))
        yield row("peer: difflib", used, size=devices, against="all devices", **used.answer)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--devices", type=int, default=int(os.environ.get("BENCH_DEVICES", "2000")))
    chosen = options.parse_args()
    publish("rendering", rows(chosen.devices), chosen, REQUIRED)


if __name__ == "__main__":
    main()
