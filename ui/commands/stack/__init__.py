"""``qianyun stack``: each module registers its commands on ``group``."""

from ui.commands.stack import (
    addresses,
    adopting,
    deliver,
    destroy,
    drift,
    listing,
    outputs,
    preview,
    recover,
    request,
    up,
)
from ui.commands.stack.registry import group

__all__ = [
    "addresses",
    "adopting",
    "deliver",
    "destroy",
    "drift",
    "group",
    "listing",
    "outputs",
    "preview",
    "recover",
    "request",
    "up",
]
