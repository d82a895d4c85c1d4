"""Ids of imported records: department, pinyin initials and a counter; never one that was in use before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from inventory.base import ID_PATTERN
from inventory.ledger.names import Names

__all__ = ["Ids", "initials", "slug"]

_LONGEST_INITIALS = 16
_COUNTED = {"system": "", "line": "zx", "asset": "zc"}
"""Kinds with four digits after the department; initials of 专线 and 资产."""


@lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """Pinyin initials of Chinese, letters and digits as they are: "民政厅" -> "mzt"."""
    from pypinyin import Style, lazy_pinyin

    letters = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold()
    return re.sub(r"[^a-z0-9]", "", letters)[:_LONGEST_INITIALS]


def slug(text: str) -> str:
    """A file's name in ASCII: full pinyin, at most 60 characters."""
    from pypinyin import lazy_pinyin

    joined = re.sub(r"[^a-z0-9]+", "-", "".join(lazy_pinyin(text)).casefold()).strip("-")[:60].strip("-")
    return joined or "ledger"


class Ids:
    """Makes ids that no record has or had. ``used``: kind -> ids in the estate, in quarantine or remembered."""

    def __init__(self, used: Mapping[str, Iterable[str]], names: Names) -> None:
        self.used = {kind: set(ids) for kind, ids in used.items()}
        self.names = names
        self._counters: dict[tuple[str, str], int] = {}
        self._numbered: dict[str, dict[str, int]] = {}

    def take(self, kind: str, id: str) -> None:
        """Remember that an id is in use."""
        self.used.setdefault(kind, set()).add(id)

    def make(self, kind: str, plain: Mapping[str, Any], *, classified: bool = False) -> str:
        """A new id for a record."""
        owner = str(plain.get("department") or plain.get("room") or plain.get("division") or kind)
        name = str(plain.get("name") or "")
        if classified:
            id = self._next(kind, f"{owner}-classified-", 1)
        elif kind in _COUNTED:
            middle = f"{_COUNTED[kind]}-" if _COUNTED[kind] else ""
            id = self._next(kind, f"{owner}-{middle}", 4)
        elif kind == "department":
            id = self._plain_or_next(kind, f"{plain.get('division')}-{initials(self._bare(plain)) or 'dw'}")
        elif kind == "device" and re.fullmatch(ID_PATTERN, name):
            id = self._plain_or_next(kind, name.casefold())
        else:
            id = self._next(kind, f"{owner}-{initials(self._short(kind, plain)) or kind}-", 1)
        self.take(kind, id)
        return id

    def _bare(self, plain: Mapping[str, Any]) -> str:
        return self.names.bare_of(str(plain.get("name") or ""), str(plain.get("division") or ""))

    def _short(self, kind: str, plain: Mapping[str, Any]) -> str:
        """The name without its department's: "民政厅机房" -> "机房"."""
        name = str(plain.get("name") or "")
        if kind == "device":
            return name
        full, bare = self.names.department_names(str(plain.get("department") or ""))
        for prefix in (full, bare):
            if prefix and name.startswith(prefix) and name != prefix:
                return name.removeprefix(prefix)
        return name

    def _plain_or_next(self, kind: str, id: str) -> str:
        return id if id not in self.used.get(kind, ()) else self._next(kind, f"{id}-", 1, first=2)

    def _next(self, kind: str, prefix: str, digits: int, first: int = 1) -> str:
        counter = self._counters.get((kind, prefix))
        if counter is None:
            counter = self._highest(kind).get(prefix, first - 1)
        used = self.used.get(kind, ())
        counter += 1
        while (made := f"{prefix}{counter:0{digits}d}") in used:
            counter += 1
        self._counters[kind, prefix] = counter
        return made

    def _highest(self, kind: str) -> dict[str, int]:
        """Prefix -> the highest number behind it among the ids that the kind had when it was first asked for."""
        if kind not in self._numbered:
            highest: dict[str, int] = {}
            for id in self.used.get(kind, ()):
                prefix = id.rstrip("0123456789")
                if prefix != id:
                    highest[prefix] = max(highest.get(prefix, 0), int(id[len(prefix) :]))
            self._numbered[kind] = highest
        return self._numbered[kind]
