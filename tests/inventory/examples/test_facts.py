"""What made estates say of lines, rooms, evidence, teams and clouds: enough for plans of all five tracks, and sound."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path

import pytest

from inventory.effort import EffortTable
from inventory.examples import make_estate
from inventory.flows.decide import confirm
from inventory.inventory import Inventory
from inventory.kinds.clouds import Access, CloudTier, DockingState
from inventory.kinds.people import Skill
from inventory.kinds.rooms import RoomIntention
from inventory.kinds.systems import DependencySource, EvidenceKind, ReachesBy, Transfer
from inventory.load import load_estate
from inventory.selectors import parse_selector

EXAMPLES = Path(__file__).parents[3] / "examples"
TRACKS = ("system", "device", "line", "private_network", "internet_exit", "room", "cloud", "pool")
GOING = ("move", "end", "internal_network")


@pytest.fixture(scope="module", params=[("shanxi", 900, 1), ("kaifeng", 400, 1), ("shanxi", 150, 2)])
def estate(request: pytest.FixtureRequest) -> Inventory:
    return make_estate(*request.param)


def outcomes(estate: Inventory, kind: str) -> Counter[str]:
    decided = (record.decisions.outcome for record in estate.of(kind).values())  # type: ignore[union-attr]
    return Counter(decision.value if decision else "" for decision in decided)


def test_nearly_all_lines_are_decided_and_most_go(estate: Inventory) -> None:
    found = outcomes(estate, "line")
    assert found[""] <= 0.1 * found.total()
    assert sum(found[outcome] for outcome in GOING) >= 0.8 * found.total()
    assert found["move"] > found["end"] > 0


def test_decisions_say_why_who_and_when(estate: Inventory) -> None:
    for kind in ("line", "private_network", "internet_exit"):
        for record in estate.of(kind).values():
            decision = record.decisions.outcome  # type: ignore[union-attr]
            if decision is not None:
                assert decision.reason
                assert decision.role
                assert decision.date is not None
                assert decision.date < estate.estate.as_of


def test_what_a_room_that_closes_holds_goes(estate: Inventory) -> None:
    closing = {f"room:{id}" for id, room in estate.rooms.items() if room.intention is RoomIntention.CLOSE}
    assert closing
    for line in estate.lines.values():
        if closing.intersection((line.a, line.b)):
            assert line.decisions.outcome is not None
            assert line.decisions.outcome.value in GOING
    for system in estate.systems.values():
        if system.runs_in in closing:
            assert system.decisions.disposition is None
            assert not estate.departments[system.department].politics_and_law


def test_a_line_ends_at_once_only_where_its_systems_leave(estate: Inventory) -> None:
    for line in estate.lines.values():
        if line.decisions.outcome is not None and line.decisions.outcome.value == "end":
            for id in line.systems:
                system = estate.systems[id]
                assert system.decisions.disposition is None
                assert not estate.departments[system.department].politics_and_law


def test_the_city_connects_all_its_private_networks() -> None:
    city = make_estate("kaifeng", 400, 1)
    for network in city.private_networks.values():
        assert network.decisions.outcome is not None
        assert network.decisions.outcome.value == ("internal_network" if network.mixed_classification else "move")


def test_much_of_the_evidence_is_there_and_some_is_missing(estate: Inventory) -> None:
    asked = {EvidenceKind.FILING, EvidenceKind.ASSESSMENT, EvidenceKind.SCAN}
    graded = [system for system in estate.systems.values() if (system.grade or 0) >= 3 and system.runs_in]
    complete = [system for system in graded if {item.kind for item in system.evidence} == asked]
    assert 0.25 * len(graded) < len(complete) < 0.75 * len(graded)
    for system in graded:
        for item in system.evidence:
            assert item.date is not None
            assert item.date < estate.estate.as_of < (item.valid_until or dt.date.max)


def test_every_object_has_one_team_that_can_do_the_work(estate: Inventory) -> None:
    for kind in TRACKS:
        served = Counter(
            id for team in estate.teams.values() for id in parse_selector(team.serves).select(estate, kind)
        )
        assert set(served) == set(estate.of(kind)), kind
        assert set(served.values()) == {1}
    assert all(set(team.skills) == set(Skill) for team in estate.teams.values())


def test_teams_can_do_in_the_horizon_what_there_is_to_do(estate: Inventory) -> None:
    """Counted for what is surely done: all steps of devices, and cutovers of all other systems and lines."""
    table, slots = EffortTable(estate), estate.estate.grid.count
    steps = {
        "device": [("network", step) for step in ("assessed", "addressed", "routing", "service", "security")],
        "line": [("line", step) for step in ("path_ready", "cutover", "terminated")],
        "system": [("system", step) for step in ("prepare", "cutover", "verify", "decommission")],
    }
    for team in estate.teams.values():
        needed: Counter[Skill] = Counter()
        for kind, named in steps.items():
            for id in parse_selector(team.serves).select(estate, kind):
                for track, step in named:
                    needed.update(table.of(track, step, kind, id).skills)
        for skill, days in needed.items():
            assert days < team.skills[skill] * slots


def test_devices_and_lines_have_nights_of_their_own_and_freezes(estate: Inventory) -> None:
    for kind in ("device", "line", "room"):
        for records in (estate.windows, estate.freezes):
            chosen = [parse_selector(record.selector).select(estate, kind) for record in records.values()]
            assert any(len(selected) == len(estate.of(kind)) for selected in chosen), kind


def test_every_device_is_linked(estate: Inventory) -> None:
    linked = {id for link in estate.links.values() for id in (link.a_device, link.b_device)}
    assert linked == set(estate.devices)


def test_the_province_builds_requests_docks_and_ships() -> None:
    estate = make_estate("shanxi", 900, 1)
    as_of = estate.estate.as_of
    later = [pool for pool in estate.pools.values() if all(step.start and step.start > as_of for step in pool.capacity)]
    assert [estate.clouds[pool.cloud].tier for pool in later] == [CloudTier.CITY]
    assert any(cloud.access is Access.REQUEST_FORM and cloud.lead_time_days == 10 for cloud in estate.clouds.values())
    for tier in (CloudTier.INDUSTRY, CloudTier.CITY):
        states = {cloud.docking.state for cloud in estate.clouds.values() if cloud.tier is tier}
        assert states == {DockingState.PLANNED, DockingState.DOCKED}
    assert any(system.transfer is Transfer.SHIPPED for system in estate.systems.values())
    assert 10 < sum(system.needs_ipv6 == "at_cutover" for system in estate.systems.values()) < 60


def test_observed_dependencies_stand_where_people_confirm_them(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "shanxi", tmp_path / "province")
    loaded = load_estate(tmp_path / "province", cache=False)
    waiting = [id for id, one in loaded.inventory.dependencies.items() if one.source is DependencySource.OBSERVED]
    assert len(waiting) > 100
    assert [found.data["count"] for found in loaded.problems if found.code == "observed-unconfirmed"] == [len(waiting)]
    confirm(loaded.inventory, waiting[0], reaches_by=ReachesBy.NAME)
    changed = load_estate(tmp_path / "province", cache=False).inventory.dependencies[waiting[0]]
    assert (changed.source, changed.reaches_by) == (DependencySource.CONFIRMED, ReachesBy.NAME)


def test_the_citys_clients_reach_by_address_by_name_and_by_what_nobody_knows() -> None:
    city = load_estate(EXAMPLES / "kaifeng", cache=False).inventory
    ways = Counter(dependency.reaches_by for dependency in city.dependencies.values())
    assert min(ways[way] for way in ReachesBy) > 100
