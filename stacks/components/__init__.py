"""Pulumi components: a landing zone and the machines of a system. They know designs and ways, no cloud."""

from __future__ import annotations

from stacks.components.program import program_of

__all__ = ["program_of"]
