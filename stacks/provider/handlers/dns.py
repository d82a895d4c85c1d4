"""DNS zones and record sets (designate)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openstack import exceptions

from stacks.errors import CloudError
from stacks.provider.handlers.base import ObjectHandler, Owned
from stacks.provider.handlers.network import two
from stacks.provider.marks import Mark
from stacks.provider.model import Found, Made

__all__ = ["RecordSetHandler", "ZoneHandler"]

GONE_SECONDS = 30
"""How long to wait for the name servers' word."""


def leaving(found: Any) -> bool:
    """Whether an object has been removed: designate keeps it until the name servers have given their word."""
    return str(found.action) == "DELETE"


class NamedHandler(ObjectHandler):
    """What the name servers have to hear of."""

    def carried(self, found: Any) -> Mark | None:
        return None if leaving(found) else super().carried(found)

    def delete(self, old: Found, seconds: float) -> None:
        """Wait for the name servers, since the name is taken until then; but not for ever, they are not ours."""
        try:
            super().delete(old, min(seconds, GONE_SECONDS))
        except CloudError as error:
            if error.code != "cloud-waiting" or self.get(old.id) is not None:
                raise

    def get(self, id: str) -> Any | None:
        found = self.row(id)
        return None if found is None or leaving(found) else found

    def gone(self, id: str) -> bool:
        return self.row(id) is None

    def row(self, id: str) -> Any | None:
        """What designate still has, also of what is leaving."""
        return super().get(id)


class ZoneHandler(NamedHandler):
    """A zone."""


class RecordSetHandler(NamedHandler):
    """A record set. Its id is ZONE/RECORDSET, since designate finds it in its zone only."""

    def attributes(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in super().attributes(inputs).items() if name != "zone_id"}

    def what(self, inputs: Mapping[str, Any]) -> str:
        return f"{self.kind.name} {inputs.get('name')} {inputs.get('type')}"

    def _ends(self, id: str) -> tuple[str, str]:
        return two(self.kind.name, id, "ZONE/RECORDSET")

    def create(self, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Made:
        del seconds
        zone = inputs["zone_id"]
        found = self.cloud.once(
            lambda: self.cloud.service("dns").create_recordset(zone, **self.marked(mark, self.attributes(inputs))),
            lambda: self.existing(mark, inputs),
            self.what(inputs),
        )
        return Made(f"{zone}/{found.id}", {})

    def row(self, id: str) -> Any | None:
        zone, recordset = self._ends(id)
        try:
            return self.cloud.service("dns").get_recordset(recordset, zone)
        except exceptions.NotFoundException:
            return None

    def change(self, found: Any, changed: dict[str, Any], old: Found, inputs: Mapping[str, Any]) -> Any:
        del inputs
        attributes = self.change_attributes(changed)
        mark = self.carried(found)
        if "description" in changed and mark:
            attributes["description"] = mark.described(changed["description"])
        zone, recordset = self._ends(old.id)
        answer = self.cloud.service("dns").put(f"/zones/{zone}/recordsets/{recordset}", json=attributes)
        exceptions.raise_from_response(answer)
        seen = self.get(old.id)
        if seen is None:
            raise CloudError("cloud-gone", what=self.what(old.inputs))
        return seen

    def remove(self, id: str) -> None:
        zone, recordset = self._ends(id)
        self.cloud.service("dns").delete_recordset(recordset, zone, ignore_missing=True)

    def candidates(self, mark: Mark, inputs: Mapping[str, Any]) -> Iterator[Any]:
        del mark
        if inputs.get("zone_id"):
            yield from self.cloud.service("dns").recordsets(inputs["zone_id"], name=inputs.get("name"))

    def find(self, mark: Mark, inputs: Mapping[str, Any]) -> str | None:
        found = self.existing(mark, inputs)
        return None if found is None else f"{inputs['zone_id']}/{found.id}"

    def owned(self, stack: str) -> Iterator[Owned]:
        dns = self.cloud.service("dns")
        for zone in dns.zones():
            for found in dns.recordsets(zone.id):
                mark = self.carried(found)
                if mark is not None and mark.stack == stack:
                    yield Owned(self.kind.token, f"{zone.id}/{found.id}", mark.hash, str(found.name), mark.stack)
