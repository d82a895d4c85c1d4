"""A loaded estate on disk, keyed by the hash of its files: JSON that is validated again, never pickled objects.

One file an estate and content: a JSON head line (lengths, problems, origins), then one JSON array of records a kind.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import GenericAlias
from typing import Any

from pydantic import TypeAdapter

from inventory.errors import InputError
from inventory.estate import Estate
from inventory.files import write_atomic
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from inventory.problems import Origin, Problem

__all__ = ["cache_folder", "cache_key", "read_cache", "without_collection", "write_cache"]

KEPT = 12
"""Cached estates that are kept; the least recently used are removed."""


def cache_folder() -> Path:
    """Folder of cached estates: QIANYUN_CACHE_DIR, else the user's cache folder."""
    import platformdirs

    named = os.environ.get("QIANYUN_CACHE_DIR")
    return (Path(named) if named else platformdirs.user_cache_path("qianyun")) / "estates"


@cache
def _program() -> bytes:
    """Hash of this package's own source: another program never reads this one's cache."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.digest()


def cache_key(contents: Iterable[tuple[str, bytes]], as_of: str) -> str:
    """Key of an estate's content: names and bytes of all files that loading reads, and the day it is seen from."""
    digest = hashlib.blake2b(_program(), digest_size=20)
    digest.update(as_of.encode())
    for name, content in contents:
        digest.update(f"\0{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Hold the garbage collector while a hundred thousand records are made: none of them is garbage.

    They are then left out of later collections too, which would walk through all of them again and again.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if running:
            gc.enable()


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    listed: Any = GenericAlias(list, (KINDS[kind],))
    return TypeAdapter(listed)


def write_cache(
    key: str, inventory: Inventory, problems: Iterable[Problem], quarantined: Iterable[tuple[str, str]]
) -> None:
    """Keep a loaded estate, for this user's eyes only.

    A cache that cannot be written is no error: the next load is only slower.
    """
    import orjson

    blocks: list[bytes] = []
    kinds: list[tuple[str, int]] = []
    for kind in KINDS:
        block = _adapter(kind).dump_json(list(inventory.of(kind).values()), by_alias=True, exclude_unset=True)
        kinds.append((kind, len(block)))
        blocks.append(block)
    files: dict[str, int] = {}
    origins = {
        kind: [
            (files.setdefault(origin.file, len(files)), *origin[1:])
            for origin in (inventory.origin(kind, id) for id in inventory.of(kind))
        ]
        for kind in KINDS
    }
    left_out = [
        (kind, id, files.setdefault(place.file, len(files)), place.line, place.sheet, place.cell)
        for (kind, id), place in sorted((key, inventory.origin(*key)) for key in quarantined)
    ]
    head = {
        "estate": inventory.estate.model_dump(mode="json", by_alias=True),
        "kinds": kinds,
        "origins": origins,
        "files": list(files),
        "done": dict(inventory.done),
        "declared": dict(inventory.declared),
        "problems": [found.model_dump(mode="json") for found in problems],
        "quarantined": left_out,
    }
    folder = cache_folder()
    with contextlib.suppress(InputError, OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        write_atomic(folder / f"{key}.cache", b"\n".join((orjson.dumps(head), *blocks)), private=True)
        kept = sorted(folder.glob("*.cache"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[KEPT:]:
            old.unlink(missing_ok=True)


def read_cache(key: str, path: Path) -> tuple[Inventory, tuple[Problem, ...], frozenset[tuple[str, str]]] | None:
    """The estate kept under ``key``, or None. A damaged file counts as absent and is removed."""
    file = cache_folder() / f"{key}.cache"
    try:
        content = file.read_bytes()
        os.utime(file)
    except OSError:
        return None
    try:
        with without_collection():
            return _restore(content, path)
    except (ValueError, KeyError, TypeError, IndexError):  # pydantic's ValidationError is a ValueError
        with contextlib.suppress(OSError):
            file.unlink()
        return None


class _Origins(Mapping[tuple[str, str], Origin]):
    """Places of records, taken apart for a kind when the first of it is asked for: most commands ask for few."""

    def __init__(
        self,
        files: list[str],
        places: Mapping[str, list[list[Any]]],
        records: Mapping[str, Mapping[str, Any]],
        left_out: dict[tuple[str, str], Origin],
    ) -> None:
        self._files, self._places, self._records, self._left_out = files, places, records, left_out
        self._known: dict[str, dict[str, Origin]] = {}

    def _of(self, kind: str) -> dict[str, Origin]:
        if kind not in self._known:
            ids = self._records.get(plural(kind), {})
            places = self._places.get(kind, [])
            self._known[kind] = {
                id: Origin(self._files[number], *rest) for id, (number, *rest) in zip(ids, places, strict=True)
            }
        return self._known[kind]

    def __getitem__(self, key: tuple[str, str]) -> Origin:
        found = self._of(key[0]).get(key[1])
        return found if found is not None else self._left_out[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        declared = ((kind, id) for kind in self._places for id in self._of(kind))
        return itertools.chain(declared, (key for key in self._left_out if key[1] not in self._of(key[0])))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _restore(content: bytes, path: Path) -> tuple[Inventory, tuple[Problem, ...], frozenset[tuple[str, str]]]:
    import orjson

    end = content.index(b"\n")
    head = orjson.loads(content[:end])
    files: list[str] = head["files"]
    records: dict[str, Mapping[str, Any]] = {}
    start = end + 1
    view = memoryview(content)
    for kind, length in head["kinds"]:
        listed = _adapter(kind).validate_json(bytes(view[start : start + length]))
        start += length + 1
        records[plural(kind)] = {record.id: record for record in listed}
        if len(head["origins"][kind]) != len(listed):
            raise ValueError("not as many places as records")
    left_out = {(kind, id): Origin(files[number], *rest) for kind, id, number, *rest in head["quarantined"]}
    if start != len(content) + 1:
        raise ValueError("cut short")
    inventory = Inventory(
        estate=Estate.model_validate(head["estate"]),
        path=path,
        origins=_Origins(files, head["origins"], records, left_out),
        done=head["done"],
        declared=head["declared"],
        **records,
    )
    problems = tuple(
        Problem.model_validate({**found, "origin": Origin(*found["origin"])}) for found in head["problems"]
    )
    return inventory, problems, frozenset((kind, id) for kind, id, *_ in head["quarantined"])
