"""The twin: an estate whose routers run FRR, so that a laboratory on one machine can hold the whole network.

Four levels as the external network has them: a pair of routers for the province, a pair for each city on the ways to
both of the province, a router for each county on both of its city, one for each township on its county, every third
one on a second county as well. Two VPNs go over sub-interfaces of all links, hop by hop: a kernel need not know MPLS.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from inventory.dump import write_estate_settings, write_yaml
from inventory.estate import Estate
from inventory.kinds import KINDS

__all__ = ["SIZES", "Size", "make_twin", "write_twin"]

Plain = dict[str, Any]
AS_OF = dt.date(2021, 4, 5)
_PROVINCE = "140000"
_DIVISIONS = Path(__file__).resolve().parents[1] / "inventory" / "examples" / "tables" / "divisions.csv"
_VPNS = {"gov-public": (100, "公共网络业务区"), "gov-internet": (200, "互联网业务区")}
"""VPN -> VLAN on every link, name of the area."""
_THIRD = {None: 1, "gov-public": 2, "gov-internet": 3}
"""Second part of addresses 10.X of links, by VPN."""


@dataclass(frozen=True)
class Size:
    """How many cities, counties and townships; with the province's pair and a pair a city, ``routers`` in all."""

    cities: int
    counties: int
    towns: int

    @property
    def routers(self) -> int:
        """Number of routers."""
        return 2 + 2 * self.cities + self.counties + self.towns


SIZES = {size.routers: size for size in (Size(1, 2, 3), Size(3, 6, 10), Size(6, 16, 30))}
"""9, 24 and 60 routers."""


@dataclass
class _Router:
    number: int
    division: str
    level: str
    role: str
    group: str = ""
    place: int = 1
    interfaces: list[Plain] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.division}-r{self.place}"

    @property
    def loopback(self) -> str:
        return str(IPv4Address("10.0.0.0") + self.number)

    def record(self) -> Plain:
        return {
            "id": self.id,
            "name": self.id.upper(),
            "division": self.division,
            "level": self.level,
            "role": self.role,
            "platform": "frr",
            "model": "FRR",
            "software": "8.4",
            "management_address": str(IPv4Address("10.255.0.0") + self.number),
            "credential": "agent:netops",
            "redundancy_group": self.group,
            "loopbacks": [self.loopback],
            "interfaces": self.interfaces,
            "ipv6_capability": "ready",
        }


