"""The executable ``pulumi-resource-qianyun``, started by the engine."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import warnings

__all__ = ["main"]


def main() -> int:
    """Print the port, answer until the engine ends us, and never outlive it."""
    parent = os.getppid()
    if len(sys.argv) > 1 and not _answers(sys.argv[1]):
        return 3  # the engine ended before we knew our parent
    from stacks.provider.protocol import stand_in

    stand_in()
    # Warnings of libraries would be shown to people as messages of the stack.
    warnings.simplefilter("ignore")
    from stacks.provider.backend import OpenStackBackend
    from stacks.provider.schema import schema
    from stacks.provider.watchdog import end_with_parent
    from stacks.provider.wire import serve

    end_with_parent(parent)
    server, port = serve(OpenStackBackend(), schema)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
    return 0


def _answers(address: str) -> bool:
    """Whether the engine listens at HOST:PORT, the only argument that it gives; other texts are not its."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return True
    with contextlib.suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), timeout=10):
        return True
    return False
