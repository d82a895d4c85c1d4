"""ProxyCommand with ProxyUseFdpass: connect.py ADDRESS PORT opens a connection and hands it to ssh over stdout.

Runs inside the network that it connects from; it ends at once, so nothing copies the traffic.
"""

from __future__ import annotations

import socket
import sys

__all__ = ["main"]

SECONDS = 5


def main(address: str, port: str) -> int:
    """Connect and pass the socket on; 1 when nobody answers."""
    try:
        connected = socket.create_connection((address, int(port)), timeout=SECONDS)
    except OSError as error:
        sys.stderr.write(f"{address} port {port}: {error}\n")
        return 1
    connected.setblocking(True)
    with socket.socket(fileno=1) as ssh:
        socket.send_fds(ssh, [b"\0"], [connected.fileno()])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
