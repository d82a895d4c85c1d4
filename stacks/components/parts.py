"""What both components do alike: asking a way for resources, and security groups with their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi

from stacks.design.model import GroupDesign, RuleDesign
from stacks.design.protection import is_protected
from stacks.ways import Kind, Made, Making, Way

__all__ = ["Asking", "make_groups"]


class Asking:
    """Asks a way for resources of one component; what the design protects is protected."""

    def __init__(self, way: Way, parent: pulumi.Resource, protected: Iterable[str]) -> None:
        self.way, self.parent, self.protected = way, parent, tuple(protected)

    def make(self, kind: Kind, name: str, properties: Mapping[str, Any], depends_on: Sequence[Made] = ()) -> Made:
        """Ask for a resource; see ``Way.make``."""
        return self.way.make(kind, name, properties, self.making(name, depends_on))

    def making(self, name: str, depends_on: Sequence[Made] = ()) -> Making:
        """How the engine is to treat it."""
        return Making(
            parent=self.parent,
            depends_on=[made.resource for made in depends_on],
            protect=is_protected(self.protected, name),
        )

    def within(self, project: pulumi.Output[str] | str, depends_on: Sequence[Made] = ()) -> Asking:
        """The same component, asking from within a project."""
        return Asking(self.way.within(project, self.making("project", depends_on)), self.parent, self.protected)

    def can(self, kind: Kind) -> bool:
        """Whether the way makes that kind at all."""
        return kind in self.way.kinds


def make_groups(asking: Asking, groups: Iterable[GroupDesign]) -> dict[str, Made]:
    """Security groups by name, with their rules; rules may name groups among them that come later."""
    listed = tuple(groups)
    made = {
        group.name: asking.make(Kind.SECURITY_GROUP, f"group-{group.name}", {"name": group.name}) for group in listed
    }
    for group in listed:
        for rule in group.rules:
            name = f"rule-{group.name}-{rule.id}"
            asking.make(Kind.SECURITY_GROUP_RULE, name, _rule(rule, made[group.name], made))
    return made


def _rule(rule: RuleDesign, group: Made, groups: Mapping[str, Made]) -> dict[str, Any]:
    first, last = rule.ports or (None, None)
    return {
        "security_group_id": group.id,
        "direction": rule.direction.value,
        "ether_type": f"IPv{rule.version}",
        "protocol": rule.protocol or None,
        "port_range_min": first,
        "port_range_max": last,
        "remote_ip_prefix": rule.remote_prefix,
        "remote_group_id": groups[rule.remote_group].id if rule.remote_group else None,
    }
