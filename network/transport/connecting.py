"""SSH connections with strict host keys; what may go wrong on the way becomes a TransportError with its code."""

from __future__ import annotations

import base64
import logging
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

import paramiko
from paramiko.pkey import UnknownKeyType

from network.errors import TransportError

if TYPE_CHECKING:
    from network.transport.model import Login, Target

__all__ = ["Connection", "Dial", "connect", "dial_tcp", "dial_through"]

Dial = Callable[[str, int, float], socket.socket]
"""(address, port, timeout in s) -> a connected TCP socket; OSError."""

# What it logs of a connection that breaks is told as an error; without a handler Python writes it to stderr.
logging.getLogger("paramiko").addHandler(logging.NullHandler())

KEEPALIVE = 15
"""Seconds; a connection that a firewall forgets would otherwise end in the middle of a long save."""


def dial_tcp(address: str, port: int, timeout: float) -> socket.socket:
    """An ordinary TCP connection."""
    connected = socket.create_connection((address, port), timeout=timeout)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


def dial_through(command: tuple[str, ...]) -> Dial:
    """Connections opened by a program that is called with address and port and hands the socket over its stdout.

    The contract of OpenSSH's ProxyCommand with ProxyUseFdpass.
    """

    def dial(address: str, port: int, timeout: float) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with ours, theirs:
            called = subprocess.Popen(  # noqa: S603 - the operator's own command
                [*command, address, str(port)], stdin=subprocess.DEVNULL, stdout=theirs.fileno(), stderr=subprocess.PIPE
            )
            theirs.close()
            try:
                ours.settimeout(timeout)
                _, handed, _, _ = socket.recv_fds(ours, 1, 1)
                _, said = called.communicate(timeout=timeout)
            except subprocess.TimeoutExpired as error:
                raise TimeoutError(f"{command[0]} does not end") from error
            finally:
                if called.poll() is None:
                    called.kill()
                    called.communicate()
        if not handed:
            raise ConnectionRefusedError(said.decode(errors="replace").strip()[-200:] or f"{command[0]} gave no socket")
        connected = socket.socket(fileno=handed[0])
        connected.settimeout(timeout)
        return connected

    return dial


class Connection:
    """A logged-in SSH connection, with those below it when it goes through jump hosts."""

    def __init__(self, client: paramiko.SSHClient, below: ExitStack) -> None:
        self.client, self._below = client, below

    @property
    def transport(self) -> paramiko.Transport:
        """For new channels; TransportError never: a closed one refuses the channel."""
        found = self.client.get_transport()
        assert found is not None  # connect() has returned
        return found

    def close(self) -> None:
        """Close it and those below."""
        self.client.close()
        self._below.close()


def connect(target: Target, login: Login, *, timeout: float, dial: Dial = dial_tcp) -> Connection:
    """Log in to a target, through its jump hosts. TransportError, all codes but ``transport-encoding``."""
    until = time.monotonic() + timeout
    with ExitStack() as below:
        if target.jump is None:
            way: socket.socket | paramiko.Channel = _dialled(target, until, dial)
        else:
            jump = connect(target.jump, login, timeout=timeout, dial=dial)
            below.callback(jump.close)
            way = _forwarded(target, jump, until)
        below.callback(way.close)
        client = paramiko.SSHClient()
        below.callback(client.close)
        _log_in(client, target, login, way, until)
        return Connection(client, below.pop_all())


def _place(target: Target) -> str:
    return f"[{target.address}]:{target.port}" if ":" in target.address else f"{target.address}:{target.port}"


def _left(until: float) -> float:
    return max(until - time.monotonic(), 0.01)


def _dialled(target: Target, until: float, dial: Dial) -> socket.socket:
    try:
        return dial(target.address, target.port, _left(until))
    except OSError as error:
        reason = error.strerror or str(error) or "no answer"
        raise TransportError(
            "transport-unreachable", device=target.device, address=_place(target), reason=reason
        ) from error


def _forwarded(target: Target, jump: Connection, until: float) -> paramiko.Channel:
    try:
        return jump.transport.open_channel(
            "direct-tcpip", (target.address, target.port), ("127.0.0.1", 0), timeout=_left(until)
        )
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise TransportError(
            "transport-unreachable", device=target.device, address=_place(target), reason=f"by the jump host: {error}"
        ) from error


def _log_in(
    client: paramiko.SSHClient, target: Target, login: Login, way: socket.socket | paramiko.Channel, until: float
) -> None:
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    name = target.address if target.port == 22 else f"[{target.address}]:{target.port}"
    client.get_host_keys().add(name, *_host_key(target))
    left = _left(until)
    try:
        client.connect(
            target.address,
            target.port,
            username=target.user,
            password=login.password,
            pkey=_private_key(target, login),
            allow_agent=login.agent,
            look_for_keys=False,
            sock=way,
            timeout=left,
            banner_timeout=left,
            auth_timeout=left,
            channel_timeout=left,
        )
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _as_ours(error, target, until, left) from error
    transport = client.get_transport()
    assert transport is not None
    transport.set_keepalive(KEEPALIVE)


def _host_key(target: Target) -> tuple[str, paramiko.PKey]:
    try:
        kind, text, *_ = target.host_key.split()
        return kind, paramiko.PKey.from_type_string(kind, base64.b64decode(text, validate=True))
    except (ValueError, paramiko.SSHException, UnknownKeyType) as error:
        raise TransportError("transport-host-key", device=target.device, address=_place(target)) from error


def _private_key(target: Target, login: Login) -> paramiko.PKey | None:
    if login.key_file is None:
        return None
    try:
        return paramiko.PKey.from_path(login.key_file)
    except (paramiko.PasswordRequiredException, TypeError) as error:
        raise _refused(target, f"{login.key_file} has a passphrase: load it into the agent") from error
    except (OSError, ValueError, paramiko.SSHException, UnknownKeyType) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no private key"
        raise _refused(target, f"{login.key_file}: {reason}") from error


def _refused(target: Target, reason: str) -> TransportError:
    return TransportError("transport-login-refused", device=target.device, user=target.user, reason=reason)


def _as_ours(error: Exception, target: Target, until: float, timeout: float) -> TransportError:
    """The one table of what paramiko says while logging in."""
    if isinstance(error, (paramiko.BadHostKeyException, paramiko.ssh_exception.IncompatiblePeer)):
        if isinstance(error, paramiko.BadHostKeyException) or "host key" in str(error):
            return TransportError("transport-host-key", device=target.device, address=_place(target))
        return TransportError(
            "transport-unreachable", device=target.device, address=_place(target), reason=f"no common SSH: {error}"
        )
    late = time.monotonic() >= until or isinstance(error, TimeoutError) or "timeout" in str(error).lower()
    nothing_to_try = "No authentication methods" in str(error)
    if nothing_to_try or (isinstance(error, paramiko.AuthenticationException) and not late):
        return _refused(target, str(error) or "it accepts none of what was given")
    if late:
        return TransportError(
            "transport-timed-out", device=target.device, seconds=round(timeout, 1), doing="logging in"
        )
    return TransportError("transport-dropped", device=target.device, doing=f"logging in ({str(error) or 'closed'})")
