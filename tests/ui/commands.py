"""All commands, found by walking from the root, and one good call of each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from tests.borders.tree import ROOT
from tests.ui.made_rooms import write_rooms
from tests.ui.made_runs import copy_runs, write_small_runbook
from tests.ui.made_stacks import MadeClouds, write_places
from tests.ui.stack_forms import write_form_estate, write_request_and_form
from ui.app import root, run
from ui.texts import set_language

SAYABLE = ROOT / "tests" / "data" / "sayable"
HAVE = "prefix,purpose\n2001:db8:77::/48,users\n"
ROUTERS = """\
devices: [{id: core, division: "140000", level: province, role: core, platform: frr}]
divisions: [{id: "140000", code: "140000", level: province}]
"""
LEDGER = "系统名称,所属部门,系统类型\n社会救助系统,省民政厅,业务系统\n"
COUNTERS = "line,time,in_octets,out_octets\nmz-zx-1,2021-03-01 00:00:00,10,20\nmz-zx-1,2021-03-01 00:05:00,30,40\n"
FLOWS = "source,target,port,bytes,first,last\n203.0.113.9,10.14.0.8,443,1000000,2021-02-01,2021-02-20\n"

# Good arguments of every command; {estate} is an estate, {into} a copy that may be changed, {bare} one without devices,
# {formed} one whose cloud is asked by form, {form} a filled form; {roomed} one with rooms; {out} a folder to write to.
# A command that is not here fails a test.
CALLS: dict[str, list[str]] = {
    "inventory check": ["{estate}"],
    "inventory stats": ["{estate}"],
    "inventory show": ["{estate}", "system:tysf"],
    "inventory find": ["{estate}", "kind:system"],
    "inventory export": ["{estate}", "-o", "{out}/estate.json"],
    "ledger import": ["{ledger}", "--into", "{into}", "--dry-run"],
    "flows import": ["{flows}", "--into", "{into}", "--dry-run"],
    "flows confirm": ["{observed}", "kind:dependency"],
    "flows reject": ["{observed}", "kind:dependency"],
    "graph impact": ["{estate}", "system:tysf"],
    "graph path": ["{estate}", "system:mz-hydj", "system:tysf"],
    "graph groups": ["{estate}"],
    "graph platforms": ["{estate}"],
    "graph islands": ["{estate}"],
    "graph export": ["{estate}", "-o", "{out}/graph.json"],
    "plan make": ["{estate}", "-o", "{out}/plan.json", "--effort", "1"],
    "plan check": ["{estate}", "{plan}"],
    "plan show": ["{plan}"],
    "plan diff": ["{plan}", "{plan}"],
    "plan rebase": ["{estate}", "{plan}", "-o", "{out}/rebased.json"],
    "plan deadlines": ["{estate}", "{plan}"],
    "plan why": ["{estate}", "{plan}", "tysf"],
    "plan why-not": ["{estate}", "{plan}", "tysf", "2021-W30"],
    "plan export": ["{plan}", "--html", "{out}/plan.html"],
    "plan connections": ["{estate}", "{plan}"],
    "runbook make": ["{estate}", "{plan}", "--items", "track:system", "-o", "{out}/made.yaml"],
    "runbook show": ["{small-runbook}"],
    "runbook lint": ["{small-runbook}"],
    "runbook diff": ["{small-runbook}", "{small-runbook}"],
    "run start": ["{estate}", "{plan}", "{small-runbook}", "--store", "{started}", "--yes"],
    "run list": ["--store", "{runs}"],
    "run status": ["done", "--items", "--store", "{runs}"],
    "run watch": ["done-1", "--store", "{runs}"],
    "run events": ["done-1", "--store", "{runs}"],
    "run workers": ["--store", "{runs}"],
    "run approve": ["open", "go", "--key", "{key}", "--store", "{runs}"],
    "run reject": ["open", "go", "--reason", "not now", "--store", "{runs}"],
    "run pause": ["open", "--store", "{runs}"],
    "run resume": ["open", "--store", "{runs}"],
    "run cancel": ["open", "--reason", "not now", "--store", "{runs}"],
    "run retry": ["stuck", "system/stuck/cutover", "--store", "{runs}"],
    "run skip": ["stuck", "system:stuck", "--reason", "done by hand", "--store", "{runs}"],
    "run rollback": ["done", "--reason", "wrong figures", "--store", "{runs}"],
    "worker": ["--until", "done", "--store", "{runs}"],
    "state pull": ["{estate}", "--store", "{runs}"],
    "stack request": ["{formed}", "{formed-plan}", "--out", "{out}/forms"],
    "stack deliver": ["{formed}", "{form}", "--dry-run"],
    "stack addresses": ["{placed}", "{placed-plan}"],
    "stack list": ["{placed}", "{placed-plan}"],
    "stack preview": ["{placed}", "{placed-plan}"],
    "stack up": ["{placed}", "{placed-plan}", "--yes", "{up-hash}"],
    "stack refresh": ["{placed}"],
    "stack drift": ["{placed}"],
    "stack import": ["{placed}", "{placed-plan}", "network=n-1", "--stack", "zone.yun-1401-a.140100-mzj"],
    "stack outputs": ["{placed}", "--system", "140100-mzj-0004"],
    "stack destroy": ["{placed}", "--system", "140100-mzj-0004", "--yes", "{destroy-hash}"],
    "stack recover": ["{placed}"],
    "stack unlock": ["{placed}", "--system", "140100-mzj-0004"],
    "net preview": ["{bare}", "--stage", "addressed"],
    "net push": ["{bare}", "--stage", "addressed"],
    "net verify": ["{bare}", "--stage", "addressed"],
    "net rollback": ["{bare}"],
    "net backup": ["{bare}", "-o", "{out}/configurations"],
    "net recover": ["{bare}"],
    "net platforms": [],
    "ipv6 plan": ["{estate}"],
    "ipv6 show": ["{estate}"],
    "ipv6 check": ["{estate}"],
    "ipv6 export": ["{estate}", "--csv", "{out}/prefixes.csv"],
    "ipv6 import": ["{have}", "--into", "{into}", "--dry-run"],
    "ipv6 status": ["{estate}"],
    "ipv6 next": ["{estate}"],
    "ipv6 lint": ["{routers}", "{routers}/core.conf"],
    "lines plan": ["{estate}", "--write", "{out}/lines.json"],
    "lines show": ["{estate}", "mz-zx-1"],
    "lines why": ["{estate}", "mz-zx-1"],
    "lines evidence import": ["{counters}", "--estate", "{into}"],
    "lines evidence show": ["{estate}"],
    "lines evidence check": ["{estate}"],
    "lines evidence read": ["{bare}"],
    "lines savings": ["{estate}", "--plan", "{plan}"],
    "rooms show": ["{roomed}"],
    "rooms transfer": ["{roomed}", "--to", "dsjj", "--output", "{out}/lists"],
    "rooms colocate": ["{roomed}"],
    "systems retire-candidates": ["{estate}"],
    "systems generic": ["{estate}"],
    "lab up": ["{estate}"],
    "lab down": ["trial"],
    "lab list": [],
    "lab show": ["trial"],
    "lab exec": ["trial", "client", "true"],
    "example make": ["{out}/made", "--like", "kaifeng", "--systems", "5"],
    "schema": ["system"],
    "doctor": [],
}


def walk(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """(words, command) of everything below a group, groups themselves included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        words = f"{path} {name}".strip()
        yield words, found
        if isinstance(found, click.Group):
            yield from walk(found, words)


