"""Translates lines by the table of translations."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory.kinds.network import Ipv6Stage
from network.rendering.counterparts import Counterparts
from network.rendering.running import Running
from network.rendering.tables.translations import TRANSLATIONS, Translation

__all__ = ["Translated", "translated_lines"]


@dataclass(frozen=True)
class Translated:
    """A line for a view; ``view`` is empty at the top level."""

    view: str
    text: str


def translated_lines(
    counterparts: Counterparts, running: Running, dialect: str, stage: Ipv6Stage, lists: AbstractSet[str]
) -> tuple[Translated, ...]:
    """The IPv6 counterparts of the lines that a stage translates; ``lists``: IPv6 lists that are there."""
    rows = [row for row in TRANSLATIONS[dialect] if row.stage is stage]
    found: dict[Translated, None] = {}
    for view, texts in (("", running.texts), *running.views.items()):
        fitting = [row for row in rows if row.view.fullmatch(view)]
        for text in texts if fitting else ():
            for row in fitting:
                made = _translated(row, text, counterparts, lists)
                if made is not None:
                    found[Translated(view, made)] = None
    return tuple(found)


def _translated(row: Translation, text: str, counterparts: Counterparts, lists: AbstractSet[str]) -> str | None:
    match = row.line.fullmatch(text)
    if match is None:
        return None
    named = match.groupdict()
    values: dict[str, str] = {}
    if "host" in named:
        host = counterparts.host(IPv4Address(named["host"]))
        if host is None:
            return None
        values["host"] = str(host)
    if "list" in named:
        if named["list"].removeprefix("name ") not in lists:
            return None
        values["list"] = named["list"]
    return row.counterpart.format(match[0], *match.groups(), **values)
