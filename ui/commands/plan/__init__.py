"""``qianyun plan``: each module registers its commands on ``group``."""

from ui.commands.plan import check, export, make, show
from ui.commands.plan.registry import group

__all__ = ["check", "export", "group", "make", "show"]
