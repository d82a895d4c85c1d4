"""Planted estates of dedicated lines: a backbone of four levels with three carriers, and a plan that is known to fit.

Departments of townships, counties and cities rent lines to the core of their county, city or province. For each line a
way and a slot are drawn (the planted plan); then the links are made as wide as these need, a part of them only with an
upgrade, hardly wider than that on every second. The planted plan's cost is an upper bound of the best one's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.lines import Carrier, Line
from inventory.kinds.network import Device, Link
from inventory.kinds.territory import Department, Division
from migration.calendar import grid_of
from migration.consolidation.model import Decided, Outcome, Reason
from migration.consolidation.routing.build import Horizon, Posed, pose
from migration.consolidation.routing.state import State
from migration.plan import ItemState, Plan, PlanItem, PlanStatus, item_id, slot_label
from migration.steps import Track

if TYPE_CHECKING:
    from migration.plan import Grid

__all__ = ["Planted", "planted"]

DAY = dt.date(2021, 1, 4)
CARRIERS = ("carrier-a", "carrier-b", "carrier-c")
PRICES = (
    (2, 260),
    (4, 420),
    (10, 900),
    (20, 1500),
    (50, 2600),
    (100, 3800),
    (200, 6000),
    (500, 10_500),
    (1000, 16_000),
)
CLASSES = (("standard", 0.7), ("protected", 0.2), ("critical", 0.1))
SLOTS_OF_START = 40
"""Slots over which the lines' cutovers are spread."""


@dataclass(frozen=True)
class Planted:
    """An estate, its decisions, a plan with copies and cutovers, and the cost of the plan that was planted, yuan."""

    inventory: Inventory
    decisions: tuple[Decided, ...]
    plan: Plan
    cost: float


@dataclass(frozen=True)
class _Backbone:
    """Divisions, devices and links; core: the first device of each division, by level from the top."""

    divisions: dict[str, Division]
    devices: dict[str, Device]
    links: dict[str, Link]
    above: dict[str, str]
    core: dict[str, str]


