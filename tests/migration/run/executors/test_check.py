"""The executor of checks, against real sockets, a real web server and the real resolver."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migration.run.errors import StepError
from migration.run.events import Probed
from migration.run.executors.check import CheckExecutor
from migration.run.ports import Executor, Outcome
from migration.runbook.model import Call, ExecutorKind, Step
from tests.migration.run.executors.calls import Calls

CHECK: Executor = CheckExecutor()


def look(do: str, *, executor: Executor = CHECK, timeout: float = 20, **parameters: Any) -> Outcome:
    return executor.act(Calls(Path()).make(Call(do=do, parameters=parameters), timeout=timeout))


@contextlib.contextmanager
def listening(family: socket.AddressFamily, address: str) -> Iterator[int]:
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind((address, 0))
        server.listen()
        yield server.getsockname()[1]


def free_port() -> int:
    with listening(socket.AF_INET, "127.0.0.1") as port:
        return port


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = {"/moved": 302, "/gone": 410}.get(self.path, 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/")
        self.end_headers()
        if self.path == "/slow":
            for _ in range(100):
                time.sleep(0.2)
                self.wfile.write(b".")
        self.wfile.write("状态：正常".encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_tcp() -> None:
    with listening(socket.AF_INET, "127.0.0.1") as port:
        assert look("tcp", host="127.0.0.1", port=port).ok
        assert look("tcp", host="localhost", port=str(port)).ok, "by name, although ::1 may refuse"
    refused = look("tcp", host="127.0.0.1", port=port)
    assert (refused.ok, refused.code) == (False, "not-reached")
    assert refused.message.startswith(f"127.0.0.1:{port} does not answer: ")
    assert look("tcp", host="no-such-host.invalid", port=1).code == "not-reached"


def test_tcp_over_ipv6() -> None:
    with listening(socket.AF_INET6, "::1") as port:
        assert look("tcp", host="::1", port=port).ok


def test_http(site: str) -> None:
    assert look("http", url=f"{site}/").ok
    assert look("http", url=f"{site}/", expect="状态：正常").ok
    assert look("http", url=f"{site}/gone", expect=410).ok
    assert look("http", url=f"{site}/gone", expect="410").ok
    assert look("http", url=f"{site}/moved", expect=302).ok, "redirects are not followed"
    for path, expect, said in [
        ("/gone", 200, "410 instead of 200"),
        ("/moved", "正常", "302"),
        ("/", "故障", "without it"),
    ]:
        found = look("http", url=f"{site}{path}", expect=expect)
        assert (found.ok, found.code) == (False, "not-as-expected")
        assert said in found.message
    assert look("http", url=f"http://127.0.0.1:{free_port()}/").code == "not-reached"
    assert "abcd" not in look("http", url=f"http://u:abcd@127.0.0.1:{free_port()}/").message


def test_http_takes_no_proxy(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert look("http", url=f"{site}/").ok


def test_a_server_that_is_no_web_server() -> None:
    with listening(socket.AF_INET, "127.0.0.1") as port:
        silent = look("http", url=f"http://127.0.0.1:{port}/", seconds=0.3)
    assert (silent.ok, silent.code in ("timed-out", "not-reached")) == (False, True)


def test_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["10.1.0.5", "2001:db8::5"]

    def resolve(name: str, port: object, **_: Any) -> list[Any]:
        if name != "app.example.cn":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (address, port)) for address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    name = "app.example.cn"
    assert look("dns", name=name, address="10.1.0.5").ok, "the other family is not asked about"
    assert look("dns", name=name, address=["10.1.0.5", "2001:0db8::5"]).ok
    moved = look("dns", name=name, address="10.9.0.5")
    assert (moved.code, moved.message) == ("not-as-expected", "app.example.cn: 10.1.0.5 instead of 10.9.0.5")
    answers.append("10.9.0.5")
    both = look("dns", name=name, address="10.9.0.5")
    assert not both.ok, "the old address is still there"
    assert both.message == "app.example.cn: 10.1.0.5, 10.9.0.5 instead of 10.9.0.5"
    assert look("dns", name="other.example.cn", address="10.1.0.5").code == "not-reached"


def test_names_of_this_machine() -> None:
    assert look("dns", name="localhost", address="127.0.0.1").ok


@pytest.mark.parametrize(
    ("date", "come"),
    [
        ("2021-04-10", True),
        ("2021-04-10T00:00:00+08:00", True),
        ("2021-04-10 00:01", False),
        ("2021-04-09T16:00:00+00:00", True),
        ("2021-04-11", False),
    ],
)
def test_not_before(date: str, come: bool) -> None:
    clock = CheckExecutor(lambda: dt.datetime(2021, 4, 9, 16, 0, 30, tzinfo=dt.UTC))
    found = look("not_before", executor=clock, date=date)
    assert (found.ok, found.code) == (come, "" if come else "too-early")


def test_what_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch, site: str) -> None:
    slow = look("http", url=f"{site}/slow", expect="正常", seconds=0.5)
    assert (slow.ok, slow.code) == (False, "timed-out"), "drips, but never ends"
    hold = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: hold.wait(30) and [])
    assert look("tcp", host="x", port=1, timeout=0.3).code == "timed-out", "a resolver that hangs; the step's time"
    calls = Calls(Path())
    calls.cancel.set()
    assert CHECK.act(calls.make(Call(do="dns", parameters={"name": "x", "address": "10.0.0.1"}))).code == "canceled"
    hold.set()


def test_probe_preview_verify_rollback() -> None:
    with listening(socket.AF_INET, "127.0.0.1") as port:
        call = Calls(Path()).make(Call(do="tcp", parameters={"host": "127.0.0.1", "port": port}))
        assert CHECK.probe(call).found is Probed.DONE
        assert CHECK.verify(call).ok
        assert (CHECK.preview(call).ok, CHECK.preview(call).changes, CHECK.preview(call).code) == (True, 0, "")
    assert CHECK.probe(call).found is Probed.NOT_DONE
    assert not CHECK.verify(call).ok
    later = CHECK.preview(call)
    assert (later.ok, later.code) == (True, "not-reached"), "it may hold when its turn comes"
    assert CHECK.rollback(call).ok


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("ping", {}, "unknown-check"),
    ("tcp", {"host": "a", "port": 0}, "bad-parameter"),
    ("tcp", {"host": "a", "port": 70000}, "bad-parameter"),
    ("tcp", {"host": "a", "port": "ssh"}, "bad-parameter"),
    ("tcp", {"host": "a", "port": 22, "seconds": -1}, "bad-parameter"),
    ("tcp", {"host": "a", "port": 22, "seconds": "soon"}, "bad-parameter"),
    ("http", {"url": "file:///etc/passwd"}, "bad-parameter"),
    ("http", {"url": "http://"}, "bad-parameter"),
    ("http", {"url": "http://a:b/"}, "bad-parameter"),
    ("http", {"url": "http://a/x y"}, "bad-parameter"),
    ("http", {"url": "http://a/\r\nHost: b"}, "bad-parameter"),
    ("dns", {"name": "a", "address": "10.1.0"}, "bad-parameter"),
    ("dns", {"name": "a", "address": ["10.1.0.1", "x"]}, "bad-parameter"),
    ("not_before", {"date": "soon"}, "bad-parameter"),
]


@pytest.mark.parametrize(("do", "parameters", "code"), BAD)
def test_bad_parameters_are_found_by_inspection_and_when_called(do: str, parameters: dict[str, Any], code: str) -> None:
    step = Step(id="s", executor=ExecutorKind.CHECK, act=Call(do=do, parameters=parameters))
    (flaw,) = CHECK.inspect(step, {})
    assert flaw.code == code
    assert StepError(flaw.code, **flaw.data).message
    with pytest.raises(StepError) as raised:
        look(do, **parameters)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("do", "shared"),
    [
        ("tcp", {"host": "a", "port": 22}),
        ("http", {"url": "http://a/"}),
        ("dns", {"name": "a", "address": "10.1.0.1"}),
        ("not_before", {"date": "2021-04-10"}),
    ],
)
def test_missing_parameters(do: str, shared: dict[str, Any]) -> None:
    step = Step(id="s", executor=ExecutorKind.CHECK, act=Call(do=do))
    assert CHECK.inspect(step, shared) == (), "the item may have them"
    flaws = CHECK.inspect(step, {})
    assert [(flaw.code, flaw.data["parameter"]) for flaw in flaws] == [("missing-parameter", name) for name in shared]
    with pytest.raises(StepError) as raised:
        look(do)
    assert raised.value.code == "missing-parameter"
    with pytest.raises(StepError) as raised:
        look("dns", name="a", address=[])
    assert raised.value.code == "missing-parameter"


def test_inspection_reads_all_calls() -> None:
    good = Call(do="tcp", parameters={"host": "a", "port": 22})
    step = Step(id="s", executor=ExecutorKind.CHECK, act=good, probe=good, verify=Call(do="x"), rollback=Call(do="y"))
    assert [flaw.data["check"] for flaw in CHECK.inspect(step, {})] == ["x", "y"]
