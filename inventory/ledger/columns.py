"""Headers to fields: exact synonyms, units in headers, groups above headers, and the nearest fields for what is
unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from inventory.ledger.mapping import IGNORE, LedgerMap
from inventory.ledger.tables.fields import COMPONENT_GROUPS, FIELDS, IGNORED_HEADERS, PERSONAL_HEADERS, Field
from inventory.ledger.text import fold, name_key

__all__ = ["Column", "is_header", "match_header", "nearest_fields"]

_UNITS = [
    "万元/年",
    "万元/月",
    "元/年",
    "元/月",
    "元/季",
    "万元",
    "千元",
    "元",
    "gib",
    "tib",
    "mib",
    "gb",
    "tb",
    "mb",
    "kb",
    "kbps",
    "mbps",
    "gbps",
    "mbit/s",
    "gbit/s",
    "mb/s",
    "兆",
    "核",
    "个",
    "台",
    "套",
    "人",
    "次",
    "分钟",
    "小时",
    "天",
    "日",
    "min",
    "mins",
    "minutes",
    "hours",
    "hour",
    "h",
    "days",
    "%",
    "kw",
    "w",
    "kva",
    "u",
    "ms",
    "毫秒",
    "g",
    "t",
    "m",
    "gb/天",
    "gb/日",
    "g/天",
    "gib/day",
    "gb/day",
    "yuan",
    "yuan/year",
    "yuan/month",
    "cny",
    "rmb",
    "cores",
]
_UNIT_SET = frozenset(_UNITS)
_WITHOUT_BRACKETS = _UNIT_SET - {"h", "w", "u", "日", "天", "次", "人", "个"}
_SUFFIXES = sorted(_WITHOUT_BRACKETS, key=lambda unit: (-len(unit), unit))
_PARENTHESES = re.compile(r"[(\[【〔<]([^)\]】〕>]*)[)\]】〕>]")
_MARKS = re.compile(r"^[*★☆※●\s]+|[*★☆※:\s]+$|^\d+[.、]\s*")
_GENERIC_GROUP = re.compile(
    r".*(信息|情况|配置|明细|内容|概况|资源|要求|details?|information|info|data)$|^(系统|线路|机房|设备|资产|服务器)$"
)
_OTHER_MEANING = re.compile(
    r"备机|灾备|备份|容灾|测试|规划|拟|目标|迁移后|迁后|新建|新增|调整后|申请|planned|target|backup|test"
)
_CONFIG_FIELDS = frozenset(
    ("vcpu", "memory_gib", "storage_gib", "data_gib", "change_gib_per_day", "spec", "address", "port", "technology")
)


@dataclass(frozen=True)
class Column:
    """A column and what it says. ``state``: field, ignored, mapped-away, personal, unknown or twice."""

    index: int
    header: str
    state: str
    field: Field | None = None
    unit: str = ""
    period: str = ""

    @property
    def path(self) -> str:
        """Dotted field; empty where the column is not taken."""
        return self.field.path if self.field is not None else ""


@cache
def _index(kind: str) -> dict[str, Field]:
    """Folded header -> field. A field's own name comes first; between two fields the earlier one wins."""
    found: dict[str, Field] = {}
    for row in FIELDS[kind]:
        found.setdefault(name_key(row.path), row)
    for row in FIELDS[kind]:
        for header in row.headers:
            found.setdefault(_plain(header), row)
    return found


@cache
def _all_headers() -> frozenset[str]:
    return frozenset(header for kind in FIELDS for header in _index(kind))


def is_header(key: str) -> bool:
    """Whether a folded text is a header of some kind; quick, for looking at every row."""
    return key in _all_headers()


@cache
def _paths(kind: str) -> dict[str, Field]:
    return {row.path: row for row in FIELDS[kind]}


def _plain(text: str) -> str:
    return name_key(_MARKS.sub("", fold(text)))


@cache
def _split(text: str) -> tuple[str, str]:
    """(header without parentheses, unit in them or empty)."""
    folded = _MARKS.sub("", fold(text))
    unit = ""
    for inside in _PARENTHESES.findall(folded):
        word = inside.strip().removeprefix("单位").lstrip(": ").replace(" ", "")
        if word in _UNIT_SET:
            unit = word
    bare = _MARKS.sub("", _PARENTHESES.sub("", folded))
    return bare, unit


