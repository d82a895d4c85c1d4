"""Waits until something of the bed answers, as long as its process lives."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable

from tools.cloudbed.errors import BedError
from tools.cloudbed.layout import Layout
from tools.cloudbed.processes import recorded, tail

__all__ = ["until", "wait_http", "wait_port"]

PATIENCE = 180.0
"""Seconds: ten times what the slowest takes on an idle machine."""


def until(layout: Layout, name: str, ready: Callable[[], bool], what: str) -> None:
    """Asks again and again.

    Raises:
        BedError: the process ended, or it took too long.
    """
    end = time.monotonic() + PATIENCE
    while not ready():
        process = recorded(layout).get(name)
        if process is not None and not process.alive:
            raise BedError(f"{name} ended while starting: {tail(layout, name)}")
        if time.monotonic() > end:
            raise BedError(f"{name} did not {what} within {PATIENCE:.0f} s: {tail(layout, name)}")
        time.sleep(0.05)


def wait_port(layout: Layout, name: str, port: int) -> None:
    """Until somebody listens."""

    def listens() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    until(layout, name, listens, f"listen on port {port}")


def wait_http(layout: Layout, name: str, port: int, path: str = "/") -> None:
    """Until an HTTP server answers, whatever it says."""

    def answers() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    until(layout, name, answers, f"answer on port {port}")
