"""A small estate with both families of addresses, and what is left of a laboratory on this machine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.clouds import Cloud, CloudTier, Pool
from inventory.kinds.network import Prefix
from inventory.kinds.rooms import Room
from inventory.kinds.systems import System
from network.lab.state import LABS

ZONE = "mzj.ty.sx.cegn"
SOURCE, TARGET = "mzj-1.db.source", "mzj-1.db.target"


def component(id: str, source: str, target: str = "", **more: Any) -> dict[str, Any]:
    """A component with an endpoint at each side: IPv4 address, and IPv6 address behind a blank."""

    def ends(text: str) -> list[dict[str, Any]]:
        address, _, v6 = text.partition(" ")
        return [{"address": address, "address_v6": v6 or None, "name": f"{id}.{ZONE}"}] if text else []

    return {"id": id, "endpoints": ends(source), "target_endpoints": ends(target), **more}


def system(id: str, *components: dict[str, Any], runs_in: str = "room:mzj-jf") -> System:
    return System.model_validate({"id": id, "department": "mzj", "runs_in": runs_in, "components": components})


def prefix(id: str, text: str, *, purpose: str = "users", site: str = "") -> Prefix:
    return Prefix.model_validate({"id": id, "prefix": text, "purpose": purpose, "site": site})


def estate(*systems: System, prefixes: tuple[Prefix, ...] = ()) -> Inventory:
    """An inventory of systems in the room mzj-jf, whose prefix is a /25, and of the pool yun-a."""
    known = (
        prefix("room-v4", "10.14.3.0/25", site="mzj-jf"),
        prefix("all-v4", "10.14.0.0/16"),
        prefix("pool-v4", "10.128.1.0/24", purpose="pool", site="yun-a"),
        prefix("pool-v6", "2001:db8:128::/56", purpose="pool", site="yun-a"),
        *prefixes,
    )
    return Inventory(
        Estate(name="estate", as_of=dt.date(2021, 4, 5)),
        Path("estate"),
        rooms={"mzj-jf": Room(id="mzj-jf", division="140100")},
        clouds={"yun": Cloud(id="yun", tier=CloudTier.CITY, division="140100")},
        pools={"yun-a": Pool(id="yun-a", cloud="yun")},
        prefixes={record.id: record for record in known},
        systems={record.id: record for record in systems},
    )


def small() -> Inventory:
    """One database: it stands in the room, and will stand in the pool."""
    return estate(
        system(
            "mzj-1",
            component("db", "10.14.3.12 2001:db8:14:3::12", "10.128.1.12 2001:db8:128::12"),
        )
    )


def leftovers(name: str) -> list[str]:
    """Traces of a laboratory: files, processes that carry its mark or name, mounts that any process sees."""
    folder = str(LABS / name)
    found = [folder] if (LABS / name).exists() else []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if f"QIANYUN_LAB={folder}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append(f"process {entry.name}")
            if any(f"qy-{name}-" in line for line in (entry / "mountinfo").read_text(errors="replace").splitlines()):
                found.append(f"mounts of {entry.name}")
        except OSError:
            continue
    return found
