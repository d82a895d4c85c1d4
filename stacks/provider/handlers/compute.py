"""Key pairs, servers and what is attached to them (nova)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from openstack import exceptions

from stacks.errors import CloudError, said_in_one_line
from stacks.provider.checks import nearest
from stacks.provider.handlers.base import Handler, ObjectHandler
from stacks.provider.handlers.network import two
from stacks.provider.handlers.settling import SettlingHandler
from stacks.provider.marks import Mark
from stacks.provider.model import Failure, Found, Made, PartialError, Property

__all__ = ["KeypairHandler", "ServerHandler", "VolumeAttachmentHandler"]


class KeypairHandler(ObjectHandler):
    """A key pair of the login's user; its name is its id."""

    def candidates(self, mark: Mark, inputs: Mapping[str, Any]) -> Iterator[Any]:
        del mark
        found = self.get(inputs["name"]) if inputs.get("name") else None
        if found is not None:
            yield found

    def existing(self, mark: Mark, inputs: Mapping[str, Any]) -> Any | None:
        """Key pairs carry no mark: the same name with the same key is ours."""
        key = _bare(inputs.get("public_key"))
        return next((found for found in self.candidates(mark, inputs) if _bare(found.public_key) == key), None)

    def observe(self, found: Any, row: Property, wanted: Any, outputs: Mapping[str, Any]) -> Any:
        seen = super().observe(found, row, wanted, outputs)
        return wanted if row.name == "public_key" and wanted is not None and _bare(wanted) == _bare(seen) else seen


def _bare(key: str | None) -> str:
    """A public key without its comment."""
    return " ".join((key or "").split()[:2])


