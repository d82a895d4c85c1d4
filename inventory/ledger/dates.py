"""Dates as ledgers write them. What could be read in two ways is refused; what had to be completed says so."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

from inventory.ledger.cells import NOTHING, CellError, Doubt, Parsed
from inventory.ledger.text import fold, is_blank, shown

__all__ = ["parse_date", "parse_period"]

FIRST_YEAR, LAST_YEAR = 1980, 2100
_EPOCH = dt.date(1899, 12, 30)
"""Day 0 of Excel's serial days (its 1900 was a leap year, hence not 31 December)."""
_SERIALS = range(20_000, 73_051)
_MONTHS = {
    name.casefold(): number
    for number in range(1, 13)
    for name in (calendar.month_name[number], calendar.month_abbr[number])
}
_DIGITS = {ord(char): str(number) for number, char in enumerate("〇一二三四五六七八九")} | {
    ord("零"): "0",
    ord("○"): "0",
}
_TIME = r"(?:[ t]+\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?)?(?:z|[+-]\d{2}:?\d{2})?)?"
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?" + _TIME)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份)?")
_YEAR = re.compile(r"(\d{4})\s*年(?:度)?")
_SHORT = re.compile(r"'?(\d{2})\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*[日号]?)?")
_TAIL_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})" + _TIME)
_NAMED = re.compile(r"(?:(\d{1,2})[ -])?([a-z]{3,9})\.?[ -](?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})")


def parse_date(value: Any, *, end: bool = False) -> Parsed:
    """A date. A month without its day becomes the first day (``end``: the last) with a note; a bare year does so
    with a doubt.

    Refused: two-digit years between other numbers, 01/02/2021 (day or month first), the number 2021.1 (Excel writes
    2021.10 so too), years outside 1980..2100.
    """
    if is_blank(value):
        return NOTHING
    if isinstance(value, bool):
        raise CellError("no-date", value=shown(value))
    if isinstance(value, dt.datetime):
        return Parsed(_plausible(value.date(), value))
    if isinstance(value, dt.date):
        return Parsed(_plausible(value, value))
    if isinstance(value, int | float):
        return _of_number(value, end)
    if isinstance(value, dt.time | dt.timedelta):
        raise CellError("no-date", value=shown(value))
    return _of_text(_with_digits(fold(value)), value, end)


def _with_digits(text: str) -> str:
    """二〇二一年六月十五日 -> 2021年6月15日."""
    if not re.match(r"[〇一二三四五六七八九零○]{2,4}年", text):
        return text
    text = re.sub(r"([二三])?十([一二三四五六七八九])?", _tens, text)
    return text.translate(_DIGITS)


def _tens(found: re.Match[str]) -> str:
    tens = (found.group(1) or "一").translate(_DIGITS)
    return tens + (found.group(2) or "零").translate(_DIGITS)


def _of_number(value: float, end: bool) -> Parsed:
    if float(value).is_integer():
        whole = int(value)
        if whole in _SERIALS:
            day = _EPOCH + dt.timedelta(days=whole)
            return Parsed(
                _plausible(day, value), (Doubt("serial-date", {"value": shown(whole), "date": day.isoformat()}),)
            )
        return _of_text(str(whole), value, end)
    text = f"{value:.2f}".rstrip("0")
    if re.fullmatch(r"\d{4}\.1", text):
        raise CellError("month-or-ten", value=text)
    if value > _SERIALS.start and value < _SERIALS.stop:
        day = _EPOCH + dt.timedelta(days=int(value))
        return Parsed(_plausible(day, value), (Doubt("serial-date", {"value": shown(value), "date": day.isoformat()}),))
    return _of_text(text, value, end)


