"""Two routers with FRR that are only files: as records of an estate, and as devices that can be pushed to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import yaml

from inventory.dump import write_yaml
from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.network import Device, Link
from inventory.kinds.territory import Division
from network.addressing import plan_addresses
from network.config import to_text
from network.intent import Intents
from network.platforms import platform_of
from network.rendering import baseline
from tests.network.push.devices import Box, BoxTransport, Faults
from tests.network.push.frr_box import FrrBox

ALLOCATION = {"prefix": "3fff:140::/28", "division": "140000", "source": "RFC 9637"}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEsTQ0h2bU1BvR9YcZq0V5uM1V3cCqkqzv1mO8f3o9aX"

__all__ = ["KEY", "boxes_of", "small_network", "transport_of", "write_estate"]


def _records() -> tuple[list[Device], list[Link]]:
    devices = [
        Device.model_validate(
            {
                "id": f"r{number}",
                "name": f"R{number}",
                "division": "140000",
                "level": "province",
                "role": "core",
                "platform": "frr",
                "management_address": f"10.255.0.{number}",
                "host_key": KEY,
                "credential": "agent:netops",
                "loopbacks": [f"10.0.0.{number}"],
                "interfaces": [{"name": "eth1", "addresses": [f"10.1.0.{number}/30"]}],
            }
        )
        for number in (1, 2)
    ]
    link = {"id": "l1", "a_device": "r1", "a_interface": "eth1", "b_device": "r2", "b_interface": "eth1"}
    return devices, [Link.model_validate(link | {"bandwidth_mbps": 1000})]


def _settings() -> dict[str, object]:
    return {
        "management_root": "r1",
        "addressing": {
            "allocations": [ALLOCATION],
            "block_length": 32,
            "blocks": [
                {"purpose": "link", "block": 1, "length": 127, "slot_length": 64, "source": "assumption"},
                {"purpose": "loopback", "block": 2, "length": 128, "slot_length": 64, "source": "assumption"},
            ],
            "levels": [
                {"level": "province", "length": 32, "department_length": 52, "reserve": 0.25, "source": "assumption"}
            ],
            "source": "assumption",
        },
        "routing": {"asn": 65000, "source": "assumption"},
    }


def small_network() -> Inventory:
    """r1, the root, and r2 behind it."""
    devices, links = _records()
    estate = Estate.model_validate({"name": "small", "as_of": dt.date(2021, 4, 5), "settings": _settings()})
    return Inventory(
        estate,
        divisions={"140000": Division.model_validate({"id": "140000", "level": "province", "code": "140000"})},
        devices={one.id: one for one in devices},
        links={one.id: one for one in links},
    )


def write_estate(folder: Path) -> Path:
    """The same as a folder."""
    folder.mkdir()
    text = yaml.safe_dump({"name": "small", "as_of": "2021-04-05", "settings": _settings()}, allow_unicode=True)
    (folder / "estate.yaml").write_text(text, encoding="utf-8")
    devices, links = _records()
    division = Division.model_validate({"id": "140000", "level": "province", "code": "140000"})
    write_yaml(folder / "records.yaml", {"division": [division], "device": devices, "link": links})
    return folder


def boxes_of(inventory: Inventory, folder: Path, faults: dict[str, Faults] | None = None) -> dict[str, Box]:
    """A device for each record, with the IPv4 configuration that its record asks for."""
    intents = Intents(inventory, plan_addresses(inventory))
    platform = platform_of("frr")
    found: dict[str, Box] = {}
    for device in inventory.devices:
        (folder / device).mkdir(parents=True)
        text = to_text(platform, baseline(intents[device]))
        frr = FrrBox(folder / device)
        frr.running = text
        (folder / device / "etc" / "frr.conf").write_text(text, encoding="utf-8")
        found[device] = Box(platform, text, text, (faults or {}).get(device, Faults()), frr=frr)
    return found


def transport_of(boxes: dict[str, Box]) -> BoxTransport:
    """Sessions with them."""
    return BoxTransport(boxes)
