"""Made estates: sound at any size and seed, the same for the same arguments, of the shape they promise."""

from __future__ import annotations

import filecmp
import json
import os
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.errors import InputError
from inventory.examples import LIKES, ExampleError, Sketch, make_estate, make_sketch, write_estate, write_sketch
from inventory.inventory import Inventory, end_of
from inventory.kinds.clouds import Cloud, CloudTier, Intention
from inventory.kinds.systems import DependencyOrder, DependencySource, Strength
from inventory.kinds.territory import Level
from inventory.load import load_estate
from inventory.problems import Severity

SMALL = [
    ("shanxi", 5, 1),
    ("shanxi", 7, 2),
    ("shanxi", 31, 3),
    ("shanxi", 400, 4),
    ("kaifeng", 5, 1),
    ("kaifeng", 44, 2),
    ("kaifeng", 300, 3),
]
LARGEST_GROUP = 6


@pytest.fixture(scope="module")
def province() -> Inventory:
    return make_estate("shanxi", 900, 1)


@pytest.fixture(scope="module")
def city() -> Inventory:
    return make_estate("kaifeng", 400, 1)


@pytest.mark.parametrize(("like", "systems", "seed"), SMALL)
def test_an_estate_checks_clean(tmp_path: Path, like: str, systems: int, seed: int) -> None:
    write_sketch(make_sketch(like, systems, seed), tmp_path)
    loaded = load_estate(tmp_path, cache=False)
    assert [found for found in loaded.problems if found.severity is not Severity.NOTE] == []
    assert not loaded.quarantined
    assert len(loaded.inventory.systems) == systems


@given(st.sampled_from(LIKES), st.integers(5, 60), st.integers(0, 10_000))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_small_estate_checks_clean(
    tmp_path_factory: pytest.TempPathFactory, like: str, systems: int, seed: int
) -> None:
    path = tmp_path_factory.mktemp("estate")
    write_sketch(make_sketch(like, systems, seed), path)
    assert [found for found in load_estate(path, cache=False).problems if found.severity is not Severity.NOTE] == []


def test_what_is_written_is_what_was_made(tmp_path: Path) -> None:
    made = make_estate("shanxi", 60, 5)
    write_estate(made, tmp_path)
    read = load_estate(tmp_path, cache=False).inventory
    assert read.estate == made.estate
    for kind in made.counts:
        assert dict(read.of(kind)) == dict(made.of(kind)), kind


@pytest.mark.parametrize("like", LIKES)
def test_the_same_seed_gives_the_same_files_both_ways(tmp_path: Path, like: str) -> None:
    write_sketch(make_sketch(like, 80, 3), tmp_path / "streamed")
    write_estate(make_estate(like, 80, 3), tmp_path / "written")
    streamed, written = tmp_path / "streamed", tmp_path / "written"
    names = sorted(str(path.relative_to(streamed)) for path in streamed.rglob("*") if path.is_file())
    assert names == sorted(str(path.relative_to(written)) for path in written.rglob("*") if path.is_file())
    same, different, failed = filecmp.cmpfiles(tmp_path / "streamed", tmp_path / "written", names, shallow=False)
    assert (sorted(same), different, failed) == (names, [], [])


def test_another_seed_gives_another_estate() -> None:
    assert make_estate("shanxi", 40, 1).systems != make_estate("shanxi", 40, 2).systems


def test_the_province_has_real_divisions(province: Inventory) -> None:
    levels = Counter(division.level for division in province.divisions.values() if not division.functional_zone)
    assert (levels[Level.PROVINCE], levels[Level.CITY], levels[Level.COUNTY]) == (1, 11, 117)
    assert sum(division.functional_zone for division in province.divisions.values()) == 4
    assert (province.divisions["140100"].name, province.divisions["140105"].name) == ("太原市", "小店区")


def test_the_city_has_nine_coded_counties_and_a_functional_zone(city: Inventory) -> None:
    counties = [division for division in city.divisions.values() if division.level is Level.COUNTY]
    assert sorted(division.code is None for division in counties) == [False] * 9 + [True]
    assert sum(department.division == "410200" for department in city.departments.values()) == 42
    assert len(city.carriers) == 3


def test_the_province_has_the_size_of_the_plan(province: Inventory) -> None:
    tiers = Counter(cloud.tier for cloud in province.clouds.values() if cloud.intention is Intention.TARGET)
    assert tiers == {CloudTier.PROVINCIAL: 1, CloudTier.INDUSTRY: 5, CloudTier.CITY: 11}
    assert sum(department.division == "140000" for department in province.departments.values()) == 114
    counts = province.counts
    assert {kind: counts[kind] for kind in ("system", "room", "private_network", "line")} == {
        "system": 900, "room": 100, "private_network": 60, "line": 600,
    }  # fmt: skip


