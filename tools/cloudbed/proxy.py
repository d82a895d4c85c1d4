"""A small HTTP proxy in front of one service, which spoils chosen requests."""

from __future__ import annotations

import contextlib
import http.client
import re
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.cloudbed.errors import BedError

__all__ = ["Fault", "Kind", "Proxy", "Seen", "certificate", "proxy"]

HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "content-length"}
"""Headers of one connection only (RFC 9110, section 7.6.1), and the length, which is said anew."""


class Kind(StrEnum):
    """What happens to a request."""

    REFUSE = "refuse"
    """The service does not see it; the client gets the status."""
    LOSE = "lose"
    """The service carries it out; the client's connection is cut in place of an answer."""
    DELAY = "delay"
    """The service sees it after the seconds; the client gets the answer then."""


@dataclass(frozen=True)
class Fault:
    """Requests that are spoiled, and how.

    Attributes:
        path: regular expression, found anywhere in the path; all of them when empty.
        method: GET, POST, PUT, PATCH, DELETE; all of them when empty.
        status: of what REFUSE answers.
        after: as many fitting requests pass first.
        times: as many are spoiled then; 0: all.
        seconds: of a DELAY.
        headers: more of REFUSE's answer, such as Retry-After.
    """

    path: str = ""
    method: str = ""
    kind: Kind = Kind.REFUSE
    status: int = 503
    after: int = 0
    times: int = 0
    seconds: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is one of those."""
        return self.method in {"", method} and re.search(self.path, path) is not None


@dataclass(frozen=True)
class Seen:
    """A request that came by.

    Attributes:
        fault: what was done to it; None: it was let through.
    """

    method: str
    path: str
    fault: Fault | None


@dataclass
class Proxy:
    """A running proxy.

    Attributes:
        port: where it listens, on 127.0.0.1.
        seen: the requests up to now, in order.
    """

    upstream: int
    faults: Sequence[Fault]
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    _fitting: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def spoiled(self) -> int:
        """How many requests a fault has met."""
        return sum(one.fault is not None for one in self.seen)

    def judge(self, method: str, path: str) -> Fault | None:
        """The first fault that is due for a request; takes note of the request."""
        with self._lock:
            due = None
            for number, fault in enumerate(self.faults):
                if not fault.fits(method, path):
                    continue
                before = self._fitting.get(number, 0)
                self._fitting[number] = before + 1
                if before >= fault.after and (fault.times == 0 or before < fault.after + fault.times):
                    due = fault
                    break
            self.seen.append(Seen(method, path, due))
            return due


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key.

    Raises:
        BedError: openssl is missing or fails.
    """
    made, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        subprocess.run([*command, "-out", str(made), "-keyout", str(key)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise BedError(f"openssl makes no certificate: {error}") from error
    return made, key


@contextlib.contextmanager
def proxy(upstream: int, faults: Sequence[Fault], tls: tuple[Path, Path] | None = None) -> Iterator[Proxy]:
    """A proxy on a free port of 127.0.0.1 in front of a port there, as long as the block runs.

    Args:
        tls: certificate and key; the proxy then speaks TLS to its clients.
    """
    state = Proxy(upstream, faults)
    handler = type("Handler", (_Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        # What still waits in a delay is not waited for.
        server.block_on_close = False
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        state.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Proxy

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.state.judge(self.command, self.path)
        if fault is not None and fault.kind is Kind.REFUSE:
            self._answer(fault.status, list(fault.headers), b'{"error": {"message": "spoiled by the proxy"}}')
            return
        if fault is not None and fault.kind is Kind.DELAY:
            time.sleep(fault.seconds)
        try:
            status, headers, content = self._ask(body)
        except (OSError, http.client.HTTPException):
            # The service is down: so is this.
            self.close_connection = True
            return
        if fault is not None and fault.kind is Kind.LOSE:
            self.close_connection = True
            return
        self._answer(status, headers, content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  # the names that the base looks for

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.state.upstream, timeout=300)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        if body or "Content-Length" in self.headers:
            headers["Content-Length"] = str(len(body))
        try:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        return answer.status, [pair for pair in answer.getheaders() if pair[0].lower() not in HOP], content

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        with contextlib.suppress(OSError):  # the client did not wait
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: ``seen`` is the record."""
