"""Opening a store: what is not one is told apart from one that cannot be reached, and is left as it is."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from migration.run.errors import RunError, RunVersionError, StoreError
from migration.run.store import Store


def _made(path: Path) -> Path:
    Store.open(f"sqlite:///{path}").close()
    return path


def _text(path: Path) -> None:
    path.write_text("name: anything else\n" * 100)


def _damaged(path: Path) -> None:
    whole = _made(path).read_bytes()
    path.write_bytes(whole[:5000] + b"\x5a" * 20_000)


def _cut(path: Path) -> None:
    path.write_bytes(_made(path).read_bytes()[:6000])


def _others(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE invoices (number INTEGER)")


def _without_revision(path: Path) -> None:
    with sqlite3.connect(_made(path)) as connection:
        connection.execute("DELETE FROM stamps")


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("make", [_text, _damaged, _cut, _others, _without_revision])
def test_what_is_no_store_is_refused_and_kept(tmp_path: Path, make: Callable[[Path], None], create: bool) -> None:
    path = tmp_path / "runs.db"
    make(path)
    with pytest.raises(RunError) as caught:
        Store.open(f"sqlite:///{path}", create=create)
    assert caught.value.code == "store-not-a-store"
    assert str(path) in caught.value.message
    if make is _others:
        with sqlite3.connect(path) as connection:
            assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]


def test_a_folder_is_no_file_of_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(f"sqlite:///{tmp_path}", create=False)
    assert caught.value.code == "store-file"


def test_a_store_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = _made(tmp_path / "runs.db")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE stamps SET value = value + 1")
    before = path.read_bytes()
    with pytest.raises(RunVersionError) as caught:
        Store.open(f"sqlite:///{path}")
    assert caught.value.code == "store-newer"
    assert path.read_bytes() == before
