"""A division's own part and the prefixes of the divisions below it never overlap, whatever the settings leave out."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Network
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inventory.addressing_settings import AddressingSettings
from inventory.checks.addressing import check_addressing
from inventory.inventory import Inventory
from inventory.kinds.network import Prefix
from inventory.problems import Severity
from network.addressing import Addresses, plan_addresses
from network.addressing.check import check_plan, overlaps
from network.addressing.model import Assignment
from network.errors import AddressingError
from tests.network.addressing.estates import ALLOCATION, BLOCKS, DIVISIONS, LEVELS, addressing, estate, router
from tests.network.addressing.test_growth import STEPS, assert_kept, grown, written

WITHOUT = [{name: value for name, value in row.items() if name != "own_length"} for row in LEVELS]
TOWN = {"id": "140105100", "code": "140105100", "level": "township"}


def lan(id: str, division: str, number: int) -> dict[str, Any]:
    return router(id, division, number, interfaces=[{"name": "lan", "addresses": [f"10.14.{number}.1/24"]}])


def joined() -> Inventory:
    """A county and its first township, each with a segment of users, the county with a link to its city."""
    up = {"name": "up", "addresses": ["10.240.0.2/30"]}
    devices = [lan("city", "140100", 1), lan("county", "140105", 2), lan("town", "140105100", 3)]
    devices[0]["interfaces"].append({"name": "a", "addresses": ["10.240.0.1/30"]})
    devices[1]["interfaces"] += [up, {"name": "b", "addresses": ["10.240.0.5/30"]}]
    devices[2]["interfaces"].append({"name": "up", "addresses": ["10.240.0.6/30"]})
    links = [
        {"id": "ab", "a_device": "city", "a_interface": "a", "b_device": "county", "b_interface": "up"},
        {"id": "bc", "a_device": "county", "a_interface": "b", "b_device": "town", "b_interface": "up"},
    ]
    return estate(
        {"division": [*DIVISIONS, TOWN], "device": devices, "link": [{**each, "bandwidth_mbps": 10} for each in links]},
        addressing(levels=WITHOUT),
    )


def by_id(addresses: Addresses) -> dict[str, str]:
    return {each.id: str(each.prefix) for each in addresses.prefixes}


def test_a_county_and_its_first_township_have_segments_and_links_of_their_own() -> None:
    inventory = joined()
    planned = plan_addresses(inventory)
    found = by_id(planned)
    assert found["v6.users.own.140105"] == "3fff:148:105::/56"
    assert found["v6.users.division.140105100"] == "3fff:148:105:8000::/56"
    assert found["v6.users.segment.10.14.2.0_24"] == "3fff:148:105::/64"
    assert found["v6.users.segment.10.14.3.0_24"] == "3fff:148:105:8000::/64"
    assert found["v6.link.link.ab"] == "3fff:141:105::/127"
    assert found["v6.link.link.bc"] == "3fff:141:105:8000::/127"
    assert_apart(inventory, planned)
    assert [each.code for each in check_plan(inventory, planned) if each.severity is Severity.ERROR] == []


def test_the_part_follows_from_the_settings_and_not_from_the_divisions_there_are() -> None:
    found = by_id(plan_addresses(estate({}, addressing(levels=WITHOUT))))
    assert [found[f"v6.users.own.{id}"] for id in ("140000", "140100", "140105")] == [
        "3fff:148::/40", "3fff:148:100::/48", "3fff:148:105::/56",
    ]  # fmt: skip
    assert "v6.users.own.140105" not in by_id(plan_addresses(estate({}, addressing(levels=WITHOUT[:3]))))


def test_a_root_without_a_row_keeps_a_part_for_itself_too() -> None:
    inventory = estate({"device": [lan("top", "140000", 1), lan("city", "140100", 2)]}, addressing(levels=WITHOUT[1:]))
    planned = plan_addresses(inventory)
    assert by_id(planned)["v6.users.own.140000"] == "3fff:148::/40"
    assert_apart(inventory, planned)


@pytest.mark.parametrize("department_length", [52, 56])
def test_a_part_without_room_for_departments_is_an_error_at_its_level(department_length: int) -> None:
    levels = [*WITHOUT[:2], {**WITHOUT[2], "department_length": department_length}, WITHOUT[3]]
    inventory = estate({}, addressing(levels=levels))
    found = [(each.code, each.path, each.data["outer"]) for each in check_addressing(inventory)]
    assert found == [("addressing-lengths", "settings.addressing.levels.2.department_length", 56)]
    with pytest.raises(AddressingError, match=r"levels\.2\.department_length"):
        plan_addresses(inventory)


def record(id: str, prefix: str, purpose: str, division: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "prefix": prefix, "purpose": purpose, "division": division, **fields}


def test_what_was_written_with_the_whole_prefix_as_own_part_stays_and_new_things_keep_off() -> None:
    """Rows as they were written when a county without ``own_length`` had all of its prefix, its township inside."""
    county, town = "140105", "140105100"
    rows = [
        record("v6.users.division.140105", "3fff:148:105::/48", "users", county, pair="four"),
        record("v6.users.division.140105100", "3fff:148:105::/56", "users", town),
        record("v6.users.segment.10.14.3.0_24", "3fff:148:105::/64", "users", town, site="10.14.3.0/24"),
        record("v6.link.division.140105", "3fff:141:105::/48", "link", county, aggregate=True),
        record("v6.link.division.140105100", "3fff:141:105::/56", "link", town, aggregate=True),
        record("v6.link.link.bc", "3fff:141:105::/127", "link", town, site="bc"),
        record("four", "10.14.0.0/16", "users", county),
    ]
    plain = joined()
    old = plain.replace(prefixes={row["id"]: Prefix.model_validate(row) for row in rows})
    planned = plan_addresses(old)
    found = by_id(planned)
    assert {row["id"]: row["prefix"] for row in rows if ":" in row["prefix"]}.items() <= found.items()
    assert found["v6.users.own.140105"] == "3fff:148:105:100::/56"
    assert found["v6.users.segment.10.14.2.0_24"] == "3fff:148:105:100::/64"
    assert found["v6.link.link.ab"] == "3fff:141:105:100::/127"
    whole = next(each for each in planned.prefixes if each.id == "v6.users.division.140105")
    assert (whole.aggregate, whole.pair) == (False, "four")
    assert_kept(planned, plan_addresses(written(old, planned)))


def test_the_own_part_is_no_record_below_its_level() -> None:
    inventory = joined()
    kept = written(inventory, plan_addresses(inventory))
    assert [each.code for each in check_addressing(kept)] == []
    assert by_id(plan_addresses(kept)) == by_id(plan_addresses(inventory))


def test_records_of_two_allocations_keep_their_names_in_any_order() -> None:
    more = {"prefix": "3fff:240::/28", "division": "140000"}
    first = estate({}, addressing(levels=WITHOUT, allocations=[ALLOCATION, more]))
    planned = plan_addresses(first)
    kept = written(first, planned)
    again = plan_addresses(kept)
    assert sorted(by_id(again).items()) == sorted(by_id(planned).items())
    assert len(again.prefixes) == len(planned.prefixes)
    turned = estate({}, addressing(levels=WITHOUT, allocations=[more, ALLOCATION])).replace(prefixes=kept.prefixes)
    assert by_id(planned).items() <= by_id(plan_addresses(turned)).items()


# ---- over random estates and settings --------------------------------------------------------------------------------


@st.composite
def layouts(draw: st.DrawFn) -> AddressingSettings:
    """Settings that contradict nothing, each length at random, the own part given or not, levels left out."""
    levels: list[dict[str, Any]] = []
    length = 32
    names = [name for name in ("province", "city", "county", "township") if name == "province" or draw(st.booleans())]
    for number, name in enumerate(names):
        step = draw(st.sampled_from((4, 8)))
        row: dict[str, Any] = {"level": name, "length": length, "reserve": 0.25}
        row["by"] = draw(st.sampled_from(("code", "order")))
        own = min(60, length + draw(st.sampled_from((4, 8)))) if draw(st.booleans()) else None
        if own is not None:
            row["own_length"] = own
        inner = own or (length + step if number + 1 < len(names) else length)
        row["department_length"] = min(64, inner + draw(st.sampled_from((4, 8))))
        if row["department_length"] < 60 and draw(st.booleans()):
            row["site_length"] = row["department_length"] + 4
        levels.append(row)
        length += step
    growth = draw(st.sampled_from(("leftmost", "rightmost")))
    blocks = [{**row, "length": 60 if row["purpose"] == "pool" else row["length"]} for row in BLOCKS]
    first = draw(st.integers(0, 1))
    rows = levels[first:] if len(levels) > 1 else levels
    return addressing(levels=rows, growth=growth, blocks=blocks)


def assert_apart(inventory: Inventory, addresses: Addresses) -> None:
    """No prefix lies in another, but for those in what is handed down to them and those in what is their own."""
    listed = sorted(addresses.prefixes, key=lambda each: each.block)
    for place, outer in enumerate(listed):
        for inner in listed[place + 1 :]:
            if inner.block.first > outer.block.last:
                break
            assert holds(inventory, outer, inner), (outer, inner)
    every = [each.ip for listed in addresses.interfaces.values() for each in listed]
    every += addresses.loopbacks.values()
    assert len(every) == len(set(every))


def test_the_check_finds_a_township_in_the_part_that_its_county_uses() -> None:
    inventory = joined()
    planned = plan_addresses(inventory).prefixes
    assert list(overlaps(inventory, planned)) == []
    own = next(each for each in planned if each.id == "v6.users.own.140105")
    moved = [
        replace(each, block=own.block.part(1, own.block.length + 4))
        if each.id == "v6.users.division.140105100"
        else each
        for each in planned
    ]
    assert (own.id, "v6.users.division.140105100") in {(one.id, other.id) for one, other in overlaps(inventory, moved)}


def holds(inventory: Inventory, outer: Assignment, inner: Assignment) -> bool:
    networks: tuple[IPv6Network, IPv6Network] = (outer.prefix, inner.prefix)
    if networks[0] == networks[1] or outer.purpose is not inner.purpose:
        return False
    if outer.aggregate:
        return outer.division in inventory.lineage(inner.division or "")
    if outer.division != inner.division:  # divisions of levels without a row share the part of the one above
        settings = inventory.estate.settings.addressing
        assert settings is not None
        rows = {row.level for row in settings.levels}
        if inner.division is None or inventory.divisions[inner.division].level in rows or outer.department is not None:
            return False
        between = inventory.lineage(inner.division)
        return outer.division in between and not any(
            inventory.divisions[id].level in rows for id in between[: between.index(outer.division)]
        )
    if outer.site:
        return inner.site.startswith(f"{outer.site}/")
    return outer.department is None or outer.department == inner.department


PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
steps = st.lists(
    st.tuples(st.sampled_from((*STEPS, "township", "device", "users")), st.integers(0, 10_000), st.integers(0, 1000)),
    min_size=1,
    max_size=20,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)
@given(layouts(), steps, st.integers(0, 20))
def test_no_two_prefixes_overlap(layout: AddressingSettings, growth: list[tuple[str, int, int]], at: int) -> None:
    """Planned at once, and planned, written at some moment and grown."""
    exits = [lan(f"exit-{id}", id, number) | {"role": "exit"} for number, id in enumerate(("140000", "140105"), 250)]
    clouds = [{"id": f"yun-{id}", "tier": "city", "division": id} for id in ("140000", "140100")]
    pools = [{"id": f"{each['id']}-a", "cloud": each["id"]} for each in clouds]
    start = {"device": [router("core", "140000", 249), *exits], "cloud": clouds, "pool": pools}
    fresh = kept = estate(start, layout)
    for number, (step, draw, place) in enumerate(growth):
        if number == at:
            kept = written(kept, plan_addresses(kept))
        fresh, kept = grown(fresh, step, draw, place, number), grown(kept, step, draw, place, number)
    assert_apart(fresh, plan_addresses(fresh))
    assert_apart(kept, plan_addresses(kept))
