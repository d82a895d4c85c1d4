"""``qianyun doctor``: looking (what is there), showing (the command)."""

from __future__ import annotations

from ui.commands.doctor.showing import group

__all__ = ["group"]
