"""Operating systems of devices as rows of data: how each is spoken to, and how far each has been proven."""

from network.platforms.model import Answer, GuardKind, Platform, Prompts, Proof
from network.platforms.registry import platform_of, platforms

__all__ = ["Answer", "GuardKind", "Platform", "Prompts", "Proof", "platform_of", "platforms"]
