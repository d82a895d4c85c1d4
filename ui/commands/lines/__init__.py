"""``qianyun lines``: each module registers its commands on ``group``."""

from ui.commands.lines import evidence, plan, savings, show, why
from ui.commands.lines.registry import group

__all__ = ["evidence", "group", "plan", "savings", "show", "why"]
