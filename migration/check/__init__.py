"""The independent verifier of plans.

It imports the inventory, the calendar and the plan file's types, nothing else of ``migration``: every rule is written
a second time on purpose, so that a fault of the planner cannot hide in shared code.
"""

from __future__ import annotations

from migration.check.verify import PREDICATES, CheckResult, check_plan, message, new_violations

__all__ = ["PREDICATES", "CheckResult", "check_plan", "message", "new_violations"]
