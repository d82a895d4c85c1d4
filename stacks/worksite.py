"""Where stacks are kept and how clouds are logged in to: of an estate for commands, by their settings for workers."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.base import Struct, Text, field
from inventory.errors import FileError
from inventory.files import reason_of, write_atomic
from stacks.errors import StackError
from stacks.journal import Journal
from stacks.operations import Desk

if TYPE_CHECKING:
    from migration.run.settings import WorkerSettings
    from stacks.operations import Looker

__all__ = ["PLACE", "Worksite", "estate_backend", "open_desk", "worksite_of"]

PROJECT = "qianyun"
PLACE = Path(".qianyun") / "stacks"
"""Where an estate keeps stacks by default."""
FILES = "file://"
PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105 - a variable that names a file
CLOUDS = "OS_CLIENT_CONFIG_FILE"


class Worksite(Struct):
    """Where stacks are kept.

    Paths are absolute; ``clouds`` empty: as openstacksdk looks for it.
    """

    backend: Text = field("file://FOLDER or s3://BUCKET", example="file:///srv/estate/.qianyun/stacks")
    passphrase_file: Text = field("File with the passphrase of the stacks' secrets")
    clouds: Text = field("clouds.yaml", "")
    folder: Text = field("Folder of the journal and of the engine's own files")
    project: Text = field("Name under which the engine keeps the stacks", PROJECT)


def estate_backend(estate: Path) -> str:
    """The backend in an estate's folder."""
    return f"{FILES}{(estate / PLACE).absolute()}"


def worksite_of(
    settings: WorkerSettings,
    *,
    backend: str = "",
    kept: str = "",
    project: str = "",
    estate: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Worksite:
    """Where stacks are kept: ``backend``, else as the worker's settings say, else ``kept`` (what settings.stacks of the
    estate says), else in the folder of the ``estate``.

    StackError ``stack-no-backend``, ``stack-no-passphrase``; FileError for a passphrase file that is not there.
    """
    chosen = backend or settings.stack_backend or kept or (estate_backend(estate) if estate is not None else "")
    if not chosen:
        raise StackError("stack-no-backend")
    if chosen.startswith(FILES):
        local = (estate or Path()) / chosen.removeprefix(FILES)
        chosen = f"{FILES}{local.absolute()}"
    else:
        local = None
    folder = Path(settings.stack_folder) if settings.stack_folder else local or _state_folder()
    named = settings.stack_passphrase_file or environment.get(PASSPHRASE, "")
    if named:
        passphrase = Path(named).absolute()
        if not passphrase.is_file():
            raise FileError("file-missing", path=str(passphrase))
    elif local is not None:
        passphrase = _own_passphrase(local)
    else:
        raise StackError("stack-no-passphrase", backend=chosen)
    return Worksite(
        backend=chosen,
        passphrase_file=str(passphrase),
        clouds=settings.stack_clouds,
        folder=str(folder.absolute()),
        project=project or PROJECT,
    )


def _own_passphrase(folder: Path) -> Path:
    """A passphrase beside the stacks, made where there are none yet; only its owner may read it."""
    path = folder / "passphrase"
    if path.exists():
        return path
    if any(folder.glob(".pulumi/stacks/*")):
        raise StackError("stack-passphrase-lost", path=path)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FileError("file-unreadable", path=str(folder), reason=reason_of(error)) from error
    write_atomic(path, secrets.token_urlsafe(32) + "\n", private=True)
    return path


def _state_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("qianyun") / "stacks"


def open_desk(worksite: Worksite, *, who: str, step: str = "") -> Desk:
    """What works on stacks there. EngineError where there is no engine."""
    from stacks.components import program_of
    from stacks.engine import Engine, find_engine

    if worksite.clouds:
        os.environ[CLOUDS] = worksite.clouds  # read there by plug-ins, and by what looks clouds up in this process
    folder = Path(worksite.folder)
    engine = Engine(
        find_engine(),
        backend=worksite.backend,
        passphrase_file=Path(worksite.passphrase_file),
        home=folder / "home",
        project=worksite.project,
    )

    @cache  # one login and one set of connections for all stacks
    def look(cloud: str, region: str, project: str) -> Looker:
        from stacks.provider.finding import Finder

        return Finder(cloud, region, project)

    return Desk(engine, Journal(folder), look, program_of, who, step)
