"""Errors of planning.

InputError, VersionError (inventory.errors)
├── CalendarError       a change window cannot be read
├── PlanFileError       a plan file cannot be read, or is none
├── PlanItemError       an item, a slot or a pool that the plan does not have
├── PolicyError         a rule or a decision says something that does not exist
└── PlanVersionError    a plan of a newer format, or one made from another state of the estate
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError, VersionError

__all__ = ["CalendarError", "PlanFileError", "PlanItemError", "PlanVersionError", "PolicyError"]


class CalendarError(InputError):
    """A change window cannot be read."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "window-rule": (
            "window {window}: recurrence '{rule}' cannot be used: {reason}",
            "write an iCalendar RRULE such as FREQ=WEEKLY;BYDAY=FR",
        ),
    }


class PolicyError(InputError):
    """A rule or a decision by hand says something that does not exist."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "unknown-disposition": ("{record}: '{value}' is no disposition", "dispositions are: {known}"),
        "unknown-place": (
            "{record}: '{value}' names neither a pool nor a cloud",
            "write pool:ID or cloud:ID; nearest: {nearest}",
        ),
    }


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


class PlanItemError(InputError):
    """A question about an item, a slot or a pool that the plan does not have (exit 2)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "no-item": ("the plan has no item '{item}'", "nearest: {nearest}"),
        "no-slot": (
            "'{slot}' is no slot of the plan, which goes from {first} to {last}",
            "write a week (2021-W14), a day in the slot (2021-04-05) or the slot's number",
        ),
        "no-pool": ("{item} cannot land in '{pool}'", "only cutovers land in pools; nearest: {nearest}"),
        "no-target": ("the estate has no target '{target}'", "nearest: {nearest}"),
        "item-fixed": ("{item} is {state} and cannot be moved", "ask about an item that is planned or pinned"),
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
