"""``python -m tools.push_kills.pusher``: one guarded push, told by JSON on stdin; each event is a line on stdout."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from network.config import parse
from network.diff import patch
from network.platforms import platform_of
from network.push.device import push_device
from network.push.journal import Journal
from network.push.model import Change, Limits
from network.transport import Login, NetmikoTransport, Target

__all__ = ["PUSH", "main", "target_of_order"]

PUSH = "trial"
"""Id of the push."""


def target_of_order(order: dict[str, Any]) -> tuple[Target, Login]:
    """Where the order's device is, and how to log in."""
    platform = platform_of(order["platform"])
    target = Target(
        device=order["device"], platform=platform, address=order["address"], port=order["port"],
        host_key=order["host_key"], user=order["user"], encoding=order.get("encoding") or platform.encoding,
    )  # fmt: skip
    key = order.get("key_file")
    return target, Login(password=order.get("password"), key_file=Path(key) if key else None)


def main() -> int:
    """0 where it came to its end and was good."""
    order = json.load(sys.stdin)
    target, login = target_of_order(order)
    platform = target.platform
    before, intended = parse(platform, order["before"]), parse(platform, order["intended"])
    change = Change(PUSH, target, login, order["before"], intended, patch(platform, before, intended))

    def tell(_device: str, event: str, done: int, _total: int) -> None:
        sys.stdout.write(f"{event} {done}\n")
        sys.stdout.flush()

    limits = Limits(guard=order["guard"])
    result = push_device(change, NetmikoTransport(), Journal(Path(order["journal"])), limits, tell=tell)
    sys.stdout.write(f"ended {result.status.value} {result.message}\n")
    return 0 if result.status.good else 1


if __name__ == "__main__":
    sys.exit(main())
