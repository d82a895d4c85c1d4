"""Errors of planning.

InputError, VersionError (inventory.errors)
├── PlanFileError       a plan file cannot be read, or is none
└── PlanVersionError    a plan of a newer format, or one made from another state of the estate
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError, VersionError

__all__ = ["PlanFileError", "PlanVersionError"]


class PlanFileError(InputError):
    """A plan file cannot be read, or is none (exit 2)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "plan-missing": ("{path} does not exist", "make a plan with: qianyun plan make ESTATE -o {path}"),
        "plan-unreadable": ("{path} cannot be read: {reason}", "check the file's permissions"),
        "plan-broken": (
            "{path} is cut off or damaged: {reason}",
            "make the plan again or take it from a backup; files written by this program are never half written",
        ),
        "plan-not-a-plan": ("{path} is not a plan", "plans are written by: qianyun plan make ESTATE -o PLAN"),
        "plan-invalid": ("{path} is no valid plan: {field}: {reason} ({count} fault(s))", "undo the change by hand"),
    }


class PlanVersionError(VersionError):
    """A plan of a newer format, or one made from another state of the estate (exit 5)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "plan-format": (
            "{path} is written in plan format {found}; this program reads {known}",
            "use a release of qianyun that reads this format",
        ),
        "plan-stale": (
            "{path} was made from another state of the estate: {count} item(s) changed, first {items}",
            "make the plan again with: qianyun plan make",
        ),
    }
