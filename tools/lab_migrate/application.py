"""The system that is migrated: a web application that stores numbered rows in a database, and files beside them.

Runs on the lab's hosts as ``python application.py [--create] CONFIG``, with nothing but the standard library and the
database's driver. ``CONFIG`` is JSON: ``{"role": "web", "listen": 8080, "database": {...}, "files": "http://NAME:8081"}``
or ``{"role": "files", "listen": 8081, "folder": "/srv/files"}``.

A row and the number of its request are stored in one transaction: a request that is sent again because its answer was
lost stores nothing twice, as in any system that takes requests over an unreliable network. The table of rows itself has
no unique key: whatever else stores a row twice is seen.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import queue
import sys
import urllib.parse
from contextlib import closing
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, cast

__all__ = ["Database", "FileHandler", "Server", "WebHandler", "main"]

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS requests (n BIGINT PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS entries (n BIGINT NOT NULL, content TEXT NOT NULL, file VARCHAR(80), sha256 CHAR(64))",
    "CREATE INDEX entries_by_number ON entries (n)",
)
_NEW_REQUEST = {
    "postgresql": "INSERT INTO requests (n) VALUES (%s) ON CONFLICT DO NOTHING",
    "mariadb": "INSERT IGNORE INTO requests (n) VALUES (%s)",
}
_ANSWER_SECONDS = 2.0


class Database:
    """Connections to the database, opened when needed, kept while they work. ``place``: make, host, port, name, user,
    password.
    """

    def __init__(self, place: dict[str, Any]) -> None:
        self._place = place
        self._new_request = _NEW_REQUEST[place["make"]]
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def _connect(self) -> Any:
        place = self._place
        if place["make"] == "postgresql":
            import psycopg

            return psycopg.connect(
                host=place["host"],
                port=place["port"],
                dbname=place["name"],
                user=place["user"],
                password=place["password"],
                connect_timeout=2,
            )
        import pymysql

        return pymysql.connect(
            host=place["host"],
            port=place["port"],
            database=place["name"],
            user=place["user"],
            password=place["password"],
            charset="utf8mb4",
            connect_timeout=2,
            read_timeout=_ANSWER_SECONDS,
            write_timeout=_ANSWER_SECONDS,
        )

    def _do(self, work: Any) -> Any:
        """``work(cursor)`` in a transaction of its own."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            with closing(connection.cursor()) as cursor:
                answer = work(cursor)
            connection.commit()
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)
        return answer

    def create(self) -> None:
        """Make the tables of a new database."""
        self._do(lambda cursor: [cursor.execute(statement) for statement in SCHEMA])

    def store(self, n: int, content: str, file: str | None, sha256: str | None) -> bool:
        """Store a row, unless the request of this number has been served before."""

        def work(cursor: Any) -> bool:
            cursor.execute(self._new_request, (n,))
            if cursor.rowcount != 1:
                return False
            cursor.execute(
                "INSERT INTO entries (n, content, file, sha256) VALUES (%s, %s, %s, %s)", (n, content, file, sha256)
            )
            return True

        return bool(self._do(work))

    def read(self, n: int) -> tuple[str, str | None, str | None] | None:
        """Content, file and checksum of a row."""

        def work(cursor: Any) -> Any:
            cursor.execute("SELECT content, file, sha256 FROM entries WHERE n = %s", (n,))
            return cursor.fetchone()

        return cast("tuple[str, str | None, str | None] | None", self._do(work))


class Server(ThreadingHTTPServer):
    """One thread a connection; ``config`` and, for the web role, ``database``."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.database = Database(config["database"]) if config["role"] == "web" else None
        handler = WebHandler if config["role"] == "web" else FileHandler
        super().__init__((config.get("address", "0.0.0.0"), config["listen"]), handler)  # noqa: S104  # a lab's host


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 10
    kinds: ClassVar[dict[str, str]] = {}

    def answer(self, status: HTTPStatus, body: bytes = b"", kind: str = "application/json") -> None:
        """Send an answer; the connection is closed after it, so that a switched name counts with the next request."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def log_message(self, format: str, *args: Any) -> None:
        """Only errors are worth a line."""


