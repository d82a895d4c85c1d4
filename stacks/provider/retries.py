"""Requests that are repeated when a cloud is busy: with growing pauses, and never where that makes things twice."""

from __future__ import annotations

import email.utils
import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keystoneauth1 import exceptions
from keystoneauth1.session import Session

from stacks.errors import CloudError, CloudUnreachableError

__all__ = ["BUSY", "Patience", "RetryingSession", "transient"]

BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same request may well succeed."""

REPEATABLE = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
"""Carried out twice they leave what they leave carried out once, or say so by an answer that the caller knows."""


_PLACE = re.compile(r" \(_\w+\.c:\d+\)")
"""Where in an interpreter's source an error arose."""


@dataclass(frozen=True)
class Patience:
    """How often and how long.

    Attributes:
        tries: requests in all.
        first: seconds of the first pause; each further one is twice as long, all with jitter.
        longest: seconds of the longest pause of our own choice.
        obeyed: seconds of the longest pause that a cloud can ask for (Retry-After).
        timeout: seconds that one request may take, where clouds.yaml says nothing.
    """

    tries: int = 6
    first: float = 0.5
    longest: float = 20.0
    obeyed: float = 120.0
    timeout: float = 60.0

    def pause(self, attempt: int, asked: str | None = None) -> float:
        """Seconds before the try after ``attempt`` (from 1); ``asked``: a Retry-After header (RFC 9110, 10.2.3)."""
        own = min(self.longest, self.first * 2.0 ** (attempt - 1))
        wanted = _seconds(asked)
        jitter = random.uniform(0.5, 1.0)
        return own * jitter if wanted is None else min(self.obeyed, wanted) + own * jitter * 0.1


def _seconds(asked: str | None) -> float | None:
    if not asked:
        return None
    if asked.strip().isdigit():
        return float(asked)
    try:
        moment = email.utils.parsedate_to_datetime(asked)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())


def transient(error: BaseException) -> bool:
    """Whether a request failed in a way that leaves open whether it was carried out."""
    status = getattr(error, "status_code", None) or getattr(error, "http_status", None)
    return status in BUSY or isinstance(error, exceptions.RetriableConnectionFailure)


class RetryingSession(Session):
    """A session of keystoneauth that waits for a busy cloud.

    Answers and failures of requests that could make something twice are handed on at once: their callers look for
    what was made first. An answer 429 is the exception, it says that nothing was done.
    """

    def __init__(self, *arguments: Any, patience: Patience, stop: threading.Event, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._patience = patience
        self._stop = stop
        if self.timeout is None:
            self.timeout = patience.timeout

    def request(self, url: str, method: str, **named: Any) -> Any:  # type: ignore[override]  # named arguments are handed on
        """As ``Session.request``; raises ``CloudUnreachableError`` when patience ends."""
        repeatable = method.upper() in REPEATABLE or named.get("authenticated") is False
        for attempt in range(1, self._patience.tries + 1):
            if self._stop.is_set():
                raise CloudError("cloud-canceled", what=f"{method} {url}")
            response, failure = self._ask(url, method, named)
            status, headers = _answer(response, failure)
            connection = isinstance(failure, exceptions.RetriableConnectionFailure)
            if (status in BUSY or connection) and (repeatable or status == 429):
                if attempt < self._patience.tries:
                    self._stop.wait(self._patience.pause(attempt, headers.get("Retry-After")))
                    continue
                raise self._exhausted(url, status, failure) from failure
            if failure is not None:
                raise failure
            return response
        raise AssertionError  # the last try returns or raises

    def _ask(self, url: str, method: str, named: Mapping[str, Any]) -> tuple[Any, Exception | None]:
        try:
            return super().request(url, method, **named), None
        except exceptions.SSLError as error:
            raise CloudUnreachableError("cloud-certificate", url=url, reason=_root(error)) from error
        except (exceptions.HttpError, exceptions.ConnectFailure, exceptions.ConnectTimeout) as error:
            return None, error

    def _exhausted(self, url: str, status: int, failure: Exception | None) -> CloudUnreachableError:
        if isinstance(failure, exceptions.ConnectTimeout):
            return CloudUnreachableError("cloud-slow", url=url, seconds=f"{self.timeout:g}")
        if status:
            return CloudUnreachableError("cloud-busy", url=url, status=status, tries=self._patience.tries)
        return CloudUnreachableError("cloud-unreachable", url=url, reason=_root(failure))


def _answer(response: Any, failure: Exception | None) -> tuple[int, Mapping[str, str]]:
    """(status, headers) of an answer or of the error that stands for it; (0, {}) without one."""
    if isinstance(failure, exceptions.HttpError):
        headers = getattr(failure.response, "headers", None)
        return int(failure.http_status or 0), headers or {}
    if response is None:
        return 0, {}
    return int(response.status_code), response.headers


def _root(error: BaseException | None) -> str:
    """What lies at the bottom of a chain of errors, in few words."""
    while error is not None and (error.__cause__ or error.__context__):
        error = error.__cause__ or error.__context__
    text = str(error) or type(error).__name__
    return _PLACE.sub("", text.split("[Errno", 1)[-1].split("] ", 1)[-1]).rstrip(")'\"")
