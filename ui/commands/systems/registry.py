"""The group ``qianyun systems``."""

from __future__ import annotations

from ui.commanding import Group

__all__ = ["group"]

group = Group("systems")