ALL = dict(walk(root))
COMMANDS = {words: found for words, found in ALL.items() if not isinstance(found, click.Group)}
LABS = {words for words in COMMANDS if words.startswith("lab ")}
"""Only root may; tests/network/lab calls them."""
ANYWHERE = [words for words in COMMANDS if words not in LABS]
READ_AN_ESTATE = [words for words in ANYWHERE if {"{estate}", "{into}", "{observed}"} & set(CALLS.get(words, []))]


def write_routers(folder: Path) -> None:
    """An estate of one router, and its configuration beside it."""
    folder.mkdir(exist_ok=True)
    (folder / "estate.yaml").write_text("name: x\nas_of: '2021-01-01'\n", encoding="utf-8")
    (folder / "network.yaml").write_text(ROUTERS, encoding="utf-8")
    (folder / "core.conf").write_text("hostname core\n", encoding="utf-8")


@dataclass(frozen=True)
class Ran:
    """What a command did: exit code and what it wrote."""

    code: int
    out: str
    err: str


class Runner:
    """Runs commands in this process, with prepared files for the places in CALLS."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capture = capture

    def __call__(self, *arguments: str | Path) -> Ran:
        self.capture.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = self.capture.readouterr()
        return Ran(code, captured.out, captured.err)

    def call(self, words: str, **instead: str | Path) -> list[str]:
        """The good call of a command, with other values for some of its places."""
        values = self._values(words) | {name: str(value) for name, value in instead.items()}
        return [*words.split(), *(argument.format(**values) for argument in CALLS[words])]

    def _values(self, words: str) -> dict[str, str]:
        needed = " ".join(CALLS[words])
        values = {"estate": str(SAYABLE), "out": str(self.folder)}
        for name, content in (("ledger", LEDGER), ("flows", FLOWS), ("have", HAVE), ("counters", COUNTERS)):
            values[name] = str(self.folder / f"{name}.csv")
            (self.folder / f"{name}.csv").write_text(content, encoding="utf-8")
        for name in ("into", "observed"):
            values[name] = str(self.folder / name)
            if f"{{{name}}}" in needed and not (self.folder / name).exists():
                shutil.copytree(SAYABLE, self.folder / name)
        values["bare"] = str(self.folder / "bare")
        if "{bare}" in needed and not (self.folder / "bare").exists():
            (self.folder / "bare").mkdir()
            (self.folder / "bare" / "estate.yaml").write_text("name: bare\nas_of: 2021-04-05\n", encoding="utf-8")
        if "{observed}" in needed:
            assert self("flows", "import", values["flows"], "--into", values["observed"]).code == 0
        values |= {"runs": str(self.folder / "runs.db"), "key": str(self.folder / "key")}
        values["routers"] = str(self.folder / "routers")
        if "{routers}" in needed:
            write_routers(self.folder / "routers")
        values["roomed"] = str(self.folder / "roomed")
        if "{roomed}" in needed and not (self.folder / "roomed").exists():
            write_rooms(self.folder / "roomed")
        values["started"] = str(self.folder / "started.db")
        if "{runs}" in needed:
            copy_runs(self.folder)
        if "{placed}" in needed:
            values |= write_places(self, self.folder)
        values |= {"formed": str(self.folder / "formed"), "form": str(self.folder / "form.xlsx")}
        values["formed-plan"] = str(self.folder / "formed.plan.json")
        if "{formed}" in needed and not (self.folder / "formed").exists():
            write_form_estate(self.folder)
            write_request_and_form(self.folder / "formed", self.folder / "form.xlsx")
        values["small-runbook"] = str(self.folder / "small.yaml")
        values["plan"] = str(self.folder / "made.plan.json")
        if "{plan}" in needed:
            assert self("plan", "make", SAYABLE, "-o", values["plan"], "--effort", "1").code in (0, 3)
        if "{small-runbook}" in needed:
            of_plan = Path(values["plan"]) if "{plan}" in needed else None
            write_small_runbook(self.folder / "small.yaml", SAYABLE, of_plan)
        return values


@pytest.fixture
def runner(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    for name in ("LC_ALL", "LC_MESSAGES", "QIANYUN_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("QIANYUN_CACHE_DIR", str(tmp_path / "cache"))
    MadeClouds(monkeypatch)
    yield Runner(tmp_path, capsys)
    set_language("en")


SCRIPT = [sys.executable, str(ROOT / "cli.py")]
"""How a child process runs the command from the tree."""
