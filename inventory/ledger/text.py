"""Text of ledger cells: full-width forms, blanks, and keys for comparing names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

__all__ = ["BLANKS", "clean", "fold", "is_blank", "name_key", "shown"]

BLANKS = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "/",
        "//",
        "\\",
        "—",
        "——",
        "–",
        "n/a",
        "na",
        "null",
        "none",
        "空",
        "暂无",
        "不详",
        "未知",
        "待定",
        "无数据",
    )
)
"""Folded cell texts that say nothing. "无" is not among them: for yes/no columns it means no."""

_WIDE = {0x3000: 0x20, 0xA0: 0x20} | {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028\u2029\ufeff]")
_SPACES = re.compile(r"\s+")
_LONGEST_SHOWN = 60


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Half-width, lower-case, single spaces: the form in which units, marks and headers are compared."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", _CONTROLS.sub("", text))).strip().casefold()


@lru_cache(maxsize=65536)
def name_key(text: str) -> str:
    """The form in which names are compared: as ``fold``, without any space."""
    return fold(text).replace(" ", "")


def clean(text: str) -> str:
    """A name as it is kept: half-width digits, letters and spaces; Chinese punctuation stays; no control
    characters."""
    kept = _CONTROLS.sub("", text.translate(_WIDE).replace("\r", "\n"))
    lines = (_SPACES.sub(" ", line).strip() for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)


def is_blank(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or (isinstance(value, str) and fold(value) in BLANKS)


def shown(value: Any) -> str:
    """A cell's content for a message: one line, at most 60 characters."""
    text = _SPACES.sub(" ", _CONTROLS.sub("", str(value))).strip()
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
