"""A run on the real engine and a real OpenStack: two systems that stand in one landing zone, made and taken back."""

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

import pytest
import yaml

from inventory.dump import to_plain
from inventory.load import load_estate
from migration.runbook.read import read_runbook, write_runbook
from stacks.engine import EngineFound
from stacks.journal import Action, Event, Journal
from tests.borders.tree import ROOT
from tests.stacks.design.made import EXAMPLE
from tools.cloudbed import Bed
from tools.cloudbed.clearing import left

WEB, APP = "140100-mzj-0004", "140100-mzj-0001"
ZONE = "zone.yun-1401-a.140100-mzj"
STACKS = {ZONE, f"system.{APP}", f"system.{WEB}"}
SPARE = 8443
"""A port of the web server that the plan gives no address."""


@dataclass(frozen=True)
class Work:
    """The example with two of its systems, planned, and the command line."""

    folder: Path
    variables: Mapping[str, str]

    @property
    def estate(self) -> Path:
        return self.folder / "estate"

    @property
    def plan(self) -> Path:
        return self.folder / "plan.json"

    def __call__(self, *words: str | Path, code: int = 0) -> str:
        """What a command says that ends with a code."""
        command = [sys.executable, str(ROOT / "cli.py"), *map(str, words)]
        done = subprocess.run(command, env=dict(self.variables), capture_output=True, text=True, check=False)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def answer(self, *words: str | Path, code: int = 0) -> dict[str, Any]:
        """The same in JSON."""
        found: dict[str, Any] = json.loads(self(*words, "--json", code=code))
        return found

    def made(self) -> dict[str, int]:
        """Stack -> resources, of those that are there."""
        rows = self.answer("stack", "list", self.estate, self.plan)["stacks"]
        return {row["stack"]: row["resources"] for row in rows if row["resources"]}

    def ends(self, system: str) -> list[dict[str, Any]]:
        """Where the estate has a system's only component after its move."""
        (part,) = load_estate(self.estate, cache=False).inventory.systems[system].components
        return [to_plain(end) for end in part.target_endpoints]


@pytest.fixture
def work(tmp_path: Path, engine: EngineFound, fresh_bed: Bed) -> Work:
    assert engine.version
    own = {"LANG": "C.UTF-8", "QIANYUN_CACHE_DIR": str(tmp_path / "cache")}
    variables = {**os.environ, **fresh_bed.variables(), **own}
    work = Work(tmp_path, variables)
    shutil.copytree(EXAMPLE, work.estate)
    _shorten(work.estate)
    work("plan", "make", work.estate, "-o", work.plan, "--effort", "1")
    work("stack", "addresses", work.estate, work.plan, "--write")
    _plan_one_more_port(work.estate)
    return work


def _shorten(estate: Path) -> None:
    """Two systems without disks; no router, no names, no rules for all: what they add is proven elsewhere."""
    path = estate / "systems.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["systems"] = [row for row in content["systems"] if row["id"] in {WEB, APP}]
    for system in content["systems"]:
        for part in system["components"]:
            part["storage_gib"] = 0
    content["dependencies"] = [row for row in content["dependencies"] if row["from"].startswith(WEB)]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    path = estate / "estate.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    stacks = content["settings"]["stacks"]
    for name in ("baseline", "protected"):
        del stacks[name]
    for name in ("external_network", "dns_zone", "dns_mail", "dns_servers"):
        del stacks["clouds"][0][name]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _plan_one_more_port(estate: Path) -> None:
    """Its address is known when the machine is: that is for the run to put on record."""
    path = estate / "state" / "stack-addresses.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    (entry,) = [row for row in content["entries"] if row["object"] == f"component:{WEB}/web"]
    entry["set"]["target_endpoints"].append({"port": SPARE})
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _runbook(work: Work) -> Path:
    """The preparation of both systems, of which only their places: people and hosts are there in no test."""
    path = work.folder / "runbook.yaml"
    items = f"system/{WEB}/prepare system/{APP}/prepare"
    work("runbook", "make", work.estate, work.plan, "--items", items, "-o", path)
    whole = read_runbook(path)
    places = [
        item.model_copy(
            update={
                "groups": tuple(group for group in item.groups if group.id == "place"),
                "after": (),
                "canary": False,
                "parameters": {},
            }
        )
        for item in whole.items
    ]
    write_runbook(path, whole.model_copy(update={"items": tuple(places), "hosts": ()}))
    return path


def test_places_are_made_by_a_run_and_taken_back(work: Work, fresh_bed: Bed) -> None:
    runbook = _runbook(work)
    before = work.ends(WEB)
    assert [end.get("address") for end in before] == ["10.128.0.11", None]

    rehearsed = work.answer("run", "start", work.estate, work.plan, runbook, "--rehearse")
    assert [step["status"] for step in rehearsed["steps"]] == ["succeeded"] * 4
    assert left(fresh_bed.layout) == []

    run = work.answer("run", "start", work.estate, work.plan, runbook, "--yes")["run"]
    _is_made(work, run, fresh_bed)

    work("run", "rollback", run, "--reason", "test", "--store", work.estate)
    ended = work.answer("run", "watch", run, "--work", "--store", work.estate, code=1)
    assert ended["counts"] == {"rolled_back": 2}
    assert (work.made(), left(fresh_bed.layout)) == ({}, [])
    assert work.ends(WEB) == before


def _is_made(work: Work, run: str, bed: Bed) -> None:
    """One landing zone for both, by whichever came first; machines at the addresses that the estate now has."""
    status = work.answer("run", "status", run, "--items", "--store", work.estate)
    steps = {(item["item"], step["step"]): step for item in status["items"] for step in item["steps"]}
    assert {step["status"] for step in steps.values()} == {"succeeded"}
    assert sorted(step["adopted"] for (_, name), step in steps.items() if name == "zone") == [False, True]
    journal = Journal(work.estate / ".qianyun" / "stacks")
    begun = [one.stack for one in journal.entries() if (one.action, one.event) == (Action.UP, Event.BEGIN)]
    assert sorted(begun) == sorted(STACKS)
    assert set(work.made()) == STACKS

    address = {"address": "10.128.0.11", "address_v6": "3fff:144:100:0:10:128:0:11"}
    first = {"name": "yanglao.mzj.ty.sx.cegn", "port": 443, **address}
    assert work.ends(WEB) == [first, {"port": SPARE, **address}]
    cloud = bed.connection()
    servers = {server.name: server for server in cloud.compute.servers(all_projects=True)}
    assert {name: server.status for name, server in servers.items()} == {f"{WEB}-web": "ACTIVE", f"{APP}-app": "ACTIVE"}
    for system, component in ((WEB, "web"), (APP, "app")):
        (port,) = cloud.network.ports(device_id=servers[f"{system}-{component}"].id)
        known = [work.ends(system)[0][name] for name in ("address", "address_v6")]
        assert sorted(entry["ip_address"] for entry in port.fixed_ips) == sorted(known)