class WebHandler(_Handler):
    """POST /rows/N stores a row, GET /rows/N reads it with its file, GET /health says whether the database answers."""

    def do_POST(self) -> None:
        n, body = self._number(), self.body()
        if n is None:
            self.answer(HTTPStatus.NOT_FOUND)
            return
        self._guarded(lambda: self._store(n, json.loads(body)))

    def do_GET(self) -> None:
        n = self._number()
        if n is None and self.path != "/health":
            self.answer(HTTPStatus.NOT_FOUND)
            return
        self._guarded(lambda: self._read(n or 0, health=n is None))

    def _number(self) -> int | None:
        head, _, number = self.path.rpartition("/")
        return int(number) if head == "/rows" and number.isdecimal() else None

    def _guarded(self, work: Any) -> None:
        try:
            status, answer = work()
        except Exception as error:  # noqa: BLE001  # whatever the database or the file service says: try again later
            print(f"{type(error).__name__}: {error}".strip(), file=sys.stderr, flush=True)
            status, answer = HTTPStatus.SERVICE_UNAVAILABLE, {"error": type(error).__name__}
        self.answer(status, json.dumps(answer).encode())

    def _store(self, n: int, row: dict[str, str]) -> tuple[HTTPStatus, dict[str, Any]]:
        database = self.server.database
        assert database is not None
        name, sha256 = None, None
        if "file" in row:
            content = row["file"].encode()
            name, sha256 = f"{n:08d}.txt", hashlib.sha256(content).hexdigest()
            # The file first: a row never names a file that is not there.
            _exchange("PUT", f"{self.server.config['files']}/{name}", content)
        return HTTPStatus.OK, {"n": n, "new": database.store(n, row["content"], name, sha256)}

    def _read(self, n: int, *, health: bool) -> tuple[HTTPStatus, dict[str, Any]]:
        database = self.server.database
        assert database is not None
        found = database.read(n)
        if health:
            return HTTPStatus.OK, {}
        if found is None:
            return HTTPStatus.NOT_FOUND, {"n": n}
        content, name, sha256 = found
        answer: dict[str, Any] = {"n": n, "content": content}
        if name:
            stored = _exchange("GET", f"{self.server.config['files']}/{name}")
            answer["file"] = hashlib.sha256(stored).hexdigest() == sha256
        return HTTPStatus.OK, answer


class FileHandler(_Handler):
    """PUT /NAME stores a file, durable before it is answered; GET /NAME gives it."""

    def do_PUT(self) -> None:
        path, content = self._path(), self.body()
        part = path.with_name(f".{path.name}.{os.getpid()}.{id(self)}.part")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            self.answer(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self.answer(HTTPStatus.CREATED)

    def do_GET(self) -> None:
        try:
            content = self._path().read_bytes()
        except OSError:
            self.answer(HTTPStatus.NOT_FOUND)
            return
        self.answer(HTTPStatus.OK, content, "application/octet-stream")

    def _path(self) -> Path:
        return Path(self.server.config["folder"]) / Path(urllib.parse.unquote(self.path)).name


def _exchange(method: str, url: str, body: bytes | None = None) -> bytes:
    """One request to the file service.

    Raises:
        OSError: it does not answer, or with an error.
    """
    place = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_ANSWER_SECONDS)
    with closing(connection):
        connection.request(method, place.path, body)
        answer = connection.getresponse()
        content = answer.read()
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise OSError(f"{method} {place.path}: {answer.status}")
    return content


def main(*words: str) -> None:
    """Serve until the process is ended; with ``--create`` make the tables and end."""
    config = json.loads(Path(words[-1]).read_text("utf-8"))
    if words[0] == "--create":
        Database(config["database"]).create()
    else:
        Server(config).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
