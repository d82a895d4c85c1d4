"""What is added never changes what is there: over random growth, of plans that were written and of others."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inventory.inventory import Inventory
from inventory.kinds.network import Device, Link, Prefix, PrefixPurpose
from inventory.kinds.rooms import Room
from inventory.kinds.territory import Department, Division
from inventory.problems import Severity
from network.addressing import Addresses, plan_addresses
from network.addressing.check import check_plan
from network.addressing.write import changes_of
from tests.network.addressing.estates import addressing, estate, inserted, router

SETTINGS = addressing()
STEPS = ("city", "county", "township", "zone", "department", "room", "device", "users")


def start() -> Inventory:
    return estate({"device": [router("core", "140000", 1)]}, SETTINGS)


def grown(inventory: Inventory, step: str, draw: int, place: int, number: int) -> Inventory:
    """One thing more, at some place of the order."""
    of_level = {
        level: [id for id, each in inventory.divisions.items() if each.level == level and each.code is not None]
        for level in ("city", "county", "township")
    }
    cities, counties = of_level["city"], of_level["county"]
    match step:
        case "city":
            return with_division(inventory, f"14{draw % 98 + 1:02d}00", "city", place)
        case "county":
            return with_division(
                inventory, f"{cities[draw % len(cities)][:4]}{draw // 7 % 98 + 1:02d}", "county", place
            )
        case "township":
            return with_division(
                inventory, f"{counties[draw % len(counties)]}{draw // 7 % 999 + 1:03d}", "township", place
            )
        case "zone":
            parent = (cities + counties)[draw % len(cities + counties)]
            level = "county" if parent in cities else "township"
            zone = Division(id=f"zone-{number}", level=level, parent=parent, functional_zone=True)  # type: ignore[arg-type]
            return inventory.replace(divisions=inserted(inventory.divisions, zone.id, zone, place))
    places = list(inventory.divisions)
    division = places[draw % len(places)]
    level = inventory.divisions[division].level
    match step:
        case "department":
            department = Department(id=f"d-{number}", division=division)
            return inventory.replace(departments=inserted(inventory.departments, department.id, department, place))
        case "room" if inventory.departments:
            owner = list(inventory.departments.values())[draw % len(inventory.departments)]
            room = Room(id=f"r-{number}", department=owner.id, division=owner.division, intention="keep")  # type: ignore[arg-type]
            return inventory.replace(rooms=inserted(inventory.rooms, room.id, room, place))
        case "device":
            above = list(inventory.devices)[draw % len(inventory.devices)]
            return with_device(inventory, number, division, level, above, place)
        case "users":
            network = f"10.{number}.{draw % 256}.0/24"
            prefix = Prefix(id=f"v4-{number}", prefix=network, purpose=PrefixPurpose.USERS, division=division)
            return inventory.replace(prefixes=inserted(inventory.prefixes, prefix.id, prefix, place))
    return inventory


def with_division(inventory: Inventory, code: str, level: Any, place: int) -> Inventory:
    if code in inventory.divisions:
        return inventory
    return inventory.replace(
        divisions=inserted(inventory.divisions, code, Division(id=code, code=code, level=level), place)
    )


def with_device(inventory: Inventory, number: int, division: str, level: Any, above: str, place: int) -> Inventory:
    """A device with a link up and a segment of users."""
    id, base = f"dev-{number}", f"10.240.{number}"
    upper = inventory.devices[above]
    downward = {"name": f"to-{id}", "addresses": [f"{base}.1/30"]}
    lan = {"name": "lan", "addresses": [f"10.200.{number}.1/24"]}
    device = Device.model_validate(
        {"id": id, "division": division, "level": level, "role": "access", "loopbacks": [f"10.252.0.{number + 2}"],
         "interfaces": [{"name": "up", "addresses": [f"{base}.2/30"]}, lan]}
    )  # fmt: skip
    link = Link(
        id=f"l-{number}", a_device=id, a_interface="up", b_device=above, b_interface=f"to-{id}", bandwidth_mbps=100
    )
    wider = Device.model_validate(upper.model_dump() | {"interfaces": [*upper.model_dump()["interfaces"], downward]})
    devices = {name: wider if name == above else each for name, each in inventory.devices.items()}
    return inventory.replace(
        devices=inserted(devices, id, device, place), links=inserted(inventory.links, link.id, link, place)
    )


def written(inventory: Inventory, addresses: Addresses) -> Inventory:
    """The estate after the plan was written into it."""
    changes = changes_of(inventory, addresses)
    devices = {
        id: Device.model_validate(each.model_dump() | dict(changes.devices.get(id, {})))
        for id, each in inventory.devices.items()
    }
    pairs = {id: inventory.prefixes[id].model_copy(update={"pair": pair}) for id, pair in changes.pairs.items()}
    new = {each.id: each for each in changes.prefixes}
    return inventory.replace(prefixes={**inventory.prefixes, **pairs, **new}, devices=devices)


def assert_kept(before: Addresses, after: Addresses) -> None:
    prefixes = {each.id: each.prefix for each in after.prefixes}
    assert {each.id: each.prefix for each in before.prefixes}.items() <= prefixes.items()
    assert before.loopbacks.items() <= after.loopbacks.items()
    assert before.interfaces.items() <= after.interfaces.items()
    for vpn, pairs in before.pairs_of_vpn.items():
        assert pairs.items() <= after.pairs_of_vpn[vpn].items()


def assert_sound(inventory: Inventory, addresses: Addresses) -> None:
    errors = [found for found in check_plan(inventory, addresses) if found.severity is Severity.ERROR]
    assert {found.code for found in errors} <= {"addresses-exhausted"}, [found.message for found in errors]


def steps_of(*kinds: str) -> st.SearchStrategy[list[tuple[str, int, int]]]:
    """What is added, of whom, and at which place of the order."""
    step = st.tuples(st.sampled_from(kinds), st.integers(0, 10_000), st.integers(0, 1000))
    return st.lists(step, min_size=1, max_size=14)


PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
slow = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=PHASES)


@slow
@given(steps_of(*STEPS))
def test_a_written_plan_never_changes(growth: list[tuple[str, int, int]]) -> None:
    inventory = start()
    for number, (step, draw, place) in enumerate(growth):
        before = plan_addresses(inventory)
        inventory = grown(written(inventory, before), step, draw, place, number)
        after = plan_addresses(inventory)
        assert_kept(before, after)
        assert_sound(inventory, after)


@slow
@given(steps_of(*STEPS))
def test_writing_changes_nothing_and_repeating_neither(growth: list[tuple[str, int, int]]) -> None:
    inventory = start()
    for number, (step, draw, place) in enumerate(growth):
        inventory = grown(inventory, step, draw, place, number)
    planned = plan_addresses(inventory)
    assert plan_addresses(inventory) == planned
    kept = written(inventory, planned)
    again = plan_addresses(kept)
    assert_kept(planned, again)
    assert len(again.prefixes) == len(planned.prefixes)
    assert changes_of(kept, again).empty


BY_CODE = addressing(
    levels=[
        {"level": "province", "length": 32, "own_length": 40, "department_length": 52, "reserve": 0.25},
        {"level": "city", "length": 40, "own_length": 48, "department_length": 56, "reserve": 0.25},
        {"level": "county", "length": 48, "own_length": 60, "department_length": 64, "reserve": 0.25},
        {"level": "township", "length": 60, "by": "code", "department_length": 64, "reserve": 0.25},
    ]
)


@slow
@given(steps_of("city", "county", "township", "zone", "department", "room", "device"))
def test_a_plan_that_was_not_written_keeps_what_is_there(growth: list[tuple[str, int, int]]) -> None:
    """Divisions with a code may be put in anywhere; other things behind those that are there."""
    inventory = estate({"device": [router("core", "140000", 1)]}, BY_CODE)
    for number, (step, draw, place) in enumerate(growth):
        before = plan_addresses(inventory)
        at = place if step in ("city", "county", "township") else -1
        inventory = grown(inventory, step, draw, at, number)
        after = plan_addresses(inventory)
        assert_kept(before, after)
        assert_sound(inventory, after)
