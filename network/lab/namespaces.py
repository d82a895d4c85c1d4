"""Networks of a laboratory's hosts and of their VPN instances, and threads that enter them."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["inside", "namespace_of"]

_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of setns(2)."""
_C = ctypes.CDLL(None, use_errno=True)


def namespace_of(pid: int, vpn: str = "") -> str:
    """The file of a host's network, by its first process, or of a VPN instance in it. ``ip`` takes it as a name."""
    return f"/proc/{pid}/root/run/netns/{vpn}" if vpn else f"/proc/{pid}/ns/net"


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """This thread, and processes that it starts, in a network. OSError where there is none."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        other = os.open(namespace, os.O_RDONLY)
        try:
            _enter(other)
        finally:
            os.close(other)
        try:
            yield
        finally:
            _enter(own)
    finally:
        os.close(own)


def _enter(namespace: int) -> None:
    if _C.setns(namespace, _NEW_NETWORK):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
