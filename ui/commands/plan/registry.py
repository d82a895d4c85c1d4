"""The group ``qianyun plan`` and the exit codes of its commands.

Each command has a module here: it registers itself on ``group`` and is imported in ``ui.commands.plan``. JSON answers
and tables that several commands share are in ``answers``.
"""

from __future__ import annotations

from ui.commanding import Group

__all__ = ["INCOMPLETE", "LISTED", "VIOLATIONS", "group"]

group = Group("plan")
VIOLATIONS = 1
INCOMPLETE = 3
LISTED = 10
"""Entries of a list that are printed before the rest is only counted."""
