"""``qianyun net``: each module registers its commands on ``group``."""

from ui.commands.net import backup, platforms, preview, push, recover, rollback, verify
from ui.commands.net.registry import group

__all__ = ["backup", "group", "platforms", "preview", "push", "recover", "rollback", "verify"]
