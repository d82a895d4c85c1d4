"""Where stacks are made and killed: a cloud that is a folder, or a bed (see docs/cloudbed.md)."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from stacks.engine import Engine, Program, StackState, find_engine
from tools.stack_kills.folder import TOKEN, VARIABLE, FolderCloud, plugin

__all__ = ["BedGround", "FolderGround", "Ground", "ground_of"]

PARALLEL = 3
"""Fewer at a time than there are resources: some are done, some begun, some waiting when the kill comes."""


@dataclass(frozen=True)
class Ground(ABC):
    """A cloud, and an engine with its own folder for states.

    Attributes:
        folder: states, settings and what else belongs to it.
    """

    folder: Path

    def words(self) -> dict[str, str]:
        """What ``ground_of`` makes the same ground of, in another process."""
        return {"folder": str(self.folder)}

    @abstractmethod
    def variables(self) -> Mapping[str, str]:
        """For engines and plug-ins."""

    @abstractmethod
    def program(self, stack: str, version: int) -> Program:
        """Version 0 or 1: in the other some are new, some changed, some replaced, some gone."""

    @abstractmethod
    def find(self, token: str, urn: str, inputs: Mapping[str, Any]) -> str | None:
        """As the Finder's."""

    @abstractmethod
    def faults(self, stack: str, state: StackState | None) -> list[str]:
        """What is on the cloud more than once, though the state does not know it, or not although it does."""

    def engine(self) -> Engine:
        """An engine with a state folder and a passphrase of its own."""
        passphrase = self.folder / "passphrase"
        passphrase.write_text("for tests only\n", encoding="utf-8")
        return Engine(
            find_engine(),
            backend=f"file://{self.folder}/state",
            passphrase_file=passphrase,
            home=self.folder / "home",
            variables=self.variables(),
            parallel=PARALLEL,
        )


@dataclass(frozen=True)
class FolderGround(Ground):
    """Each object is a file, made within a moment that is long enough to be killed in."""

    seconds: float = 0.8

    def variables(self) -> Mapping[str, str]:
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        self._cloud()
        if not (programs / "pulumi-resource-folder").exists():
            plugin(programs)
        return {VARIABLE: str(self.folder / "cloud")}

    def engine(self) -> Engine:
        self.variables()
        path = os.pathsep.join([str(self.folder / "bin"), os.environ.get("PATH", os.defpath)])
        os.environ["PATH"] = path
        return super().engine()

    def program(self, stack: str, version: int) -> Program:  # noqa: ARG002  the same for all
        names = [f"thing-{number}" for number in range(version * 2, 8 + version * 2)]

        def declare() -> None:
            import pulumi

            for number, name in enumerate(names):
                inputs = {"seconds": self.seconds, "text": f"{version if number % 2 else 0}"}
                if number % 3 == 0:
                    inputs["place"] = str(version)
                pulumi.CustomResource(TOKEN, name, inputs)

        return declare

    def find(self, token: str, urn: str, inputs: Mapping[str, Any]) -> str | None:
        return self._cloud().find(token, urn, inputs)

    def faults(self, stack: str, state: StackState | None) -> list[str]:
        rows = {id: row["urn"] for id, row in self._cloud().objects().items() if f"urn:pulumi:{stack}::" in row["urn"]}
        return _faults(rows, {one.id: one.urn for one in (state.made if state else ())})

    def _cloud(self) -> FolderCloud:
        cloud = self.folder / "cloud"
        cloud.mkdir(exist_ok=True)
        return FolderCloud(cloud)


@dataclass(frozen=True)
class BedGround(Ground):
    """A landing zone in an OpenStack.

    Attributes:
        bed: the running bed's folder.
    """

    bed: Path

    def words(self) -> dict[str, str]:
        return {**super().words(), "bed": str(self.bed)}

    def variables(self) -> Mapping[str, str]:
        from tools.cloudbed import Bed

        return Bed(self.bed).variables()

    def program(self, stack: str, version: int) -> Program:
        from tools.stack_kills.landing import program_of_version

        return program_of_version(stack, version)

    def find(self, token: str, urn: str, inputs: Mapping[str, Any]) -> str | None:
        found: str | None = self._finder().find(token, urn, inputs)
        return found

    def faults(self, stack: str, state: StackState | None) -> list[str]:
        from stacks.provider.marks import urn_hash
        from stacks.provider.model import Marking
        from stacks.provider.tables.kinds import KINDS

        owned = self._finder().owned(stack)
        marked = {kind.token for kind in KINDS if kind.marking is not Marking.NONE}
        known = {one.id: urn_hash(one.urn) for one in (state.made if state else ()) if one.type in marked}
        return _faults({row.id: row.urn_hash for row in owned}, known)

    def _finder(self) -> Any:
        os.environ.update(self.variables())
        return _finder_of(os.environ["OS_CLOUD"])


@cache
def _finder_of(login: str) -> Any:
    """One for all kills: each keeps its connections, and a cloud's service has only so many."""
    from stacks.provider.finding import Finder

    return Finder(login)


def ground_of(words: Mapping[str, str]) -> Ground:
    """What ``Ground.words`` says."""
    if "bed" in words:
        return BedGround(Path(words["folder"]), Path(words["bed"]))
    return FolderGround(Path(words["folder"]))


def _faults(cloud: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """Both: id -> what it was made for."""
    made = list(cloud.values())
    faults = [f"doubled: {one}" for one in sorted({one for one in made if made.count(one) > 1})]
    faults += [f"orphan: {cloud[id]}" for id in sorted(set(cloud) - set(known))]
    return faults + [f"gone: {known[id]}" for id in sorted(set(known) - set(cloud))]
