"""Configurations as text and bytes: exact encodings, masked secrets, a form that only changes when the device does."""

from __future__ import annotations

import functools
import re

from network.errors import CollectionError
from network.platforms import Platform

__all__ = ["MASK", "decode", "encode", "mask_secrets", "masked", "stable_text"]

MASK = "******"
"""Stands for a secret. The same for all secrets, so that nothing can be learned from it; never sent to a device."""


def decode(content: bytes, encoding: str, *, device: str = "-") -> str:
    """The text of bytes as the device sent them; CollectionError with the place where they are not in its encoding.

    Strict on purpose: a lenient reading drops the characters of names and descriptions without a word. ``encode``
    gives the same bytes back.
    """
    try:
        text = content.decode(encoding)
        if text.encode(encoding) != content:  # several bytes may stand for one character
            raise CollectionError(
                "collection-encoding", device=device, encoding=encoding, position=_differs(text, content, encoding)
            )
        return text
    except UnicodeDecodeError as error:
        raise CollectionError("collection-encoding", device=device, encoding=encoding, position=error.start) from error


def _differs(text: str, content: bytes, encoding: str) -> int:
    again = text.encode(encoding)
    pairs = enumerate(zip(again, content, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(again), len(content)))


def encode(text: str, encoding: str, *, device: str = "-") -> bytes:
    """The bytes that a device with an encoding means by a text; CollectionError where it has no such character."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise CollectionError("collection-encoding", device=device, encoding=encoding, position=error.start) from error


@functools.lru_cache
def _patterns(expressions: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(expression) for expression in expressions)


def mask_secrets(platform: Platform, text: str) -> str:
    """The text with the secrets of the platform's rules replaced by ``MASK``."""
    patterns, plain = _patterns(platform.secrets), _patterns(platform.not_secret)
    return "\n".join(
        line if any(pattern.match(line) for pattern in plain) else _masked_line(patterns, line)
        for line in text.split("\n")
    )


def _masked_line(patterns: tuple[re.Pattern[str], ...], line: str) -> str:
    for pattern in patterns:
        place = 0
        while found := pattern.search(line, place):
            start, end = found.span("secret")
            line = line[:start] + MASK + line[end:]
            place = start + len(MASK)
    return line


def masked(text: str) -> bool:
    """Whether a text holds a masked secret, so that it must not be sent to a device."""
    return MASK in text


def stable_text(platform: Platform, text: str) -> str:
    """The configuration as it is kept: no lines that change by themselves, no secrets, plain line ends.

    Two readings of an unchanged device give the same text.
    """
    volatile = _patterns(platform.volatile)
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    kept = [line for line in lines if not any(pattern.search(line) for pattern in volatile)]
    return mask_secrets(platform, "\n".join(kept).strip("\n")) + "\n"
