"""Random small estates with something on every track, so tight that every hard rule binds now and then.

One province with a city and a county. Fourteen weekly slots from Monday 2021-03-01, with two legal holidays in them. At
most twelve systems, five devices in a small tree with a redundant pair, three clouds with five pools of which one grows
and one is built later, lines, a private network, an exit and two rooms.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any

from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from migration.plan import CHANGES, STEPS, Track, item_id

__all__ = ["FIRST", "SLOTS", "Records", "random_estate"]

FIRST = dt.date(2021, 3, 1)
SLOTS = 14
LATER = dt.date(2021, 3, 16)
MOST_SYSTEMS = 12

EFFORT: dict[Track, dict[str, dict[str, float]]] = {
    Track.CLOUD: {"connected": {"network": 1}, "docked": {"system": 1}, "dual_stack": {"network": 0.5}},
    Track.NETWORK: {
        step: {"network": 0.3} for step in ("underlay", "routing", "service", "security", "verified", "upgraded")
    },
    Track.LINE: {"path_ready": {"network": 0.5}, "cutover": {"network": 0.5}, "terminated": {"network": 0.1}},
    Track.SYSTEM: {
        "filing": {"security": 0.3},
        "assessment": {"security": 0.5},
        "prepare": {"system": 0.5, "application": 0.4},
        "cutover": {"system": 0.3, "application": 0.3},
        "verify": {"application": 0.2},
        "decommission": {"system": 0.2},
        "bridge": {"network": 0.2},
        "remove": {"facility": 0.2},
    },
    Track.ROOM: {"emptied": {"facility": 0.5}, "closed": {"facility": 0.5}},
}
"""Person-days by skill; of steps that are not here nobody's."""


