"""The client that writes without pause: ``python client.py http://NAME:PORT [PAUSE_SECONDS [FIRST]]``.

Runs on the lab's client host. It numbers every row from 1 (or FIRST), sends it until it is acknowledged, each time with
the same number, and reads it back. The service's name is looked up for every connection. Each acknowledged row gives
one line of JSON on stdout: ``n``, ``at`` (seconds of the monotonic clock, which all hosts of the lab share),
``attempts``, ``read`` (ok, missing or wrong). It ends with the row at hand when its stdin is closed.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import select
import sys
import time
import urllib.parse
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

__all__ = ["FILE_EVERY", "Client", "content_of", "file_of"]

FILE_EVERY = 10
"""One row of so many brings a file."""
_ANSWER_SECONDS = 1.0
_RETRY_SECONDS = 0.03


def content_of(n: int) -> str:
    """What row ``n`` says: different for each number."""
    return f"申请 {n} {hashlib.sha256(str(n).encode()).hexdigest()}"


def file_of(n: int) -> str | None:
    """The file that row ``n`` brings, if any: some kilobytes, different for each number."""
    return f"{content_of(n)}\n" * 50 if n % FILE_EVERY == 0 else None


@dataclass(frozen=True)
class Client:
    """Writes rows to ``url``, one after the other, with ``pause`` seconds between them."""

    url: str
    pause: float = 0.02

    def row(self, n: int) -> dict[str, Any]:
        """Write row ``n`` until it is acknowledged, read it back until there is an answer."""
        row = {"content": content_of(n)}
        if file := file_of(n):
            row["file"] = file
        body = json.dumps(row).encode()
        attempts = 1
        while (answer := self._ask("POST", n, body)) is None or answer[0] != HTTPStatus.OK:
            attempts += 1
            time.sleep(_RETRY_SECONDS)
        at = time.monotonic()
        while (answer := self._ask("GET", n)) is None or answer[0] not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            time.sleep(_RETRY_SECONDS)
        return {"n": n, "at": at, "attempts": attempts, "read": _judged(n, *answer)}

    def _ask(self, method: str, n: int, body: bytes | None = None) -> tuple[int, bytes] | None:
        place = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_ANSWER_SECONDS)
        with closing(connection):
            try:
                connection.request(method, f"/rows/{n}", body)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                return None


def _judged(n: int, status: int, body: bytes) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return "missing"
    row = json.loads(body)
    right = row["content"] == content_of(n) and row.get("file", True) is True and ("file" in row) == bool(file_of(n))
    return "ok" if right else "wrong"


def main(url: str, pause: str = "0.02", first: str = "1") -> None:
    """Write until stdin is closed."""
    client = Client(url, float(pause))
    n = int(first)
    while True:
        sys.stdout.write(json.dumps(client.row(n)) + "\n")
        sys.stdout.flush()
        n += 1
        if select.select([sys.stdin], [], [], client.pause)[0] and not sys.stdin.read(1):
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
