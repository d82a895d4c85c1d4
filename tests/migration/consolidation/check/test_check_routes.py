"""The verifier: a sound result has no finding, and each thing that is spoiled is found, and nothing else."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import migration.consolidation.check as checker
from inventory.inventory import Inventory
from migration.consolidation.check import check_routes
from migration.consolidation.model import ConsolidationPlan, Decided, Reason, Upgrade
from migration.consolidation.routing import route
from migration.plan import Plan
from tests.migration.consolidation.routing.estates import (
    DAY,
    carrier,
    decided,
    department,
    device,
    estate,
    item,
    line,
    link,
    plan_of,
)

MAY_USE = ("inventory", "migration.calendar", "migration.plan", "migration.consolidation.model")
STEP = {"bandwidth_mbps": 70, "fee_yuan_per_month": 900}


@dataclass(frozen=True)
class Sound:
    """A result without a finding: line m moves over link k, c with a backup of another carrier, and k is widened."""

    inventory: Inventory
    decisions: tuple[Decided, ...]
    plan: Plan
    result: ConsolidationPlan

    def found(self) -> set[tuple[str, str]]:
        """Rule and code of everything that is broken."""
        return {(one.rule, one.code) for one in check_routes(self.inventory, self.result, plan=self.plan)}

    def changed(self, name: str, **fields: Any) -> Sound:
        """With other values in the route of a line."""
        routes = tuple(one.model_copy(update=fields) if one.line == name else one for one in self.result.routes)
        return self.told(routes=routes)

    def told(self, **fields: Any) -> Sound:
        """With other values in the result."""
        return replace(self, result=self.result.model_copy(update=fields))

    def records(self, kind: str, id: str, **fields: Any) -> Sound:
        """With another value in a record."""
        known = dict(getattr(self.inventory, kind))
        known[id] = known[id].model_copy(update=fields)
        return replace(self, inventory=self.inventory.replace(**{kind: known}))


@cache
def sound() -> Sound:
    records = estate(
        devices=[device("d0"), device("d1"), device("d2")],
        departments=[department("x", "d0")],
        links=[
            link("k", "d0", "d1", 40, p95_mbps=2, upgrades=[STEP]),
            link("kb", "d0", "d2", 30, owner="cb"),
            link("kc", "d2", "d1", 30, owner="cb"),
        ],
        lines=[
            line("m", "department:x", "device:d1", 3000, max_latency_ms=9, growth_per_year=0.1),
            line("c", "department:x", "device:d1", 900, contract_end=DAY + dt.timedelta(days=50)),
        ],
        carriers=[carrier("ca", (50, 50), (100, 70)), carrier("cb", (50, 60))],
    )
    plan = plan_of(item("m", 1), item("c", 0, state="pinned"), item("s", 0, "replicate", links=("k",), rate_mbps=3.0))
    decisions = (decided("m", 10), decided("c", 10, "critical"))
    result = route(records, decisions, plan=plan)
    return Sound(records, decisions, plan, result)


def test_the_result_that_is_spoiled_below_is_sound() -> None:
    known = {one.line: one for one in sound().result.routes}
    assert sound().found() == set()
    assert (known["m"].links, known["m"].slot) == (("k",), 1)
    assert {known["c"].links, known["c"].backup_links} == {("k",), ("kb", "kc")}
    assert [one.link for one in sound().result.upgrades] == ["k"]


def without_money(case: Sound) -> set[tuple[str, str]]:
    return case.found() - {("S7", "cost")}


SPOILED: dict[str, tuple[Callable[[Sound], Sound], set[tuple[str, str]]]] = {
    "a link is dropped": (
        lambda s: s.changed("c", **{_longer(s): ("kb",)}), {("H7", "path-broken")}
    ),
    "a link is unknown": (lambda s: s.changed("m", links=("nothing",)), {("H7", "path-broken")}),
    "the backup is the primary path": (
        lambda s: s.changed("c", **{_longer(s): ("k",)}), {("H7", "link-shared"), ("H7", "same-carrier")}
    ),
    "the backup is gone": (
        lambda s: s.changed("c", backup_links=(), links=("k",), accesses=_of(s, "ca"), backup_accesses=_of(s, "cb")),
        {("H7", "path-broken"), ("H7", "backup-missing")},
    ),
    "both circuits are one carrier's": (
        lambda s: s.changed("c", accesses=_of(s, "ca"), backup_accesses=_of(s, "ca")), {("H7", "same-carrier")}
    ),
    "a circuit is missing": (lambda s: s.changed("m", accesses=()), {("H9", "circuit-missing")}),
    "a circuit is shrunk": (
        lambda s: s.records("carriers", "ca", prices=(*s.inventory.carriers["ca"].prices, _price(15, 1)))
        .changed("m", accesses=(_of(s, "ca")[0].model_copy(
            update={"bandwidth_mbps": 15, "fee_yuan_per_month": 1}),)),
        {("H9", "circuit-too-small")},
    ),
    "a circuit has a price of its own": (
        lambda s: s.changed("m", accesses=(_of(s, "ca")[0].model_copy(update={"fee_yuan_per_month": 49}),)),
        {("H9", "circuit-not-offered")},
    ),
    "a carrier does not come there": (
        lambda s: s.records("carriers", "cb", divisions=("15",)), {("H9", "circuit-unreached")}
    ),
    "a carrier withdraws": (
        lambda s: s.records("carriers", "ca", valid_to=DAY + dt.timedelta(days=99)), {("H9", "circuit-agreement")}
    ),
    "demand is added": (
        lambda s: s.told(decisions=tuple(one.model_copy(update={"demand_mbps": 22}) if one.id == "m" else one
                                         for one in s.result.decisions)),
        {("H7", "link-full")},
    ),
    "a link is used by others as well": (lambda s: s.records("links", "kc", p95_mbps=45), {("H7", "link-full")}),
    "an upgrade is left out": (lambda s: s.told(upgrades=()), {("H7", "link-full")}),
    "an upgrade comes too late": (
        lambda s: s.told(upgrades=(s.result.upgrades[0].model_copy(update={"slot": 2}),)), {("H7", "link-full")}
    ),
    "an upgrade is not on offer": (
        lambda s: s.told(upgrades=(*s.result.upgrades, Upgrade(link="kb", slot=0, bandwidth_mbps=200,
                                                               fee_yuan_per_month=1))),
        {("H7", "upgrade-not-offered")},
    ),
    "the path is too slow": (lambda s: s.records("lines", "m", max_latency_ms=2.5), {("H7", "too-slow")}),
    "a line starts before its cutover": (
        lambda s: s.changed("m", slot=0).told(upgrades=(s.result.upgrades[0].model_copy(update={"slot": 0}),)),
        {("H9", "before-cutover")},
    ),
    "a line starts after the horizon": (lambda s: s.changed("m", slot=4), {("H10", "outside-horizon")}),
    "a pinned line moves": (lambda s: s.changed("c", slot=2), {("H11", "pin-moved")}),
    "a route is left out": (
        lambda s: s.told(routes=tuple(one for one in s.result.routes if one.line != "m")), {("H9", "route-missing")}
    ),
    "a route is told twice": (
        lambda s: s.told(routes=(*s.result.routes, s.result.routes[0])), {("H9", "route-twice")}
    ),
    "a line moves and has no place": (
        lambda s: s.told(unplaced={"m": Reason(code="no-path")}), {("H9", "unplaced-moves")}
    ),
    "nobody asked for a route": (
        lambda s: s.told(decisions=tuple(one for one in s.result.decisions if one.id != "m")), {("H9", "route-unasked")}
    ),
}  # fmt: skip


def _longer(case: Sound) -> str:
    """Field of line c's route that holds the path of two links."""
    (found,) = [one for one in case.result.routes if one.line == "c"]
    return "links" if len(found.links) == 2 else "backup_links"


