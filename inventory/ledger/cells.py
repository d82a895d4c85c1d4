"""What a cell parser returns, and the parsers for plain cells: text, numbers, counts, yes/no, grades, words of a
list, addresses."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from inventory.ledger.text import clean, fold, is_blank, shown

__all__ = [
    "CellError",
    "Doubt",
    "Host",
    "Parsed",
    "parse_addresses",
    "parse_bool",
    "parse_choice",
    "parse_code",
    "parse_count",
    "parse_grade",
    "parse_names",
    "parse_number",
    "parse_text",
]


class CellError(Exception):
    """The cell cannot be read; ``code`` and ``data`` as in ``tables.findings``."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code, self.data = code, data
        self.nearest: tuple[str, ...] = ()


class Doubt(NamedTuple):
    """Something that was assumed: a code of ``tables.findings`` and what fills its message."""

    code: str
    data: Mapping[str, Any] = MappingProxyType({})


class Parsed(NamedTuple):
    """A value (None: the cell says nothing), what was assumed on the way, and notes that change no verdict."""

    value: Any
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[Doubt, ...] = ()


NOTHING = Parsed(None)
_EXACT_DIGITS = 15
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+")
_SCALES = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "w": 1e4, "亿": 1e8, "k": 1e3}
_AMOUNT = re.compile(rf"(约|大约|近|~|≈)?\s*({_NUMBER.pattern})\s*(百|千|万|亿)?\s*(余|多|左右|上下)?\s*(.*)")
_COUNTERS = frozenset(
    ("", "台", "个", "套", "人", "名", "次", "户", "u", "条", "架", "块", "组", "项", "座", "台套", "家", "用户")
)


def _no_error_value(text: str) -> None:
    if text.startswith("#") and text.rstrip("!?").lstrip("#").replace("/", "").isupper():
        raise CellError("formula-error", value=shown(text))


def parse_text(value: Any) -> Parsed:
    """Free text; whole numbers lose Excel's ``.0``, dates become ISO."""
    if is_blank(value):
        return NOTHING
    if isinstance(value, bool):
        return Parsed("是" if value else "否")
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_EXACT_DIGITS:
        return Parsed(str(int(value)))
    if isinstance(value, dt.datetime):
        return Parsed(value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" "))
    text = clean(str(value))
    _no_error_value(text)
    if len(text) > 2000:
        raise CellError("text-too-long", length=len(text))
    return Parsed(text) if text else NOTHING


