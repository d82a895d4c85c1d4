"""Random tiny estates with random plans, and which rules each plan breaks, said a second time by exhaustive means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from random import Random
from typing import Any

from tests.migration.check.builder import GRID, SLOTS, Case, Draft, plan_of, window_of

DIVISIONS = {"city": ("140100", "140000"), "county": ("140105", "140100", "140000")}
ROOMS = ("room-1", "room-2")
CLOUD_OF = {"city-a": "yun-city", "city-b": "yun-city", "prov": "yun-prov"}
ACCESS = {"city": "access", "county": "edge"}
DAYS = range(SLOTS * 7)
HOLIDAYS = range(38, 45)
"""Spring Festival of 2021, 11 to 17 February; no weekend of the horizon is worked in whose night a window opens."""


@dataclass(frozen=True)
class Machine:
    """A system, its place in the plan (slot None: unplanned) and the day of its window in the slot."""

    name: str
    department: str
    vcpu: int
    room: str
    grade: int | None
    friday: bool
    pin: int | None
    slot: int | None
    pool: str
    day: int
    running: bool
    dropped: bool

    @property
    def planned(self) -> bool:
        return self.slot is not None and not self.dropped

    @property
    def when(self) -> int:
        assert self.slot is not None
        return self.slot

    @property
    def start(self) -> int:
        """Day of the horizon on which its window opens."""
        return self.when * 7 + self.day


@dataclass(frozen=True)
class World:
    """needs: (client, provider, order, strength, source). groups: declared ones. steps: (first day, vCPU) of city-a."""

    machines: tuple[Machine, ...]
    needs: tuple[tuple[int, int, str, str, str], ...]
    groups: tuple[tuple[int, ...], ...]
    steps: tuple[tuple[int, int], ...]
    headroom: float
    certified: int
    never: str
    limit: tuple[str, str, int]
    wave: int
    freeze: tuple[str, int, int]
    metrics: tuple[int, int, int, int]
    deadline: tuple[int, float]


def world(random: Random) -> World:
    """Rules are loose and places mostly orderly, so that each rule is broken now and then, and rarely all at once."""
    count = random.randint(2, 8)
    machines = tuple(_machine(random, f"s{number}") for number in range(count))
    needs = []
    for _ in range(random.randint(0, 3)):
        client, provider = random.sample(range(count), 2)
        order = random.choice(["provider_first", "provider_first", "together", "none"])
        source = random.choice(["declared", "confirmed", "observed"])
        needs.append((client, provider, order, random.choice(["hard", "hard", "soft"]), source))
    if random.random() < 0.2:
        needs += [(provider, client, *rest) for client, provider, *rest in needs[:1]]  # type: ignore[misc]
    group = tuple(random.sample(range(count), 2)) if random.random() < 0.25 else ()
    later = random.randrange(1, len(DAYS))
    per, names = random.choice(
        [
            ("cloud", ["yun-city", "yun-prov"]),
            ("department", ["city", "county"]),
            ("division", ["140000", "140100", "140105"]),
            ("room", list(ROOMS)),
            ("device", ["root", "aggregate", "access", "edge"]),
        ]
    )
    first = random.randrange(len(DAYS))
    return World(
        machines=machines,
        needs=tuple(needs),
        groups=(group,) if group else (),
        steps=((0, random.choice([40, 60, 100])), (later, random.choice([20, 60, 100]))),
        headroom=random.choice([0.0, 0.1]),
        certified=random.choice([2, 3, 3, 3]),
        never=random.choice(["", "", "", "city-b"]),
        limit=(per, random.choice(names), random.choice([1, 2, 2, 3])),
        wave=random.choice([2, 3, 8]),
        freeze=(random.choice(["", "kind:cloud id:yun-prov", "kind:system id:s0"]), first, first + random.randrange(3)),
        metrics=(random.choice([5, 30]), random.choice([5, 30]), random.choice([5, 30]), random.choice([5, 30])),
        deadline=(random.randrange(14, len(DAYS) + 14), random.choice([0.5, 1.0])),
    )


def _machine(random: Random, name: str) -> Machine:
    slot = random.randrange(SLOTS)
    friday = random.random() < 0.3
    return Machine(
        name=name,
        department=random.choice(["city", "county"]),
        vcpu=random.choice([5, 10, 25]),
        room=random.choice(ROOMS),
        grade=random.choice([None, None, 3]),
        friday=friday,
        pin=slot if random.random() < 0.2 else random.randrange(SLOTS) if random.random() < 0.05 else None,
        slot=None if random.random() < 0.08 else slot,
        pool=random.choice(list(CLOUD_OF)),
        day=4 if friday and random.random() < 0.95 else 0,
        running=random.random() < 0.1,
        dropped=random.random() < 0.03,
    )


def build(scene: World) -> Case:
    """The inventory and the plan of a world."""
    draft = Draft()
    draft.settings |= {"headroom": scene.headroom, "wave_size": {"max": scene.wave}}
    draft.limit(scene.limit[0], scene.limit[2], f"id:{scene.limit[1]}")
    steps = [
        {"from": GRID.first_day + dt.timedelta(days=day), "vcpu": vcpu, "memory_gib": 999, "storage_gib": 999}
        for day, vcpu in scene.steps
    ]
    draft.change("pool", "city-a", capacity=steps).change("cloud", "yun-city", certified_grade=scene.certified)
    draft.change("link", "l1", metric_ab=scene.metrics[0]).change("link", "l3", metric_ab=scene.metrics[1])
    for name, start, metric in (("x1", "access", scene.metrics[2]), ("x2", "edge", scene.metrics[3])):
        draft.add("link", id=name, a_device=start, b_device="root", bandwidth_mbps=1, metric_ab=metric + 3, metric_ba=1)
    if scene.never:
        draft.add("rule", id="r", kind="placement", effect="never", selector="", outcome=f"id:{scene.never}")
    draft.add(
        "window",
        id="fri",
        selector="kind:system id:nobody",
        rule="FREQ=WEEKLY;BYDAY=FR",
        start="22:00",
        duration_minutes=240,
    )
    days = {
        name: GRID.first_day + dt.timedelta(days=day)
        for name, day in zip(("start", "end"), scene.freeze[1:], strict=True)
    }
    draft.add("freeze", id="f", selector=scene.freeze[0], **days)
    date = GRID.first_day + dt.timedelta(days=scene.deadline[0])
    draft.add("target", id="t", metric="systems_moved", hard=True, value=scene.deadline[1], date=date)
    for machine in scene.machines:
        _add(draft, machine)
    for client, provider, order, strength, source in scene.needs:
        ends = scene.machines[client].name, scene.machines[provider].name
        known = len(draft.records.get("dependency", ()))
        draft.needs(*ends, id=f"n{known}", order=order, strength=strength, source=source)
    for members in scene.groups:
        draft.add("move_group", id="g", systems=[scene.machines[member].name for member in members])
    inventory = draft.inventory()
    planned = [machine for machine in scene.machines if machine.planned]
    return inventory, plan_of(
        inventory,
        {machine.name: (machine.when, machine.pool) for machine in planned},
        unplanned=[machine.name for machine in scene.machines if machine.slot is None],
        fields={machine.name: _fields(machine) for machine in planned},
    )


def _add(draft: Draft, machine: Machine) -> None:
    decisions = {} if machine.pin is None else {"slot": {"value": GRID.label(machine.pin)}}
    draft.system(
        machine.name,
        vcpu=machine.vcpu,
        department=machine.department,
        runs_in=f"room:{machine.room}",
        grade=machine.grade,
        windows=["fri"] if machine.friday else [],
        decisions=decisions,
    )


def _fields(machine: Machine) -> dict[str, Any]:
    start, minutes = window_of(machine.when, machine.day)
    if machine.friday:
        start, minutes = start + dt.timedelta(hours=22), 240
    state = "running" if machine.running else "planned"
    return {"window_start": start, "window_minutes": minutes, "state": state}


# ---- the rules, again ----


def expected(scene: World) -> set[str]:
    """Ids of the rules that the plan of a world breaks."""
    planned = [machine for machine in scene.machines if machine.planned]
    free = [machine for machine in planned if not machine.running]
    found = {
        "plan": any(machine.dropped and machine.slot is not None for machine in scene.machines),
        "H1": any(_disordered(scene, *need) for need in scene.needs),
        "H2": any(_torn(scene, one, other) for one, other in _bound(scene)),
        "H3": any(not _welcome(scene, machine) for machine in free),
        "H4": any(_overfull(scene, planned, day) for day in DAYS),
        "H6": any(_crowded(scene, planned, slot) for slot in range(SLOTS)),
        "H8": any(not _open(scene, machine) for machine in free),
        "H10": _late(scene, planned),
        "H11": any(machine.pin not in (None, machine.slot) for machine in free),
    }
    return {rule for rule, broken in found.items() if broken}


def _binds(need: tuple[int, int, str, str, str]) -> bool:
    return need[2] != "none" and need[3] == "hard" and need[4] != "observed"


def _disordered(scene: World, *need: Any) -> bool:
    client, provider, together = scene.machines[need[0]], scene.machines[need[1]], need[2] == "together"
    if not _binds(need):
        return False
    if client.planned and provider.planned:
        wrong = client.slot != provider.slot if together else client.when < provider.when
        return wrong and not (client.running and provider.running)
    alone = client if client.planned else provider if provider.planned and together else None
    return alone is not None and not alone.running


def _bound(scene: World) -> Iterator[tuple[int, int]]:
    """Pairs of one move group: each reaches the other in the transitive closure (Warshall 1962)."""
    size = range(len(scene.machines))
    reach = {(need[0], need[1]) for need in scene.needs if _binds(need)}
    reach |= {(need[1], need[0]) for need in scene.needs if _binds(need) and need[2] == "together"}
    reach |= {pair for group in scene.groups for pair in permutations(group, 2)}
    for middle, start, end in product(size, size, size):
        if (start, middle) in reach and (middle, end) in reach:
            reach.add((start, end))
    yield from ((one, other) for one, other in reach if one < other and (other, one) in reach)


def _torn(scene: World, one: int, other: int) -> bool:
    ends = [scene.machines[one], scene.machines[other]]
    planned = [end for end in ends if end.planned]
    whole = [
        scene.machines[member]
        for member in range(len(scene.machines))
        if member == one or {(member, one), (one, member)} & set(_bound(scene))
    ]
    if all(machine.running for machine in whole if machine.planned):
        return False
    return bool(planned) and (len(planned) == 1 or planned[0].slot != planned[1].slot)


def _welcome(scene: World, machine: Machine) -> bool:
    certified = scene.certified if CLOUD_OF[machine.pool] == "yun-city" else 3
    return (machine.grade or 0) <= certified and machine.pool != scene.never


def _overfull(scene: World, planned: list[Machine], day: int) -> bool:
    slot = day // 7
    for pool in CLOUD_OF:
        landed = [machine for machine in planned if machine.pool == pool and machine.when <= slot]
        offered = [vcpu for first, vcpu in scene.steps if first <= day][-1] if pool == "city-a" else 100
        used = sum(machine.vcpu for machine in landed)
        if any(not machine.running for machine in landed) and used > offered * (1 - scene.headroom) + 1e-6:
            return True
    return False


def _crowded(scene: World, planned: list[Machine], slot: int) -> bool:
    per, name, most = scene.limit
    here = [machine for machine in planned if machine.slot == slot]
    crowds = [([machine for machine in here if name in _objects(scene, per, machine)], most)]
    crowds += [
        ([machine for machine in here if CLOUD_OF[machine.pool] == cloud], scene.wave) for cloud in CLOUD_OF.values()
    ]
    return any(len(crowd) > size and not all(machine.running for machine in crowd) for crowd, size in crowds)


def _objects(scene: World, per: str, machine: Machine) -> tuple[str, ...]:
    towards = scene.metrics[::2] if machine.department == "city" else scene.metrics[1::2]
    around = towards[0] + 10 < towards[1] + 3
    path = (ACCESS[machine.department], *(("aggregate",) if around else ()), "root")
    return {
        "cloud": (CLOUD_OF[machine.pool],),
        "department": (machine.department,),
        "division": DIVISIONS[machine.department],
        "room": (machine.room,),
        "device": path,
    }[per]


def _open(scene: World, machine: Machine) -> bool:
    if (machine.friday and machine.day != 4) or machine.start in HOLIDAYS:
        return False
    days = {machine.start, machine.start + 1} if machine.friday else {machine.start}
    selector, first, last = scene.freeze
    mine = selector in ("", f"kind:system id:{machine.name}") or selector == f"kind:cloud id:{CLOUD_OF[machine.pool]}"
    return not (mine and days & set(range(first, last + 1)))


def _late(scene: World, planned: list[Machine]) -> bool:
    day, share = scene.deadline
    spared = int(len(scene.machines) * (1 - share))
    late = [machine for machine in planned if machine.start > day]
    return len(late) > spared and sum(not machine.running for machine in late) > spared
