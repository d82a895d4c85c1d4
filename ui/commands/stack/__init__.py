"""``qianyun stack``: each module registers its commands on ``group``."""

from ui.commands.stack import deliver, request
from ui.commands.stack.registry import group

__all__ = ["deliver", "group", "request"]
