"""An estate whose places are made, with an engine in memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.borders.tree import ROOT

if TYPE_CHECKING:
    from stacks.operations import Desk
    from stacks.worksite import Worksite
    from tests.stacks.made_engine import MadeEngine, MadeLooker

__all__ = ["DEPARTMENT", "SYSTEM", "ZONE", "MadeClouds", "write_places"]

EXAMPLE = ROOT / "examples" / "clouds"
DEPARTMENT = "140100-mzj"
ZONE = "zone.yun-1401-a.140100-mzj"
SYSTEM = "140100-mzj-0004"


class MadeClouds:
    """In place of engine and clouds: one engine in memory for each backend. ``engine``: that of the last command."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engines: dict[str, MadeEngine] = {}
        self.engine: MadeEngine | None = None
        self.looker: MadeLooker | None = None
        monkeypatch.setattr("stacks.worksite.open_desk", self.open)

    def open(self, worksite: Worksite, **_: Any) -> Desk:
        """As ``stacks.worksite.open_desk``."""
        from tests.stacks.made_engine import MadeEngine, MadeLooker, made_desk

        self.engine = self.engines.setdefault(worksite.backend, MadeEngine())
        self.looker = self.looker or MadeLooker()
        return made_desk(self.engine, Path(worksite.folder), self.looker)


def write_places(run: Callable[..., Any], folder: Path, *, make: bool = True) -> dict[str, str]:
    """Copies the example, plans it, gives addresses, with ``make`` makes all stacks; values for calls of commands."""
    estate, plan = folder / "placed", folder / "placed.plan.json"
    values = {"placed": str(estate), "placed-plan": str(plan)}
    if not estate.exists():
        shutil.copytree(EXAMPLE, estate)
        assert run("plan", "make", estate, "-o", plan, "--effort", "1").code == 0
        assert run("stack", "addresses", estate, plan, "--write").code == 0
        if make:
            found = json.loads(run("stack", "preview", estate, plan, "--json").out)
            assert run("stack", "up", estate, plan, "--yes", found["hash"]).code == 0
    if not make:
        return values
    return values | {
        "up-hash": json.loads(run("stack", "preview", estate, plan, "--json").out)["hash"],
        "destroy-hash": run("stack", "destroy", estate, "--system", SYSTEM).err.partition("deleted: ")[2].split()[0],
    }
