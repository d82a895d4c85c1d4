"""Small estates with lines to be routed."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from inventory.consolidation_settings import ConsolidationSettings
from inventory.estate import Estate, Settings, TimeGrid
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from migration.consolidation.model import Decided, Outcome, Reason
from migration.plan import Grid, ItemState, Plan, PlanItem, PlanStatus, item_id, slot_label
from migration.steps import Track

__all__ = ["DAY", "carrier", "decided", "estate", "item", "line", "link", "plan_of", "random_case"]

DAY = dt.date(2021, 3, 1)
GRID = Grid(first_day=DAY, length_days=31, count=4)


def estate(months: int = 4, **records: Any) -> Inventory:
    """An inventory of a province with slots of 31 days; half of every link is kept free, and no day of waiting for the
    end of a line."""
    listed: dict[str, Any] = {"divisions": [{"id": "14", "level": "province"}], **records}
    made: dict[str, Any] = {}
    for kind, model in KINDS.items():
        found = [model.model_validate(record) for record in listed.get(plural(kind), [])]
        made[plural(kind)] = {str(getattr(record, "id")): record for record in found}  # noqa: B009 - not every kind is a Record
    consolidation = ConsolidationSettings.model_validate(
        {"horizon": {"months": months}, "demand": {"headroom": 0.5}, "latency": {"hop_ms": 1, "access_ms": 2}}
    )
    settings = Settings(idle_days=0, consolidation=consolidation)
    grid = TimeGrid(start=DAY, length_days=31, count=4)
    return Inventory(Estate(name="x", as_of=DAY, grid=grid, settings=settings), **made)


def device(id: str) -> dict[str, Any]:
    return {"id": id, "division": "14", "role": "core", "level": "province"}


def link(id: str, one: str, other: str, mbps: float = 1000, owner: str = "ca", **fields: Any) -> dict[str, Any]:
    """A link between two devices, of which half is kept free."""
    return {"id": id, "a_device": one, "b_device": other, "bandwidth_mbps": mbps, "carrier": owner, **fields}


def department(id: str, *devices: str) -> dict[str, Any]:
    return {"id": id, "division": "14", "attached_to": [{"device": name} for name in devices]}


def carrier(id: str, *steps: tuple[float, float], **fields: Any) -> dict[str, Any]:
    """A carrier with (Mbit/s, yuan a month)."""
    prices = [{"bandwidth_mbps": mbps, "service_class": "standard", "fee_yuan_per_month": fee} for mbps, fee in steps]
    return {"id": id, "prices": prices, **fields}


def line(id: str, a: str, b: str, fee: float, **fields: Any) -> dict[str, Any]:
    return {"id": id, "department": a.partition(":")[2], "a": a, "b": b, "fee_yuan_per_month": fee, **fields}


def decided(id: str, mbps: float, service: str = "standard", outcome: str = "move") -> Decided:
    """A line that is to move with a demand."""
    return Decided(
        kind="line", id=id, outcome=Outcome(outcome), by="decision", reason=Reason(code="by-hand"),
        service_class=service, demand_mbps=mbps,
    )  # fmt: skip


def item(name: str, slot: int, step: str = "cutover", state: str = "planned", **fields: Any) -> PlanItem:
    """An item of a line, or with another step of a system, that lasts one slot."""
    kind = "line" if step == "cutover" else "system"
    return PlanItem(
        id=item_id(name, step, Track(kind)), track=Track(kind), step=step, object=f"{kind}:{name}", slot=slot,
        slot_label=slot_label(GRID, slot), start=GRID.first_day_of(slot), end=GRID.last_day_of(slot),
        state=ItemState(state), **fields,
    )  # fmt: skip


def plan_of(*items: PlanItem) -> Plan:
    return Plan(estate="x", as_of=DAY, now=DAY, status=PlanStatus.FEASIBLE, grid=GRID, items=items)


def random_case(seed: int) -> tuple[Inventory, list[Decided], Plan]:
    """A ring of four devices with some parallel links, two departments, three lines, a plan with a copy and a cutover:
    so narrow that links bind now and then."""
    random = Random(seed)
    devices = ["d0", "d1", "d2", "d3"]
    ends = [*zip(devices, [*devices[1:], "d0"], strict=True), ("d0", "d2"), ("d0", "d1")]
    links = []
    for number, (one, other) in enumerate(ends):
        steps = [{"bandwidth_mbps": mbps, "fee_yuan_per_month": fee} for mbps, fee in ((60, 900), (200, 1500))]
        links.append(
            link(
                f"k{number}", one, other, random.choice((10, 24, 40)), random.choice(("ca", "cb", "cc")),
                p95_mbps=random.choice((0, 2)), upgrades=random.choice(([], steps)), metric_ab=random.randint(1, 5),
            )
        )  # fmt: skip
    carriers = [
        carrier("ca", (20, 100), (100, 300)),
        carrier("cb", (20, 120), (100, 250), valid_from=DAY + dt.timedelta(days=random.choice((0, 40)))),
        carrier("cc", (20, 90), valid_to=DAY + dt.timedelta(days=random.choice((50, 500)))),
    ]
    records = estate(
        devices=[device(name) for name in devices],
        links=links,
        carriers=carriers,
        departments=[department("x", "d1", "d2"), department("y", "d3")],
        lines=[
            line(
                f"l{number}", f"department:{random.choice('xy')}", random.choice(("device:d0", "device:d2")),
                random.choice((80, 400, 1200)), carrier=random.choice(("ca", "cb")),
                growth_per_year=random.choice((0, 0.2)), notice_days=random.choice((0, 40)),
                max_latency_ms=random.choice((None, None, 4.0)),
                contract_end=random.choice((None, DAY + dt.timedelta(days=70))),
            )
            for number in range(3)
        ],
    )  # fmt: skip
    decisions = [
        decided(
            f"l{number}", random.choice((2, 5, 9)), random.choice(("standard", "standard", "protected", "critical")),
            random.choice(("move", "move", "move", "backup")),
        )
        for number in range(3)
    ]  # fmt: skip
    copy = item("s", random.randrange(3), "replicate", links=(f"k{random.randrange(6)}",), rate_mbps=4.0)
    start = item("l0", random.randrange(3), state=random.choice(("planned", "pinned")))
    return records, decisions, plan_of(copy, start)
