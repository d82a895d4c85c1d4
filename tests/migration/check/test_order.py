"""H1 and H2 on small estates: a sound plan, and one change that breaks exactly the rules named."""

from __future__ import annotations

from typing import Any

import pytest

from migration.check import check_plan
from migration.plan import item_id
from tests.migration.check.builder import (
    Draft,
    broken,
    case,
    window_of,
)


def pair(**dependency: Any) -> Draft:
    """Client b needs provider a."""
    return Draft().system("a").system("b").needs("b", "a", **dependency)


@pytest.mark.parametrize(("provider", "client"), [(0, 0), (0, 3), (2, 2)])
def test_a_provider_moves_no_later_than_its_client(provider: int, client: int) -> None:
    assert broken(case(pair(), {"a": (provider, "city-a"), "b": (client, "prov")})) == ()


def test_a_provider_after_its_client_breaks_h1() -> None:
    found = case(pair(), {"a": (2, "city-a"), "b": (1, "city-a")})
    assert broken(found) == ("H1",)
    (violation,) = check_plan(*found).violations
    assert violation.items == (item_id("b"), item_id("a"))
    assert violation.records == ("dependency:b>a:call",)
    assert violation.data["provider_slot"] == "2021-W03"


@pytest.mark.parametrize(
    "weaker",
    [
        {"strength": "soft"},
        {"order": "none"},
        {"source": "observed"},
        {"source": "observed", "rejected": True},
        {"rejected": True},
    ],
)
def test_what_does_not_order_cutovers(weaker: dict[str, Any]) -> None:
    assert broken(case(pair(**weaker), {"a": (2, "city-a"), "b": (1, "city-a")})) == ()


def test_a_confirmed_dependency_orders() -> None:
    assert broken(case(pair(source="confirmed"), {"a": (2, "city-a"), "b": (1, "city-a")})) == ("H1",)


def test_dependencies_between_components_order_their_systems() -> None:
    draft = Draft().system("a").system("b").needs("b/app", "a/app").needs("a/app", "a")
    assert broken(case(draft, {"a": (2, "city-a"), "b": (1, "city-a")})) == ("H1",)


def test_a_provider_that_stays_orders_nothing() -> None:
    assert broken(case(pair(), {"b": (1, "city-a")}, stay=["a"])) == ()
    outside = Draft().system("b").add("external_object", id="x").needs("b", "external_object:x")
    assert broken(case(outside, {"b": (1, "city-a")})) == ()


def test_a_client_without_its_provider_breaks_h1() -> None:
    assert broken(case(pair(), {"b": (1, "city-a")}, unplanned=["a"])) == ("H1",)
    assert broken(case(pair(), {"a": (1, "city-a")}, unplanned=["b"])) == ()


@pytest.mark.parametrize(("a", "b"), [(1, 2), (2, 1)])
def test_together_means_the_same_slot(a: int, b: int) -> None:
    draft = pair(order="together")
    assert broken(case(draft, {"a": (1, "city-a"), "b": (1, "prov")})) == ()
    assert broken(case(draft, {"a": (a, "city-a"), "b": (b, "city-a")})) == ("H1", "H2")


def ring(size: int) -> Draft:
    draft = Draft()
    for number in range(size):
        draft.system(f"s{number}", vcpu=0).needs(f"s{number}", f"s{(number + 1) % size}")
    return draft


def test_a_cycle_moves_in_one_slot() -> None:
    places = {f"s{number}": (3, "prov") for number in range(5)}
    assert broken(case(ring(5), places)) == ()
    assert broken(case(ring(5), places | {"s2": (2, "prov")})) == ("H1", "H2")


def test_a_cycle_of_a_thousand_is_read() -> None:
    draft = ring(1000)
    for pool in ("city-a", "city-b", "prov"):
        draft.change("pool", pool, capacity=[{"vcpu": 9999, "memory_gib": 9999, "storage_gib": 9999}])
    draft.settings["wave_size"] = {"max": 2000}
    places = {f"s{number}": (3, "prov") for number in range(1000)}
    assert broken(case(draft, places)) == ()
    assert broken(case(draft, places | {"s500": (4, "prov")})) == ("H1", "H2")


def test_a_declared_group_moves_in_one_slot() -> None:
    draft = Draft().system("a").system("b").system("c").add("move_group", id="g", systems=["a", "b", "gone"])
    together = {"a": (1, "city-a"), "b": (1, "prov"), "c": (4, "prov")}
    assert broken(case(draft, together)) == ()
    split = case(draft, together | {"b": (2, "prov")})
    assert broken(split) == ("H2",)
    assert "move_group:g" in check_plan(*split).violations[0].records
    assert broken(case(draft, {"a": (1, "city-a"), "c": (4, "prov")}, unplanned=["b"])) == ("H2",)
    assert broken(case(draft, {"c": (4, "prov")}, unplanned=["a", "b"])) == ()
    assert broken(case(draft, {"a": (1, "city-a"), "c": (4, "prov")}, stay=["b"])) == ()


def test_several_rules_at_once_are_all_named() -> None:
    draft = pair(order="together").limit("cloud", 0).change("pool", "city-a", capacity=[])
    start, minutes = window_of(3)
    wrong = case(
        draft,
        {"a": (1, "city-a"), "b": (2, "city-a")},
        fields={"a": {"window_start": start, "window_minutes": minutes}},
    )
    assert broken(wrong) == ("H1", "H2", "H4", "H6", "H8")
