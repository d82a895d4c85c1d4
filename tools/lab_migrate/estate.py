"""The estate of a lab run: a copy of examples/lab, dated so that its plan's change windows are open today."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from inventory.dump import write_estate_settings
from inventory.inventory import Inventory
from inventory.load import load_estate
from migration.runbook.hosts import family_of, host_name

__all__ = ["DAYS_BEFORE", "EXAMPLE", "Part", "System", "china_today", "dated_copy", "systems_of"]

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "lab"
DAYS_BEFORE = 6
"""Days from the estate's day to the run: by then its plan has come to the last system's decommissioning, and the
windows of both cutovers, seven days long, are open and will be for another day."""


@dataclass(frozen=True)
class Part:
    """A component on its two machines. Names of hosts are those of runbooks; ``port``: of its service."""

    id: str
    source: str
    target: str
    source_address: str
    target_address: str
    name: str
    port: int


@dataclass(frozen=True)
class System:
    """A system of the lab. ``make``: postgresql or mariadb."""

    id: str
    make: str
    web: Part
    database: Part
    files: Part

    @property
    def url(self) -> str:
        """Where its users reach it."""
        return f"http://{self.web.name}:{self.web.port}"

    @property
    def parts(self) -> tuple[Part, ...]:
        """All three."""
        return self.web, self.database, self.files


def china_today() -> dt.date:
    """The day that windows count on."""
    return dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()


def dated_copy(folder: Path, today: dt.date, example: Path = EXAMPLE) -> Path:
    """Copy the example into ``folder`` (which is replaced), as of ``DAYS_BEFORE`` days before ``today``."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(example, folder)
    estate = load_estate(folder, cache=False).inventory.estate
    as_of = today - dt.timedelta(days=DAYS_BEFORE)
    write_estate_settings(folder, estate.model_copy(update={"as_of": as_of}))
    return folder


def systems_of(inventory: Inventory) -> dict[str, System]:
    """Make of the database -> system."""
    found = {}
    for id, record in inventory.systems.items():
        by_role = {part.role.value: part for part in record.components}
        parts = {}
        for role, part in by_role.items():
            (source,), (target,) = part.endpoints, part.target_endpoints
            assert source.address
            assert target.address
            assert source.port
            parts[role] = Part(
                id=part.id,
                source=host_name(id, part.id, "source"),
                target=host_name(id, part.id, "target"),
                source_address=str(source.address),
                target_address=str(target.address),
                name=source.name,
                port=source.port,
            )
        make = family_of(by_role["database"].technology, by_role["database"].role)
        found[make] = System(id=id, make=make, web=parts["web"], database=parts["database"], files=parts["file"])
    return found
