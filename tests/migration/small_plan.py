"""A city with six systems and something on every track, and its plan, by hand: what reports are tested on.

``idp`` moves on 15 January 2021, its clients ``hydj`` (by name) on the 22nd and ``oa`` (by written-in address) on the
29th; ``law`` stays, ``old`` is switched off on the 20th, ``far`` has no place. The grid counts weeks from 4 January.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from inventory.estate import EffortRow, Estate
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from migration.plan import Finding, Grid, Plan, PlanItem, PlanStatus, item_id
from migration.steps import Track

__all__ = ["GRID", "ITEMS", "NOW", "estate", "item", "plan"]

NOW = dt.date(2021, 1, 4)
GRID = Grid(first_day=NOW, length_days=7, count=20)
CHINA = dt.timezone(dt.timedelta(hours=8))


def part(address: str = "", six: str = "", port: int | None = None) -> dict[str, Any]:
    known = {"address": address or None, "address_v6": six or None, "port": port, "vpn": "gov"}
    endpoints = [known] if address or six else []
    return {"id": "app", "vcpu": 4, "memory_gib": 8, "storage_gib": 100, "data_gib": 10, "endpoints": endpoints}


def system(id: str, department: str = "bureau", parts: Any = (), **more: Any) -> dict[str, Any]:
    return {"id": id, "name": f"系统{id}", "department": department, "components": list(parts), **more}


def dependency(client: str, provider: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{client}>{provider}", "from": client, "to": provider, "protocol": "tcp", **more}


RECORDS: dict[str, list[dict[str, Any]]] = {
    "division": [
        {"id": "410000", "name": "河南省", "level": "province", "code": "410000"},
        {"id": "410200", "name": "开封市", "level": "city", "code": "410200"},
        {"id": "410221", "name": "杞县", "level": "county", "code": "410221"},
    ],
    "department": [
        {"id": "bureau", "name": "市大数据局", "division": "410200", "attached_to": [{"device": "core"}]},
        {"id": "county", "name": "杞县政务服务中心", "division": "410221"},
    ],
    "cloud": [{"id": "yun", "name": "市政务云", "tier": "city", "division": "410200"}],
    "pool": [
        {"id": "pool-a", "name": "一区", "cloud": "yun", "in_use": {"vcpu": 1}, "headroom": 0.1, "overcommit": 2,
         "capacity": [{"vcpu": 10, "memory_gib": 100, "storage_gib": 1000},
                      {"from": "2021-02-01", "vcpu": 20, "memory_gib": 200, "storage_gib": 2000}]}
    ],
    "room": [
        {"id": "r1", "name": "一号机房", "division": "410200", "department": "bureau"},
        {"id": "r2", "name": "二号机房", "division": "410221", "state": "closed"},
    ],
    "device": [
        {"id": "core", "name": "CORE", "division": "410200", "level": "city", "role": "core"},
        {"id": "acc", "name": "ACC", "division": "410221", "level": "county", "role": "access",
         "ipv6_stage": "addressed"},
    ],
    "line": [
        {"id": "l1", "name": "专线一", "department": "bureau", "a": "room:r1", "b": "external:国家平台",
         "decisions": {"outcome": {"value": "move"}}},
        {"id": "l2", "name": "专线二", "department": "county", "a": "room:r2", "b": "device:acc"},
        {"id": "bureau-0001", "department": "bureau", "classified": True},
    ],
    "vpn": [{"id": "gov", "name": "公共业务网"}],
    "team": [{"id": "team-a", "name": "迁移组", "skills": {"system": 5, "network": 2}}],
    "external_object": [{"id": "nation", "name": "国家平台", "addresses": ["198.51.100.7", "api.example"]}],
    "system": [
        system("idp", parts=[part("10.0.0.1", "fd00::1", 443)]),
        system("hydj", parts=[part("10.0.0.2", "fd00::2", 8080)]),
        system("oa", parts=[part("10.0.0.3")]),
        system("law", parts=[part("10.0.0.4", port=22)]),
        system("old", parts=[part("10.0.0.5")]),
        system("far", "county", [part("10.0.0.6")]),
        {"id": "bureau-0001", "department": "bureau", "classified": True},
    ],
    "dependency": [
        dependency("hydj", "idp", port=443, reaches_by="name"),
        dependency("oa", "idp", port=443, reaches_by="address"),
        dependency("idp", "external_object:nation", port=8443),
        dependency("law", "idp", port=443),
        dependency("old", "idp", port=443),
        dependency("far", "hydj", port=8080),
        dependency("law", "old"),
        dependency("oa", "hydj", rejected=True),
    ],
    "target": [
        {"id": "moved", "metric": "systems_moved", "selector": "kind:system", "value": 0.5, "date": "2021-01-22"},
        {"id": "late", "metric": "systems_moved", "selector": "kind:system department:bureau", "date": "2021-01-20",
         "hard": True},
        {"id": "all", "metric": "systems_moved", "selector": "", "date": "2021-03-31"},
        {"id": "rooms", "metric": "rooms_closed", "selector": "kind:room", "date": "2021-04-30"},
        {"id": "lines", "metric": "lines_ended", "selector": "kind:line", "date": "2021-04-30"},
        {"id": "attached", "metric": "departments_attached", "selector": "", "value": 0.5, "date": "2021-01-31"},
        {"id": "six", "metric": "devices_dual_stack", "selector": "kind:device level:city", "date": "2021-02-28"},
        {"id": "none", "metric": "clouds_docked", "selector": "kind:cloud tier:county", "date": "2021-02-28"},
    ],
}  # fmt: skip


def estate() -> Inventory:
    """The estate of the plan."""
    lists: dict[str, Any] = {
        plural(kind): {record["id"]: KINDS[kind].model_validate(record) for record in records}
        for kind, records in RECORDS.items()
    }
    return Inventory(
        estate=Estate.model_validate({"name": "小城", "as_of": NOW, "settings": {"headroom": 0.2}}), **lists
    )


def item(object: str, step: str, start: str, end: str = "", track: Track = Track.SYSTEM, **more: Any) -> PlanItem:  # noqa: A002
    """An item from its first and last day; ``hour``: the hour its window of four hours opens."""
    first = dt.date.fromisoformat(start)
    slot = GRID.slot_of(first)
    hour = more.pop("hour", None)
    if hour is not None:
        window = dt.datetime.combine(first, dt.time(hour), CHINA)
        more |= {"window_start": window, "window_minutes": 240, "outage_minutes": 60, "rollback_minutes": 60}
    id = object.partition(":")[2]
    return PlanItem(
        id=item_id(id, step, track),
        track=track,
        step=step,
        object=object,
        slot=slot,
        slot_label=GRID.label(slot),
        start=first,
        end=dt.date.fromisoformat(end or start),
        **more,
    )


def cutover(id: str, start: str) -> PlanItem:
    wave = f"{GRID.label(GRID.slot_of(dt.date.fromisoformat(start)))}/yun"
    work = ({"team": "team-a", "skill": "system", "days": 1},)
    return item(f"system:{id}", "cutover", start, pool="pool-a", wave=wave, department="bureau", hour=22, work=work)


ITEMS = (
    item("cloud:yun", "docked", "2021-01-11", "2021-01-30", Track.CLOUD),
    item("device:core", "routing", "2021-01-13", "", Track.NETWORK, wave="2021-W02/city-410200", hour=1),
    item("device:core", "verified", "2021-01-18", "2021-01-24", Track.NETWORK),
    item("device:acc", "routing", "2021-01-20", "", Track.NETWORK, wave="2021-W03/county-410200", hour=1),
    item("device:acc", "verified", "2021-01-25", "2021-01-31", Track.NETWORK),
    item("line:l1", "cutover", "2021-01-16", "", Track.LINE, department="bureau", hour=23),
    item("line:l1", "terminated", "2021-03-01", "2021-03-01", Track.LINE, department="bureau"),
    item(
        "system:idp", "replicate", "2021-01-08", "2021-01-10", pool="pool-a", department="bureau",
        work=({"team": "team-a", "skill": "system", "days": 3},),
    ),
    item(
        "system:idp", "bridge", "2021-01-09", "2021-01-10", department="bureau", bridge="nat", closes="2021-03-02",
        records=("dependency:oa>idp",),
    ),
    cutover("idp", "2021-01-15"),
    cutover("hydj", "2021-01-22"),
    cutover("oa", "2021-01-29"),
    item("system:old", "switch_off", "2021-01-20", department="bureau", hour=22),
    item("room:r1", "closed", "2021-05-03", "2021-05-05", Track.ROOM, department="bureau"),
)  # fmt: skip


def disposed(id: str, disposition: str) -> dict[str, str]:
    return {"system": id, "disposition": disposition, "rule": "default:test"}


def plan(**instead: Any) -> Plan:
    """The plan, with other values for some fields."""
    names = {
        f"{kind}:{record['id']}": record["name"]
        for kind in ("system", "department", "cloud", "pool", "device", "line", "room")
        for record in RECORDS[kind]
        if "name" in record
    }
    fates = {"idp": "rehost", "hydj": "rehost", "oa": "replatform", "law": "colocate", "old": "retire", "far": "rehost"}
    cause = Finding(rule="H3", code="no-pools", records=("system:far",))
    fields: dict[str, Any] = {
        "estate": "小城",
        "as_of": NOW,
        "now": NOW,
        "status": PlanStatus.INFEASIBLE,
        "grid": GRID,
        "items": tuple(sorted(ITEMS, key=lambda made: (made.slot, made.wave, made.id))),
        "dispositions": [disposed(id, fate) for id, fate in fates.items()],
        "unplanned": [{"item": "system/far/cutover", "causes": [cause]}],
        "names": names,
        "skipped": [{"item": "network/core/underlay", "reason": "vpn-over-ipv4"}],
        "assumptions": [EffortRow(track="system", step="cutover", days=1)],
        "provisional": [2022],
        "out_of_scope": ["system:bureau-0001", "line:bureau-0001"],
    }
    return Plan.model_validate(fields | instead)