@dataclass
class Records:
    """An estate in the making: everything may still be changed; ``inventory()`` builds it."""

    settings: dict[str, Any]
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    now: dt.date = FIRST

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The records of a kind, to be changed in place."""
        return self.records.setdefault(kind, [])

    def add(self, kind: str, /, **fields: Any) -> None:
        """One more record."""
        self.of(kind).append(fields)

    def inventory(self) -> Inventory:
        """The records, validated."""
        estate = Estate.model_validate(
            {
                "name": "any",
                "as_of": FIRST,
                "grid": {"start": FIRST, "length_days": 7, "count": SLOTS},
                "settings": self.settings,
            }
        )
        kinds: dict[str, Any] = {}
        for kind, rows in self.records.items():
            found = [KINDS[kind].model_validate(row) for row in rows]
            kinds[plural(kind)] = {getattr(record, "id"): record for record in found}  # noqa: B009 - ids of all kinds
        return Inventory(estate=estate, done=dict(self.done), **kinds)


def random_estate(seed: int) -> Records:
    """The estate of a number."""
    random = Random(seed)
    made = Records(_settings(random))
    _territory(made)
    _network(random, made)
    _clouds(random, made)
    _systems(random, made)
    _dependencies(random, made)
    _lines(random, made)
    _calendar(random, made)
    _teams(random, made)
    _promises(random, made)
    if random.random() < 0.25:
        _begun(random, made)
    return made


def _settings(random: Random) -> dict[str, Any]:
    rows = []
    for track, steps in STEPS.items():
        for step in steps:
            row: dict[str, Any] = {"track": track.value, "step": step, "skills": EFFORT[track].get(step, {})}
            if (track, step) in CHANGES:
                row |= {"outage_minutes": random.choice([30, 90]), "rollback_minutes": 30}
            else:
                row["days"] = (
                    4 if step in ("verify", "parallel_run") and track is Track.SYSTEM else random.randint(1, 4)
                )
            rows.append(row)
    limits = [{"per": "department", "max_cutovers": random.choice([1, 2, 3]), "selector": ""}]
    if random.random() < 0.4:
        limits.append(
            {"per": random.choice(["cloud", "room", "device", "division"]), "max_cutovers": 2, "selector": ""}
        )
    return {
        "headroom": random.choice([0.0, 0.1]),
        "management_root": "root",
        "shipped_effort": False,
        "effort": rows,
        "evidence": [{"from_grade": 3, "kinds": ["filing", "assessment"]}],
        "docking": {"industry": "hard", "city": random.choice(["soft", "hard"])},
        "limits": limits,
        "wave_size": {"max": random.choice([2, 3, 8])},
        "network_changes": random.choice([1, 2, 60]),
        "migration_share": random.choice([0.2, 0.5]),
        "idle_days": random.choice([5, 14]),
        "switched_off_days": random.choice([7, 14]),
        "parallel_run_days": random.choice([4, 30]),
        "bridge_days": random.choice([7, 30]),
    }


def _territory(made: Records) -> None:
    for id, level in (("140000", "province"), ("140100", "city"), ("140105", "county")):
        made.add("division", id=id, level=level, code=id)
    made.add("department", id="health", division="140100", sector="health", attached_to=[{"device": "access"}])
    made.add("department", id="county", division="140105", sector="finance", attached_to=[{"device": "edge"}])


def _network(random: Random, made: Records) -> None:
    """root - twin-1, twin-2 - access; twin-1 - edge."""
    stages = ["addressed", "routing", "service", "security", "verified"]
    for id, level in (
        ("root", "province"),
        ("twin-1", "city"),
        ("twin-2", "city"),
        ("access", "city"),
        ("edge", "county"),
    ):
        made.add(
            "device",
            id=id,
            division={"province": "140000", "city": "140100", "county": "140105"}[level],
            level=level,
            role="core" if id == "root" else "aggregation" if id.startswith("twin") else "access",
            redundancy_group="twins" if id.startswith("twin") else "",
            ipv6_stage=random.choice(stages),
            ipv6_capability=random.choice(["ready", "ready", "upgrade"]),
        )
    ends = [("twin-1", "root"), ("twin-2", "root"), ("access", "twin-1"), ("access", "twin-2"), ("edge", "twin-1")]
    for number, (one, other) in enumerate(ends):
        made.add(
            "link",
            id=f"l{number}",
            a_device=one,
            b_device=other,
            bandwidth_mbps=random.choice([5, 10, 20]),
            metric_ab=random.choice([10, 20]),
            metric_ba=random.choice([10, 20]),
        )
    if random.random() < 0.5:
        made.add("vpn", id="gov", technology=random.choice(["mpls_l3vpn", "srv6"]))


def _clouds(random: Random, made: Records) -> None:
    small = random.choice([6, 10, 24])
    docked = {"state": "docked"} if random.random() < 0.3 else {}
    made.add("cloud", id="yun-city", tier="city", division="140100", docking=docked, certified_grade=2)
    made.add("cloud", id="yun-prov", tier="provincial", division="140000", certified_grade=3,
             access="request_form", lead_time_days=random.choice([0, 5, 20]), prices={"vcpu": 50})  # fmt: skip
    made.add("cloud", id="yun-health", tier="industry", division="140100", sector="health", prices={"vcpu": 5})

    def offer(vcpu: float, **more: Any) -> dict[str, Any]:
        return {"vcpu": vcpu, "memory_gib": 400, "storage_gib": 400, **more}

    grows = FIRST + dt.timedelta(days=random.randint(20, 60))
    built = FIRST + dt.timedelta(days=random.randint(8, 40))
    made.add("pool", id="city-x86", cloud="yun-city", attachments=[{"device": "twin-1"}],
             capacity=[offer(small), offer(2 * small, **{"from": grows})])  # fmt: skip
    made.add("pool", id="city-arm", cloud="yun-city", technology="arm", attachments=[{"device": "twin-2"}],
             capacity=[offer(small)])  # fmt: skip
    made.add("pool", id="prov", cloud="yun-prov", attachments=[{"device": "root"}], capacity=[offer(2 * small)])
    made.add("pool", id="health", cloud="yun-health", attachments=[{"device": "twin-2"}],
             capacity=[offer(small, **{"from": built})])  # fmt: skip
    if random.random() < 0.3:
        made.add("pool", id="loose", cloud="yun-city", domain="administrative", capacity=[offer(small)])


def _systems(random: Random, made: Records) -> None:
    made.add("room", id="room-1", division="140100", department="health", intention="close",
             lease_end=FIRST + dt.timedelta(days=random.randint(-5, 90)), fee_yuan_per_year=120_000)  # fmt: skip
    made.add("room", id="room-2", division="140105", intention=random.choice(["keep", "colocation"]),
             attached_to=["device:edge"])  # fmt: skip
    for number in range(random.randint(5, MOST_SYSTEMS)):
        department = random.choice(["health", "health", "county"])
        grade = random.choice([None, 2, 2, 3])
        fate = random.choice([*["rehost"] * 7, "relocate", "replatform", "retire", "repurchase", "colocate"])
        row: dict[str, Any] = {
            "id": f"s{number:02d}",
            "department": department,
            "grade": grade,
            "criticality": random.choice(["low", "medium", "critical"]),
            "kind": random.choice(["business", "business", "shared_platform"]),
            "domain": random.choice([None, None, "public_service"]),
            "technology": random.choice([None, "x86"] if grade == 3 else [None, "x86", "arm"]),
            "runs_in": random.choice(["room:room-1", "room:room-2"]),
            "needs_ipv6": random.choice([None, None, "no", "at_cutover", {"by": FIRST + dt.timedelta(days=40)}]),
            "transfer": random.choice(["network", "network", "network", "shipped"]),
            "maintenance_yuan_per_year": random.choice([0, 36_500]),
            "decisions": {"disposition": {"value": fate}},
            "components": [
                {
                    "id": "app",
                    "vcpu": random.randint(1, 8),
                    "memory_gib": 4,
                    "storage_gib": 10,
                    "data_gib": random.choice([0, 20, 60, 120]),
                }
            ],
        }
        if random.random() < 0.3:
            row["allowed_outage_minutes"] = random.choice([110, 130, 240])
        if random.random() < 0.15:
            row["decisions"]["slot"] = {"value": f"2021-W{random.randint(11, 20)}"}
        if random.random() < 0.1:
            row["lifecycle"] = "building"
        if row["grade"] == 3 and random.random() < 0.4:
            row["evidence"] = [
                {"kind": "filing"},
                {"kind": "assessment", "valid_until": FIRST + dt.timedelta(days=200)},
            ]
        made.records.setdefault("system", []).append(row)


def _names(made: Records) -> list[str]:
    return [row["id"] for row in made.of("system")]


def _dependencies(random: Random, made: Records) -> None:
    names = _names(made)
    for number in range(random.randint(4, len(names) + 2)):
        client, provider = random.sample(names, 2)
        made.add(
            "dependency",
            **{"from": client, "to": provider},
            strength=random.choice(["hard", "hard", "soft"]),
            order=random.choice(["provider_first", "provider_first", "provider_first", "together", "none"]),
            reaches_by=random.choice(["name", "address", "unknown"]),
            port=number + 1,
            traffic_mbps=random.choice([0, 3]),
        )
    made.add("external_object", id="nation")
    made.add("dependency", **{"from": "external_object:nation", "to": names[0]},
             reaches_by=random.choice(["name", "address"]))  # fmt: skip
    for number in range(random.choice([0, 1, 2])):
        made.add("move_group", id=f"g{number}", systems=random.sample(names, 2))


def _lines(random: Random, made: Records) -> None:
    def outcome(*values: str) -> dict[str, Any]:
        return {"outcome": {"value": random.choice(values)}}

    names = _names(made)
    network = random.random() < 0.5
    if network:
        made.add("private_network", id="net", department="health", decisions=outcome("move", "internal_network"))
    for number in range(random.randint(1, 3)):
        made.add(
            "line",
            id=f"line-{number}",
            department="health",
            a=random.choice([None, "room:room-1"]),
            decisions=outcome("move", "move", "end", "internal_network", "keep"),
            notice_days=random.choice([0, 10]),
            fee_yuan_per_month=1000,
            systems=random.sample(names, 2),
            private_network="net" if network else None,
            state=random.choice(["in_use", "in_use", "path_ready", "cut_over"]),
        )
    if random.random() < 0.5:
        made.add("internet_exit", id="exit", department="county", decisions=outcome("move", "end"), notice_days=5)


def _calendar(random: Random, made: Records) -> None:
    def window(id: str, selector: str, days: str, minutes: int, hour: int = 22) -> None:
        rule = f"FREQ=WEEKLY;BYDAY={days}"
        made.add("window", id=id, selector=selector, rule=rule, start=f"{hour}:00", duration_minutes=minutes)

    if random.random() < 0.7:
        window("nights", "kind:system", random.choice(["FR", "TU,TH", "SA,SU"]), 480)
    if random.random() < 0.3:
        window("short", "kind:system grade>=3", "WE", 100)
    if random.random() < 0.7:
        window("changes", "kind:device", random.choice(["WE", "SU", "MO,TH"]), 300, 20)
    for number in range(random.randint(0, 2)):
        start = FIRST + dt.timedelta(days=random.randint(0, 80))
        selector = random.choice(["", "kind:system department:county", "kind:cloud id:yun-city", "kind:device"])
        made.add(
            "freeze",
            id=f"freeze-{number}",
            selector=selector,
            start=start,
            end=start + dt.timedelta(days=random.randint(2, 13)),
        )


def _teams(random: Random, made: Records) -> None:
    made.add(
        "team", id="net", serves="", skills={"network": random.choice([0.8, 1.5, 4]), "facility": random.choice([1, 3])}
    )
    made.add("team", id="apps", serves="", skills={
        "system": random.choice([1, 2, 5]), "application": random.choice([1, 2, 5]), "security": random.choice([0.8, 2])
    })  # fmt: skip
    if random.random() < 0.3:
        made.add("team", id="county", serves="kind:system department:county", skills={"system": 1}, calendar="busy")
        made.add(
            "calendar", id="busy", base="weekdays", days_off=[FIRST + dt.timedelta(days=day) for day in range(14, 28)]
        )


def _promises(random: Random, made: Records) -> None:
    def target(id: str, metric: str, days: int, **more: Any) -> None:
        made.add("target", id=id, metric=metric, date=FIRST + dt.timedelta(days=days), **more)

    target(
        "moved", "systems_moved", random.randint(20, 90), hard=random.random() < 0.5, value=random.choice([0.5, 1.0])
    )
    target(
        "dual",
        "devices_dual_stack",
        random.randint(10, 60),
        hard=random.random() < 0.4,
        selector="kind:device level:city",
    )
    target("lines", "lines_ended", random.randint(20, 80), hard=random.random() < 0.3)
    target("rooms", "rooms_closed", random.randint(50, 90), weight=2)


def _begun(random: Random, made: Records) -> None:
    """Two weeks later: some systems have moved, and what goes before their cutovers is done."""
    made.now = LATER
    moving = [row for row in made.of("system") if row["decisions"]["disposition"]["value"] in ("rehost", "relocate")]
    for row in random.sample(moving, min(2, len(moving))):
        room = row["runs_in"]
        row |= {"moved": FIRST + dt.timedelta(days=random.randint(0, 14)), "runs_in": "pool:city-x86"}
        assert room
        for step in ("prepare", "replicate"):
            made.done[item_id(row["id"], step)] = "2021-02-26T10:00:00+08:00"
