"""Volumes (cinder)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openstack import exceptions

from stacks.errors import CloudError
from stacks.provider.handlers.base import ObjectHandler
from stacks.provider.handlers.compute import SETTLE_SECONDS
from stacks.provider.marks import Mark
from stacks.provider.model import Found, PartialError

__all__ = ["VolumeHandler"]

UNDER_WAY = frozenset(
    {"creating", "downloading", "extending", "attaching", "detaching", "restoring-backup", "retyping", "uploading"}
)
EXTEND_IN_USE = "3.42"
"""Cinder's API version that extends a volume while a server uses it."""


class VolumeHandler(ObjectHandler):
    """A volume; it can grow."""

    def outputs(self, found: Any, outputs: Mapping[str, Any]) -> dict[str, Any]:
        status = str(found.status)
        good = status not in UNDER_WAY and not status.startswith("error")
        seen = "available" if status == "in-use" else status  # in use only follows the attachment
        return {"status": seen, "ready": good or outputs.get("ready", not outputs)}

    def finish(self, found: Any, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        del mark
        what = self.what(inputs)
        found, settled = self.cloud.wait(
            lambda: self.call("get")(found.id), lambda seen: seen.status not in UNDER_WAY, seconds, what
        )
        outputs = self.outputs(found, {"ready": False})
        fault: CloudError | None = None
        if not settled:
            fault = CloudError("cloud-waiting", what=what, status=found.status, seconds=f"{seconds:g}")
        elif found.status.startswith("error"):
            fault = CloudError("cloud-failed", what=what, status=found.status, reason="the cloud gives no reason")
        if fault is not None:
            raise PartialError(found.id, outputs, f"{fault.message}; {fault.hint} [{fault.code}]")
        return outputs

    def read(self, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        if outputs and "ready" not in outputs:
            self.cloud.wait(
                lambda: self.get(id), lambda seen: seen is None or seen.status not in UNDER_WAY, SETTLE_SECONDS, id
            )
        return super().read(id, inputs, outputs)

    def update(self, mark: Mark, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        try:
            return super().update(mark, old, inputs, seconds)
        except PartialError as error:
            error.outputs["ready"] = bool(old.outputs.get("ready", False))
            raise

    def change(self, found: Any, changed: dict[str, Any], old: Found, inputs: Mapping[str, Any]) -> Any:
        storage = self.cloud.service("block_storage")
        if "size_gib" in changed:
            size = int(changed.pop("size_gib"))
            if found.size < size:
                version = EXTEND_IN_USE if found.status == "in-use" else None
                answer = storage.post(
                    f"/volumes/{found.id}/action", json={"os-extend": {"new_size": size}}, microversion=version
                )
                exceptions.raise_from_response(answer)
                self.cloud.wait(
                    lambda: self.call("get")(found.id),
                    lambda seen: seen.status not in UNDER_WAY,
                    self.kind.seconds,
                    self.what(inputs),
                )
        if "metadata" in changed:
            wanted = changed.pop("metadata") or {}
            gone = sorted(set(old.inputs.get("metadata") or {}) - set(wanted))
            if wanted:
                self.cloud.once(lambda: storage.set_volume_metadata(found.id, **wanted), lambda: None, found.name)
            if gone:
                storage.delete_volume_metadata(found.id, gone)
        return super().change(found, changed, old, inputs) if changed else self.call("get")(found.id)

    def held(self, error: Exception) -> bool:
        """Cinder answers 400 while a volume is still attached or just being let go."""
        return isinstance(error, exceptions.ConflictException | exceptions.BadRequestException)

    def gone(self, id: str) -> bool:
        found = self.get(id)
        if found is not None and found.status == "error_deleting":
            raise CloudError(
                "cloud-failed",
                what=f"removal of volume {found.name}",
                status=found.status,
                reason="see the cloud's log",
            )
        return found is None
