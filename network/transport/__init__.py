"""Sessions with devices over SSH: one way to log in, to send lines and to read answers, whatever is below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from network.transport.model import Login, Reply, Session, Target, Transport

if TYPE_CHECKING:
    from network.transport.by_netmiko import NetmikoTransport
    from network.transport.by_paramiko import ParamikoTransport
    from network.transport.connecting import dial_tcp, dial_through

__all__ = [
    "Login",
    "NetmikoTransport",
    "ParamikoTransport",
    "Reply",
    "Session",
    "Target",
    "Transport",
    "dial_tcp",
    "dial_through",
]

_HEAVY = {
    "NetmikoTransport": "by_netmiko",
    "ParamikoTransport": "by_paramiko",
    "dial_tcp": "connecting",
    "dial_through": "connecting",
}


def __getattr__(name: str) -> Any:
    """What needs paramiko, which takes long to import, when it is first asked for."""
    if name not in _HEAVY:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HEAVY[name]}"), name)
