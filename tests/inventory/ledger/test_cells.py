"""Parsers of cells: what was written is what is read, in every usual form; what can be read in two ways is not read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.ledger.amounts import (
    Spec,
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
    CellError,
    parse_addresses,
    parse_bool,
    parse_code,
    parse_count,
    parse_grade,
    parse_text,
)
from inventory.ledger.dates import parse_date, parse_period
from inventory.ledger.text import clean, fold

DAYS = st.dates(dt.date(1980, 1, 1), dt.date(2100, 12, 31))
WIDE = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
ANYTHING = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), DAYS)
PARSERS = [
    parse_text,
    parse_code,
    parse_count,
    parse_bool,
    parse_grade,
    parse_addresses,
    parse_date,
    parse_period,
    parse_bandwidth,
    parse_size,
    parse_cores,
    parse_spec,
    parse_duration,
    parse_power,
    parse_share,
]


def refused(parser: Any, value: Any, **options: Any) -> str:
    with pytest.raises(CellError) as caught:
        parser(value, **options)
    return caught.value.code


@given(st.sampled_from(PARSERS), ANYTHING)
def test_whatever_a_cell_holds_is_read_or_refused(parser: Any, value: Any) -> None:
    try:
        parser(value)
    except CellError as error:
        assert error.code  # noqa: PT017 - either outcome is right; another exception is not


@given(DAYS)
def test_a_whole_date_in_any_form_is_that_day(day: dt.date) -> None:
    year, month, number = day.year, day.month, day.day
    for text in (
        f"{year}-{month}-{number}",
        f"{year}.{month:02}.{number:02}",
        f"{year}/{month}/{number}",
        f"{year}年{month}月{number}日",
        f"{year}{month:02}{number:02}",
        f"{day.isoformat()} 00:00:00",
        day.strftime("%b %d, %Y"),
        day.strftime("%d %B %Y"),
    ):
        for written in (text, text.translate(WIDE)):
            parsed = parse_date(written)
            assert (parsed.value, parsed.doubts) == (day, ())
    for value in (day, dt.datetime.combine(day, dt.time()), int(day.strftime("%Y%m%d"))):
        assert parse_date(value).value == day


@given(st.dates(dt.date(1980, 1, 1), dt.date(2099, 12, 31)))
def test_a_month_is_its_first_day_or_its_last_and_says_so(day: dt.date) -> None:
    for text in (f"{day.year}年{day.month}月", f"{day.year}-{day.month:02}", f"{day.year}{day.month:02}"):
        first, last = parse_date(text), parse_date(text, end=True)
        assert first.value == day.replace(day=1)
        assert last.value.month == day.month
        assert (last.value + dt.timedelta(days=1)).month != day.month
        assert [note.code for note in first.notes] == ["month-only"]


@given(st.dates(dt.date(1985, 1, 1), dt.date(2099, 12, 31)))
def test_a_serial_day_is_a_guess(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    parsed = parse_date(serial)
    assert parsed.value == day
    assert [doubt.code for doubt in parsed.doubts] == ["serial-date"]


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1990, 2090))
def test_day_and_month_are_not_told_apart_by_luck(first: int, second: int, year: int) -> None:
    text = f"{first:02}/{second:02}/{year}"
    if first == second:
        assert parse_date(text).value == dt.date(year, first, first)
    else:
        assert refused(parse_date, text) == "day-or-month"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("21-6-1", "short-year"),
        (2021.1, "month-or-ten"),
        ("长期", "no-date"),
        ("2021.13", "no-date"),
        ("2021-2-30", "no-date"),
        ("1900-1-1", "date-implausible"),
        (True, "no-date"),
        (dt.time(8, 30), "no-date"),
    ],
)
def test_no_date(value: Any, code: str) -> None:
    assert refused(parse_date, value) == code


def test_chinese_numerals_and_periods() -> None:
    assert parse_date("二〇二一年十二月三十一日").value == dt.date(2021, 12, 31)
    assert parse_date("二零二一年六月").value == dt.date(2021, 6, 1)
    wanted = (dt.date(2020, 1, 1), dt.date(2022, 12, 31))
    for text in ("2020.1.1-2022.12.31", "2020-01-01至2022-12-31", "2020年1月~2022年12月"):
        assert parse_period(text).value == wanted


@given(st.integers(1, 9999), st.integers(1, 9))
def test_bandwidth(number: int, times: int) -> None:
    for text in (f"{number}M", f"{number} Mbps", f"{number}兆", f"{number}m", f"{number}Mbit/s"):
        assert parse_bandwidth(text) == (number, (), ())
        assert parse_bandwidth(f"{times}×{text}").value == number * times
        assert parse_bandwidth(f"{text}*{times}").value == number * times
    assert parse_bandwidth(f"{number}G").value == number * 1000
    assert parse_bandwidth(number, "G").value == number * 1000
    assert [doubt.code for doubt in parse_bandwidth(number).doubts] == ["unit-assumed"]
    assert [doubt.code for doubt in parse_bandwidth(f"{number}MB").doubts] == ["bits-assumed"]


@pytest.mark.parametrize("text", ["100M/50M", "100MB/s", "10MBps", "光纤", "100M×", "-5M"])
def test_no_bandwidth(text: str) -> None:
    assert refused(parse_bandwidth, text) in ("no-bandwidth", "bits-or-bytes")


@given(st.integers(1, 9999), st.integers(1, 64))
def test_the_same_letters_mean_bytes_in_storage(number: int, times: int) -> None:
    assert parse_size(f"{number}G").value == number
    assert parse_size(f"{number}TB").value == number * 1024
    assert parse_size(f"{times}×{number}GB").value == times * number
    assert parse_size(f"{number}M").value == pytest.approx(number / 1024, abs=1e-6)
    assert parse_size(number, "TB").value == number * 1024
    assert parse_bandwidth(f"{number}M").value == number


@given(st.integers(1, 512), st.integers(1, 2048), st.integers(1, 90_000), st.booleans())
def test_spec(cores: int, memory: int, storage: int, wide: bool) -> None:
    wanted = Spec(cores, memory, storage)
    for text in (
        f"{cores}核/{memory}G/{storage}GB",
        f"{cores}C{memory}G{storage}G",
        f"CPU:{cores}核 内存:{memory}G 硬盘:{storage}G",
        f"{storage}G硬盘,{memory}G内存,{cores}核",
        f"{cores} vCPU, {memory} GB, {storage} GB",
    ):
        parsed = parse_spec(text.translate(WIDE) if wide else text)
        assert parsed.value == wanted
        labelled = "内存" in text
        assert bool(parsed.doubts) == (memory > storage and not labelled)
    assert parse_spec(f"2台 {cores}核/{memory}G").value == Spec(2 * cores, 2 * memory, None)


@pytest.mark.parametrize(("text", "code"), [("32G", "memory-or-storage"), ("高配", "no-spec"), ("Xeon 8核", "no-spec")])
def test_no_spec(text: str, code: str) -> None:
    assert refused(parse_spec, text) == code


@given(st.integers(1, 10**6))
def test_money(number: int) -> None:
    assert parse_money(f"{number}元/月", per="month") == (number, (), ())
    assert parse_money(f"{number}元/月", per="year").value == number * 12
    assert parse_money(f"{number}万元/年", per="year").value == number * 10_000
    assert parse_money(number, "万元", per="year", period="year") == (number * 10_000, (), ())
    assert parse_money(f"{number:,}元", per="month", period="month").value == number
    assert refused(parse_money, f"{number}元", per="month") == "no-period-of-money"
    assert [doubt.code for doubt in parse_money(number, per="year", period="year").doubts] == ["unit-assumed"]


@given(st.integers(0, 10**9))
def test_count(number: int) -> None:
    for value in (number, float(number), str(number), f"{number:,}", f"{number}台", f" {number} 人".translate(WIDE)):
        assert parse_count(value).value == number
    assert parse_count(f"约{number}人").doubts
    assert refused(parse_count, f"{number}.5") == "no-count"
    assert refused(parse_count, f"{number}-{number + 1}") in ("no-number", "no-count")


@pytest.mark.parametrize("mark", ["√", "是", "有", "Y", "yes", "1", 1, True, "已登记", "✔"])
def test_yes(mark: Any) -> None:
    assert parse_bool(mark).value is True


@pytest.mark.parametrize("mark", ["×", "否", "无", "N", "no", "0", 0, False, "未登记", "x"])
def test_no(mark: Any) -> None:
    assert parse_bool(mark).value is False


@pytest.mark.parametrize("mark", ["√/×", "部分", "2", "○"])
def test_neither(mark: str) -> None:
    assert refused(parse_bool, mark) == "no-mark"


@given(st.integers(1, 5))
def test_grade(grade: int) -> None:
    numeral = "一二三四五"[grade - 1]
    for value in (
        grade,
        float(grade),
        f"{numeral}级",
        f"第{numeral}级",
        f"等保{numeral}级",
        f"{grade}级",
        f"{numeral}级(S3A3G3)",
    ):
        assert parse_grade(value).value == grade
    assert parse_grade("未定级").value is None
    assert refused(parse_grade, grade + 5) == "no-grade"


def test_shares_power_durations() -> None:
    assert parse_share("10%").value == parse_share(0.1).value == parse_share(10, "%").value == 0.1
    assert refused(parse_share, 10) == "share-or-percent"
    assert parse_power("80kW").value == parse_power(80_000, "W").value == 80
    assert [doubt.code for doubt in parse_power("80kVA").doubts] == ["power-factor"]
    assert parse_duration("4小时").value == parse_duration(240, "分钟").value == 240
    assert refused(parse_duration, 4) == "no-unit"


@given(st.ip_addresses(), st.integers(1, 65535))
def test_addresses(address: Any, port: int) -> None:
    (host,) = parse_addresses(str(address)).value
    assert (host.address, host.port) == (str(address), None)
    if address.version == 4:
        (host,) = parse_addresses(f"{address}:{port}").value
        assert (host.address, host.port) == (str(address), port)
        assert refused(parse_addresses, f"{address}/24") == "no-address"


@given(st.text(st.characters(codec="utf-8")))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)