def test_the_backbone_has_the_bandwidth_of_the_plan(province: Inventory) -> None:
    level = {id: device.level for id, device in province.devices.items()}
    backbone = Counter(
        (*sorted((level[link.a_device].value, level[link.b_device].value)), link.bandwidth_mbps)
        for link in province.links.values()
        if level[link.a_device] is not level[link.b_device]
    )
    assert set(backbone) == {("city", "province", 1000), ("city", "county", 1000), ("county", "township", 100)}


def test_every_department_reaches_the_management_root(province: Inventory) -> None:
    network: nx.Graph[str] = nx.Graph()
    network.add_edges_from((link.a_device, link.b_device) for link in province.links.values())
    root = province.estate.settings.management_root
    assert root is not None
    reached = nx.node_connected_component(network, root)
    assert {place.device for department in province.departments.values() for place in department.attached_to} <= reached
    assert all(department.attached_to for department in province.departments.values())


@pytest.mark.parametrize("like", LIKES)
def test_shares_are_those_of_the_published_figures(like: str) -> None:
    estate = make_estate(like, 3000, 7)
    systems = estate.systems.values()
    unused = estate.estate.as_of.toordinal() - estate.estate.settings.unused_days
    dead = [
        s
        for s in systems
        if s.registered is False or s.duplicate_of or (s.last_used and s.last_used.toordinal() < unused)
    ]
    generic = [s for s in systems if s.kind in ("mail", "video", "office_automation", "portal")]
    assert 0.20 < len(dead) / 3000 < 0.28
    assert 0.11 < len(generic) / 3000 < 0.16
    assert 4 < len(estate.dependencies) / 3000 < 6.5


@pytest.mark.parametrize(("like", "systems"), [("shanxi", 900), ("kaifeng", 400), ("shanxi", 3000)])
def test_no_large_set_of_systems_must_move_together(like: str, systems: int) -> None:
    estate = make_estate(like, systems, 2)
    graph: nx.DiGraph[str] = nx.DiGraph()
    for dependency in estate.dependencies.values():
        if dependency.strength is Strength.HARD and dependency.source is not DependencySource.OBSERVED:
            client, provider = end_of(dependency.client).system, end_of(dependency.provider).system
            if dependency.order is not DependencyOrder.NONE:
                graph.add_edge(client, provider)
            if dependency.order is DependencyOrder.TOGETHER:
                graph.add_edge(provider, client)
    for group in estate.move_groups.values():
        nx.add_cycle(graph, group.systems)
    sizes = [len(component) for component in nx.strongly_connected_components(graph)]
    assert 1 < max(sizes) <= LARGEST_GROUP


def test_a_country_has_several_provinces_each_with_its_own_clouds() -> None:
    sketch = make_sketch("shanxi", 30_000, 1)
    clouds = [Cloud.model_validate(record) for record in sketch.records("cloud")]
    assert sum(cloud.tier is CloudTier.PROVINCIAL for cloud in clouds) == 2
    assert sum(1 for _ in sketch.records("system")) == 30_000


@pytest.mark.parametrize(
    ("like", "systems", "code"),
    [("shanxi", 4, "example-size"), ("kaifeng", 300_001, "example-size"), ("beijing", 10, "example-like")],
)
def test_what_cannot_be_made_is_refused(like: str, systems: int, code: str) -> None:
    with pytest.raises(ExampleError) as caught:
        make_sketch(like, systems, 1)
    assert caught.value.code == code


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExampleError, match="is not empty"):
        write_sketch(make_sketch("kaifeng", 5, 1), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(ExampleError, match="is not a folder"):
        write_sketch(make_sketch("kaifeng", 5, 1), tmp_path / "notes.txt")


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    sketch = make_sketch("kaifeng", 5, 1)

    def broken(kind: str) -> list[dict[str, object]]:
        return [{"id": "x", "colour": "red"}] if kind == "system" else list(sketch.records(kind))

    with pytest.raises(ValueError, match="colour"):
        write_sketch(Sketch(sketch.estate, broken, 5), tmp_path / "estate")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_one_message(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError) as caught:
        write_sketch(make_sketch("kaifeng", 5, 1), tmp_path / "estate")
    assert caught.value.code == "cannot-write"


def test_the_command_answers_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ui.app import run

    arguments = [
        "example",
        "make",
        str(tmp_path / "estate"),
        "--like",
        "kaifeng",
        "--systems",
        "12",
        "--seed",
        "4",
        "--json",
    ]
    assert run(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["records"]["system"] == 12
    assert len(load_estate(tmp_path / "estate", cache=False).inventory.systems) == 12
    assert run(arguments) == 2
    assert "is not empty" in capsys.readouterr().err


def test_the_command_speaks_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ui.app import run

    assert run(["example", "make", str(tmp_path / "estate"), "--systems", "6", "--lang", "zh"]) == 0
    shown = capsys.readouterr()
    assert "已生成" in shown.err
    assert "信息系统" in shown.out