def _of(case: Sound, name: str) -> tuple[Any, ...]:
    """The circuit that a carrier has in line c's route."""
    (found,) = [one for one in case.result.routes if one.line == "c"]
    return tuple(access for access in (*found.accesses, *found.backup_accesses) if access.carrier == name)


def _price(mbps: float, fee: float) -> Any:
    return estate(carriers=[carrier("x", (mbps, fee))]).carriers["x"].prices[0]


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_spoiled_is_found_and_nothing_else(name: str) -> None:
    spoil, expected = SPOILED[name]
    assert without_money(spoil(sound())) == expected


def test_money_is_counted_again() -> None:
    told = sound().result.cost_yuan
    assert sound().told(cost_yuan=told - 5).found() == {("S7", "cost"), ("S7", "bound-above-cost")}
    assert sound().changed("m", slot=2).found() == {("S7", "cost")}
    bound = sound().told(bound_yuan=told + 5)
    assert bound.found() == {("S7", "bound-above-cost")}


def test_a_full_link_is_told_with_its_first_slot_and_figures() -> None:
    (found,) = [
        one
        for one in check_routes(sound().inventory, sound().told(upgrades=()).result, plan=sound().plan)
        if one.code == "link-full"
    ]
    # 2 of its own use, 10 of c, 10 of m grown by a tenth; half of 40 is kept free. The copy is over by then.
    assert found.data == {"link": "k", "slot": "2021-04-01", "used": 23.0, "most": 20.0}
    assert found.records == ("link:k",)


def test_the_verifier_imports_nothing_that_makes_routes() -> None:
    for file in Path(checker.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("migration", "inventory")):
                assert node.module.startswith((*MAY_USE, "migration.consolidation.check")), (file.name, node.module)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_has_words(language: str) -> None:
    codes = {code for _, expected in SPOILED.values() for _, code in expected}
    codes |= {"cost", "bound-above-cost", "upgrade-narrower", "upgrade-outside-horizon"}
    module = import_module(f"ui.texts.{language}.lines")
    told = {key.removeprefix("breach.") for key in module.TEXTS if key.startswith("breach.")}
    assert told == codes
