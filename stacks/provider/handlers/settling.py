"""Objects that have an id at once and are made, or have failed, some time later: servers and volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from stacks.errors import CloudError
from stacks.provider.handlers.base import ObjectHandler
from stacks.provider.marks import Mark
from stacks.provider.model import Found, PartialError

__all__ = ["SettlingHandler"]

SETTLE_SECONDS = 120
"""How long a look at an object that nobody waited for waits until it is made or has failed."""


class SettlingHandler(ObjectHandler):
    """A kind whose objects are waited for. Output ``ready``: whether the object was ever good."""

    under_way: ClassVar[frozenset[str]]
    """Statuses that pass by themselves."""

    @staticmethod
    def failed(found: Any) -> bool:
        """Whether the cloud says that an object is broken."""
        return str(found.status).lower().startswith("error")

    @staticmethod
    def reason(found: Any) -> str:
        """What the cloud says of a broken object."""
        return str((getattr(found, "fault", None) or {}).get("message") or "the cloud gives no reason")

    def settled(self, id: str, seconds: float, what: str) -> Any | None:
        """The object once nothing is under way any more, or when the time is over; None: not there."""
        return self.cloud.wait(
            lambda: self.get(id), lambda seen: seen is None or seen.status not in self.under_way, seconds, what
        )[0]

    def ready(self, found: Any, outputs: Mapping[str, Any]) -> bool:
        """Whether it is good, or was before; an import has no outputs yet, and is never taken for half made."""
        good = found.status not in self.under_way and not self.failed(found)
        return good or bool(outputs.get("ready", not outputs))

    def finish(self, found: Any, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        del mark
        what = self.what(inputs)
        seen = self.settled(found.id, seconds, what)
        if seen is None:
            raise CloudError("cloud-gone", what=what)
        outputs = self.outputs(seen, {"ready": False})
        fault: CloudError | None = None
        if self.failed(seen):
            fault = CloudError("cloud-failed", what=what, status=seen.status, reason=self.reason(seen))
        elif seen.status in self.under_way:
            fault = CloudError("cloud-waiting", what=what, status=seen.status, seconds=f"{seconds:g}")
        if fault is not None:
            raise PartialError(seen.id, outputs, f"{fault.message}; {fault.hint} [{fault.code}]")
        return outputs

    def read(self, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        if outputs and "ready" not in outputs:
            # Taken over from a process that was killed while it made the object.
            self.settled(id, SETTLE_SECONDS, id)
        return super().read(id, inputs, outputs)

    def update(self, mark: Mark, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        try:
            return super().update(mark, old, inputs, seconds)
        except PartialError as error:
            # It had been good before: what is broken now is to be repaired, never thrown away.
            error.outputs["ready"] = bool(old.outputs.get("ready", False))
            raise

    def change(self, found: Any, changed: dict[str, Any], old: Found, inputs: Mapping[str, Any]) -> Any:
        if "metadata" in changed:
            wanted = changed.pop("metadata") or {}
            proxy, one = self.cloud.service(self.kind.service), self.kind.singular
            gone = sorted(set(old.inputs.get("metadata") or {}) - set(wanted))
            if wanted:
                write = getattr(proxy, f"set_{one}_metadata")
                self.cloud.once(lambda: write(found.id, **wanted), lambda: None, found.name)
            if gone:
                getattr(proxy, f"delete_{one}_metadata")(found.id, gone)
        return super().change(found, changed, old, inputs) if changed else self.call("get")(found.id)
