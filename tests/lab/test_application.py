"""The application and its client: what is acknowledged is stored once, and read back with its file."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tools.lab_migrate.application import Server
from tools.lab_migrate.client import FILE_EVERY, Client, content_of, file_of


class Rows:
    """A database of the same behaviour in memory. ``break_next``: fail before or after storing, or not at all."""

    def __init__(self) -> None:
        self.requests: set[int] = set()
        self.entries: list[tuple[int, str, str | None, str | None]] = []
        self.break_next = ""
        self.after_store: Callable[[], object] = lambda: None

    def store(self, n: int, content: str, file: str | None, sha256: str | None) -> bool:
        broken, self.break_next = self.break_next, ""
        if broken == "before":
            raise ConnectionError("gone")
        new = n not in self.requests
        if new:
            self.requests.add(n)
            self.entries.append((n, content, file, sha256))
        self.after_store()
        if broken == "after":
            raise ConnectionError("gone")
        return new

    def read(self, n: int) -> tuple[str, str | None, str | None] | None:
        return next((entry[1:] for entry in self.entries if entry[0] == n), None)

    def count(self) -> Counter[int]:
        return Counter(entry[0] for entry in self.entries)


@contextmanager
def served(server: Server) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def application(folder: Path) -> Iterator[tuple[str, Rows, Server]]:
    rows = Rows()
    place = {"make": "postgresql", "host": "unused", "port": 1, "name": "x", "user": "x", "password": "x"}
    files = Server({"role": "files", "address": "127.0.0.1", "listen": 0, "folder": str(folder)})
    with served(files) as file_port:
        config: dict[str, Any] = {"role": "web", "address": "127.0.0.1", "listen": 0, "database": place}
        web = Server({**config, "files": f"http://127.0.0.1:{file_port}"})
        web.database = rows  # type: ignore[assignment]
        with served(web) as port:
            yield f"http://127.0.0.1:{port}", rows, web


def test_rows_are_stored_read_back_and_bring_files(tmp_path: Path) -> None:
    with application(tmp_path) as (url, rows, _):
        client = Client(url)
        answers = [client.row(n) for n in range(1, FILE_EVERY + 2)]
        assert [answer["read"] for answer in answers] == ["ok"] * len(answers)
        assert [answer["at"] for answer in answers] == sorted(answer["at"] for answer in answers)
        assert set(rows.count().values()) == {1}
    (stored,) = [path for path in tmp_path.iterdir() if path.is_file()]
    assert stored.name == f"{FILE_EVERY:08d}.txt"
    assert stored.read_text("utf-8") == file_of(FILE_EVERY)


@pytest.mark.parametrize("broken", ["before", "after"])
def test_a_lost_answer_is_asked_again_and_stores_nothing_twice(tmp_path: Path, broken: str) -> None:
    with application(tmp_path) as (url, rows, _):
        rows.break_next = broken
        answer = Client(url).row(1)
        assert (answer["attempts"], answer["read"]) == (2, "ok")
        assert rows.count() == {1: 1}


def test_an_altered_file_or_row_is_read_back_as_wrong(tmp_path: Path) -> None:
    with application(tmp_path) as (url, rows, _):
        client = Client(url)
        rows.after_store = lambda: (tmp_path / f"{FILE_EVERY:08d}.txt").write_text("another")
        assert client.row(FILE_EVERY)["read"] == "wrong"
        rows.after_store = lambda: rows.entries.__setitem__(-1, (2, "another", None, None))
        assert client.row(2)["read"] == "wrong"
        rows.after_store = rows.entries.clear
        assert client.row(3)["read"] == "missing"


def test_a_file_that_cannot_be_stored_leaves_no_row(tmp_path: Path) -> None:
    with application(tmp_path) as (url, rows, web):
        web.config["files"] = "http://127.0.0.1:9"
        body = json.dumps({"content": content_of(10), "file": file_of(10)}).encode()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(f"{url}/rows/10", body, method="POST"), timeout=5)
        assert refused.value.code == 503
        refused.value.close()
        assert not rows.entries


def test_a_name_of_a_file_never_leaves_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    server = Server({"role": "files", "address": "127.0.0.1", "listen": 0, "folder": str(folder)})
    with served(server) as port:
        url = f"http://127.0.0.1:{port}/%2e%2e/outside.txt"
        with urllib.request.urlopen(urllib.request.Request(url, b"x", method="PUT"), timeout=5) as answer:
            assert answer.status == 201
    assert not (tmp_path / "outside.txt").exists()
    assert (folder / "outside.txt").read_bytes() == b"x"
