"""Volumes (cinder)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openstack import exceptions

from stacks.errors import CloudError
from stacks.provider.handlers.settling import SettlingHandler
from stacks.provider.model import Found

__all__ = ["VolumeHandler"]

EXTEND_IN_USE = "3.42"
"""Cinder's API version that extends a volume while a server uses it."""


class VolumeHandler(SettlingHandler):
    """A volume; it can grow."""

    under_way = frozenset(
        {"creating", "downloading", "extending", "attaching", "detaching", "restoring-backup", "retyping", "uploading"}
    )

    def outputs(self, found: Any, outputs: Mapping[str, Any]) -> dict[str, Any]:
        # In use only follows the attachment.
        seen = "available" if found.status == "in-use" else str(found.status)
        return {"status": seen, "ready": self.ready(found, outputs)}

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
                self.settled(found.id, self.kind.seconds, self.what(inputs))
        return super().change(found, changed, old, inputs)

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
