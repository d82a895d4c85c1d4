"""``qianyun doctor``: what it finds is there, what is missing is said with what to do, and nothing makes it fail."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.ui.commands import Runner
from ui.commands.doctor.looking import PARTS, look


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without programs: nothing on PATH, nothing in the cache of `make tools`."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def program(folder: Path, name: str, said: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{said}'\n")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("bare")
def test_a_bare_machine(runner: Runner) -> None:
    answer = runner("doctor", "--json")
    assert answer.code == 0
    checks = {row["name"]: row for row in json.loads(answer.out)["checks"]}
    assert not checks["pulumi"]["found"]
    assert "make tools" in checks["pulumi"]["advice"]
    assert "PATH" in checks["pulumi"]["advice"]
    assert not checks["rsync"]["found"]
    assert checks["rsync"]["advice"] == "apt-get install rsync"
    assert checks["sqlite"]["version"] == sqlite3.sqlite_version
    people = runner("doctor", "--lang", "zh")
    assert people.code == 0
    assert "缺少" in people.out


def test_an_engine_on_path(bare: Path, runner: Runner) -> None:
    path = program(bare, "pulumi", "v3.300.1")
    answer = runner("doctor", "--json")
    (engine,) = [row for row in json.loads(answer.out)["checks"] if row["name"] == "pulumi"]
    assert engine["found"]
    assert engine["version"] == "3.300.1"
    assert engine["path"] == str(path)


@pytest.mark.parametrize("said", ["v3.100.0", "nonsense"])
def test_an_engine_that_does_not_do(bare: Path, said: str) -> None:
    program(bare, "pulumi", said)
    (engine,) = [check for check in look() if check.name == "pulumi"]
    assert not engine.found
    assert engine.advice == "doctor.do.engine-old"


def test_every_part_is_shown_and_every_package_of_every_extra() -> None:
    checks = look()
    assert {check.part for check in checks} == set(PARTS)
    names = [check.name for check in checks]
    assert len(set(names)) == len(names)
    assert {"python:openstacksdk", "python:pulumi", "python:psycopg", "python:netmiko", "python:numba"} <= set(names)
    assert all(check.found or check.advice for check in checks)
