"""``qianyun plan``: each module registers its commands on ``group``."""

from ui.commands.plan import check, compare, connections, explain, export, make, reasons, show
from ui.commands.plan.registry import group

__all__ = ["check", "compare", "connections", "explain", "export", "group", "make", "reasons", "show"]
