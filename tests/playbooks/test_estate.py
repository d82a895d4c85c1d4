"""The machines of an estate as a dynamic inventory of Ansible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playbooks import estate
from playbooks.estate import listing, main

SCRIPT = Path(estate.__file__)

ESTATE = """\
name: Two systems
as_of: 2021-03-01
divisions:
  - {id: sx, name: 山西省, level: province, code: "140000"}
  - {id: ty, name: 太原市, level: city, code: "140100", parent: sx}
departments:
  - {id: mzt, name: 省民政厅, division: sx}
  - {id: mzj, name: 市民政局, division: ty}
rooms:
  - {id: mzt-1, name: 机房, department: mzt, division: sx}
systems:
  - id: mzt-1
    name: A
    department: mzt
    runs_in: room:mzt-1
    components:
      - id: db
        role: database
        technology: postgresql 12
        endpoints: [{address: 10.1.0.1}]
        target_endpoints: [{address: 10.2.0.1}]
  - id: mzj-1
    name: B
    department: mzj
    components:
      - {id: web, role: web, technology: nginx}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "estate.yaml").write_text(ESTATE)
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(arguments) == 0
    return json.loads(capsys.readouterr().out)


def test_hosts_and_groups(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, str(folder), "--list")
    variables = found.pop("_meta")["hostvars"]
    assert set(variables) == {"mzt-1.db.source", "mzt-1.db.target", "mzj-1.web.source", "mzj-1.web.target"}
    assert variables["mzt-1.db.target"] == {
        "ansible_host": "10.2.0.1",
        "ansible_port": 22,
        "qianyun_object": "component:mzt-1/db",
        "qianyun_place": "",
    }
    assert "ansible_host" not in variables["mzj-1.web.source"]
    hosts = {group: set(content.get("hosts", ())) for group, content in found.items()}
    both = {"mzt-1.db.source", "mzt-1.db.target"}
    assert hosts["source"] == {"mzt-1.db.source", "mzj-1.web.source"}
    assert hosts["database"] == hosts["postgresql"] == hosts["system_mzt_1"] == hosts["department_mzt"] == both
    assert hosts["place_room_mzt_1"] == {"mzt-1.db.source"}
    assert hosts["division_140000"] == both
    assert found["division_140000"]["children"] == ["division_140100"]
    assert hosts["division_140100"] == {"mzj-1.web.source", "mzj-1.web.target"}


def test_one_host(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIANYUN_ESTATE", str(folder))
    assert answer(capsys, "--host", "mzt-1.db.source")["ansible_host"] == "10.1.0.1"
    assert answer(capsys, "--host", "nobody") == {}


def test_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main([str(tmp_path / "no")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "does not exist" in said.err
    monkeypatch.delenv("QIANYUN_ESTATE", raising=False)
    with pytest.raises(SystemExit) as end:
        main([])
    assert end.value.code == 2


def test_what_is_left_out_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "more.yaml").write_text("systems:\n  - {id: bad, name: C, department: mzt, grade: x}\n")
    assert main([str(folder)]) == 0
    said = capsys.readouterr()
    assert "1 record(s) are left out" in said.err
    assert "mzt-1.db.source" in json.loads(said.out)["_meta"]["hostvars"]


@pytest.mark.component("ansible")
def test_ansible_reads_it(folder: Path) -> None:
    """Plain ansible-inventory takes the file as it is, and says nothing against it."""
    ansible = Path(sys.executable).with_name("ansible-inventory")
    known = {**os.environ, "QIANYUN_ESTATE": str(folder), "PATH": f"{ansible.parent}:{os.environ['PATH']}"}
    command = [str(ansible), "-i", str(SCRIPT), "--list"]
    done = subprocess.run(command, env=known, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["division_140000"] == {
        "children": ["division_140100"],
        "hosts": ["mzt-1.db.source", "mzt-1.db.target"],
    }
    assert found["_meta"]["hostvars"]["mzt-1.db.source"]["ansible_host"] == "10.1.0.1"


def test_a_ring_of_divisions_ends() -> None:
    """Checks refuse it; a listing of the rest must not hang on it."""
    from inventory.estate import Estate
    from inventory.inventory import Inventory
    from inventory.kinds.systems import Component, ComponentRole, System
    from inventory.kinds.territory import Department, Division, Level

    ring = {
        "a": Division(id="a", name="A", level=Level.CITY, parent="b"),
        "b": Division(id="b", name="B", level=Level.CITY, parent="a"),
    }
    part = Component(id="x", role=ComponentRole.WEB)
    inventory = Inventory(
        estate=Estate.model_validate({"name": "x", "as_of": "2021-03-01"}),
        divisions=ring,
        departments={"d": Department(id="d", division="a")},
        systems={"s": System(id="s", name="S", department="d", components=(part,))},
    )
    assert set(listing(inventory)) >= {"division_a", "division_b"}