class ServerHandler(SettlingHandler):
    """A server on ports that are made before it."""

    under_way = frozenset({"BUILD", "REBUILD", "UNKNOWN"})

    # ---- names and ids of images and flavors

    def lookups(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Failure]:
        for name, find in (("image", self._image), ("flavor", self._flavor)):
            wanted = inputs.get(name)
            if isinstance(wanted, str) and wanted != old.get(name):
                try:
                    find(wanted)
                except CloudError as error:
                    yield Failure(name, said_in_one_line(error))

    def means(self, name: str, wanted: Any, outputs: Mapping[str, Any]) -> bool:
        current = outputs.get(f"{name}_id")
        if name not in {"image", "flavor"} or current is None or not isinstance(wanted, str):
            return False
        find = self._image if name == "image" else self._flavor
        return bool(find(wanted) == current)

    def _image(self, wanted: str) -> str:
        images = self.cloud.known(
            "images",
            lambda: {str(image.id): str(image.name) for image in self.cloud.service("image").images(status="active")},
        )
        return _one("image", wanted, images)

    def _flavor(self, wanted: str) -> str:
        return _one("flavor", wanted, self._flavors())

    def _flavors(self) -> dict[str, str]:
        return self.cloud.known(
            "flavors", lambda: {str(row.id): str(row.name) for row in self.cloud.service("compute").flavors()}
        )

    # ---- to and from openstacksdk

    def attributes(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        special = {"image", "flavor", "port_ids", "user_data"}
        attributes = super().attributes({name: value for name, value in inputs.items() if name not in special})
        attributes |= {
            "image_id": self._image(inputs["image"]),
            "flavor_id": self._flavor(inputs["flavor"]),
            "networks": [{"port": id} for id in inputs["port_ids"]],
        }
        if inputs.get("user_data"):
            attributes["user_data"] = base64.b64encode(inputs["user_data"].encode()).decode()
        return attributes

    def observe(self, found: Any, row: Property, wanted: Any, outputs: Mapping[str, Any]) -> Any:
        if row.name == "image":
            id = (found.image or {}).get("id")
            if not id or wanted == id or (wanted and id == outputs.get("image_id")):
                return wanted or id  # nova knows no image of a server that started from a volume
            title = self._image_name(id)
            return wanted if wanted == title else title
        if row.name == "flavor":
            flavor = found.flavor or {}
            # From API 2.47 on a server shows its flavor's name, not its id; before that the id alone.
            name, id = flavor.get("original_name"), flavor.get("id")
            known = {name, id} - {None}
            if wanted in known or (wanted and self._flavors().get(wanted) in known):
                return wanted
            return name or self._flavors().get(str(id), id)
        return super().observe(found, row, wanted, outputs)

    def _image_name(self, id: str) -> str:
        """Name of an image; its id where the image is gone."""
        try:
            return str(self.cloud.service("image").get_image(id).name)
        except exceptions.NotFoundException:
            return id

    def inputs(self, found: Any, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> dict[str, Any]:
        live = super().inputs(found, inputs, outputs)
        if not inputs:
            ports = self.cloud.service("network").ports(device_id=found.id)
            live["port_ids"] = [str(port.id) for port in ports]
        return live

    def outputs(self, found: Any, outputs: Mapping[str, Any]) -> dict[str, Any]:
        name = (found.flavor or {}).get("original_name")
        flavors = self._flavors() if name and not outputs.get("flavor_id") else {}
        flavor = next((id for id, title in flavors.items() if title == name), (found.flavor or {}).get("id"))
        return {
            "status": found.status,
            "image_id": (found.image or {}).get("id") or outputs.get("image_id"),
            "flavor_id": outputs.get("flavor_id") or flavor,
            "ready": self.ready(found, outputs),
        }

    # ---- what the engine asks for

    def get(self, id: str) -> Any | None:
        found = super().get(id)
        return None if found is not None and found.status in {"DELETED", "SOFT_DELETED"} else found

    def gone(self, id: str) -> bool:
        found = self.get(id)
        if found is not None and found.status == "ERROR" and found.task_state != "deleting":
            what = f"removal of server {found.name}"
            raise CloudError("cloud-failed", what=what, status="ERROR", reason=self.reason(found))
        return found is None


def _one(kind: str, wanted: str, names: Mapping[str, str]) -> str:
    """Id of an image or a flavor of a name or id."""
    if wanted in names:
        return wanted
    ids = [id for id, name in names.items() if name == wanted]
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise CloudError("cloud-ambiguous", what=kind, kind=kind, name=wanted, count=len(ids))
    raise CloudError("cloud-not-found", what=kind, kind=kind, name=wanted, nearest=nearest(wanted, names.values()))


class VolumeAttachmentHandler(Handler):
    """A volume in a server. Its id is SERVER/VOLUME."""

    def what(self, inputs: Mapping[str, Any]) -> str:
        return f"{self.kind.name} of volume {inputs.get('volume_id')} to server {inputs.get('server_id')}"

    def create(self, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Made:
        del mark
        server, volume = inputs["server_id"], inputs["volume_id"]
        found = self._there(server, volume) or self.cloud.once(
            lambda: self.cloud.service("compute").create_volume_attachment(server, volume_id=volume),
            lambda: self._there(server, volume),
            self.what(inputs),
        )
        id = f"{server}/{volume}"
        status = self._settled(volume, {"in-use"}, seconds, inputs)
        if status != "in-use":
            code = "cloud-failed" if status.startswith("error") else "cloud-waiting"
            fault = CloudError(code, what=self.what(inputs), status=status, reason="-", seconds=f"{seconds:g}")
            raise PartialError(id, {"device": found.device}, f"{fault.message}; {fault.hint} [{fault.code}]")
        return Made(id, {"device": found.device})

    def _settled(self, volume: str, good: set[str], seconds: float, inputs: Mapping[str, Any]) -> str:
        get = self.cloud.service("block_storage").get_volume
        status, _ = self.cloud.wait(
            lambda: str(get(volume).status),
            lambda seen: seen in good or seen.startswith("error"),
            seconds,
            self.what(inputs),
        )
        return status

    def _there(self, server: str, volume: str) -> Any | None:
        try:
            found = list(self.cloud.service("compute").volume_attachments(server))
        except exceptions.NotFoundException:
            return None
        return next((row for row in found if row.volume_id == volume), None)

    def read(self, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        del inputs, outputs
        server, volume = two(self.kind.name, id, "SERVER/VOLUME")
        found = self._there(server, volume)
        if found is None:
            return None
        return Found(id, {"server_id": server, "volume_id": volume}, {"device": found.device})

    def update(self, mark: Mark, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        del old
        return self.create(mark, inputs, seconds).outputs

    def delete(self, old: Found, seconds: float) -> None:
        server, volume = two(self.kind.name, old.id, "SERVER/VOLUME")
        if self._there(server, volume) is None:
            return
        try:
            self.cloud.service("compute").delete_volume_attachment(server, volume)
            status = self._settled(volume, {"available"}, seconds, old.inputs)
        except exceptions.NotFoundException:
            return
        if status != "available" and self._there(server, volume) is not None:
            raise CloudError("cloud-waiting", what=self.what(old.inputs), status=status, seconds=f"{seconds:g}")

    def find(self, mark: Mark, inputs: Mapping[str, Any]) -> str | None:
        del mark
        server, volume = inputs.get("server_id"), inputs.get("volume_id")
        return f"{server}/{volume}" if server and volume and self._there(server, volume) else None
