"""Secrets are taken out of texts when an event is made, so that no journal, screen or log ever holds them.

Two ways: values that are known to be secret, and what looks like one: ``password=...`` and its kin, HTTP's
Authorization headers (RFC 9110 section 11.6.2), passwords in addresses (RFC 3986 section 3.2.1), private keys
(RFC 7468) and vaults of Ansible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from inventory.base import Struct

__all__ = ["MASK", "LineMask", "mask", "mask_event", "mask_value"]

MASK = "***"
SHORTEST = 4
"""Shorter values are no secrets, and would riddle every text."""

_WORD = (
    r"[\w.-]*(?:password|passwd|passphrase|secret|token|(?:api|access|private|secret)[_-]?key|credential)s?"
    r"|[\w.-]*[_.-]pwd|pwd|[\w.-]*_pass|pass|密码|口令"
)
_SECRET_WORD = re.compile(rf"(?:{_WORD})", re.IGNORECASE)
_NO_SECRET = re.compile(r"[_-](?:file|path|hash|sha256)$", re.IGNORECASE)
_QUOTED = r"\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
_PARAMETER = r"\w+=(?:\"[^\"]*\"|[^\s,\"]+)"
_KEY_BEGINS = "-----BEGIN [A-Z ]*PRIVATE KEY-----"
_KEY_ENDS = "-----END [A-Z ]*PRIVATE KEY-----"
_VAULT = r"\$ANSIBLE_VAULT;"


def _pattern(before: str, secret: str) -> re.Pattern[str]:
    """What is replaced is ``secret``; ``before`` stays."""
    return re.compile(f"(?P<kept>{before})(?:{secret})", re.IGNORECASE | re.DOTALL)


_PATTERNS = (
    _pattern("", rf"{_KEY_BEGINS}.*?(?:{_KEY_ENDS}|\Z)"),
    _pattern("", rf"{_VAULT}[^\n]*(?:\s+[0-9a-f]{{2,}}(?=\s|$))*"),
    _pattern(  # HTTP: the scheme and all its parameters
        r"(?:proxy-)?authorization[\"']?[ \t]*[:=][ \t]*[\"']?",
        rf"(?:(?:basic|bearer|digest|negotiate)[ \t]+)?(?:{_PARAMETER}(?:,[ \t]*{_PARAMETER})*|[^\s\"',]+)",
    ),
    _pattern(r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'<>]*:", r"[^\s/\"'<>]+(?=@)"),
    _pattern(rf"(?<![\w.-])(?:{_WORD})[\"']?[ \t]*(?:=>|[:=：])[ \t]*", rf"{_QUOTED}|[^\s\"',;&}}\])]+"),
    _pattern(rf"(?<!\S)--?(?:{_WORD})[ \t]+", rf"{_QUOTED}|[^\s\"'-][^\s\"']*"),
    _pattern(r"\b(?:mysql\w*|mariadb[\w-]*|sshpass)\b[^\n|;]{0,400}?[ \t]-p[ \t]?", rf"{_QUOTED}|[^\s\"'-][^\s\"']*"),
    _pattern(r"\b(?:identified[ \t]+(?:with[ \t]+\S+[ \t]+)?(?:by|as)|password)[ \t]+", r"'[^'\n]*'?"),  # SQL
)

Model = TypeVar("Model", bound=Struct)


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` with *** in place of the known ``secrets`` and of all that looks like one."""
    for secret in sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<kept>{MASK}", text)
    return text


class LineMask:
    """Masks a text that comes line by line: keys and vaults over several lines leave one *** and empty lines."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        self._secrets = secrets
        self._inside = ""

    def __call__(self, line: str) -> str:
        """The masked line."""
        if self._inside == _KEY_ENDS:
            if re.search(_KEY_ENDS, line):
                self._inside = ""
            return ""
        if self._inside and re.fullmatch(r"\s*[0-9a-fA-F]{2,}\s*", line):
            return ""
        opened = re.search(_KEY_BEGINS, line) and not re.search(_KEY_ENDS, line)
        self._inside = _KEY_ENDS if opened else _VAULT if re.search(_VAULT, line) else ""
        return mask(line, self._secrets)


def mask_value(value: Any, secrets: Sequence[str] = ()) -> Any:
    """Plain data with all its texts masked, those under a name such as ``password`` whole; shapes stay."""
    match value:
        case str():
            return mask(value, secrets)
        case dict():
            return {key: _under(str(key), inner, secrets) for key, inner in value.items()}
        case list():
            return [mask_value(inner, secrets) for inner in value]
        case tuple():
            return tuple(mask_value(inner, secrets) for inner in value)
    return value


def mask_event(event: Model, secrets: Sequence[str] = ()) -> Model:
    """The same event with its free texts masked. What identifies or is signed (documents, signatures, hashes, ids,
    the changes that go to the estate) stays as it is."""
    changed = {
        name: mask_value(getattr(event, name), secrets)
        for name in _FREE & type(event).model_fields.keys()
        if getattr(event, name)
    }
    return event.model_copy(update=changed)


_FREE = frozenset({"message", "diff", "task", "reason", "data", "evidence", "name"})
"""Fields of events that hold what programs and people say."""


def _under(name: str, value: Any, secrets: Sequence[str]) -> Any:
    secret = _SECRET_WORD.fullmatch(name) and not _NO_SECRET.search(name)
    if secret and isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
        return MASK
    return mask_value(value, secrets)
