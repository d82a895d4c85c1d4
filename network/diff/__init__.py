"""What has to be typed to get from one configuration to another, and back."""

from network.diff.making import patch, refused
from network.diff.neutral import neutral
from network.diff.patch import Patch, Violation

__all__ = ["Patch", "Violation", "neutral", "patch", "refused"]
