"""Executor ``check``: looks, and changes nothing.

====================  ================================================================================================
``tcp``               ``host``, ``port``: something accepts connections, on any address of either family
``http``              ``url``, ``expect`` (200): a status, or a text that a page of status 200 to 299 holds
``dns``               ``name``, ``address`` (one or a list): the name has exactly these addresses of their families
``not_before``        ``date``: that day, or that moment, has come; without an offset in China's time
``line_silent``       ``line``: the estate's readings show it idle for ``settings.idle_days`` (the gate H9)
====================  ================================================================================================

``seconds`` (10) is how long an answer may take.
"""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migration.run.errors import StepError
from migration.run.events import Probed
from migration.run.executors.results import failed, flaw
from migration.run.masking import mask
from migration.run.ports import Flaw, Outcome, Preview, Probe, StepCall
from migration.runbook.model import Call, Step

__all__ = ["CheckExecutor"]

SECONDS = 10.0
PAGE_BYTES = 1_000_000
CHINA = dt.timezone(dt.timedelta(hours=8))
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "tcp": ("host", "port"),
    "http": ("url",),
    "dns": ("name", "address"),
    "not_before": ("date",),
    "line_silent": ("line",),
}


@dataclass(frozen=True)
class CheckExecutor:
    """See ``migration.run.ports.Executor``. ``clock``: the present moment; ``estate``: its folder, where the worker has
    one at hand."""

    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    estate: Path | None = None

    def inspect(self, step: Step, shared: Mapping[str, Any]) -> tuple[Flaw, ...]:
        """Unknown checks; parameters that are missing or that no check can use."""
        calls = [call for call in (step.act, step.probe, step.verify, step.rollback) if call is not None]
        return tuple(found for call in calls for found in _inspect(step, call, shared))

    def preview(self, call: StepCall) -> Preview:
        """Looks, as acting would; what does not hold yet may well hold when its turn comes."""
        found = self._look(call)
        return Preview(True, changes=0, text=found.message, code=found.code)

    def probe(self, call: StepCall) -> Probe:
        """Whether it holds."""
        found = self._look(call)
        return Probe(Probed.DONE if found.ok else Probed.NOT_DONE, found.message)

    def act(self, call: StepCall) -> Outcome:
        """Whether it holds."""
        return self._look(call)

    def verify(self, call: StepCall) -> Outcome:
        """Whether it holds."""
        return self._look(call)

    def rollback(self, call: StepCall) -> Outcome:  # noqa: ARG002 - the port's signature
        """Nothing was done."""
        return Outcome(True)

    def _look(self, call: StepCall) -> Outcome:
        wanted = _Wanted(call.step, call.parameters)
        match call.call.do:
            case "tcp":
                return _within(call, wanted, _tcp)
            case "http":
                return _within(call, wanted, _http)
            case "dns":
                return _within(call, wanted, _dns)
            case "not_before":
                moment = wanted.moment("date")
                come = self.clock() >= moment
                return Outcome(True) if come else failed("too-early", date=moment.isoformat())
            case "line_silent":
                return self._silent(wanted.text("line"))
        raise StepError("unknown-check", step=call.step.id, check=call.call.do, known=", ".join(REQUIRED))

    def _silent(self, line: str) -> Outcome:
        """As ``run start`` looks: at the estate's readings as they are now."""
        if self.estate is None:
            return failed("no-estate", line=line)
        from inventory.load import load_estate
        from migration.consolidation.evidence import lacking

        inventory = load_estate(self.estate).inventory
        inventory.get("line", line)
        found = lacking(inventory, self.estate, line, self.clock().astimezone(CHINA).date())
        return Outcome(True) if found is None else failed(found.code, **found.data)


@dataclass(frozen=True)
class _Wanted:
    """Parameters, read with care. StepError ``missing-parameter``, ``bad-parameter``."""

    step: Step
    parameters: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.parameters.get(name)
        if value is None or value == "":
            raise StepError("missing-parameter", step=self.step.id, parameter=name)
        return str(value)

    def wrong(self, name: str, expected: str) -> StepError:
        value = str(self.parameters.get(name))
        return StepError("bad-parameter", step=self.step.id, parameter=name, value=value, expected=expected)

    def port(self, name: str) -> int:
        text = self.text(name)
        if not (text.isdecimal() and 0 < int(text) < 65536):
            raise self.wrong(name, "a port from 1 to 65535")
        return int(text)

    def url(self, name: str) -> str:
        text = self.text(name)
        try:
            parts = urllib.parse.urlsplit(text)
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            fits = False
        if not fits or not text.isascii() or not text.isprintable() or " " in text:
            raise self.wrong(name, "an address that begins with http:// or https://")
        return text

    def addresses(self, name: str) -> set[ipaddress.IPv4Address | ipaddress.IPv6Address]:
        value = self.parameters.get(name)
        listed = value if isinstance(value, (list, tuple)) else [self.text(name)]
        try:
            found = {ipaddress.ip_address(str(address)) for address in listed}
        except ValueError:
            raise self.wrong(name, "an address or a list of addresses") from None
        if not found:
            raise StepError("missing-parameter", step=self.step.id, parameter=name)
        return found

    def moment(self, name: str) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self.wrong(name, "a date such as 2021-04-10 or a date and time") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)

    def seconds(self) -> float:
        value = self.parameters.get("seconds", SECONDS)
        try:
            seconds = float(value)
        except (TypeError, ValueError):
            seconds = 0.0
        if not 0 < seconds <= 86_400:
            raise self.wrong("seconds", "a number of seconds")
        return seconds