@cache
def _lookup(kind: str, text: str) -> tuple[Field, str] | None:
    """(field, unit) of one header text, without its group."""
    index = _index(kind)
    bare, unit = _split(text)
    for key in (_plain(text), _plain(bare)):
        if key in index:
            return index[key], unit
    key = _plain(bare)
    for suffix in _SUFFIXES:
        if key.endswith(suffix) and (short := key.removesuffix(suffix).rstrip("/-_,|")) in index and short != key:
            return index[short], unit or suffix
    return None


def _period(text: str) -> str:
    folded = fold(text)
    if "年" in folded or re.search(r"\b(annual|year|yearly)", folded):
        return "year"
    return "month" if "月" in folded or re.search(r"\bmonth", folded) else ""


def _settled(kind: str, texts: Sequence[str], settled: LedgerMap) -> str | None:
    wanted = {name_key("/".join(texts)), name_key("".join(texts)), name_key(texts[-1])}
    for header, told in settled.headers.items():
        if name_key(header) in wanted:
            return told.get(kind) or told.get("")
    return None


def match_header(kind: str, texts: Sequence[str], index: int, settled: LedgerMap) -> Column:
    """The column under ``texts`` (top down, groups first). What the map says comes before everything else."""
    header = "/".join(texts)
    told = _settled(kind, texts, settled)
    if told == IGNORE:
        return Column(index, header, "mapped-away")
    if told is not None and told in _paths(kind):
        return Column(index, header, "field", _paths(kind)[told], _split(texts[-1])[1], _period(header))
    own = _plain(_split(texts[-1])[0])
    if own in IGNORED_HEADERS:
        return Column(index, header, "ignored")
    if own in PERSONAL_HEADERS or name_key("".join(texts)) in PERSONAL_HEADERS:
        return Column(index, header, "personal")
    found = _matched(kind, tuple(texts))
    if found is None:
        return Column(index, header, "unknown")
    field, unit = found
    group_unit = next((word for text in texts if (word := _split(text)[1])), "")
    return Column(index, header, "field", field, unit or group_unit, _period(header))


@cache
def _matched(kind: str, texts: tuple[str, ...]) -> tuple[Field, str] | None:
    if len(texts) == 1:
        return _lookup(kind, texts[0]) or (_component(texts[0]) if kind == "system" else None)
    groups, last = texts[:-1], texts[-1]
    whole = _lookup(kind, "".join(texts)) or _lookup(kind, groups[-1] + last)
    if whole is not None:
        return whole
    if kind == "system" and (component := _in_group(groups[-1], last)) is not None:
        return component
    alone = _lookup(kind, last)
    if alone is None or any(
        _OTHER_MEANING.search(fold(group)) or not _GENERIC_GROUP.match(_split(group)[0]) for group in groups
    ):
        return None
    return alone


def _in_group(group: str, header: str) -> tuple[Field, str] | None:
    component = COMPONENT_GROUPS.get(_split(group)[0]) or COMPONENT_GROUPS.get(
        name_key(_split(group)[0]).removesuffix("配置")
    )
    found = _lookup("system", header)
    if component is None or found is None or not found[0].path.startswith("components.main."):
        return None
    field, unit = found
    if field.path.rpartition(".")[2] not in _CONFIG_FIELDS:
        return None
    return field._replace(path=field.path.replace(".main.", f".{component}.")), unit


def _component(text: str) -> tuple[Field, str] | None:
    """ "数据库服务器内存(GB)" without a group row."""
    folded = fold(text)
    for group in sorted(COMPONENT_GROUPS, key=len, reverse=True):
        if folded.startswith(group) and len(folded) > len(group):
            return _in_group(group, folded.removeprefix(group).lstrip("-_/ "))
    return None


def nearest_fields(kind: str, texts: Sequence[str], count: int = 3) -> tuple[str, ...]:
    """The fields whose headers are most like an unknown one, best first."""
    from rapidfuzz import fuzz, process

    index = _index(kind)
    key = _plain(_split(texts[-1])[0])
    found = process.extract(key, list(index), scorer=fuzz.WRatio, limit=12, score_cutoff=55)
    return tuple(dict.fromkeys(index[header].path for header, _score, _place in found))[:count]
