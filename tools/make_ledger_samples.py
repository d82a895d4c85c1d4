"""Write the ledgers under tests/data/ledgers that are not plain text: `python tools/make_ledger_samples.py`.

Each is built the way departments build them. The expected results beside them are written by hand, from what the
sheets say.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import xlwt
from openpyxl import Workbook

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "ledgers"
DAY = dt.datetime(2021, 6, 30, tzinfo=dt.UTC).replace(tzinfo=None)


def first_sheet(title: str) -> tuple[Workbook, Any]:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    return book, sheet


def fill(sheet: Any, rows: list[list[Any]]) -> None:
    for row in rows:
        sheet.append(row)


def save(book: Workbook, name: str, results: dict[str, str] | None = None) -> None:
    """Save a workbook; ``results``: cell -> stored result of its formula, as a spreadsheet program would have
    written it."""
    book.properties.created = book.properties.modified = DAY
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as source, zipfile.ZipFile(FOLDER / name, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                for cell, result in (results or {}).items():
                    pattern = rf'(<c r="{cell}"[^>]*>)(<f>[^<]*</f>)<v\s*/>'
                    content = re.sub(pattern, rf"\1\2<v>{result}</v>", content.decode()).encode()
            target.writestr(zipfile.ZipInfo(info.filename, (2021, 6, 30, 0, 0, 0)), content)


def merged_headers() -> None:
    book, sheet = first_sheet("信息系统台账")
    fill(
        sheet,
        [
            ["省直部门信息系统台账"],
            ["序号", "部门", "系统名称", "应用服务器", None, None, "数据库服务器", None, None, "等保等级", "备注"],
            [None, None, None, "CPU(核)", "内存(GB)", "存储(GB)", "CPU(核)", "内存(GB)", "存储(TB)", None, None],
            [1, "省民政厅", "婚姻登记管理系统", 16, 32, 500, 32, 128, 2, "三级", "２４小时值守"],
            [2, None, "低保核对系统", 8, 16, 200, None, None, None, "二级", None],
            [3, "省公安厅", "人口信息系统", 64, 256, 2000, 64, 512, 1.5, "第三级", None],
            [None, "合计", None, 88, 304, 2700, 96, 640, 3.5, None, None],
            [],
            ["注：1. 配置为各服务器合计。"],
            ["填表人：某某　　审核：某某"],
        ],
    )
    for area in ("A1:K1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:I2", "J2:J3", "K2:K3", "B4:B5", "A9:K9", "A10:K10"):
        sheet.merge_cells(area)
    save(book, "systems-merged.xlsx")


def several_sheets() -> None:
    book, sheet = first_sheet("系统")
    fill(
        sheet,
        [
            ["系统名称", "主管单位", "运行状态", "部署机房", "用户数", "是否登记"],
            ["学籍管理系统", "太原市教育局", "在用", "教育局中心机房", "1.2万", "√"],
            ["考试报名系统", "市教育局", "已停用", "教育局中心机房", 300, "×"],
        ],
    )
    rooms = book.create_sheet("机房")
    fill(
        rooms,
        [
            ["机房名称", "所属单位", "机柜数量", "供电容量(kW)", "租期至", "处置意见"],
            ["教育局中心机房", "太原市教育局", 12, 60, dt.date(2022, 12, 31), "腾退"],
        ],
    )
    hidden = book.create_sheet("旧数据")
    fill(hidden, [["系统名称", "主管单位"], ["不应读取的系统", "太原市教育局"]])
    hidden.sheet_state = "hidden"
    book.create_sheet("空白")
    save(book, "several-sheets.xlsx")


def formulas() -> None:
    book, sheet = first_sheet("Sheet1")
    fill(
        sheet,
        [
            ["填报单位：省民政厅"],
            ["应用系统名称", "年运维费(万元)", "用户数量", "内存", "恢复时间目标(小时)"],
            ["殡葬管理系统", "=1.2+1.3", "=100*3", "32G", 4],
            ["养老服务系统", "=2*2", "=SUM(C3:C3)", "64G", "30分钟"],
            ["慈善信息系统", 3, "=1/0", "16", 2],
        ],
    )
    save(book, "formulas.xlsx", {"B3": "2.5", "C3": "300", "B4": "4"})
    path = FOLDER / "formulas.xlsx"
    with zipfile.ZipFile(path) as source:
        parts = {info.filename: source.read(info) for info in source.infolist()}
    sheet_xml = parts["xl/worksheets/sheet1.xml"].decode()
    sheet_xml = re.sub(r'<c r="C5"([^>]*)>(<f>[^<]*</f>)<v\s*/>', r'<c r="C5"\1 t="e">\2<v>#DIV/0!</v>', sheet_xml)
    parts["xl/worksheets/sheet1.xml"] = sheet_xml.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, (2021, 6, 30, 0, 0, 0)), content)


def old_lines() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("专线")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    rows: list[list[Any]] = [
        ["线路编号", "租用单位", "A端", "B端", "运营商", "带宽", "月租费(元)", "合同到期日", "提前通知天数"],
        ["TY0001", "省民政厅", "民政厅机房", "省电子政务外网核心", "电信", "2×155M", 8000, dt.date(2021, 12, 31), 30],
        ["TY0002", None, "民政厅机房", "ty-core-1", "联通", "100M", 3000, "2022.6", "3个月"],
        ["TY0003", "省公安厅", "民政厅机房", "外部:部级节点", "移动通信", "1G", "2万元/年", "长期", 60],
    ]
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write(number, column, value, day)
            elif value is not None and (number, column) != (1, 1):
                sheet.write(number, column, value)
    sheet.write_merge(1, 2, 1, 1, "省民政厅")
    book.save(str(FOLDER / "lines-old.xls"))


def english() -> None:
    book, sheet = first_sheet("Applications")
    headers = "No.|System Name|Owner|Status|MLPS Level|vCPU|Memory (GB)|Storage (TB)|Users|Last Used"
    day, url = dt.date(2021, 6, 1), "https://welfare.example.gov.cn/login"
    welfare = [1, "Welfare Portal", "140000-mzt", "In use", 3, 8, 32, 1, "1,200", day, 20000, url, "A Ltd"]
    register = [2, "Adoption Register", "省民政厅", "under construction", "2", 4, 16, 0.5, 40, "Jun 1, 2021"]
    mail = [3, "Old Mail", "省民政厅", "retired", "level 2", "4 cores", "16GB", "200GB", None, "01/02/2021"]
    fill(
        sheet,
        [
            [*headers.split("|"), "Annual Maintenance Cost (yuan)", "URL", "Vendor"],
            welfare,
            [*register, 5000, "10.14.3.20:8080", None],
            [*mail, None, None, None],
        ],
    )
    save(book, "english.xlsx")


def classified() -> None:
    book, sheet = first_sheet("台账")
    fill(
        sheet,
        [
            ["系统名称", "部门", "是否涉密", "IP地址", "备注"],
            ["甲号机要项目", "省公安厅", "是", "10.9.9.9", "地下二层"],
            ["乙号机要项目", "省公安厅", "√", "10.9.9.10", None],
            ["户政管理系统", "省公安厅", "否", "10.14.8.8", None],
            ["丙号机要项目", "省公安厅", None, "10.9.9.11", None],
            ["丁号机要项目", "火星厅", "机密", "10.9.9.12", None],
            ["戊号项目", "省民政厅", "秘密", None, "内网"],
        ],
    )
    other = book.create_sheet("线路")
    fill(
        other,
        [
            ["线路名称", "租用单位", "A端", "B端", "带宽", "数量"],
            ["己线", "省公安厅", "某处", "某地(涉密)", "10M", 3],
            ["民政业务专线", "省民政厅", "民政厅机房", "ty-core-1", "100M", None],
        ],
    )
    save(book, "classified.xlsx")


def assets() -> None:
    book, sheet = first_sheet("资产清单")
    fill(
        sheet,
        [
            [
                "资产编号",
                "设备名称",
                "序列号",
                "所在机房",
                "机柜",
                "U位",
                "品牌型号",
                "额定功率(W)",
                "设备类型",
                "责任人",
            ],
            ["ZC-001", "数据库服务器1", "SN1001", "民政厅机房", "A03", "10-11U", "RH5885", 1200, "服务器", "某某"],
            ["ZC-002", "核心交换机", "SN1002", "民政厅机房", "A03", 20, "S7706", "0.8kW", "交换机", "某某"],
            ["ZC-003", "备份存储", 123456789012345000, "民政厅机房", "A04", "1-8", None, 900, "磁盘阵列", None],
            ["ZC-004", "旧服务器", "SN1004", "一号机房", "B01", 5, None, None, "服务器", None],
            ["ZC-001", "数据库服务器1", "SN1001", "民政厅机房", "A03", "10-11U", "RH5885", 1300, "服务器", None],
            ["ZC-006", "测试机", "SN1006", "民政厅机房", "A05", "50-40", None, None, "打印机", None],
        ],
    )
    save(book, "assets.xlsx")


def devices() -> None:
    book, sheet = first_sheet("网络设备")
    fill(
        sheet,
        [
            [
                "主机名",
                "所在地区",
                "层级",
                "角色",
                "型号",
                "软件版本",
                "管理IP",
                "Loopback",
                "是否支持IPv6",
                "所在机房",
            ],
            ["TY-AGG-1", "太原市", "市级", "汇聚", "NE40E", "V800R012", "10.255.1.2", "10.255.0.2/32", "支持", None],
            ["TY-ACC-9", "太原", None, "接入", "AR6280", None, "10.255.1.9", None, "需更换", None],
            ["太原出口防火墙", "140100", "市级", "防火墙", "USG6600", None, "10.255.1.300", None, "否", None],
            ["TY-ACC-10", "太原市", "市级", None, None, None, "10.255.1.10", None, None, None],
        ],
    )
    save(book, "devices.xlsx")


def servers() -> None:
    book, sheet = first_sheet("系统及服务器")
    fill(
        sheet,
        [
            ["系统名称", "部门", "CPU核数", "内存", "硬盘", "IP地址", "年运维费(万元)"],
            ["社会组织管理系统", "省民政厅", 8, "16G", "200G", "10.14.3.31", 6],
            [None, None, 16, "64G", "2×600G", "10.14.3.32", None],
            ["区划地名系统", None, 4, "8G", "100G", "10.14.3.33", None],
        ],
    )
    for area in ("A2:A3", "B2:B4", "G2:G4"):
        sheet.merge_cells(area)
    save(book, "servers.xlsx")


def unsettled() -> None:
    book, sheet = first_sheet("汇总")
    fill(
        sheet,
        [
            ["系统全名", "归口", "系统名字", "承建厂家", "系统级别", "等保等级"],
            ["流浪救助系统", "民政", "救助", "甲公司", "重要", 2],
        ],
    )
    save(book, "unsettled.xlsx")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for make in (
        merged_headers,
        several_sheets,
        formulas,
        old_lines,
        english,
        classified,
        assets,
        devices,
        servers,
        unsettled,
    ):
        make()
        print(make.__name__)


if __name__ == "__main__":
    main()
