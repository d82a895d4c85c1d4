"""``qianyun runbook``: each module registers its commands on ``group``."""

from ui.commands.runbook import check, make, show
from ui.commands.runbook.registry import group

__all__ = ["check", "group", "make", "show"]
