"""The proxy that spoils requests, in front of a small server."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools.cloudbed.proxy import Fault, Kind, Proxy, proxy


class Upstream(ThreadingHTTPServer):
    """Keeps what it was asked."""

    bodies: list[bytes]


class Echo(BaseHTTPRequestHandler):
    server: Upstream

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        self.send_response(201)
        self.send_header("X-Host", self.headers["Host"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(("127.0.0.1", 0), Echo) as server:
        server.bodies = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def post(running: Proxy, body: bytes = b"{}", path: str = "/v2.0/networks") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    try:
        connection.request("POST", path, body)
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    return answer


def test_what_no_fault_fits_passes_unchanged(upstream: Upstream) -> None:
    with proxy(upstream.server_port, [Fault("/ports")]) as running:
        answer = post(running, b'{"network": 1}')
        assert (answer.status, upstream.bodies) == (201, [b'{"network": 1}'])
        assert answer.headers["X-Host"] == f"127.0.0.1:{running.port}"
        assert [(one.method, one.path, one.fault) for one in running.seen] == [("POST", "/v2.0/networks", None)]


def test_a_refused_request_does_not_reach_the_service(upstream: Upstream) -> None:
    fault = Fault(status=429, headers=(("Retry-After", "7"),))
    with proxy(upstream.server_port, [fault]) as running:
        answer = post(running)
        assert (answer.status, answer.headers["Retry-After"], upstream.bodies) == (429, "7", [])


def test_faults_begin_and_end_as_told(upstream: Upstream) -> None:
    with proxy(upstream.server_port, [Fault(method="POST", after=1, times=2)]) as running:
        assert [post(running).status for _ in range(4)] == [201, 503, 503, 201]
        assert running.spoiled == 2


def test_a_lost_answer_was_carried_out(upstream: Upstream) -> None:
    with proxy(upstream.server_port, [Fault(kind=Kind.LOSE)]) as running:
        with pytest.raises(http.client.RemoteDisconnected):
            post(running)
        assert upstream.bodies == [b"{}"]


def test_a_delayed_answer_comes_later(upstream: Upstream) -> None:
    with proxy(upstream.server_port, [Fault(kind=Kind.DELAY, seconds=0.6)]) as running:
        begun = time.monotonic()
        assert post(running).status == 201
        assert time.monotonic() - begun >= 0.6


def test_a_service_that_is_down_is_down_behind_the_proxy_too(upstream: Upstream) -> None:
    upstream.server_close()
    upstream.shutdown()
    with proxy(upstream.server_port, []) as running, pytest.raises(http.client.RemoteDisconnected):
        post(running)
