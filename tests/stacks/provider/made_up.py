"""A plug-in with a made-up back end: what the wire does, without any cloud."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from typing import Any

from stacks.provider.differences import difference
from stacks.provider.model import Difference, Failure, Found, Made, PartialError
from stacks.provider.tables.kinds import BY_TOKEN

__all__ = ["MadeUp", "main"]


class MadeUp:
    """Does what names of objects say."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.stop = threading.Event()

    def configure(self, settings: Mapping[str, Any]) -> None:
        self.settings = dict(settings)

    def secrets(self, token: str) -> frozenset[str]:
        return frozenset(row.name for row in BY_TOKEN[token].properties if row.secret)

    def check(self, token: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> list[Failure]:
        del token, old
        return [Failure("name", "is bad")] if inputs.get("name") == "bad" else []

    def diff(
        self, token: str, old: Mapping[str, Any], outputs: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Difference:
        return difference(BY_TOKEN[token], old, outputs, new)

    def create(self, token: str, urn: str, inputs: Mapping[str, Any], seconds: float) -> Made:
        del token
        name = inputs.get("name")
        if name == "half":
            raise PartialError("id-half", {"status": "ERROR", "ready": False}, "No valid host was found [cloud-failed]")
        if name == "none":
            raise RuntimeError("password is hunter2")
        if name == "slow":
            self.stop.wait(60)
            raise RuntimeError("canceled" if self.stop.is_set() else "not canceled")
        return Made(f"id-{urn}", {"status": "ACTIVE", "seconds": seconds, "seen": repr(inputs.get("mtu"))})

    def read(self, token: str, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        del token
        return None if id == "gone" else Found(id, {**inputs, "name": "seen"}, outputs)

    def update(self, token: str, urn: str, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        del token, urn, seconds, inputs
        return {**old.outputs, "status": "ACTIVE"}

    def delete(self, token: str, old: Found, seconds: float) -> None:
        del token, seconds
        if old.inputs.get("name") == "held":
            raise RuntimeError("held")

    def explain(self, error: Exception) -> str:
        return str(error).replace("hunter2", "***")

    def cancel(self) -> None:
        self.stop.set()


def main() -> None:
    """As the real plug-in's, with this back end."""
    import os

    from stacks.provider.protocol import stand_in

    parent = os.getppid()
    stand_in()
    from stacks.provider.schema import schema
    from stacks.provider.watchdog import end_with_parent
    from stacks.provider.wire import serve

    end_with_parent(parent)
    server, port = serve(MadeUp(), schema)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