def _of_text(text: str, cell: Any, end: bool) -> Parsed:
    if found := _DAY.fullmatch(text):
        return Parsed(_date(int(found[1]), int(found[2]), int(found[3]), cell))
    if found := _MONTH.fullmatch(text):
        parsed = _month(int(found[1]), int(found[2]), cell, end)
        # A number cell with 2021.10 is exported as 2021.1.
        doubt = (Doubt("month-one", {"value": shown(cell)}),) if re.fullmatch(r"\d{4}\.1", text) else ()
        return parsed._replace(doubts=doubt)
    if re.fullmatch(r"\d{8}", text):
        return Parsed(_date(int(text[:4]), int(text[4:6]), int(text[6:]), cell))
    if re.fullmatch(r"(19|20)\d{4}", text):
        return _month(int(text[:4]), int(text[4:]), cell, end)
    if (found := _YEAR.fullmatch(text)) or re.fullmatch(r"(19|20)\d{2}", text):
        day = _date(int(text[:4]), 12 if end else 1, 31 if end else 1, cell)
        return Parsed(day, (Doubt("year-only", {"value": shown(cell), "date": day.isoformat()}),))
    if found := _SHORT.fullmatch(text):
        return _short(found, cell, end)
    if found := _TAIL_YEAR.fullmatch(text):
        return Parsed(_day_or_month_first(int(found[1]), int(found[2]), int(found[3]), cell))
    if (found := _NAMED.fullmatch(text)) and found[2] in _MONTHS:
        return _named(found, cell, end)
    if re.fullmatch(r"\d{5}", text) and int(text) in _SERIALS:
        return _of_number(int(text), end)
    code = "short-year" if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}", text) else "no-date"
    raise CellError(code, value=shown(cell))


def _month(year: int, month: int, cell: Any, end: bool) -> Parsed:
    if not 1 <= month <= 12:
        raise CellError("no-date", value=shown(cell))
    day = _date(year, month, calendar.monthrange(year, month)[1] if end else 1, cell)
    return Parsed(day, (), (Doubt("month-only", {"value": shown(cell), "date": day.isoformat()}),))


def _short(found: re.Match[str], cell: Any, end: bool) -> Parsed:
    year, month = 2000 + int(found[1]), int(found[2])
    parsed = Parsed(_date(year, month, int(found[3]), cell)) if found[3] else _month(year, month, cell, end)
    return parsed._replace(doubts=(Doubt("century-assumed", {"value": shown(cell), "date": parsed.value.isoformat()}),))


def _day_or_month_first(first: int, second: int, year: int, cell: Any) -> dt.date:
    if first <= 12 and second <= 12 and first != second:
        raise CellError("day-or-month", value=shown(cell))
    return _date(year, second, first, cell) if first > 12 else _date(year, first, second, cell)


def _named(found: re.Match[str], cell: Any, end: bool) -> Parsed:
    month, year, day = _MONTHS[found[2]], int(found[4]), found[1] or found[3]
    return Parsed(_date(year, month, int(day), cell)) if day else _month(year, month, cell, end)


def _date(year: int, month: int, day: int, cell: Any) -> dt.date:
    try:
        return _plausible(dt.date(year, month, day), cell)
    except ValueError:
        raise CellError("no-date", value=shown(cell)) from None


def _plausible(day: dt.date, cell: Any) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellError("date-implausible", value=shown(cell), first=FIRST_YEAR, last=LAST_YEAR)
    return day


_BETWEEN = re.compile(r"\s*(?:至|到|—+|–|~|\sto\s|\s-\s)\s*")


def parse_period(value: Any) -> Parsed:
    """A period "2020.1.1-2022.12.31", "2020年1月至2022年12月" -> (first day, last day)."""
    if is_blank(value):
        return NOTHING
    text = fold(str(value))
    parts = _BETWEEN.split(text)
    if len(parts) != 2 and text.count("-") == 1:
        parts = text.split("-")
    if len(parts) != 2:
        raise CellError("no-period", value=shown(value))
    first, last = parse_date(parts[0].strip()), parse_date(parts[1].strip(), end=True)
    if first.value is None or last.value is None:
        raise CellError("no-period", value=shown(value))
    return Parsed((first.value, last.value), first.doubts + last.doubts, first.notes + last.notes)
