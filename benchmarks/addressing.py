"""The address plan: a province of 40,000 prefixes planned, and checked for overlap; the peer is the module ipaddress.

The estate stands in memory: 11 cities, 121 counties, 1,815 townships and departments of all of them, with one block for
users. "grown" is the same with all of it on record already and one county more. The peer cuts as many /64 from one
prefix in order and looks for overlaps between neighbours: no owners, no records, no order of growth.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks._measure import measure, task
from benchmarks._report import Required, note, parser, publish, row

if TYPE_CHECKING:
    from inventory.inventory import Inventory

PREFIXES = 40_000
REQUIRED: Required = {("planned and checked", PREFIXES): {"seconds": 2.0}}
CITIES, COUNTIES, TOWNSHIPS = 11, 11, 15
SOURCE = "assumption"
LEVELS = (
    {"level": "province", "length": 32, "own_length": 40, "department_length": 52},
    {"level": "city", "length": 40, "own_length": 48, "department_length": 56},
    {"level": "county", "length": 48, "own_length": 52, "department_length": 60},
    {"level": "township", "length": 56, "by": "order", "department_length": 60},
)


def province(prefixes: int) -> Inventory:
    """An estate whose plan has about so many prefixes."""
    from inventory.addressing_settings import AddressingSettings
    from inventory.estate import Estate, Settings
    from inventory.inventory import Inventory
    from inventory.kinds.territory import Department, Division

    plain = {
        "allocations": [{"prefix": "3fff:140::/28", "division": "140000", "source": SOURCE}],
        "block_length": 32,
        "blocks": [{"purpose": "users", "block": 8, "length": 64, "source": SOURCE}],
        "levels": [{**level, "reserve": 0.05, "source": SOURCE} for level in LEVELS],
        "source": SOURCE,
    }
    codes = [("140000", "province")]
    for city in range(1, CITIES + 1):
        codes.append((f"14{city:02d}00", "city"))
        for county in range(1, COUNTIES + 1):
            codes.append((f"14{city:02d}{county:02d}", "county"))
            codes += [(f"14{city:02d}{county:02d}{100 + number}", "township") for number in range(TOWNSHIPS)]
    divisions = {code: Division.model_validate({"id": code, "code": code, "level": level}) for code, level in codes}
    blocks = len(codes) + CITIES * (COUNTIES + 1) + 1
    departments: dict[str, Department] = {}
    turn = 0
    while len(departments) + blocks < prefixes:
        # A township has room for 15 departments; the others for over 200.
        code, level = codes[turn % len(codes)]
        if level != "township" or turn // len(codes) < 12:
            id = f"{code}-{turn // len(codes)}"
            departments[id] = Department(id=id, division=code)
        turn += 1
    settings = Settings(addressing=AddressingSettings.model_validate(plain))
    estate = Estate(name="x", as_of=dt.date(2021, 1, 1), settings=settings)
    return Inventory(estate, divisions=divisions, departments=departments)


def ours(prefixes: int) -> dict[str, Any]:
    """Seconds of planning and of the check, then of both on the grown estate."""
    from inventory.kinds.territory import Division
    from network.addressing import plan_addresses
    from network.addressing.check import overlaps
    from network.addressing.write import record_of

    inventory = province(prefixes)
    gc.collect()
    began = perf_counter()
    planned = plan_addresses(inventory)
    middle = perf_counter()
    overlapping = len(list(overlaps(inventory, planned.prefixes)))
    ended = perf_counter()
    county = Division.model_validate({"id": "141299", "code": "141299", "level": "county", "parent": "140100"})
    grown = inventory.replace(
        prefixes={each.id: record_of(each) for each in planned.prefixes},
        divisions={**inventory.divisions, county.id: county},
    )
    again = perf_counter()
    after = plan_addresses(grown)
    later = len(list(overlaps(grown, after.prefixes)))
    last = perf_counter()
    kept = {each.id: each.block for each in after.prefixes}
    return {
        "prefixes": len(planned.prefixes),
        "overlaps": overlapping + later,
        "changed": sum(kept[each.id] != each.block for each in planned.prefixes),
        "plan_seconds": round(middle - began, 3),
        "check_seconds": round(ended - middle, 3),
        "seconds": round(ended - began, 3),
        "grown_seconds": round(last - again, 3),
    }


def peer(prefixes: int) -> dict[str, Any]:
    """As many /64 from one prefix, sorted, each compared with the next."""
    from ipaddress import IPv6Network
    from itertools import islice, pairwise

    began = perf_counter()
    cut = list(islice(IPv6Network("3fff:148::/32").subnets(new_prefix=64), prefixes))
    cut.sort()
    overlapping = sum(before.overlaps(after) for before, after in pairwise(cut))
    return {"seconds": round(perf_counter() - began, 3), "prefixes": len(cut), "overlaps": overlapping}


TASKS = {"ours": ours, "peer": peer}


def rows(sizes: list[int], runs: int) -> Iterator[dict[str, Any]]:
    for size in sizes:
        note(f"{size} prefixes")
        used = measure(task("addressing", "ours", prefixes=size), runs=runs)
        yield row("planned and checked", used, size=size, **used.answer)
        note(f"peer: {size} prefixes")
        used = measure(task("addressing", "peer", prefixes=size), runs=runs)
        yield row("peer: ipaddress", used, size=size, against="planned and checked", **used.answer)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--prefixes", type=int, nargs="+", default=[PREFIXES], metavar="N", help="sizes of plans")
    options.add_argument("--runs", type=int, default=3, metavar="N", help="times that each is measured")
    chosen = options.parse_args()
    publish("addressing", rows(chosen.prefixes, chosen.runs), chosen, REQUIRED)


if __name__ == "__main__":
    main()
