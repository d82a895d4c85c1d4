"""``qianyun run``: each module registers its commands on ``group``."""

from ui.commands.run import approve, show, start, steer, watch, workers
from ui.commands.run.registry import group

__all__ = ["approve", "group", "show", "start", "steer", "watch", "workers"]
