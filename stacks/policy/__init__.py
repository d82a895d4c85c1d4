"""What must hold before anything is made: checks of designs, and of what the engine says it would do."""

from __future__ import annotations

from stacks.policy.capacity import check_capacity
from stacks.policy.designs import check_designs
from stacks.policy.previews import check_preview

__all__ = ["check_capacity", "check_designs", "check_preview"]
