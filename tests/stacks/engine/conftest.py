"""An engine on a cloud that is a folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stacks.engine import Engine, EngineFound, Program
from tools.stack_kills.folder import TOKEN, VARIABLE, FolderCloud, plugin


@dataclass(frozen=True)
class World:
    """The engine, its backend's folder, and the cloud."""

    engine: Engine
    cloud: FolderCloud
    folder: Path
    another: Callable[..., Engine]

    def state_file(self, stack: str) -> Path:
        return self.folder / "state" / ".pulumi" / "stacks" / "qianyun" / f"{stack}.json"

    def lock_folder(self, stack: str) -> Path:
        return self.folder / "state" / ".pulumi" / "locks" / "organization" / "qianyun" / stack

    def doubled(self) -> list[str]:
        """URNs that more than one object was made for."""
        urns = [row["urn"] for row in self.cloud.objects().values()]
        return sorted({urn for urn in urns if urns.count(urn) > 1})


@pytest.fixture
def world(tmp_path: Path, engine: EngineFound, passphrase: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A new one; ``another(...)`` makes engines on the same backend with other settings."""
    for name in ("bin", "cloud"):
        (tmp_path / name).mkdir()
    plugin(tmp_path / "bin")
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]))
    variables = {VARIABLE: str(tmp_path / "cloud")}

    def another(**other: Any) -> Engine:
        settings: dict[str, Any] = {
            "backend": f"file://{tmp_path}/state",
            "passphrase_file": passphrase,
            "home": tmp_path / "home",
            "variables": variables,
        }
        return Engine(engine, **{**settings, **other})

    return World(another(), FolderCloud(tmp_path / "cloud"), tmp_path, another)


def things(*names: str, version: str = "", **inputs: Any) -> Program:
    """A program that declares one object for each name; a function as input is called with the name."""

    def program() -> None:
        import pulumi

        for name in names:
            own = {key: value(name) if callable(value) else value for key, value in inputs.items()}
            pulumi.CustomResource(TOKEN, name, own, pulumi.ResourceOptions(version=version or None))

    return program
