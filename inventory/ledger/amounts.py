"""Amounts with units: bandwidth, memory and storage, processors, whole configurations, money, durations, power,
shares."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from inventory.ledger.cells import NOTHING, CellError, Doubt, Parsed, amount, parse_number, tidy
from inventory.ledger.text import fold, is_blank, shown

__all__ = [
    "Spec",
    "parse_bandwidth",
    "parse_cores",
    "parse_duration",
    "parse_money",
    "parse_power",
    "parse_share",
    "parse_size",
    "parse_spec",
]

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TIMES = r"[×*x✕]"

# ---- bandwidth ------------------------------------------------------------------------------------------------------

_BITS = {"k": 0.001, "m": 1.0, "兆": 1.0, "g": 1000.0, "t": 1_000_000.0}
_BANDWIDTH = re.compile(rf"({_NUMBER})\s*(k|m|g|t|兆)?\s*(bps|bit/s|bits/s|b/s|b|e|以太网?)?(?:/s)?")
_NAMED_BANDWIDTH = {"百兆": 100, "千兆": 1000, "万兆": 10_000, "十兆": 10, "两兆": 2}
_HEADER_BITS = {
    "k": "k",
    "kbps": "k",
    "kb/s": "k",
    "m": "m",
    "mb": "m",
    "mbps": "m",
    "mb/s": "m",
    "mbit/s": "m",
    "兆": "m",
    "g": "g",
    "gbps": "g",
    "gb/s": "g",
    "gbit/s": "g",
    "gb": "g",
}


def parse_bandwidth(value: Any, unit: str = "") -> Parsed:
    """Mbit/s of "100M", "1G", "2×155M", "100M+50M", "千兆". M is 10^6 bit/s, as carriers sell it.

    Doubts: a number without any unit (Mbit/s assumed), "100MB" (bits assumed). Refused: bytes a second, two values
    such as "100M/50M".
    """
    if is_blank(value):
        return NOTHING
    header = _HEADER_BITS.get(fold(unit), "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _bare_bandwidth(float(value), value, header)
    original = str(value).strip()
    text = fold(original)
    if re.search(r"[KMGTkmgt]\s*B(?:ps|/s|/S)", original):
        raise CellError("bits-or-bytes", value=shown(value))
    total, doubts = 0.0, list[Doubt]()
    for part in re.split(r"\+|、", text):
        mbps, found = _one_bandwidth(part.strip(), value, header)
        total, doubts = total + mbps, doubts + found
    if re.search(r"\d\s*[KMGTkmgt]B\s*(?:$|[+、×*])", original):
        doubts.append(Doubt("bits-assumed", {"value": shown(value)}))
    return Parsed(tidy(total), tuple(doubts))


def _bare_bandwidth(number: float, value: Any, header: str) -> Parsed:
    if header:
        return Parsed(tidy(number * _BITS[header]))
    return Parsed(tidy(number), (Doubt("unit-assumed", {"value": shown(value), "unit": "Mbit/s"}),))


def _one_bandwidth(text: str, cell: Any, header: str) -> tuple[float, list[Doubt]]:
    factors = re.split(_TIMES, text)
    if len(factors) == 2:
        count, rest = (
            (factors[0], factors[1])
            if re.fullmatch(r"\d+\s*[条路根]?\s*", factors[0].strip())
            else (factors[1], factors[0])
        )
        times = re.fullmatch(r"(\d+)\s*[条路根]?", count.strip())
        if times is None:
            raise CellError("no-bandwidth", value=shown(cell))
        mbps, doubts = _one_bandwidth(rest.strip(), cell, header)
        return int(times[1]) * mbps, doubts
    if text in _NAMED_BANDWIDTH:
        return float(_NAMED_BANDWIDTH[text]), []
    found = _BANDWIDTH.fullmatch(text)
    if found is None or len(factors) > 2:
        raise CellError("no-bandwidth", value=shown(cell))
    number = float(found[1].replace(",", ""))
    scale = found[2] or header
    if scale:
        return number * _BITS[scale], []
    if found[3] and found[3] != "b":
        return number / 1_000_000, []
    return number, [Doubt("unit-assumed", {"value": shown(cell), "unit": "Mbit/s"})]


# ---- memory and storage ---------------------------------------------------------------------------------------------

_BYTES = {"k": 1 / 1024**2, "m": 1 / 1024, "g": 1.0, "t": 1024.0, "p": 1024.0**2}
_SIZE = re.compile(rf"({_NUMBER})\s*(k|m|g|t|p)?\s*(?:i?b|字节)?")
_HEADER_BYTES = {f"{scale}{end}": scale for scale in _BYTES for end in ("", "b", "ib")}


def parse_size(value: Any, unit: str = "") -> Parsed:
    """GiB of "32G", "500GB", "1.2T", "2×600G", "500G+1T". Ledgers do not tell GB from GiB: both count as GiB, 1 T =
    1024 G."""
    if is_blank(value):
        return NOTHING
    header = _HEADER_BYTES.get(fold(unit), "")
    if isinstance(value, bool):
        raise CellError("no-size", value=shown(value))
    text = f"{value}" if isinstance(value, int | float) else re.sub(r"/(?:天|日|day|d)$", "", fold(str(value)))
    total, doubts = 0.0, tuple[Doubt, ...]()
    for part in re.split(r"\+|、", text):
        gib, found = _one_size(part.strip(), value, header)
        total, doubts = total + gib, doubts + found
    return Parsed(tidy(total), doubts)


def _one_size(text: str, cell: Any, header: str) -> tuple[float, tuple[Doubt, ...]]:
    times, text = _multiplier(text)
    found = _SIZE.fullmatch(text)
    if found is None:
        raise CellError("no-size", value=shown(cell))
    number, scale = times * float(found[1].replace(",", "")), found[2] or header
    if scale:
        return number * _BYTES[scale], ()
    return number, () if number == 0 else (Doubt("unit-assumed", {"value": shown(cell), "unit": "GiB"}),)


def _multiplier(text: str) -> tuple[int, str]:
    """(2, "600g") of "2×600g", "600g×2", "2块600g", "600g*2块"."""
    if found := re.fullmatch(rf"(\d+)\s*[块个条颗台片]?\s*(?:{_TIMES}|块|条)\s*(\d.*)", text):
        return int(found[1]), found[2]
    if found := re.fullmatch(rf"(\d.*?)\s*{_TIMES}\s*(\d+)\s*[块个条颗台片]?", text):
        return int(found[2]), found[1]
    return 1, text


# ---- processors -----------------------------------------------------------------------------------------------------

_CORE_WORDS = r"(?:个?物理核心?|核心|核|vcpus?|v?cores?|c|cpus?|线程)"
_CORES = re.compile(rf"(?:cpu\s*:?\s*)?(\d+)\s*{_CORE_WORDS}(?:\s*cpu)?")
_SOCKETS = re.compile(rf"(\d+)\s*(?:路|颗|个|{_TIMES})\s*{_TIMES}?\s*(\d+)\s*(?:核心|核|c|cores?)")


def parse_cores(value: Any, unit: str = "") -> Parsed:
    """vCPU of "16核", "16C", "2路8核", "2×8核", 16. A number without 核, in the cell or the header, may count
    sockets: doubtful."""
    if is_blank(value):
        return NOTHING
    if isinstance(value, str):
        text = fold(value)
        if found := _SOCKETS.fullmatch(text):
            return Parsed(int(found[1]) * int(found[2]))
        if found := _CORES.fullmatch(text):
            return Parsed(int(found[1]))
    try:
        number, rest, doubts = amount(value)
    except CellError:
        raise CellError("no-cores", value=shown(value)) from None
    if rest.strip() or number < 0:
        raise CellError("no-cores", value=shown(value))
    if not unit and number:
        doubts = (*doubts, Doubt("cores-assumed", {"value": shown(value)}))
    return Parsed(tidy(number), doubts)


class Spec(NamedTuple):
    """A configuration: vCPU, memory and storage in GiB; None where the cell does not say."""

    vcpu: float | None = None
    memory_gib: float | None = None
    storage_gib: float | None = None


_CORE_TOKEN = re.compile(
    rf"(?:(?:cpu|处理器)\s*:?\s*)?(?:(\d+)\s*(?:路|颗|{_TIMES})\s*)?(\d+)\s*(?:核心|核|vcpus?|v?cores?|c(?![a-z]))\s*(?:cpu)?"
)
_SIZE_TOKEN = re.compile(
    rf"((?:内存|ram|mem(?:ory)?)\s*:?\s*|(?:硬盘|磁盘|存储|数据盘|系统盘|disk|hdd|ssd|storage)\s*:?\s*)?"
    rf"(?:(\d+)\s*{_TIMES}\s*)?({_NUMBER})\s*([mgtp])i?b?(?![a-z])\s*(?:{_TIMES}\s*(\d+))?\s*(内存|ram|硬盘|磁盘|存储|ssd|hdd|sata|sas)?"
)
_COUNT_TOKEN = re.compile(rf"(?:^|[\s,/;(])(\d+)\s*台\s*{_TIMES}?|{_TIMES}\s*(\d+)\s*台")
_MEMORY_WORDS = ("内存", "ram", "mem", "memory")


def parse_spec(value: Any) -> Parsed:
    """A Spec of "16核/32G/500GB", "8C16G200G", "CPU:8核 内存:16G 硬盘:500G", "2台 8核/16G/200G" (both together).

    Sizes without a word are memory, then storage; a doubt where memory would be the larger one. One size alone
    without a word or cores is refused.
    """
    if is_blank(value):
        return NOTHING
    text = fold(str(value))
    times = 1
    if found := _COUNT_TOKEN.search(text):
        times = int(found[1] or found[2])
        text = text[: found.start()] + " " + text[found.end() :]
    cores = _CORE_TOKEN.search(text)
    rest = text[: cores.start()] + " " + text[cores.end() :] if cores else text
    sizes = list(_SIZE_TOKEN.finditer(rest))
    left = re.sub(r"[\s/,;:+、()\-|]+|每台|配置|cpu", "", _SIZE_TOKEN.sub("", rest))
    if left or not (cores or sizes):
        raise CellError("no-spec", value=shown(value))
    vcpu = float(int(cores[1] or 1) * int(cores[2])) if cores else None
    spec, doubts = _sizes(sizes, vcpu, value)
    doubled = Spec(*(None if part is None else tidy(part * times) for part in spec))
    return Parsed(doubled, doubts)


def _sizes(tokens: list[re.Match[str]], vcpu: float | None, cell: Any) -> tuple[Spec, tuple[Doubt, ...]]:
    memory, storage, loose = list[float](), list[float](), list[float]()
    for token in tokens:
        gib = float(token[3].replace(",", "")) * _BYTES[token[4]] * int(token[2] or 1) * int(token[5] or 1)
        word = (token[1] or token[6] or "").strip(" :")
        (memory if word in _MEMORY_WORDS else storage if word else loose).append(gib)
    doubts: tuple[Doubt, ...] = ()
    if loose:
        if vcpu is None and not memory and len(loose) == 1:
            raise CellError("memory-or-storage", value=shown(cell))
        if vcpu is None:
            doubts = (Doubt("order-assumed", {"value": shown(cell)}),)
        if not memory:
            memory = [loose.pop(0)]
            if loose and memory[0] > sum(loose):
                doubts = (Doubt("order-assumed", {"value": shown(cell)}),)
        storage += loose
    return Spec(vcpu, sum(memory) if memory else None, sum(storage) if storage else None), doubts


# ---- money ----------------------------------------------------------------------------------------------------------

_MONEY = re.compile(
    rf"(?:约|人民币|¥|￥|rmb|cny)?\s*({_NUMBER})\s*(万|千|百|亿)?\s*(元|块|rmb|yuan|cny)?(?:人民币)?\s*(?:/|每|per\s)?\s*(年|月|季度?|a|year|yr|month|mon|quarter)?"
)
_YUAN = {"": 1.0, "百": 100.0, "千": 1000.0, "万": 10_000.0, "亿": 1e8}
_PER_YEAR = {"年": 1, "a": 1, "year": 1, "yr": 1, "月": 12, "month": 12, "mon": 12, "季": 4, "季度": 4, "quarter": 4}
_HEADER_MONEY = re.compile(
    r"(百|千|万|亿)?(?:元|rmb|yuan|cny)(?:人民币)?\s*(?:/|每|per\s)?\s*(年|月|季度?|a|year|yr|month)?"
)


def parse_money(value: Any, unit: str = "", *, per: str, period: str = "", usual: str = "") -> Parsed:
    """Yuan a ``per`` ("year" or "month") of "2万元/年", "5000元/月", 1.2.

    ``unit`` is the header's ("万元", "元/月"), ``period`` what the header's words say ("year", "month" or ""). A
    cell without a period takes ``usual`` with a doubt, and is refused where there is none; a number without 元 or
    万 anywhere counts as yuan, with a doubt.
    """
    if is_blank(value):
        return NOTHING
    header = _HEADER_MONEY.fullmatch(fold(unit))
    text = f"{value}" if isinstance(value, int | float) and not isinstance(value, bool) else fold(str(value))
    found = _MONEY.fullmatch(text)
    if found is None:
        raise CellError("no-money", value=shown(value))
    doubts = list[Doubt]()
    if text.startswith("约"):
        doubts.append(Doubt("approximate", {"value": shown(value)}))
    number = float(found[1].replace(",", ""))
    scale = found[2] or ("" if found[3] or header is None else header[1] or "")
    if not (found[2] or found[3] or header) and number:
        doubts.append(Doubt("unit-assumed", {"value": shown(value), "unit": "yuan"}))
    times = found[4] or (header[2] if header else None) or period
    if not times and number:
        if not usual:
            raise CellError("no-period-of-money", value=shown(value))
        doubts.append(Doubt("period-assumed", {"value": shown(value), "period": usual}))
    yearly = number * _YUAN[scale] * _PER_YEAR[times or usual or "year"]
    return Parsed(tidy(round(yearly if per == "year" else yearly / 12, 2)), tuple(doubts))


# ---- time, power, shares --------------------------------------------------------------------------------------------

_MINUTES = {
    "分钟": 1,
    "分": 1,
    "min": 1,
    "mins": 1,
    "minute": 1,
    "minutes": 1,
    "m": 1,
    "小时": 60,
    "个小时": 60,
    "h": 60,
    "hour": 60,
    "hours": 60,
    "hr": 60,
    "天": 1440,
    "日": 1440,
    "d": 1440,
    "day": 1440,
    "days": 1440,
    "秒": 1 / 60,
    "s": 1 / 60,
}


def parse_duration(value: Any, unit: str = "") -> Parsed:
    """Whole minutes of "4小时", "30分钟", "1天"; a number without a unit is refused."""
    text = re.sub(r"^[<≤]=?|以内$|内$", "", fold(str(value))) if isinstance(value, str) else value
    parsed = parse_number(text, _MINUTES, unit)
    if parsed.value is not None and parsed.value != int(parsed.value):
        raise CellError("no-count", value=shown(value))
    return parsed


_KILOWATTS = {"kw": 1.0, "千瓦": 1.0, "w": 0.001, "瓦": 0.001, "mw": 1000.0}


def parse_power(value: Any, unit: str = "", *, watts: bool = False) -> Parsed:
    """kW (``watts``: W). Apparent power in kVA is taken as kW with a doubt: the power factor is not known."""
    text = fold(str(value)) if isinstance(value, str) else value
    apparent = (isinstance(text, str) and text.endswith("kva")) or fold(unit) == "kva"
    if isinstance(text, str) and text.endswith("kva"):
        text = text.removesuffix("va") + "w"
    parsed = parse_number(text, _KILOWATTS, "kw" if fold(unit) == "kva" else unit, bare="w" if watts else "kw")
    if parsed.value is None:
        return parsed
    doubts = (*parsed.doubts, Doubt("power-factor", {"value": shown(value)})) if apparent else parsed.doubts
    return Parsed(tidy(parsed.value * 1000) if watts else parsed.value, doubts)


def parse_share(value: Any, unit: str = "") -> Parsed:
    """A share: "10%" and 0.1 are 0.1; a number above 1 without % is refused (per cent or a factor)."""
    if is_blank(value):
        return NOTHING
    number, rest, doubts = amount(value)
    if rest.strip() in ("%", "％") or (not rest.strip() and fold(unit) == "%"):
        return Parsed(tidy(number / 100), doubts)
    if rest.strip() or abs(number) > 1:
        raise CellError("share-or-percent", value=shown(value))
    return Parsed(tidy(number), doubts)
