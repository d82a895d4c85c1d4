"""The independent verifier of routes: paths, circuits, dates, the load of every link in every slot, and the money.

It imports the inventory, the calendar, the plan file's types and what a consolidation plan says, nothing else: every
rule is written a second time on purpose.
"""

from __future__ import annotations

from migration.consolidation.check.verify import check_routes

__all__ = ["check_routes"]
