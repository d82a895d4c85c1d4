"""The group ``qianyun run``, options and words that its commands share, and how they find the store and a run.

Each module registers its commands on ``group`` and is imported in ``ui.commands.run``.
"""

from __future__ import annotations

import getpass
import os
import shlex
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError, MissingExtraError, QianyunError
from ui.commanding import Group, option
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.store import Store

__all__ = [
    "FAILED",
    "GRACE_SECONDS",
    "LISTED",
    "VERSION",
    "actor",
    "again",
    "by_option",
    "estate_store",
    "group",
    "open_store",
    "reason_option",
    "store_option",
    "store_url",
]

group = Group("run")
FAILED = 1
VERSION = 5
LISTED = 10
"""Entries of a list that are printed before the rest is only counted."""
GRACE_SECONDS = 15.0
"""How long a command waits for a worker to answer it."""
STORE = "QIANYUN_STORE"
PLACE = Path(".qianyun") / "runs.db"

Function = Callable[..., Any]


def store_option(function: Function) -> Function:
    """``--store``: where runs are on record."""
    return option("--store", metavar="URL", key="run.option.store")(function)


def by_option(function: Function) -> Function:
    """``--by``: who acts."""
    return option("--by", metavar="WHO", key="run.option.by")(function)


def reason_option(function: Function) -> Function:
    """``--reason``, which has to say something."""
    return option("--reason", required=True, metavar="TEXT", callback=_said, key="run.option.reason")(function)


def _said(_: object, __: object, value: str) -> str:
    if not value.strip():
        raise InputError("bad-argument", argument="--reason", reason=text("run.reason-empty"))
    return value.strip()


def actor(by: str | None) -> str:
    """Who acts, for the record: as given, else the account and the machine."""
    if by is not None and by.strip():
        return by.strip()
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        name = str(os.getuid())
    return f"{name}@{socket.gethostname()}"


def estate_store(estate: Path) -> str:
    """Address of the store that lies in an estate's folder."""
    return _sqlite(estate / PLACE)


def store_url(named: str | None, estate: Path | None = None) -> str:
    """Address of the store: ``--store``, else QIANYUN_STORE, else that of the estate, else that of the present folder.

    A path in place of an address is a store's file, or an estate's folder. InputError where nothing names a store.
    """
    chosen = named or os.environ.get(STORE, "")
    if chosen:
        if "://" in chosen:
            return chosen
        path = Path(chosen)
        return estate_store(path) if path.is_dir() else _sqlite(path)
    if estate is not None:
        return estate_store(estate)
    if Path(PLACE).exists():
        return estate_store(Path())
    raise InputError("bad-argument", argument="--store", reason=text("run.no-store"))


def _sqlite(path: Path) -> str:
    return f"sqlite:///{path.absolute()}"


@contextmanager
def open_store(named: str | None, estate: Path | None = None, *, create: bool = False) -> Iterator[Store]:
    """The store for the block. Errors as ``store_url`` and ``Store.open``; MissingExtraError."""
    url = store_url(named, estate)
    try:
        from migration.run.store import Store

        store = Store.open(url, create=create)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("migration"):
            raise
        raise MissingExtraError("missing-extra", command="qianyun run", extra="run") from error
    with store:
        try:
            yield store
        except QianyunError as error:
            if needed := _store_words(store):
                error.add_note(shlex.join(needed))
            raise


def again(store: Store, *words: str, group: str = "run") -> str:
    """A command to type, with the store that it needs where the environment does not name it."""
    said = ["qianyun", group, *words] if group else ["qianyun", *words]
    return shlex.join([*said, *_store_words(store)])


def _store_words(store: Store) -> list[str]:
    """What a command needs to find the store, where the environment does not name it."""
    named = os.environ.get(STORE) and store_url(None) == store.url
    return [] if named else ["--store", _short(store.url)]


def _short(url: str) -> str:
    """An address as people write it: of a store in an estate's folder that folder, relative where it lies below."""
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or path.parts[-2:] != PLACE.parts:
        return url
    folder = path.parent.parent
    return str(folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder)