def parse_code(value: Any) -> Parsed:
    """A number of books, a serial number: text; digits beyond the 15 that Excel keeps are doubtful."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**_EXACT_DIGITS:
        digits = format(Decimal(f"{value:.{_EXACT_DIGITS}g}"), "f")
        return Parsed(digits, (Doubt("digits-lost", {"value": shown(value)}),))
    return parse_text(value)


def parse_names(value: Any) -> Parsed:
    """Several names in one cell, separated by 、 ; , or line breaks."""
    parsed = parse_text(value)
    if parsed.value is None:
        return NOTHING
    names = tuple(part.strip() for part in re.split(r"[、;；,，\n]", parsed.value) if not is_blank(part.strip()))
    return Parsed(names) if names else NOTHING


def amount(value: Any) -> tuple[float, str, tuple[Doubt, ...]]:
    """(number, rest of the text such as a unit, doubts). "约1.2万人" is (12000.0, "人", approximate)."""
    if isinstance(value, bool):
        raise CellError("no-number", value=shown(value))
    if isinstance(value, int | float):
        return float(value), "", ()
    text = fold(str(value))
    _no_error_value(str(value).strip())
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise CellError("no-number", value=shown(value))
    about, digits, scale, more, rest = found.groups()
    if re.match(r"[-~至到.,\d]", rest):
        raise CellError("no-number", value=shown(value))
    doubts = (Doubt("approximate", {"value": shown(value)}),) if about or more else ()
    return float(digits.replace(",", "")) * _SCALES[scale or ""], rest, doubts


def parse_number(value: Any, units: Mapping[str, float], unit: str = "", *, bare: str | None = None) -> Parsed:
    """A number in a unit: ``units`` has unit -> factor; ``unit`` comes from the header.

    A number without any unit is taken in the unit ``bare``, with a doubt; CellError where there is no ``bare``.
    """
    if is_blank(value):
        return NOTHING
    number, rest, doubts = amount(value)
    name = rest.strip() or fold(unit)
    if name in units:
        return Parsed(tidy(number * units[name]), doubts)
    if name and rest.strip():
        raise CellError("unknown-unit", value=shown(value), known=", ".join(key for key in units if key))
    if bare is None:
        raise CellError("no-unit", value=shown(value), known=", ".join(key for key in units if key))
    return Parsed(tidy(number * units[bare]), (*doubts, Doubt("unit-assumed", {"value": shown(value), "unit": bare})))


def tidy(number: float) -> float | int:
    rounded = round(number, 6)
    return int(rounded) if rounded.is_integer() else rounded


def parse_count(value: Any) -> Parsed:
    """A whole number, counting words such as 台 or 人 may follow."""
    if is_blank(value):
        return NOTHING
    number, rest, doubts = amount(value)
    if rest.strip() not in _COUNTERS or not number.is_integer():
        raise CellError("no-count", value=shown(value))
    return Parsed(int(number), doubts)


_YES = frozenset(
    ("√", "✓", "✔", "☑", "是", "有", "y", "yes", "true", "t", "1", "对", "已", "需要", "需", "支持", "可以", "on")
)
_NO = frozenset(
    (
        "×",
        "✗",
        "✘",
        "x",
        "✕",
        "☐",
        "否",
        "无",
        "n",
        "no",
        "false",
        "f",
        "0",
        "错",
        "未",
        "没有",
        "不",
        "不需要",
        "无需",
        "不支持",
        "不是",
        "off",
    )
)


def parse_bool(value: Any) -> Parsed:
    """A yes/no mark: √ × 是 否 有 无 Y N 1 0, 已… and 未…"""
    if is_blank(value):
        return NOTHING
    if isinstance(value, bool):
        return Parsed(value)
    text = fold(parse_text(value).value or "")
    if text in _YES or re.fullmatch(r"已[^未不否]{1,4}", text):
        return Parsed(True)
    if text in _NO or re.fullmatch(r"未[^已]{1,4}", text):
        return Parsed(False)
    raise CellError("no-mark", value=shown(value))


_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "ⅰ": 1, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5} | {
    str(n): n for n in range(1, 6)
}
_GRADE = re.compile(
    r"(?:等保|等级保护|mlps|grade|level)?\s*(?:2\.0)?\s*第?\s*([一二三四五1-5]|i{1,3}|iv|v)\s*级?\s*(?:\(?s[1-5]a[1-5](?:g[1-5])?\)?)?"
)
_UNGRADED = frozenset(("无", "未定级", "未定", "不定级", "未备案", "否", "未评级"))


def parse_grade(value: Any) -> Parsed:
    """A classified-protection grade: 三级, 第三级, 3, 等保三级, 三级(S3A3G3); 未定级 says nothing."""
    if is_blank(value):
        return NOTHING
    text = fold(parse_text(value).value or "")
    if text in _UNGRADED:
        return NOTHING
    found = _GRADE.fullmatch(text)
    if found is None:
        raise CellError("no-grade", value=shown(value))
    return Parsed(_NUMERALS[found.group(1)])


def parse_choice(value: Any, words: Mapping[str, str | None]) -> Parsed:
    """A word of a list: ``words`` has folded word -> value (None: the word says nothing)."""
    if is_blank(value):
        return NOTHING
    text = fold(parse_text(value).value or "")
    if text not in words:
        raise CellError(
            "no-choice", value=shown(value), known=", ".join(dict.fromkeys(word for word, to in words.items() if to))
        )
    return Parsed(words[text])


class Host(NamedTuple):
    """Where something is reached: an address, a DNS name, a port; each may be absent."""

    address: str = ""
    name: str = ""
    port: int | None = None


_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*\.?")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21}


def parse_addresses(value: Any) -> Parsed:
    """Addresses, host names or URLs in one cell -> tuple of Host. Ranges and prefixes are refused: they name no
    single host."""
    if is_blank(value) or fold(str(value)) == "无":
        return NOTHING
    parts = [part for part in re.split(r"[\s,;、]+", fold(str(value))) if part]
    return Parsed(tuple(dict.fromkeys(_host(part, value) for part in parts)))


def _host(text: str, cell: Any) -> Host:
    if "://" in text:
        return _of_url(text, cell)
    try:
        return Host(address=str(ipaddress.ip_address(text.strip("[]"))))
    except ValueError:
        pass
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and 0 < int(port) < 65536:
        found = _host(host, cell)
        return found._replace(port=int(port))
    if re.fullmatch(r"[\d.]+(?:[-~/][\d.]+)?", text) or not _HOST_NAME.fullmatch(text) or "." not in text:
        raise CellError("no-address", value=shown(cell))
    return Host(name=text.rstrip("."))


def _of_url(text: str, cell: Any) -> Host:
    try:
        parts = urlsplit(text)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        raise CellError("no-address", value=shown(cell)) from None
    if not parts.hostname:
        raise CellError("no-address", value=shown(cell))
    return _host(parts.hostname, cell)._replace(port=port)