def _inspect(step: Step, call: Call, shared: Mapping[str, Any]) -> list[Flaw]:
    if call.do not in REQUIRED:
        return [flaw("unknown-check", step=step.id, check=call.do, known=", ".join(REQUIRED))]
    wanted = _Wanted(step, {**shared, **step.parameters, **call.parameters})
    readers: dict[str, Callable[[str], object]] = {
        "port": wanted.port,
        "url": wanted.url,
        "address": wanted.addresses,
        "date": wanted.moment,
        "seconds": lambda _: wanted.seconds(),
    }
    flaws = []
    for name in (*REQUIRED[call.do], "seconds"):
        try:
            readers.get(name, wanted.text)(name)
        except StepError as error:
            flaws.append(flaw(error.code, **error.data))
    return flaws


def _within(call: StepCall, wanted: _Wanted, look: Callable[[_Wanted, float], Outcome]) -> Outcome:
    """Looks on a thread of its own: neither resolving a name nor a server that drips can be ended in any other way. A
    thread that is left behind changes nothing and ends with the process."""
    seconds = min(wanted.seconds(), call.timeout)
    until = time.monotonic() + seconds
    found: list[Outcome | StepError] = []

    def run() -> None:
        try:
            found.append(look(wanted, until))
        except StepError as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive() and not call.cancel.is_set() and time.monotonic() < until:
        thread.join(0.02)
    thread.join(0.02)
    if found:
        if isinstance(found[0], StepError):
            raise found[0]
        return found[0]
    return failed("canceled") if call.cancel.is_set() else failed("timed-out", seconds=round(seconds, 1))


def _left(until: float) -> float:
    return max(until - time.monotonic(), 0.01)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _tcp(wanted: _Wanted, until: float) -> Outcome:
    host, port = wanted.text("host"), wanted.port("port")
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    reason = "no address"
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return failed("not-reached", place=place, reason=_reason(error))
    for family, kind, protocol, _, address in answers:
        try:
            with socket.socket(family, kind, protocol) as connection:
                connection.settimeout(_left(until))
                connection.connect(address)
                return Outcome(True, message=f"{place} accepts connections")
        except OSError as error:
            reason = _reason(error)
    return failed("not-reached", place=place, reason=reason)


class _AsItIs(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: following it would say something about another server."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _http(wanted: _Wanted, until: float) -> Outcome:
    url, expect = wanted.url("url"), wanted.parameters.get("expect", 200)
    shown = mask(url)
    status_wanted = int(expect) if str(expect).isdecimal() else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _AsItIs)
    try:
        with opener.open(url, timeout=_left(until)) as answer:
            status, page = answer.status, answer.read(PAGE_BYTES) if status_wanted is None else b""
    except urllib.error.HTTPError as error:
        error.close()
        status, page = error.code, b""
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        reason = _reason(cause) if isinstance(cause, Exception) else str(cause)
        return failed("not-reached", place=shown, reason=reason)
    if status_wanted is not None:
        if status == status_wanted:
            return Outcome(True, message=f"{shown}: {status}")
        return failed("not-as-expected", place=shown, found=status, expected=status_wanted)
    if not 200 <= status < 300:
        return failed("not-as-expected", place=shown, found=status, expected="2xx")
    if str(expect).encode() in page:
        return Outcome(True, message=f"{shown}: {expect}")
    return failed("not-as-expected", place=shown, found=f"{len(page)} bytes without it", expected=repr(str(expect)))


def _dns(wanted: _Wanted, until: float) -> Outcome:  # noqa: ARG001 - looked at by who waits for it
    name, expected = wanted.text("name"), wanted.addresses("address")
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return failed("not-reached", place=name, reason=_reason(error))
    versions = {address.version for address in expected}
    found = {ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers}
    found = {address for address in found if address.version in versions}
    if found == expected:
        return Outcome(True, message=f"{name}: {_listed(found)}")
    return failed("not-as-expected", place=name, found=_listed(found) or "-", expected=_listed(expected))


def _listed(addresses: set[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> str:
    return ", ".join(str(address) for address in sorted(addresses, key=lambda one: (one.version, int(one))))
