"""An estate whose places are made, with an engine in memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.borders.tree import ROOT

if TYPE_CHECKING:
    from stacks.operations import Desk
    from stacks.worksite import Worksite
    from tests.stacks.made_engine import MadeEngine, MadeLooker
    from tests.ui.commands import Ran, Runner

__all__ = ["DEPARTMENT", "STACK", "SYSTEM", "ZONE", "MadeClouds", "Places", "write_places"]

EXAMPLE = ROOT / "examples" / "clouds"
DEPARTMENT = "140100-mzj"
ZONE = "zone.yun-1401-a.140100-mzj"
SYSTEM = "140100-mzj-0004"
STACK = f"system.{SYSTEM}"


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


@dataclass
class Places:
    """The example with its addresses, nothing made yet unless ``up`` was called."""

    run: Runner
    clouds: MadeClouds
    estate: Path
    plan: Path

    def __call__(self, name: str, *more: str) -> Ran:
        with_plan = [] if name in ("drift", "refresh", "outputs", "destroy", "recover", "unlock") else [str(self.plan)]
        return self.run("stack", name, self.estate, *with_plan, *more)

    def answer(self, name: str, *more: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self(name, *more, "--json").out)
        return found

    def up(self, *more: str) -> Ran:
        return self("up", *more, "--yes", self.answer("preview", *more)["hash"])

    @property
    def engine(self) -> MadeEngine:
        assert self.clouds.engine is not None
        return self.clouds.engine

    @property
    def looker(self) -> MadeLooker:
        assert self.clouds.looker is not None
        return self.clouds.looker

    def made(self, stack: str = STACK) -> list[str]:
        state = self.engine.kept.get(stack)
        return [] if state is None else sorted(one.name for one in state.made)
