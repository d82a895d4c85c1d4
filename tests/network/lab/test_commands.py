"""``qianyun lab`` as a person uses it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inventory.dump import write_estate_settings, write_yaml
from inventory.kinds import KINDS
from network.lab import Lab
from tests.network.lab.estates import SOURCE, TARGET, leftovers, small
from tests.ui.commands import SCRIPT, Ran
from ui.app import run
from ui.commands.lab import _name_of
from ui.texts import set_language


def child(*words: str | Path, code: int = 0) -> Ran:
    """In a process of its own: ``exec`` puts the command in its place."""
    argv = [*SCRIPT, *map(str, words)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == code, done.stdout + done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


class Qianyun:
    """Runs commands in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture

    def __call__(self, *words: str | Path, code: int = 0) -> Ran:
        self.capture.readouterr()
        ended = run([str(word) for word in words])
        captured = self.capture.readouterr()
        assert ended == code, captured
        return Ran(ended, captured.out, captured.err)


@pytest.fixture
def qianyun(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Qianyun]:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("QIANYUN_CACHE_DIR", str(tmp_path / "cache"))
    yield Qianyun(capsys)
    set_language("en")


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    known = small()
    folder = tmp_path / "estate"
    folder.mkdir()
    write_estate_settings(folder, known.estate)
    records = {kind: list(known.of(kind).values()) for kind in KINDS if known.of(kind)}
    write_yaml(folder / "records.yaml", records)
    (folder / "rest.yaml").write_text(
        "divisions: [{id: '140100', name: 太原市, level: city}]\n"
        "departments: [{id: mzj, name: 民政局, division: '140100'}]\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def name(lab_name: Callable[[str], str]) -> Iterator[str]:
    chosen = lab_name("cli")
    yield chosen
    if chosen in Lab.names():
        Lab.open(chosen).down()


@pytest.mark.component("namespaces")
@pytest.mark.component("sshd")
@pytest.mark.component("bind")
def test_up_and_down(qianyun: Qianyun, estate: Path, name: str) -> None:
    answer = json.loads(qianyun("lab", "up", estate, "--name", name, "--only", "mzj-1.db.source", "--json").out)
    assert [host["name"] for host in answer["hosts"]] == ["backbone", "dns", "client", "ops", SOURCE]
    assert (answer["format"], answer["quarantined"], answer["name"]) == (1, 0, name)
    argv = ["ssh", "-F", answer["files"]["ssh_config"], SOURCE, "hostname"]
    assert subprocess.run(argv, capture_output=True, text=True, check=False).stdout == f"{SOURCE}\n"
    assert "already there" in qianyun("lab", "up", estate, "--name", name, code=2).err
    assert name in qianyun("lab", "list").out
    assert qianyun("lab", "down", name).err == f"laboratory {name} is down\n"
    assert leftovers(name) == []
    assert f"no laboratory '{name}'" in qianyun("lab", "down", name, code=2).err


def test_exec_passes_through(qianyun: Qianyun, lab: Lab) -> None:
    done = child("lab", "exec", lab.name, TARGET, "--", "sh", "-c", "hostname; echo bad >&2; exit 3", code=3)
    assert (done.out, done.err) == (f"{TARGET}\n", "bad\n")
    answer = json.loads(qianyun("lab", "exec", "--json", lab.name, TARGET, "--", "false", code=1).out)
    assert answer == {"format": 1, "host": TARGET, "status": 1, "stdout": "", "stderr": ""}
    words = ("lab", "exec", "--machine-files", lab.name, "ops", "--", "cat", "/etc/resolv.conf")
    assert "nameserver 198.18.0.53" in child(*words).out
    assert f"nearest: {SOURCE}" in qianyun("lab", "exec", lab.name, "mzj-1.db.sourc", "--", "true", code=2).err


def test_show(qianyun: Qianyun, lab: Lab) -> None:
    shown = qianyun("lab", "show", lab.name, "--lang", "zh").out
    assert "room:mzj-jf" in shown
    assert "10.128.1.12 2001:db8:128::12" in shown
    assert str(lab.ssh_config) in shown
    labs = json.loads(qianyun("lab", "list", "--json").out)["labs"]
    assert {"name": lab.name, "estate": "estate", "ready": True, "hosts": 6} in labs


@pytest.mark.component("ordinary-user")
@pytest.mark.parametrize("words", [("list",), ("down", "--all"), ("show", "a"), ("exec", "a", "b", "--", "true")])
def test_an_ordinary_user_is_told(qianyun: Qianyun, words: tuple[str, ...]) -> None:
    assert "need root" in qianyun("lab", *words, code=2).err


@pytest.mark.parametrize("words", [(), ("a", "--all")])
def test_down_wants_one_or_all(qianyun: Qianyun, words: tuple[str, ...]) -> None:
    assert "name one laboratory, or say --all" in qianyun("lab", "down", *words, code=2).err


@pytest.mark.parametrize(
    ("folder", "name"), [("examples/lab", "lab"), ("民政 Estate_2", "estate-2"), ("民政", "lab"), ("a" * 40, "a" * 32)]
)
def test_a_laboratory_is_named_after_its_estate(folder: str, name: str) -> None:
    assert _name_of(Path(folder)) == name
