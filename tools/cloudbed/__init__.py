"""A real OpenStack control plane on this machine, for tests of cloud stacks: docs/cloudbed.md."""

from __future__ import annotations

from tools.cloudbed.bed import Bed, State
from tools.cloudbed.errors import BedError

__all__ = ["Bed", "BedError", "State"]
