"""The example estate, standing: a landing zone and its five systems on the bed, made once for many looks at them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inventory.load import load_estate
from migration.plan_file import write_plan
from stacks.components import program_of
from stacks.design.addresses import assign_addresses
from stacks.design.designs import Designs, designs_of
from stacks.design.model import StackDesign, SystemOutputs, ZoneOutputs
from stacks.engine import Engine, EngineFound, StackPreview, StackState, each
from stacks.policy import check_designs, check_preview
from tests.borders.tree import ROOT
from tests.stacks.design.made import EXAMPLE, plan_of_example
from tools.cloudbed import Bed
from tools.cloudbed.content import identity_of

__all__ = ["ZONE", "Site", "Standing"]

ZONE = "yun-1401-a.140100-mzj"


@dataclass(frozen=True)
class Site:
    """The example's designs, an engine that reaches the bed, and the command line beside it on the same stacks."""

    bed: Bed
    engine: Engine
    designs: Designs
    folder: Path

    @classmethod
    def on(cls, bed: Bed, found: EngineFound, folder: Path) -> Site:
        """On an empty bed, with all files in a folder."""
        inventory = load_estate(EXAMPLE, cache=False).inventory
        plan = plan_of_example(inventory)
        shutil.copytree(EXAMPLE, folder / "estate")
        write_plan(folder / "plan.json", plan)
        passphrase = folder / "passphrase"
        passphrase.write_text("correct horse\n", encoding="utf-8")
        (folder / "state").mkdir()
        engine = Engine(
            found,
            backend=f"file://{folder}/state",
            passphrase_file=passphrase,
            home=folder / "home",
            variables=bed.variables(),
        )
        return cls(bed, engine, designs_of(assign_addresses(inventory, plan).into(inventory), plan), folder)

    def preview(self, design: StackDesign, zone: ZoneOutputs | None, *, refresh: bool = False) -> StackPreview:
        """What making a stack would do now."""
        return self.engine.preview(design.stack, program_of(design, zone), refresh=refresh)

    def up(self, design: StackDesign, zone: ZoneOutputs | None = None) -> dict[str, object]:
        """Outputs of a stack once it is made."""
        return dict(self.engine.up(design.stack, program_of(design, zone)).outputs)

    def with_zone(self) -> ZoneOutputs:
        """The landing zone, made."""
        return ZoneOutputs.model_validate(self.up(self.designs.zone(ZONE)))

    def command(self, *words: str, code: int = 0) -> dict[str, Any]:
        """The answer of ``qianyun stack WORD ESTATE PLAN WORDS --json`` that ends with a code."""
        first, *rest = words
        kept = () if first == "addresses" else ("--backend", self.engine.backend)
        own = {
            "LANG": "C.UTF-8",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.folder / "passphrase"),
            "QIANYUN_CACHE_DIR": str(self.folder / "cache"),
        }
        done = subprocess.run(
            [
                *(sys.executable, str(ROOT / "cli.py"), "stack", first),
                *(str(self.folder / "estate"), str(self.folder / "plan.json")),
                *(*rest, *kept, "--json"),
            ],
            env={**os.environ, **self.bed.variables(), **own},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def projects(self) -> set[str]:
        """Names of all projects of the cloud."""
        return {project.name for project in identity_of(self.bed.connection()).projects()}


@dataclass(frozen=True)
class Standing:
    """A site on which all of the example stands.

    Attributes:
        projects: of the cloud before anything was made.
        systems: outputs by stack.
        findings: of the checks before each of them was made.
    """

    site: Site
    projects: frozenset[str]
    zone: ZoneOutputs
    systems: Mapping[str, SystemOutputs]
    findings: tuple[object, ...]

    @classmethod
    def made_on(cls, site: Site) -> Standing:
        """Makes the landing zone, then the systems, two at a time."""
        designs, projects = site.designs, frozenset(site.projects())
        findings: list[object] = [*check_designs(designs, designs.all())]
        zone = site.with_zone()

        def make(name: str) -> SystemOutputs:
            findings.extend(check_preview(designs.get(name), site.preview(designs.get(name), zone)))
            return SystemOutputs.model_validate(site.up(designs.get(name), zone))

        made: dict[str, SystemOutputs] = {}
        for outcome in each(designs.names[1:], make, limit=2):
            if outcome.error is not None:
                raise outcome.error
            assert outcome.result is not None
            made[outcome.stack] = outcome.result
        return cls(site, projects, zone, made, tuple(findings))

    def state(self, stack: str) -> StackState:
        """What the engine knows of a stack."""
        found = self.site.engine.state(stack)
        assert found is not None
        return found
