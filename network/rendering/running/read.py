"""The reader of each family of command lines."""

from __future__ import annotations

from network.config import ConfigTree
from network.platforms import Platform
from network.rendering.running.chinese import read as read_chinese
from network.rendering.running.frr import read as read_frr
from network.rendering.running.model import Running

__all__ = ["running_of"]

READERS = {
    "vrp": read_chinese,
    "comware": read_chinese,
    "frr": read_frr,
    "ios": read_frr,
    "zxros": read_frr,
}


def running_of(platform: Platform, tree: ConfigTree) -> Running:
    """The IPv4 side of a running configuration. Lines that it does not know are left aside."""
    return READERS[platform.dialect](tree)
