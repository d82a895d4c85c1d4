"""Messy ledgers and a connection list of the example city, as departments send them in: each file of another build."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random

from inventory.examples import Sketch
from tools.example_files import City, Plain, Row, new_book, save_book, save_csv, save_old_book
from tools.example_spoken import FIRST_DAY, LAST_DAY, of_edge
from tools.example_systems import write_counties, write_merged, write_short
from tools.tables.example_heads import ASSETS, DEVICES, FLOWS, LINES, LINKS, OUTCOMES, ROOMS


def write_ledgers(sketch: Sketch, folder: Path) -> None:
    """Write all ledgers and the connection list of a spoken estate."""
    folder.mkdir(parents=True, exist_ok=True)
    city = City(sketch)
    owners = list(dict.fromkeys(system["department"] for system in city.of["system"]))
    of_city = [owner for owner in owners if city.division[owner] == "410200"]
    half = len(of_city) // 2
    _rooms(city, folder / "1-rooms.xlsx")
    write_merged(city, _owned(city, of_city[:half]), folder / "2-systems-city-1.xlsx")
    write_short(city, _owned(city, of_city[half:]), folder / "3-systems-city-2.xls")
    write_counties(
        city, _owned(city, [owner for owner in owners if owner not in of_city]), folder / "4-systems-counties.csv"
    )
    _devices(city, folder / "5-devices.csv")
    _assets(city, folder / "6-assets.xlsx")
    _lines(city, folder / "7-lines.xls")
    _flows(city, folder / "8-flows.csv")


def _owned(city: City, owners: list[str]) -> list[Plain]:
    return [system for system in city.of["system"] if system["department"] in owners]


def _rooms(city: City, path: Path) -> None:
    """A title, and a total below."""
    book, sheet = new_book("机房", "开封市政务机房情况汇总表", len(ROOMS))
    sheet.append(ROOMS)
    for number, room in enumerate(city.of["room"], 1):
        kind = {"colocation": "托管机房"}.get(room.get("kind", ""), "自建")
        intention = {"keep": "保留", "colocation": "集中托管"}.get(room.get("intention", ""), "关停")
        lease = dt.date.fromisoformat(room["lease_end"]) if "lease_end" in room else None
        row = [
            number,
            room["name"],
            city.name("department", room["department"]),
            kind,
            room["racks"],
            room["rack_units"],
        ]
        attached = "、".join(city.end(each) for each in room.get("attached_to", ()))
        power = [room["power_kw"], room["cooling_kw"], room["fee_yuan_per_year"]]
        sheet.append([*row, *power, lease, intention, attached])
    sheet.append([None, "合计", None, None, sum(room["racks"] for room in city.of["room"])])
    save_book(book, path)


def _devices(city: City, path: Path) -> None:
    able = {"ready": "支持", "upgrade": "需升级", "replace": "需更换"}
    level = {"city": "市级", "county": "县级"}
    rows: list[Row] = [DEVICES]
    for device in city.of["device"]:
        if device["role"] == "customer_edge":
            place = [device["name"], city.name("division", device["division"]), level[device["level"]]]
            place += [city.name("department", device["department"]), city.name("room", device["room"]), "CE"]
            made = [device["platform"], device["model"], device["software"], device["management_address"]]
            rows.append([*place, *made, able[device["ipv6_capability"]]])
    save_csv(path, rows, "utf-8-sig")


def _assets(city: City, path: Path) -> None:
    """A sheet for common rooms and one for departments', a sheet of the network centre in the estate's own columns with
    the links of departments' routers, and a hidden sheet with the words of a drop-down list."""
    book, sheet = new_book("公共机房", "", 0)
    words = {"storage": "存储", "network": "网络设备"}
    common = {room["id"] for room in city.of["room"] if room.get("intention") == "keep"}
    for part in (sheet, book.create_sheet("部门机房")):
        part.append(ASSETS)
        for asset in city.of["asset"]:
            if (asset["room"] in common) == (part is sheet):
                top = asset["position"] + asset.get("height_units", 1) - 1
                units = f"{asset['position']}-{top}U" if top > asset["position"] else f"{top}U"
                row = [asset["name"], asset["asset_number"], asset["serial_number"], city.name("room", asset["room"])]
                role = words.get(asset.get("role", ""), "服务器")
                part.append([*row, asset["rack"], units, asset["model"], asset["power_w"], role])
    links = book.create_sheet("links")
    links.append(LINKS)
    for link in city.of["link"]:
        if of_edge("link", link):
            links.append([link[head] for head in LINKS])
    hidden = book.create_sheet("字典")
    hidden.sheet_state = "hidden"
    for word in ("服务器", "存储", "网络设备"):
        hidden.append([word])
    save_book(book, path)


def _lines(city: City, path: Path) -> None:
    rows: list[Row] = [["业务专线租用情况表"], LINES]
    for line in city.of["line"]:
        ends = [city.end(line["a"]), city.end(line["b"]), city.name("carrier", line["carrier"])]
        use = [f"{line['bandwidth_mbps']}M", line["p95_mbps"], line["peak_mbps"], line["fee_yuan_per_month"]]
        contract = [line["contract_start"].replace("-", "/"), line["contract_end"].replace("-", "/")]
        network = city.name("private_network", line.get("private_network"))
        carried = "、".join(city.name("system", system) for system in line.get("systems", ()))
        owner = city.name("department", line["department"])
        rows.append(
            [line["name"], owner, *ends, *use, *contract, f"{line['notice_days']}天", network, carried, *_outcome(line)]
        )
    save_old_book(path, "专线", rows)


def _outcome(line: Plain) -> Row:
    """What was decided, why, by whom and when; empty where nothing is decided yet."""
    said = line.get("decisions", {}).get("outcome")
    return [OUTCOMES[said["value"]], said["reason"], said["role"], said["date"].replace("-", "/")] if said else [""] * 4


def _flows(city: City, path: Path) -> None:
    """Two lines a dependency, and desks that nobody has in a ledger."""
    random = Random("lines")
    rows: list[Row] = []
    for record in city.of["dependency"]:
        source, target = (_address(city, record[end]) for end in ("from", "to"))
        part = random.randrange(record["bytes_seen"] + 1)
        for size, day in ((part, "first_seen"), (record["bytes_seen"] - part, "last_seen")):
            back = random.randrange(40_000, 60_000)
            rows.append([source, back, target, record["port"], "TCP", size, record[day], record[day]])
    for number, row in enumerate(rows[:: max(1, len(rows) // 40)]):
        day, back, size = f"2024-03-{10 + number % 9}", random.randrange(40_000, 60_000), random.randrange(10**6, 10**9)
        rows.append([f"10.99.{number % 7}.{10 + number}", back, row[2], row[3], "TCP", size, day, day])
    rows.sort(key=lambda row: (row[6], row[0], row[2], row[3]))
    assert (rows[0][6], max(row[7] for row in rows)) == (FIRST_DAY.isoformat(), LAST_DAY.isoformat())
    save_csv(path, [FLOWS, *rows], "utf-8")


def _address(city: City, end: str) -> str:
    system, _, part = end.partition("/")
    found: str = city.outside[end] if end in city.outside else city.parts[system][part]["endpoints"][0]["address"]
    return found
