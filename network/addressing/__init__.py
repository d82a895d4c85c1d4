"""The IPv6 address plan: from the allocated prefixes of settings.addressing to every device's addresses."""

from __future__ import annotations

from network.addressing.model import Addresses, Assignment
from network.addressing.plan import plan_addresses

__all__ = ["Addresses", "Assignment", "plan_addresses"]
