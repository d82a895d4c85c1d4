"""The configurations that routers of a laboratory begin with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inventory.inventory import Inventory

__all__ = ["baselines"]


def baselines(inventory: Inventory, devices: Iterable[str]) -> dict[str, str]:
    """The whole IPv4 configuration of each device, as text.

    Raises:
        UnknownPlatformError: as ``network.intent.intent_of``.
    """
    from network.addressing import Addresses
    from network.config import to_text
    from network.intent import Intents
    from network.platforms import platform_of
    from network.rendering import baseline

    intents = Intents(inventory, Addresses())
    return {id: to_text(platform_of(intents[id].platform), baseline(intents[id])) for id in devices}
