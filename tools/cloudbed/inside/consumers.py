"""``consumers.py PORT SECONDS QUEUE...``: waits until each queue is listened to, with Debian's Python.

A daemon that listens to its queue has started; before, what is sent to it is lost. When the time is over: prints the
queues that nobody listens to, and ends with 1.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time

import amqp


def silent(port: int, password: str, queues: list[str]) -> list[str]:
    """The queues without a listener."""
    left = []
    with amqp.Connection(f"127.0.0.1:{port}", userid="bed", password=password, connect_timeout=5) as connection:
        for queue in queues:
            channel = connection.channel()
            try:
                if channel.queue_declare(queue, passive=True).consumer_count == 0:
                    left.append(queue)
                channel.close()
            except amqp.exceptions.NotFound:
                left.append(queue)
    return left


def main() -> int:
    """The exit code."""
    port, seconds, *queues = sys.argv[1:]
    until = time.monotonic() + float(seconds)
    while True:
        with contextlib.suppress(OSError):  # the server is still starting
            queues = silent(int(port), os.environ["BED_QUEUE_PASSWORD"], queues)
        if not queues:
            return 0
        if time.monotonic() > until:
            print(" ".join(queues))
            return 1
        time.sleep(0.2)


sys.exit(main())
