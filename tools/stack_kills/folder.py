"""A cloud that is a folder, with a plug-in for the engine: each object is a file, made slowly, failing when told to.

Token ``folder:cloud:Thing``. Inputs: ``text`` and ``tags`` (changed in place), ``place`` (another one: a replacement),
``secret`` (encrypted in states), ``seconds`` (how long making takes), ``refused`` (why it is not made) and ``broken``
(why it is made and does not work). An object carries the URN that it was made for, as the clouds' objects do.
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stacks.provider.model import Difference, Failure, Found, Made, PartialError

TOKEN = "folder:cloud:Thing"  # noqa: S105  a type of Pulumi's
VARIABLE = "FOLDER_CLOUD"


class FolderCloud:
    """The objects of a folder; the Finder of these tests, too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def objects(self) -> dict[str, dict[str, Any]]:
        """Id -> what is in its file."""
        return {path.stem: json.loads(path.read_text()) for path in sorted(self.folder.glob("*.json"))}

    def find(self, _token: str, urn: str, _inputs: Mapping[str, Any]) -> str | None:
        """As the Finder of a real cloud."""
        return next((id for id, row in self.objects().items() if row["urn"] == urn), None)

    def write(self, id: str, urn: str, inputs: Mapping[str, Any]) -> None:
        """Make an object or change it, in one step."""
        part = self.folder / f".{id}"
        part.write_text(json.dumps({"urn": urn, "inputs": dict(inputs)}))
        part.rename(self.folder / f"{id}.json")

    def remove(self, id: str) -> None:
        """Remove an object; no matter if it is not there."""
        (self.folder / f"{id}.json").unlink(missing_ok=True)


class FolderBackend:
    """What the engine asks of the folder: stacks.provider.model.Backend."""

    # ruff: noqa: ARG002

    def __init__(self, cloud: FolderCloud) -> None:
        self.cloud = cloud

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Nothing is set."""

    def check(self, token: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> list[Failure]:
        return [Failure("text", "may not be 'bad'")] if inputs.get("text") == "bad" else []

    def secrets(self, token: str) -> frozenset[str]:
        return frozenset({"secret"})

    def diff(
        self, token: str, old: Mapping[str, Any], outputs: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Difference:
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return Difference({name: name == "place" for name in changed})

    def create(self, token: str, urn: str, inputs: Mapping[str, Any], seconds: float) -> Made:
        if inputs.get("refused"):
            raise RuntimeError(inputs["refused"])
        time.sleep(inputs.get("seconds", 0) / 2)
        id = uuid.uuid4().hex
        self.cloud.write(id, urn, inputs)
        time.sleep(inputs.get("seconds", 0) / 2)
        if inputs.get("broken"):
            raise PartialError(id, {"status": "BROKEN"}, inputs["broken"])
        return Made(id, {"status": "FINE"})

    def read(self, token: str, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        row = self.cloud.objects().get(id)
        return Found(id, row["inputs"], {"status": "FINE"}) if row else None

    def update(self, token: str, urn: str, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        time.sleep(inputs.get("seconds", 0))
        self.cloud.write(old.id, urn, inputs)
        return {"status": "FINE"}

    def delete(self, token: str, old: Found, seconds: float) -> None:
        time.sleep(old.inputs.get("seconds", 0))
        self.cloud.remove(old.id)

    def explain(self, error: Exception) -> str:
        return str(error)

    def cancel(self) -> None:
        """What has begun is ended."""


def plugin(folder: Path) -> Path:
    """A program for PATH that serves this cloud; its objects are in the folder that the variable names."""
    program = folder / "pulumi-resource-folder"
    root = Path(__file__).resolve().parents[2]
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(root)!r})\n"
        "from tools.stack_kills.folder import serve_folder\nserve_folder()\n"
    )
    program.chmod(0o755)
    return program


def serve_folder() -> None:
    """The plug-in's process."""
    from stacks.provider.watchdog import end_with_parent
    from stacks.provider.wire import serve

    end_with_parent(os.getppid())
    server, port = serve(FolderBackend(FolderCloud(Path(os.environ[VARIABLE]))))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