def _backbone(random: Random, lines: int) -> _Backbone:
    """About three devices for eight lines, at most 3,000."""
    townships = max(20, min(3000, lines * 3 // 8) * 10 // 13)
    counties, cities = max(4, townships // 10), max(2, townships // 120)
    made = _Backbone({}, {}, {}, {}, {})
    _place(made, "140000", "province", "", 2)
    for city in range(cities):
        code = f"14{city + 1:02d}00"
        _place(made, code, "city", "140000", 2)
        for number, pair in ((1, "ab"), (2, "bc")):
            for carrier in pair:
                _link(made, random, f"{code}-{number}", f"140000-{number}", carrier, 10 if carrier == pair[0] else 15)
    for county in range(counties):
        above = f"14{county % cities + 1:02d}00"
        code = f"14{county % cities + 1:02d}{county // cities + 1:02d}"
        _place(made, code, "county", above, 1)
        carriers = random.sample("abc", 3)
        _link(made, random, f"{code}-1", f"{above}-1", carriers[0], 10)
        _link(made, random, f"{code}-1", f"{above}-2", carriers[1], 20)
        if random.random() < 0.5:
            _link(made, random, f"{code}-1", f"{above}-1", carriers[2], 30)
    codes = [code for code, place in made.divisions.items() if place.level.value == "county"]
    for township in range(townships):
        above = codes[township % counties]
        code = f"{above}{100 + township // counties}"
        _place(made, code, "township", above, 1)
        carriers = random.sample("abc", 3)
        _link(made, random, f"{code}-1", f"{above}-1", carriers[0], 10)
        if random.random() < 0.6:
            near = codes[(codes.index(above) + cities) % counties] if random.random() < 0.3 else above
            _link(made, random, f"{code}-1", f"{near}-1", carriers[1], 25)
    return made


def _place(made: _Backbone, code: str, level: str, above: str, devices: int) -> None:
    made.divisions[code] = Division.model_validate({"id": code, "level": level, "parent": above or None})
    made.above[code] = above
    made.core[code] = f"{code}-1"
    for number in range(1, devices + 1):
        name = f"{code}-{number}"
        made.devices[name] = Device.model_validate({"id": name, "division": code, "level": level, "role": "core"})
    if devices == 2:
        made.links[f"{code}-between"] = Link.model_validate(
            {"id": f"{code}-between", "a_device": f"{code}-1", "b_device": f"{code}-2", "bandwidth_mbps": 100_000}
        )


def _link(made: _Backbone, random: Random, one: str, other: str, carrier: str, metric: int) -> None:
    name = f"{one}--{other}-{carrier}"
    record = {"id": name, "a_device": one, "b_device": other, "carrier": f"carrier-{carrier}", "bandwidth_mbps": 1e6}
    metric += random.choice((0, 0, 1, 2))
    made.links[name] = Link.model_validate({**record, "metric_ab": metric, "metric_ba": metric})


def _lines(random: Random, made: _Backbone, count: int) -> tuple[dict[str, Line], dict[str, Department], list[Decided]]:
    lines, departments, decisions = {}, {}, []
    places = [code for code in made.divisions if code != "140000"]
    for number in range(count):
        code = random.choice(places)
        owner = f"{code}-d{number % 7}"
        attached = [{"device": made.core[code]}]
        departments[owner] = Department.model_validate({"id": owner, "division": code, "attached_to": attached})
        upper = made.above[code]
        if made.above[upper] and random.random() < 0.5:
            upper = made.above[upper]
        step = random.choices(range(1, 6), (20, 25, 30, 20, 5))[0]
        bandwidth, fee = PRICES[step]
        name = f"line-{number:05d}"
        days = random.randrange(30, 700)
        lines[name] = Line.model_validate(
            {"id": name, "department": owner, "a": f"department:{owner}", "b": f"device:{made.core[upper]}",
             "carrier": random.choice(CARRIERS), "bandwidth_mbps": bandwidth,
             "fee_yuan_per_month": 10 * round(fee * random.uniform(1.1, 1.9) / 10),
             "contract_end": DAY + dt.timedelta(days=days), "notice_days": random.choice((30, 30, 60, 90)),
             "growth_per_year": random.choice((0, 0, 0.05, 0.1, 0.2))}
        )  # fmt: skip
        service = random.choices([name for name, _ in CLASSES], [share for _, share in CLASSES])[0]
        demand = round(bandwidth * random.uniform(0.1, 0.5), 2)
        decisions.append(
            Decided(kind="line", id=name, outcome=Outcome.MOVE, by="planted", reason=Reason(code="planted"),
                    service_class=service, demand_mbps=demand)
        )  # fmt: skip
    return lines, departments, decisions


def _plan(random: Random, lines: dict[str, Line], made: _Backbone, grid: Grid) -> Plan:
    """A cutover of each line, and copies that load links for some slots."""
    items = []
    for name in lines:
        slot = random.randrange(SLOTS_OF_START)
        day = grid.first_day_of(slot)
        items.append(_item(Track.LINE, f"line:{name}", "cutover", slot, day, day, grid))
    backbone = [name for name, link in made.links.items() if link.carrier is not None and "-1--14" in name]
    for number in range(len(lines) // 10):
        slot = random.randrange(SLOTS_OF_START)
        start, end = grid.first_day_of(slot), grid.last_day_of(slot + random.randrange(4))
        item = _item(Track.SYSTEM, f"system:s{number}", "replicate", slot, start, end, grid)
        taken = (random.choice(backbone),)
        items.append(item.model_copy(update={"links": taken, "rate_mbps": round(random.uniform(1, 20), 2)}))
    return Plan(estate="planted", as_of=DAY, now=DAY, status=PlanStatus.FEASIBLE, grid=grid, items=tuple(items))


def _item(track: Track, name: str, step: str, slot: int, start: dt.date, end: dt.date, grid: Grid) -> PlanItem:
    return PlanItem(
        id=item_id(name.partition(":")[2], step, track), track=track, step=step, object=name, slot=slot,
        slot_label=slot_label(grid, slot), start=start, end=end, state=ItemState.PLANNED,
    )  # fmt: skip


def planted(lines: int, seed: int = 1) -> Planted:
    """The estate with so many lines."""
    random = Random(seed)
    made = _backbone(random, lines)
    rented, departments, decisions = _lines(random, made, lines * 5 // 4 + 10)
    carriers = {
        name: Carrier.model_validate(
            {"id": name, "prices": [
                {"bandwidth_mbps": mbps, "service_class": "standard", "fee_yuan_per_month": fee * (1 + 0.03 * number)}
                for mbps, fee in PRICES
            ]}
        )
        for number, name in enumerate(CARRIERS)
    }  # fmt: skip
    estate = Estate(name="planted", as_of=DAY)
    inventory = Inventory(
        estate, divisions=made.divisions, departments=departments, devices=made.devices, links=made.links,
        lines=rented, carriers=carriers,
    )  # fmt: skip
    grid = grid_of(estate)
    plan = _plan(random, rented, made, grid)
    horizon = Horizon.of(inventory, grid, DAY)
    # Some have no second path, and none is wanted that has no way at all.
    wayless = pose(inventory, decisions, plan, horizon).unplaced
    chosen = [decided for decided in decisions if decided.id not in wayless][:lines]
    posed = pose(inventory, chosen, plan, horizon)
    state = _drawn(random, posed)
    inventory = inventory.replace(links=_wide_enough(random, posed, state, inventory))
    fits = State(pose(inventory, chosen, plan, horizon).problem)
    for line in range(len(chosen)):
        fits.put(line, int(state.choice[line]), int(state.slot[line]))
    return Planted(inventory, tuple(chosen), plan, fits.cost)


def _drawn(random: Random, posed: Posed) -> State:
    """Mostly the first way at the earliest slot, at times another one or a later slot."""
    problem = posed.problem
    state = State(problem)
    for line, case in enumerate(problem.lines):
        first = int(problem.first_choice[line])
        choice = first if random.random() < 0.6 else first + random.randrange(len(case.choices))
        late = random.randrange(1, 30) if random.random() < 0.1 else 0
        state.choice[line] = choice
        state.slot[line] = min(problem.slots - 1, max(case.earliest, problem.choices[choice].first) + late)
        for link in problem.choices[choice].links:
            state.load[link, state.slot[line] :] += problem.demand[line, state.slot[line] :]
    return state


def _wide_enough(random: Random, posed: Posed, state: State, inventory: Inventory) -> dict[str, Link]:
    """Every link as the planted plan needs it; a third of them only with the first of two upgrades."""
    kept_free = inventory.estate.settings.consolidation.demand.headroom
    made = dict(inventory.links)
    for number, link in enumerate(posed.problem.links):
        # What is taken from the million Mbit/s is the copies, which were there before any line.
        copies = 1e6 * (1 - kept_free) - link.free[0]
        if made[link.id].carrier is None:
            continue
        most = float((state.load[number] + copies).max())
        own = round(most * random.uniform(0.1, 0.6) + 1, 2)
        tight = random.uniform(1.0, 1.05) if random.random() < 0.5 else random.uniform(1.1, 2.5)
        needed = (most * tight + own) / (1 - kept_free)
        upgraded = random.random() < 1 / 3
        now = (
            max(needed * random.uniform(0.5, 0.9), (own + float(copies.max())) / (1 - kept_free))
            if upgraded
            else needed
        )
        steps = [needed, 2 * needed] if upgraded else [1.5 * needed, 3 * needed]
        made[link.id] = Link.model_validate(
            {**made[link.id].model_dump(exclude_unset=True), "bandwidth_mbps": now, "p95_mbps": own,
             "upgrades": [{"bandwidth_mbps": step, "fee_yuan_per_month": _fee(step)} for step in steps],
             "fee_yuan_per_month": _fee(now)}
        )  # fmt: skip
    return made


def _fee(mbps: float) -> float:
    """Yuan a month of a backbone link: as the price list, with the usual discount for bandwidth."""
    return float(round(160 * mbps**0.67, 1))
