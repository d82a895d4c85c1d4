"""What a cloud holds of our stacks, asked by our own process: for recovery, for what was left behind, for rules that
nobody manages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stacks.errors import CloudError, CloudUnreachableError
from stacks.provider.backend import handler_of, mapping
from stacks.provider.cloud import Cloud
from stacks.provider.marks import Mark, short_stack
from stacks.provider.model import Found
from stacks.provider.tables.kinds import BY_TOKEN, KINDS

if TYPE_CHECKING:
    from stacks.provider.handlers.base import Owned

__all__ = ["Finder", "UnmanagedRule"]

REMOVED_FIRST = (
    "RecordSet", "DnsZone", "Server", "Volume", "Port", "Router", "SecurityGroupRule", "SecurityGroup", "Subnet",
    "Network", "Project",
)  # fmt: skip
"""Kinds with marks, so that what uses something goes before what it uses."""
UNLISTED = frozenset({"cloud-forbidden", "cloud-service"})
"""Codes with which a login cannot list a kind."""


@dataclass(frozen=True)
class UnmanagedRule:
    """A rule of one of our security groups that no stack made.

    ``ports``: first and last, None: all. ``remote``: prefix or group; empty: anywhere.
    """

    id: str
    group_id: str
    direction: str
    ether_type: str
    protocol: str
    ports: tuple[int, int] | None
    remote: str
    description: str


class Finder:
    """Looks into one cloud with one login. Errors are ``CloudError`` and ``CloudUnreachableError``.

    Args:
        cloud, region, project_id: as the provider's settings.
    """

    def __init__(self, cloud: str, region: str = "", project_id: str = "", *, login: Cloud | None = None) -> None:
        self._cloud = login or Cloud(cloud, region, project_id)

    def find(self, token: str, urn: str, inputs: Mapping[str, Any]) -> str | None:
        """Id of the object that was made for a URN; kinds without marks are found by what they connect, or by name."""
        if token not in BY_TOKEN:
            return None
        handler = handler_of(token, self._cloud)
        with self._mapped(handler.what(inputs)):
            return handler.find(Mark.of(urn), inputs)

    def owned(self, stack: str) -> tuple[Owned, ...]:
        """Everything that carries the mark of a stack, in the order in which it can be removed.

        Kinds that the login may not list, and those of services that the cloud does not have, are left out.
        """
        found: list[Owned] = []
        tokens = {kind.name: kind.token for kind in KINDS}
        for name in REMOVED_FIRST:
            try:
                with self._mapped(name):
                    found.extend(handler_of(tokens[name], self._cloud).owned(short_stack(stack)))
            except (CloudError, CloudUnreachableError) as error:
                if error.code not in UNLISTED:
                    raise
        return tuple(found)

    def delete(self, owned: Owned) -> None:
        """Remove an object that carries our mark, with the legs of a router."""
        from stacks.provider.handlers.network import detach

        handler = handler_of(owned.token, self._cloud)
        with self._mapped(f"{handler.kind.name} {owned.name}"):
            if handler.kind.name == "Router":
                detach(self._cloud, owned.id)
            handler.delete(Found(owned.id, {"name": owned.name}, {}), handler.kind.seconds)

    def unmanaged_rules(self, group_ids: Iterable[str], known_rule_ids: Iterable[str]) -> tuple[UnmanagedRule, ...]:
        """Rules of security groups beside the known ones, as somebody added them by hand."""
        known = frozenset(known_rule_ids)
        found: list[UnmanagedRule] = []
        with self._mapped("SecurityGroupRule"):
            network = self._cloud.service("network")
            for group in group_ids:
                rules = network.security_group_rules(security_group_id=group)
                found.extend(_rule(rule) for rule in rules if rule.id not in known)
        return tuple(sorted(found, key=lambda row: (row.group_id, row.direction, row.ether_type, row.id)))

    def _mapped(self, what: str) -> AbstractContextManager[None]:
        return mapping(self._cloud, what)


def _rule(rule: Any) -> UnmanagedRule:
    low, high = rule.port_range_min, rule.port_range_max
    return UnmanagedRule(
        id=str(rule.id),
        group_id=str(rule.security_group_id),
        direction=str(rule.direction),
        ether_type=str(rule.ether_type),
        protocol=str(rule.protocol or ""),
        ports=None if low is None and high is None else (int(low or 0), int(high if high is not None else low)),
        remote=str(rule.remote_ip_prefix or rule.remote_group_id or ""),
        description=str(rule.description or ""),
    )