class _Twin:
    def __init__(self, size: Size) -> None:
        self.divisions: list[Plain] = [_division(_PROVINCE, "山西省", "province")]
        self.routers: list[_Router] = []
        self.links: list[Plain] = []
        self.prefixes: list[Plain] = []
        top = [self._router(_PROVINCE, "province", "core", "province", place) for place in (1, 2)]
        self._link(*top)
        counties = [router for city in self._cities(top, size) for router in city]
        for number, (county, division) in enumerate(islice(_towns(counties), size.towns)):
            self.divisions.append(division)
            town = self._router(division["id"], "township", "access")
            self._link(town, county)
            if number % 3 == 2 and (second := _other_county(county, counties)):
                self._link(town, second)
            self._lan(town, "gov-public")
            if number % 2:
                self._lan(town, "gov-internet")
        for router in top:
            self._lan(router, "gov-public")
        self._lan(top[0], "gov-internet")
        self._lan(top[0], None)

    def _cities(self, top: list[_Router], size: Size) -> list[list[_Router]]:
        names = _names()
        cities = [row for row in names if row[2] == "city"][: size.cities]
        made = []
        for index, (code, name, _) in enumerate(cities):
            self.divisions.append(_division(code, name, "city"))
            pair = [self._router(code, "city", "aggregation", f"city-{code}", place) for place in (1, 2)]
            self._link(*pair)
            self._link(pair[0], top[0])
            self._link(pair[1], top[1])
            count = size.counties // size.cities + (index < size.counties % size.cities)
            inside = [row for row in names if row[2] == "county" and row[0].startswith(code[:4])][:count]
            made.append([self._county(code, name, pair) for code, name, _ in inside])
        return made

    def _county(self, code: str, name: str, pair: list[_Router]) -> _Router:
        self.divisions.append(_division(code, name, "county"))
        router = self._router(code, "county", "aggregation")
        for above in pair:
            self._link(router, above)
        self._lan(router, "gov-internet")
        return router

    def _router(self, division: str, level: str, role: str, group: str = "", place: int = 1) -> _Router:
        router = _Router(len(self.routers) + 1, division, level, role, group, place)
        self.routers.append(router)
        return router

    def _link(self, a: _Router, b: _Router) -> None:
        number = len(self.links) // len(_THIRD)
        names = [f"eth{1 + sum(port['name'].startswith('eth') and '.' not in port['name'] for port in r.interfaces)}"
                 for r in (a, b)]  # fmt: skip
        for vpn, third in _THIRD.items():
            first = IPv4Address(f"10.{third}.0.0") + 2 * number
            vlan = _VPNS[vpn][0] if vpn else None
            ports = [f"{name}.{vlan}" if vlan else name for name in names]
            for end, (router, name) in enumerate(zip((a, b), ports, strict=True)):
                port: Plain = {"name": name, "addresses": [f"{first + end}/31"]}
                port |= {"vlan": vlan, "vpn": vpn} if vpn else {}
                port["description"] = f"to {(b, a)[end].id.upper()}"
                router.interfaces.append(port)
            self.links.append(
                {
                    "id": f"{a.id}--{b.id}" + (f"--{vpn}" if vpn else ""),
                    "a_device": a.id,
                    "a_interface": ports[0],
                    "b_device": b.id,
                    "b_interface": ports[1],
                    "bandwidth_mbps": 100 if vpn else 1000,
                }
            )

    def _lan(self, router: _Router, vpn: str | None) -> None:
        block = 16 + _THIRD[vpn]
        prefix = IPv4Address(f"172.{block}.0.0") + 256 * router.number
        port: Plain = {"name": f"lan{_THIRD[vpn]}", "addresses": [f"{prefix + 1}/24"], "description": "LAN"}
        record = {
            "id": f"{router.id}-lan{_THIRD[vpn]}",
            "prefix": f"{prefix}/24",
            "purpose": "users",
            "division": router.division,
        }
        if vpn:
            port["vpn"] = record["vpn"] = vpn
        router.interfaces.append(port)
        self.prefixes.append(record)


def _names() -> list[tuple[str, str, str]]:
    with _DIVISIONS.open(encoding="utf-8", newline="") as file:
        return [(row[0], row[1], row[2]) for row in csv.reader(file) if row[0].startswith("14")]


def _division(code: str, name: str, level: str) -> Plain:
    return {"id": code, "name": name, "level": level, "code": code}


def _towns(counties: list[_Router]) -> Iterator[tuple[_Router, Plain]]:
    """Townships, the counties in turn. Their names and numbers are invented."""
    given: dict[str, int] = {}
    for county in cycle(counties):
        number = given[county.id] = given.get(county.id, 0) + 1
        yield county, _division(f"{county.division}{100 + number}", f"示例镇{number}", "township")


def _other_county(county: _Router, counties: list[_Router]) -> _Router | None:
    """The next county of the same city."""
    inside = [one for one in counties if one.division[:4] == county.division[:4]]
    return inside[(inside.index(county) + 1) % len(inside)] if len(inside) > 1 else None


def _settings(twin: _Twin, as_of: dt.date) -> Plain:
    return {
        "name": "双栈改造孪生实验（示例）",
        "as_of": as_of.isoformat(),
        "settings": {
            "management_root": twin.routers[0].id,
            "calendar": "every-day",
            "addressing": _addressing(),
            "routing": {
                "asn": 65000,
                "hello_seconds": 1,
                "dead_seconds": 4,
                "keepalive_seconds": 3,
                "hold_seconds": 9,
                "source": "Timers are those of a laboratory, so that it converges in seconds",
            },
        },
        "note": "除县级以上区划的名称与代码外均为虚构 / invented, except names and codes of divisions",
    }


