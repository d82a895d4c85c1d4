"""Operating systems of devices as rows of data: how each is spoken to, and how far this program has been proven on it."""

from network.platforms.model import Answer, GuardKind, Platform, Proof, Prompts
from network.platforms.registry import platform_of, platforms

__all__ = ["Answer", "GuardKind", "Platform", "Prompts", "Proof", "platform_of", "platforms"]
