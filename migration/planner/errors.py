"""Errors of the planner.

NoPlanError (inventory.errors)
└── InvalidProblem      a problem whose fields do not fit together; names every fault

A problem that cannot be solved is no error: its `Solution` carries the reasons.
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import QianyunError

__all__ = ["InvalidProblem"]


class InvalidProblem(QianyunError):  # noqa: N818 - named for what it says, as its contract does
    """A planning problem that contradicts its own shape. `data["faults"]` holds every fault found."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "planning-problem-invalid": (
            "The planning problem is not valid: {faults}.",
            "This is a fault of the program that built the problem, not of the estate.",
        ),
    }

    def __init__(self, code: str = "planning-problem-invalid", *, faults: tuple[str, ...]) -> None:
        super().__init__(code, faults=faults)
        self.faults = faults
