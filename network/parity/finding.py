"""What parity of IPv4 and IPv6 misses in a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """An IPv4 line without its IPv6 counterpart.

    ``code``: one of the rules of ``network.parity.tables.rules``; ``number``: 1-based line of the configuration;
    ``text``: the line; ``data``: plain values that fill the message of the code.
    """

    code: str
    number: int
    text: str
    data: Mapping[str, str] = field(default_factory=dict, hash=False)
