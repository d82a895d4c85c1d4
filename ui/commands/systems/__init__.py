"""``qianyun systems``: each module registers its commands on ``group``."""

from ui.commands.systems import generic, retire
from ui.commands.systems.registry import group

__all__ = ["generic", "group", "retire"]
