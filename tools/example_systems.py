"""The three ledgers of systems of the example city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from tools.example_files import City, Plain, Row, new_book, save_book, save_csv, save_old_book
from tools.tables.example_heads import (
    COUNTIES,
    DOMAINS,
    GRADES,
    KINDS,
    LEVELS,
    MERGED,
    MERGED_GROUPS,
    SHORT,
    STATES,
    TECHNOLOGIES,
)


def cells(city: City, system: Plain, number: int, day: Callable[[str], Any]) -> dict[str, Any]:
    """What a ledger may say of a system, by key; ``day`` writes its dates."""
    usage, wanted, registered = system.get("usage"), system.get("needs_ipv6"), system.get("registered")
    cost = system.get("maintenance_yuan_per_year")
    found: dict[str, Any] = {
        "number": number,
        "code": f"XT-{number:03d}",
        "department": city.name("department", system["department"]),
        "name": system["name"],
        "state": STATES.get(system.get("lifecycle", ""), "在用"),
        "kind": KINDS.get(system.get("kind", ""), "业务系统"),
        "domain": DOMAINS.get(system.get("domain", ""), ""),
        "grade": GRADES[system["grade"] - 1],
        "criticality": LEVELS.get(system.get("criticality", ""), "一般"),
        "users": system.get("users"),
        "users_wide": _full_width(system.get("users")),
        "registered": {None: "", True: "√", False: "×"}[registered],
        "registered_words": {None: "", True: "是", False: "否"}[registered],
        "duplicate": city.name("system", system.get("duplicate_of")),
        "used": day(system["last_used"]) if "last_used" in system else None,
        "log_ins": usage["log_ins_90d"] if usage else None,
        "ipv6": "割接时" if wanted == "at_cutover" else day(wanted["by"]) if wanted else None,
        "site": city.names[system["runs_in"]] if "runs_in" in system else "",
        "technology": TECHNOLOGIES.get(system.get("technology", ""), "不限"),
        "cost": cost,
        "cost_10k": f"{cost / 10_000:g}" if cost else "",
    }
    found |= {item["kind"]: day(item["date"]) for item in system.get("evidence", ())}
    for key, name in (("rto", "rto_minutes"), ("rpo", "rpo_minutes"), ("outage", "allowed_outage_minutes")):
        found |= {key: system.get(name), f"{key}_words": _in_words(system.get(name))}
    for id, part in city.parts[system["id"]].items():
        found |= {f"{id}.{key}": value for key, value in part.items()}
        found |= {f"{id}.{key}": value for end in part.get("endpoints", ()) for key, value in end.items()}
        found[f"{id}.spec"] = f"{part['vcpu']:g}核/{part['memory_gib']:g}G/{part['storage_gib']:g}GB"
        found[f"{id}.data_words"] = f"{part['data_gib']:g}GB" if "data_gib" in part else ""
    return found


def _in_words(minutes: int | None) -> str:
    if minutes is None:
        return ""
    return f"{minutes // 60}小时" if minutes % 60 == 0 else f"{minutes}分钟"


def _full_width(number: int | None) -> str:
    return "" if number is None else "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in str(number))


def write_merged(city: City, systems: list[Plain], path: Path) -> None:
    """Two header rows, merged department cells, dates as dates, a total and a note below."""
    inner = [head for _, heads in MERGED_GROUPS for head in heads]
    book, sheet = new_book("信息系统", "市直部门信息系统台账（一）", len(MERGED) + len(inner))
    sheet.append(["填报时间：2024年3月"])
    groups = [word if turn == 0 else None for word, heads in MERGED_GROUPS for turn in range(len(heads))]
    sheet.append([*(head for head, _ in MERGED), *groups])
    sheet.append([*[None] * len(MERGED), *(head for head, _ in inner)])
    for column in range(1, len(MERGED) + 1):
        sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    column = len(MERGED) + 1
    for _, heads in MERGED_GROUPS:
        sheet.merge_cells(start_row=3, end_row=3, start_column=column, end_column=column + len(heads) - 1)
        column += len(heads)
    number = 0
    for _, group in groupby(systems, key=lambda system: system["department"]):
        top = sheet.max_row + 1
        for system in group:
            number += 1
            said = cells(city, system, number, dt.date.fromisoformat)
            sheet.append([said.get(key) for _, key in (*MERGED, *inner)])
        if sheet.max_row > top:
            sheet.merge_cells(start_row=top, end_row=sheet.max_row, start_column=2, end_column=2)
    sheet.append(["合计", None, f"{number}个系统"])
    sheet.append(["注：涉密系统不在本表填报。"])
    save_book(book, path)


def write_short(city: City, systems: list[Plain], path: Path) -> None:
    """Old Excel format, one header row, sizes written as 8核/16G/300GB, dates as text with dots."""
    rows: list[Row] = [["开封市市直部门信息系统情况统计表（第二批）"], [head for head, _ in SHORT]]
    for number, system in enumerate(systems, 1):
        said = cells(city, system, number, lambda day: day.replace("-", "."))
        rows.append([said.get(key) for _, key in SHORT])
    save_old_book(path, "系统清单", rows)


def write_counties(city: City, systems: list[Plain], path: Path) -> None:
    """A CSV file in GBK with full-width digits and dates in Chinese."""
    rows: list[Row] = [[head for head, _ in COUNTIES]]
    for number, system in enumerate(systems, 1):
        said = cells(city, system, number, lambda day: f"{int(day[:4])}年{int(day[5:7])}月{int(day[8:])}日")
        rows.append([said.get(key) for _, key in COUNTIES])
    save_csv(path, rows, "gbk")
