"""``qianyun ipv6``: each module registers its commands on ``group``."""

from ui.commands.ipv6 import files, lint, plan, stages
from ui.commands.ipv6.registry import group

__all__ = ["files", "group", "lint", "plan", "stages"]