def _addressing() -> Plain:
    assumed = {"source": "assumption"}
    links, loopbacks, public, internet, users = (
        {"purpose": "link", "block": 1, "length": 127, "slot_length": 64},
        {"purpose": "loopback", "block": 2, "length": 128, "slot_length": 64},
        {"purpose": "users", "block": 8, "vpn": "gov-public", "length": 64},
        {"purpose": "users", "block": 9, "vpn": "gov-internet", "length": 64},
        {"purpose": "users", "block": 10, "length": 64},
    )
    # Level, lengths of a division's prefix, of its own part, and of its departments'.
    levels = (("province", 32, 40, 52), ("city", 40, 48, 52), ("county", 48, 56, 60), ("township", 56, None, 60))
    return {
        "allocations": [{"prefix": "3fff:140::/28", "division": _PROVINCE, "source": "RFC 9637: for documentation"}],
        "block_length": 32,
        "blocks": [block | assumed for block in (links, loopbacks, public, internet, users)],
        "levels": [
            {
                "level": level,
                "length": length,
                **({"own_length": own} if own else {}),
                "department_length": department,
                "reserve": 0.25,
                **assumed,
            }
            | ({"by": "order"} if level == "township" else {})
            for level, length, own, department in levels
        ],
        "source": "assumption",
    }


def make_twin(
    size: Size, *, as_of: dt.date = AS_OF, host_keys: Mapping[str, str] = {}
) -> tuple[Estate, dict[str, list[Any]]]:
    """The twin of a size: what estate.yaml says, and the records by kind. ``host_keys``: of devices, by id."""
    twin = _Twin(size)
    records: dict[str, list[Plain]] = {
        "division": twin.divisions,
        "team": [
            {
                "id": "team-network",
                "name": "网络改造组",
                "skills": {"network": 10, "security": 5, "facility": 5},
                "serves": "division:14*",
            }
        ],
        "calendar": [{"id": "every-day", "name": "每日", "base": "every_day"}],
        "window": [
            {
                "id": "all-day",
                "name": "全天变更窗口",
                "selector": "kind:device",
                "rule": "FREQ=DAILY",
                "start": "00:00:00",
                "duration_minutes": 86400,
            }
        ],
        "device": [router.record() | {"host_key": host_keys.get(router.id, "")} for router in twin.routers],
        "link": twin.links,
        "vpn": [
            {"id": vpn, "name": vpn, "technology": "vrf_lite", "domain": domain} for vpn, (_, domain) in _VPNS.items()
        ],
        "prefix": twin.prefixes,
    }
    made = {kind: [KINDS[kind].model_validate(plain) for plain in listed] for kind, listed in records.items()}
    return Estate.model_validate(_settings(twin, as_of)), made


_FILES = {
    "network.yaml": (
        ("device", "link", "vpn", "prefix"),
        "Routers, links, VPNs and prefixes.\n路由器、链路、VPN 与地址前缀。",
    ),
    "organisation.yaml": (
        ("division", "team", "calendar", "window"),
        "Divisions, the team and its windows: open all day, for sixty days.\n区划、队伍与变更窗口（全天开放）。",
    ),
}


def write_twin(folder: Path, size: Size, *, as_of: dt.date = AS_OF, host_keys: Mapping[str, str] = {}) -> None:
    """Write the twin of a size into a folder, which is made."""
    estate, records = make_twin(size, as_of=as_of, host_keys=host_keys)
    folder.mkdir(parents=True, exist_ok=True)
    write_estate_settings(folder, estate)
    for name, (kinds, comment) in _FILES.items():
        write_yaml(folder / name, {kind: records[kind] for kind in kinds}, comment=comment)
