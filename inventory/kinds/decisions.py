"""Decisions that people take, with who (a role) and why; they override what rules would say."""

from __future__ import annotations

import datetime as dt

from inventory.base import Struct, Text, Words, field

__all__ = ["Decision"]


class Decision(Struct):
    """One decision by hand."""

    value: Words = field("What was decided", example="retain")
    reason: Text = field("Why", "")
    role: Text = field("Role that decided (never a person's name)", "", example="省大数据局")
    date: dt.date | None = field("When", None)
    until: dt.date | None = field("Review date", None)
