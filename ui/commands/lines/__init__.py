"""``qianyun lines``: each module registers its commands on ``group``."""

from ui.commands.lines import plan, show, why
from ui.commands.lines.registry import group

__all__ = ["group", "plan", "show", "why"]
