"""The parser of each column, by the name that ``tables.fields`` gives it: a cell to a plain value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from inventory.ledger.amounts import (
    parse_bandwidth,
    parse_cores,
    parse_duration,
    parse_money,
    parse_power,
    parse_share,
    parse_size,
    parse_spec,
)
from inventory.ledger.cells import (
    NOTHING,
    CellError,
    Doubt,
    Parsed,
    parse_addresses,
    parse_bool,
    parse_choice,
    parse_code,
    parse_count,
    parse_grade,
    parse_names,
    parse_number,
    parse_text,
)
from inventory.ledger.columns import Column
from inventory.ledger.dates import parse_date, parse_period
from inventory.ledger.tables.words import WORDS
from inventory.ledger.text import fold, is_blank, shown

__all__ = ["AMOUNTS", "REFERENCES", "parse_cell"]

REFERENCES = frozenset(("ref", "refs", "typed", "typeds", "end"))
"""Parsers that give names; ``names`` resolves them."""
AMOUNTS = frozenset(
    (
        "count",
        "size",
        "cores",
        "spec",
        "money",
        "bandwidth",
        "power",
        "share",
        "duration",
        "latency",
        "rack_units",
        "units_high",
    )
)
"""Parsers of amounts: a cell that is merged over several rows cannot be shared out between them."""


def parse_cell(column: Column, value: Any) -> Parsed:
    """The value of a cell of a column; a reference gives the name, several references a tuple of names. CellError
    as the parsers."""
    assert column.field is not None
    name, _, options = column.field.parser.partition(":")
    return _PARSERS[name](value, column, options)


def _money(value: Any, column: Column, options: str) -> Parsed:
    per, _, usual = options.partition(":")
    return parse_money(value, column.unit, per=per, period=column.period, usual=usual)


def _needs_ipv6(value: Any, _column: Column, _options: str) -> Parsed:
    try:
        wanted = parse_bool(value)
    except CellError:
        if not isinstance(value, bool) and fold(str(value)) in ("at_cutover", "割接时", "迁移时"):
            return Parsed("at_cutover")
        day = parse_date(value, end=True)
        return Parsed({"by": day.value}, day.doubts, day.notes)
    if wanted.value is None:
        return NOTHING
    if not wanted.value:
        return Parsed("no")
    return Parsed("at_cutover", (Doubt("ipv6-undated", {"value": shown(value)}),))


def _port(value: Any, _column: Column, _options: str) -> Parsed:
    if is_blank(value):
        return NOTHING
    text = parse_text(value).value or ""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CellError("no-port", value=shown(value))
    return Parsed(int(text))


def _host(value: Any, _column: Column, _options: str) -> Parsed:
    hosts = parse_addresses(value).value
    if hosts is None:
        return NOTHING
    if len(hosts) > 1:
        raise CellError("one-address", value=shown(value))
    if not hosts[0].address:
        raise CellError("no-address", value=shown(value))
    return Parsed(hosts[0].address)


def _loopbacks(value: Any, _column: Column, _options: str) -> Parsed:
    if is_blank(value):
        return NOTHING
    texts = [re.sub(r"/(32|128)$", "", part) for part in re.split(r"[\s,;、]+", fold(str(value))) if part]
    try:
        return Parsed([str(ipaddress.ip_address(text)) for text in texts])
    except ValueError:
        raise CellError("no-address", value=shown(value)) from None


def _rack_units(value: Any, _column: Column, _options: str) -> Parsed:
    """12, "12U", "10-12U", "U10-U12" -> (lowest unit, units or None)."""
    if is_blank(value):
        return NOTHING
    found = re.fullmatch(
        r"u?\s*(\d{1,2})\s*u?\s*(?:[-~至]\s*u?\s*(\d{1,2})\s*u?)?", fold(parse_text(value).value or "")
    )
    if found is None or (found[2] and int(found[2]) < int(found[1])):
        raise CellError("no-position", value=shown(value))
    return Parsed((int(found[1]), int(found[2]) - int(found[1]) + 1 if found[2] else None))


_LEVELS = {
    "省": "province",
    "市": "city",
    "县": "county",
    "区": "county",
    "乡": "township",
    "镇": "township",
    "街道": "township",
    "村": "village",
}


def _levels(value: Any, _column: Column, _options: str) -> Parsed:
    """ "省、市、县", "省市县三级" -> levels, top down."""
    if is_blank(value):
        return NOTHING
    text = re.sub(r"[\s,;、/到至\-~]|[一二三四五]级|级|乡镇|区县|县区", _known_pair, fold(str(value)))
    english = [word for word in re.split(r"\W+", fold(str(value))) if word in WORDS["level"]]
    marks = re.findall("街道|[省市县区乡镇村]", text)
    if "".join(marks) != text and not english:
        raise CellError("no-levels", value=shown(value))
    named = {_LEVELS[mark] for mark in marks} | {str(WORDS["level"][word]) for word in english}
    return Parsed([level for level in ("province", "city", "county", "township", "village") if level in named])


def _known_pair(found: re.Match[str]) -> str:
    return {"乡镇": "乡", "区县": "县", "县区": "县"}.get(found[0], "")


def _latency(value: Any, column: Column, _options: str) -> Parsed:
    text = re.sub(r"^[<≤]=?", "", fold(value)) if isinstance(value, str) else value
    return parse_number(text, {"ms": 1.0, "毫秒": 1.0, "s": 1000.0, "秒": 1000.0}, column.unit, bare="ms")


def _days(value: Any, _column: Column, _options: str) -> Parsed:
    """30, "30天", "提前30日"; "3个月" is 90 with a doubt."""
    if is_blank(value):
        return NOTHING
    text = re.sub(r"^提前", "", fold(parse_text(value).value or ""))
    if found := re.fullmatch(r"(\d+)\s*(?:个月|月|months?)", text):
        return Parsed(int(found[1]) * 30, (Doubt("month-days", {"value": shown(value), "days": int(found[1]) * 30}),))
    if found := re.fullmatch(r"(\d+)\s*(?:天|日|d|days?)?", text):
        return Parsed(int(found[1]))
    raise CellError("no-count", value=shown(value))


def _cores(value: Any, column: Column, _options: str) -> Parsed:
    header = fold(column.header)
    counted = "核" if any(word in header for word in ("核", "core", "vcpu")) else ""
    return parse_cores(value, column.unit or counted)


_PARSERS: dict[str, Callable[[Any, Column, str], Parsed]] = {
    "text": lambda value, _column, _options: parse_text(value),
    "code": lambda value, _column, _options: parse_code(value),
    "names": lambda value, _column, _options: parse_names(value),
    "ref": lambda value, _column, _options: parse_text(value),
    "typed": lambda value, _column, _options: parse_text(value),
    "end": lambda value, _column, _options: parse_text(value),
    "refs": lambda value, _column, _options: parse_names(value),
    "typeds": lambda value, _column, _options: parse_names(value),
    "classified": lambda value, _column, _options: parse_text(value),
    "count": lambda value, _column, _options: parse_count(value),
    "days": _days,
    "bool": lambda value, _column, _options: parse_bool(value),
    "grade": lambda value, _column, _options: parse_grade(value),
    "choice": lambda value, _column, options: parse_choice(value, WORDS[options]),
    "date": lambda value, _column, options: parse_date(value, end=options == "end"),
    "period": lambda value, _column, _options: parse_period(value),
    "duration": lambda value, column, _options: parse_duration(value, column.unit),
    "size": lambda value, column, _options: parse_size(value, column.unit),
    "cores": _cores,
    "spec": lambda value, _column, _options: parse_spec(value),
    "bandwidth": lambda value, column, _options: parse_bandwidth(value, column.unit),
    "power": lambda value, column, options: parse_power(value, column.unit, watts=options == "w"),
    "share": lambda value, column, _options: parse_share(value, column.unit),
    "latency": _latency,
    "money": _money,
    "hosts": lambda value, _column, _options: parse_addresses(value),
    "host": _host,
    "loopbacks": _loopbacks,
    "port": _port,
    "rack_units": _rack_units,
    "units_high": lambda value, _column, _options: parse_count(value),
    "needs_ipv6": _needs_ipv6,
    "levels": _levels,
}
