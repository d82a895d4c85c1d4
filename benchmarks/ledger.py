"""Importing a ledger of systems, as workbook and as CSV; the peer is pandas reading the same file into cells.

The ledger is made as departments write it: title and unit above, Chinese headers, units in cells, dates in several
forms, totals below. pandas only gives the cells as text, so the ratio is the price of understanding them.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from benchmarks._estates import cache_at, estate
from benchmarks._measure import measure, qianyun, task
from benchmarks._report import Required, note, parser, publish, row

ROWS = 10_000
REQUIRED: Required = {(f"import {ending}", ROWS): {"wall_seconds": 10.0} for ending in ("xlsx", "csv")}
HEADERS = (
    "序号", "系统名称", "主管单位", "等保等级", "服务器配置", "IP地址", "数据库", "中间件", "数据量", "上线时间",
    "运维费用", "是否涉密", "备注",
)  # fmt: skip
DATES = ("2016.6", "2016年6月", "2016-06-15", "2016/6/15")
ENDS = (0, 1)
"""Exit code 1: a row or a cell was refused. The row says how many."""


def make(path: str, file: str, count: int) -> dict[str, Any]:
    """Write a ledger of ``count`` systems of the estate's departments, .xlsx or .csv."""
    from inventory.load import load_estate

    departments = [record.name for record in load_estate(path).inventory.departments.values()]
    random = Random(1)
    table = [["信息系统台账"], ["填报说明：以下费用为年度费用"], list(HEADERS)]
    table += [_cells(number, random.choice(departments), random) for number in range(1, count + 1)]
    table.append(["合计", f"{count}个系统"])
    if file.endswith(".csv"):
        with Path(file).open("w", encoding="utf-8-sig", newline="") as text:
            csv.writer(text).writerows(table)
    else:
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("系统台账")
        for cells in table:
            sheet.append(cells)
        book.save(file)
    return {}


def _cells(number: int, department: str, random: Random) -> list[Any]:
    cores = random.choice((4, 8, 16, 32))
    return [
        number,
        f"{department}业务系统{number}",
        department,
        random.choice(("二级", "三级", "2级", "")),
        f"{cores}核/{2 * cores}G/{random.choice((200, 500))}GB",
        f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
        random.choice(("Oracle 11g", "MySQL 5.7", "达梦8")),
        random.choice(("Tomcat", "WebLogic", "")),
        f"{random.randint(10, 900)}GB",
        random.choice(DATES),
        f"{random.randint(1, 30)}万元/年",
        "否",
        "",
    ]


def read(file: str) -> dict[str, Any]:
    """Read the cells with pandas."""
    import pandas as pd  # type: ignore[import-untyped]

    began = perf_counter()
    options = {"header": None, "dtype": str, "skiprows": 2}
    found = pd.read_csv(file, **options) if file.endswith(".csv") else pd.read_excel(file, **options)
    return {"seconds": round(perf_counter() - began, 3), "rows": len(found)}


TASKS = {"make": make, "read": read}


def rows(folder: Path, systems: int, count: int) -> Iterator[dict[str, Any]]:
    path = estate(folder, systems)
    at = cache_at(folder / "cache")
    for ending in ("xlsx", "csv"):
        with tempfile.TemporaryDirectory() as name:
            copy, file = Path(name) / "estate", str(Path(name) / f"ledger.{ending}")
            shutil.copytree(path, copy)
            measure(task("ledger", "make", path=str(path), file=file, count=count), environment=at)
            for case, more in ((f"import {ending}, dry run", ["--dry-run"]), (f"import {ending}", [])):
                note(f"{case}, {count} rows")
                command = qianyun("ledger", "import", file, "--into", str(copy), "--json", *more)
                used = measure(command, accept=ENDS, environment=at)
                counts = used.answer.get("counts", {})
                yield row(case, used, size=count, **({"rows": counts["rows"]} if counts else {}))
            note(f"peer: pandas, {ending}")
            used = measure(task("ledger", "read", file=file))
            yield row(f"peer: pandas, {ending}", used, size=count, against=f"import {ending}, dry run", **used.answer)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--systems", type=int, default=1_000, metavar="N", help="size of the estate it goes into")
    options.add_argument("--rows", type=int, default=ROWS, metavar="N", help="rows of the ledger")
    chosen = options.parse_args()
    publish("ledger", rows(chosen.folder, chosen.systems, chosen.rows), chosen, REQUIRED)


if __name__ == "__main__":
    main()
