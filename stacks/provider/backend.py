"""The back end of the plug-in: kinds of objects on a cloud of the OpenStack family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from inventory.errors import QianyunError
from stacks.errors import CloudError, said_in_one_line
from stacks.provider.checks import failures, nearest
from stacks.provider.cloud import Cloud
from stacks.provider.differences import difference, same
from stacks.provider.marks import Mark
from stacks.provider.model import Difference, Failure, Found, Kind, Made, PartialError
from stacks.provider.tables.kinds import BY_TOKEN
from stacks.provider.values import has_unknown

if TYPE_CHECKING:
    from stacks.provider.handlers.base import Handler

__all__ = ["OpenStackBackend", "handler_of", "kind_of", "mapping"]


def kind_of(token: str) -> Kind:
    """Kind of a token."""
    if token not in BY_TOKEN:
        raise CloudError("cloud-kind", token=token, nearest=nearest(token, BY_TOKEN))
    return BY_TOKEN[token]


def handler_of(token: str, cloud: Cloud) -> Handler:
    """What makes, sees, changes and removes a kind in a cloud. Loads openstacksdk."""
    from stacks.provider.handlers import compute, dns, identity, network, storage
    from stacks.provider.handlers.base import ObjectHandler

    special: dict[str, type[Handler]] = {
        "Project": identity.ProjectHandler,
        "RoleAssignment": identity.RoleAssignmentHandler,
        "Quota": identity.QuotaHandler,
        "Router": network.RouterHandler,
        "RouterInterface": network.RouterInterfaceHandler,
        "SecurityGroup": network.SecurityGroupHandler,
        "SecurityGroupRule": network.RuleHandler,
        "Port": network.PortHandler,
        "Keypair": compute.KeypairHandler,
        "Server": compute.ServerHandler,
        "Volume": storage.VolumeHandler,
        "VolumeAttachment": compute.VolumeAttachmentHandler,
        "DnsZone": dns.ZoneHandler,
        "RecordSet": dns.RecordSetHandler,
    }
    kind = kind_of(token)
    return special.get(kind.name, ObjectHandler)(kind, cloud)


@contextmanager
def mapping(cloud: Cloud, what: str) -> Iterator[None]:
    """Turn foreign errors of a block into ours; those that nobody expected pass."""
    try:
        yield
    except (QianyunError, PartialError):
        raise
    except Exception as error:
        from stacks.provider.faults import mapped

        ours = mapped(error, what, cloud)
        if ours is None:
            raise
        raise ours from error


class OpenStackBackend:
    """Implements ``Backend``. Nothing is asked of the cloud, and openstacksdk not loaded, until something has to be."""

    def __init__(self, cloud: Cloud | None = None) -> None:
        self._cloud = cloud or Cloud()

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Name the login; nothing is sent yet."""
        names = {name: str(settings.get(name) or "") for name in ("region", "project_id")}
        self._cloud = Cloud(str(settings.get("cloud") or ""), names["region"], names["project_id"])

    def secrets(self, token: str) -> frozenset[str]:
        """Names of the kind's secret properties."""
        kind = BY_TOKEN.get(token)
        return frozenset(row.name for row in kind.properties if row.secret) if kind else frozenset()

    def check(self, token: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> list[Failure]:
        """What cannot be right; the cloud is asked about names only where they are new."""
        kind = kind_of(token)
        found = failures(kind, inputs)
        asked = {row.name for row in kind.properties if row.name in LOOKED_UP.get(kind.name, ())}
        if found or not any(
            inputs.get(name) is not None and not has_unknown(inputs[name]) and inputs[name] != old.get(name)
            for name in asked
        ):
            return found
        with mapping(self._cloud, f"check of {kind.name}"):
            return list(handler_of(token, self._cloud).lookups(inputs, old))

    def diff(
        self, token: str, old: Mapping[str, Any], outputs: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Difference:
        """What differs; the cloud is asked only whether a new name means what is there already."""
        kind = kind_of(token)
        spelled = dict(old)
        for name in LOOKED_UP.get(kind.name, ()):
            row = kind.by_name[name]
            if not has_unknown(new.get(name)) and name in new and not same(row, old.get(name), new[name]):
                with mapping(self._cloud, f"comparison of {kind.name}"):
                    if handler_of(token, self._cloud).means(name, new[name], outputs):
                        spelled[name] = new[name]
        return difference(kind, spelled, outputs, new)

    def create(self, token: str, urn: str, inputs: Mapping[str, Any], seconds: float) -> Made:
        """Make an object that carries the URN."""
        handler = handler_of(token, self._cloud)
        with mapping(self._cloud, handler.what(inputs)):
            return handler.create(Mark.of(urn), inputs, seconds or handler.kind.seconds)

    def read(self, token: str, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        """What the cloud shows of an object."""
        handler = handler_of(token, self._cloud)
        with mapping(self._cloud, f"{handler.what(inputs)} {id}"):
            return handler.read(id, inputs, outputs)

    def update(self, token: str, urn: str, old: Found, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Change an object, or finish it."""
        handler = handler_of(token, self._cloud)
        with mapping(self._cloud, handler.what(inputs)):
            return handler.update(Mark.of(urn), old, inputs, seconds or handler.kind.seconds)

    def delete(self, token: str, old: Found, seconds: float) -> None:
        """Remove an object; it may be gone already."""
        handler = handler_of(token, self._cloud)
        with mapping(self._cloud, handler.what(old.inputs)):
            handler.delete(old, seconds or handler.kind.seconds)

    def explain(self, error: Exception) -> str:
        """An error for people, without secrets."""
        if isinstance(error, QianyunError):
            return self._cloud.scrub(said_in_one_line(error))
        return self._cloud.scrub(f"{type(error).__name__}: {error}")

    def cancel(self) -> None:
        """End requests and waits that are under way."""
        self._cloud.cancel()


LOOKED_UP = {"Server": ("image", "flavor"), "Router": ("external_network",), "RoleAssignment": ("role",)}
"""Properties whose values are names of things that the cloud has."""
