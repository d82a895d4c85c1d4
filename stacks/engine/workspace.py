"""Where engines work: environment, the project's file, and stacks without commands that nobody needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pulumi import automation

from stacks.engine.finding import cached_programs
from stacks.engine.model import EngineFound
from stacks.engine.process import Command

__all__ = ["Stack", "Workspace", "environment_for"]


def environment_for(found: EngineFound, *, backend: str, passphrase_file: Path, home: Path) -> dict[str, str]:
    """Variables that engines get on top of this process's own.

    No network but the clouds' and the backend's is touched: no updates are looked for, no plug-in is downloaded.
    Plug-ins are looked for beside the engine, beside this Python, in the cache of `make tools`, then on PATH.
    """
    folders = [str(found.path.parent), str(Path(sys.executable).parent), str(cached_programs())]
    return {
        "PATH": os.pathsep.join([*dict.fromkeys(folders), os.environ.get("PATH", os.defpath)]),
        "PULUMI_BACKEND_URL": backend,
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase_file),
        "PULUMI_CREDENTIAL_STORE": "plaintext",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        # The settings of a stack may have been written on another machine; its state says what it was encrypted with.
        "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
        "PULUMI_HOME": str(home / "pulumi"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


class Workspace(automation.LocalWorkspace):
    """One project folder for all stacks.

    Every command names its stack, so none is selected; outputs are read from the state, which is read anyway.
    """

    def __init__(self, command: Command, folder: Path, project: str, variables: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(
            work_dir=str(folder), env_vars=variables, secrets_provider="passphrase", pulumi_command=command
        )
        self._write_project(folder / "Pulumi.yaml", project)

    @staticmethod
    def _write_project(path: Path, project: str) -> None:
        text = f"name: {project}\nruntime: python\n"
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_text(text, encoding="utf-8")
        part.replace(path)

    def select_stack(self, stack_name: str) -> None:
        """Nothing is to be selected."""

    def stack_outputs(self, stack_name: str) -> automation.OutputMap:  # noqa: ARG002  the parent's signature
        """None: see the state."""
        return {}


class Stack(automation.Stack):
    """A stack that exists already, of a `Workspace`."""

    def __init__(self, name: str, workspace: Workspace) -> None:
        self.name = name
        self.workspace = workspace  # not the parent's: it would start the program to select the stack

    def info(self, show_secrets: bool = True) -> automation.UpdateSummary:  # noqa: ARG002  the parent's signature
        """A stand-in: events tell more, and sooner, than a summary of the history."""
        now = datetime.now(UTC)
        return automation.UpdateSummary(kind="", start_time=now, message="", environment={}, config={}, result="")
