"""A small OpenStack over HTTP: logins and networks, with every failure that a real one shows only now and then."""

from __future__ import annotations

import json
import ssl
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

__all__ = ["PASSWORD", "FakeOpenStack", "Fault", "fake_openstack", "write_clouds"]

PASSWORD = "correct-horse-battery"
USER, PROJECT = "u" * 32, "p" * 32


@dataclass
class Fault:
    """What happens to the next requests of a method and path.

    Attributes:
        carried_out: the request is done all the same, only its answer is lost or bad.
        cut: the connection ends without an answer.
    """

    method: str
    path: str
    times: int = 1
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    carried_out: bool = False
    cut: bool = False
    delay: float = 0.0


class FakeOpenStack:
    """The state behind the fake, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.networks: dict[str, dict[str, Any]] = {}
        self.tokens: set[str] = set()
        self.faults: list[Fault] = []
        self.asked: list[tuple[str, str]] = []
        self.lock = threading.Lock()
        self.moments: list[float] = []

    def count(self, method: str, path: str) -> int:
        """How often something was asked."""
        return sum(1 for row in self.asked if row == (method, path))

    def fault(self, method: str, path: str) -> Fault | None:
        """The fault that a request meets."""
        with self.lock:
            self.asked.append((method, path))
            self.moments.append(time.monotonic())
            for fault in self.faults:
                if fault.times > 0 and (fault.method, fault.path) == (method, path):
                    fault.times -= 1
                    return fault
            return None

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, token: str) -> tuple[int, Any]:
        """(status, JSON) of a request without a fault."""
        with self.lock:
            if path in {"/v3", "/v3/"}:
                link = {"rel": "self", "href": f"{self.url}/v3/"}
                return 200, {"version": {"id": "v3.14", "status": "stable", "links": [link]}}
            if path in {"/network", "/network/"}:
                link = {"rel": "self", "href": f"{self.url}/network/v2.0/"}
                return 200, {"versions": [{"id": "v2.0", "status": "CURRENT", "links": [link]}]}
            if (method, path) == ("POST", "/v3/auth/tokens"):
                return self._login(body)
            if token not in self.tokens:
                return 401, {"error": {"code": 401, "message": "The request you have made requires authentication."}}
            return self._network(method, path.removeprefix("/network/v2.0/networks"), query, body)

    def _login(self, body: Any) -> tuple[int, Any]:
        user = body["auth"]["identity"]["password"]["user"]
        if user["password"] != PASSWORD:
            return 401, {"error": {"code": 401, "message": f"Wrong password {user['password']}"}}
        token = uuid.uuid4().hex
        self.tokens.add(token)
        endpoint = {"interface": "public", "region": "one", "region_id": "one", "url": f"{self.url}/network", "id": "e"}
        return 201, {
            "token": {
                "methods": ["password"],
                "expires_at": "2099-01-01T00:00:00.000000Z",
                "issued_at": "2026-01-01T00:00:00.000000Z",
                "user": {"id": USER, "name": "ops", "domain": {"id": "default", "name": "Default"}},
                "project": {"id": PROJECT, "name": "p", "domain": {"id": "default", "name": "Default"}},
                "roles": [],
                "catalog": [{"type": "network", "name": "neutron", "id": "n", "endpoints": [endpoint]}],
                "X-Subject-Token": token,
            }
        }

    def _network(self, method: str, rest: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        id, _, part = rest.strip("/").partition("/")
        if not id and method == "GET":
            wanted = [row for row in self.networks.values() if self._matches(row, query)]
            return 200, {"networks": wanted}
        if not id and method == "POST":
            row = {"id": uuid.uuid4().hex, "status": "ACTIVE", "mtu": 1500, "tags": [], **body["network"]}
            self.networks[row["id"]] = row
            return 201, {"network": row}
        if id not in self.networks:
            return 404, {"NeutronError": {"message": "Network could not be found", "type": "NetworkNotFound"}}
        if part == "tags":
            self.networks[id]["tags"] = body["tags"]
            return 200, body
        if method == "DELETE":
            del self.networks[id]
            return 204, None
        if method == "PUT":
            self.networks[id].update(body["network"])
        return 200, {"network": self.networks[id]}

    @staticmethod
    def _matches(row: dict[str, Any], query: dict[str, str]) -> bool:
        tags = set(query.get("tags", "").split(",")) - {""}
        return tags <= set(row["tags"]) and query.get("name", row["name"]) == row["name"]


def _handler(fake: FakeOpenStack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
            fault = fake.fault(self.command, parts.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, content = 0, None
            if fault is None or fault.carried_out:
                token = self.headers.get("X-Auth-Token", "")
                status, content = fake.answer(self.command, parts.path, query, body, token)
            headers: dict[str, str] = {}
            if fault is not None:
                time.sleep(fault.delay)
                if fault.cut:
                    self.close_connection = True
                    self.connection.close()
                    return
                status, content, headers = fault.status, {"error": {"message": "try again"}}, fault.headers
            if content and "token" in content:
                headers = {**headers, "X-Subject-Token": content["token"].pop("X-Subject-Token")}
            data = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(data)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  # names that http.server calls

        def log_message(self, format: str, *arguments: object) -> None:
            del format, arguments

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections that the fake itself cuts are no news."""


@contextmanager
def fake_openstack(certificate: Path | None = None) -> Iterator[FakeOpenStack]:
    """A running fake; with a PEM file (certificate and key) it speaks TLS."""
    fake = FakeOpenStack()
    server = _Server(("127.0.0.1", 0), _handler(fake))
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    fake.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_clouds(folder: Path, url: str, password: str = PASSWORD, **more: Any) -> Path:
    """A clouds.yaml with the entries ``yun`` and ``yun-two``."""
    auth = {
        "auth_url": f"{url}/v3",
        "username": "ops",
        "password": password,
        "project_name": "p",
        "user_domain_id": "default",
        "project_domain_id": "default",
    }
    entry = {"auth": auth, "region_name": "one", **more}
    path = folder / "clouds.yaml"
    path.write_text(yaml.safe_dump({"clouds": {"yun": entry, "yun-two": entry}}), encoding="utf-8")
    return path
