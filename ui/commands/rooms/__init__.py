"""``qianyun rooms``: each module registers its commands on ``group``."""

from ui.commands.rooms import colocate, show, transfer
from ui.commands.rooms.registry import group

__all__ = ["colocate", "group", "show", "transfer"]
