"""Short and stable names of groups and rules, made of what they say."""

from __future__ import annotations

from stacks.design.model import Direction

__all__ = ["group_name", "rule_id"]


def group_name(system: str, component: str = "") -> str:
    """Security group of a component, or (empty) of all machines of the system."""
    return f"{system}-{component}" if component else system


def rule_id(direction: Direction, version: int, protocol: str, ports: tuple[int, int] | None, remote: str) -> str:
    """``in-tcp-443-10.1.0.0-16``: direction, protocol (``any4`` or ``any6`` where all), ports and the other end.

    remote: prefix, or name of a group.
    """
    parts = ["in" if direction is Direction.INGRESS else "out", protocol or f"any{version}"]
    if ports is not None:
        parts.append(str(ports[0]) if ports[0] == ports[1] else f"{ports[0]}-{ports[1]}")
    return "-".join((*parts, remote.replace("/", "-").replace(":", "_")))  # a URN is parted by colons
