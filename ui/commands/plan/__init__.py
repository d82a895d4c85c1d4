"""``qianyun plan``: each module registers its commands on ``group``."""

from ui.commands.plan import check, compare, explain, export, make, show
from ui.commands.plan.registry import group

__all__ = ["check", "compare", "explain", "export", "group", "make", "show"]
