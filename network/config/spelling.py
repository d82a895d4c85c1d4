"""One spelling of IPv6 addresses: devices print ``2001:db8:1:0::2`` as ``2001:db8:1::2``."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address, IPv6Network, NetmaskValueError

__all__ = ["spelled"]

_ADDRESS = re.compile(r"(?<![\w:.])([0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(?:/(\d{1,3}))?(?![\w:])")
_FREE_TEXT = re.compile(r"\b(?:description|comment|sysname|hostname) ")


def _canonical(match: re.Match[str]) -> str:
    address, length = match.group(1), match.group(2)
    if address.count(":") < 2:
        return match.group(0)
    try:
        plain = str(IPv6Address(address))
    except AddressValueError:
        return match.group(0)
    if length is None:
        return plain
    try:
        IPv6Network(f"{plain}/{length}", strict=False)
    except (NetmaskValueError, ValueError):
        return match.group(0)
    return f"{plain}/{int(length)}"


@lru_cache(maxsize=65536)
def spelled(text: str) -> str:
    """The line with every IPv6 address in its RFC 5952 form, but for what a person wrote behind ``description``."""
    if text.count(":") < 2:
        return text
    words = _FREE_TEXT.search(text)
    if words is None:
        return _ADDRESS.sub(_canonical, text)
    return _ADDRESS.sub(_canonical, text[: words.end()]) + text[words.end() :]
