"""Names, paths, groups, platforms, islands."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import UnknownObjectError
from inventory.problems import Origin
from migration.graph.build import build_graph
from migration.graph.cuts import cut_cycles
from migration.graph.errors import GraphError
from migration.graph.groups import move_groups
from migration.graph.islands import islands
from migration.graph.model import EstateGraph
from migration.graph.path import find_path
from migration.graph.platforms import platforms
from tests.migration.graph.estates import department, device, graph, inventory, link, needs, room, system

FIRST: dict[str, Any] = {"order": "provider_first"}


def systems(*names: str) -> list[dict[str, Any]]:
    return [system(name) for name in names]


# ---- names ----------------------------------------------------------------------------------------------------------


def test_objects_are_named_by_kind_and_id_or_by_an_id_that_only_one_has() -> None:
    made = graph(systems=[system("a", components=[{"id": "db"}]), system("x")], rooms=[room("x"), room("r")])
    assert made.names[made.resolve("r")] == "room:r"
    assert made.names[made.resolve("a/db")] == "component:a/db"
    assert made.names[made.resolve("system:x")] == "system:x"
    with pytest.raises(GraphError) as ambiguous:
        made.resolve("x")
    assert ambiguous.value.data["candidates"] == "room:x, system:x"


@pytest.mark.parametrize(
    ("name", "code", "nearest"),
    [("system:abx", "unknown-object", "abc"), ("abx", "object-not-found", "abc"), ("zzz", "object-not-found", "-")],
)
def test_an_unknown_name_comes_with_the_nearest(name: str, code: str, nearest: str) -> None:
    made = graph(systems=systems("abc", "other"))
    with pytest.raises((UnknownObjectError, GraphError)) as unknown:
        made.resolve(name)
    assert (unknown.value.code, unknown.value.data["nearest"]) == (code, nearest)


def test_kinds_outside_the_graph_are_said_so() -> None:
    with pytest.raises(GraphError) as error:
        graph(systems=systems("a")).resolve("division:140000")
    assert error.value.code == "object-not-in-graph"


# ---- paths ----------------------------------------------------------------------------------------------------------


def named_path(made: EstateGraph, start: str, end: str) -> list[str] | None:
    steps = find_path(made, made.resolve(start), made.resolve(end))
    return None if steps is None else [made.names[step.node] for step in steps]


def test_a_path_crosses_the_layers_and_knows_its_records() -> None:
    records = inventory(
        "core",
        devices=[device("core"), device("a")],
        links=[link("core", "a", "l")],
        departments=[department("mzt")],
        rooms=[room("r", "device:a")],
        systems=[system("x", runs_in="room:r"), system("y")],
        dependencies=[needs("y", "x", id="d1")],
    ).replace(origins={("dependency", "d1"): Origin("deps.csv", 7)})
    made = build_graph(records)
    steps = find_path(made, made.resolve("y"), made.resolve("core"))
    assert steps is not None
    assert [(step.edge.kind.value, step.forward, made.names[step.node]) for step in steps] == [
        ("depends_on", True, "system:x"), ("runs_in", True, "room:r"), ("attached_to", True, "device:a"),
        ("ends_at", False, "link:l"), ("ends_at", True, "device:core"),
    ]  # fmt: skip
    assert str(made.origin(steps[0].edge)) == "deps.csv:7"


def test_owners_are_a_last_resort() -> None:
    made = graph(
        departments=[department("mzt")],
        systems=systems("a", "b", "c"),
        dependencies=[needs("a", "c"), needs("c", "b")],
        rooms=[room("lone")],
    )
    assert named_path(made, "a", "b") == ["system:c", "system:b"]
    assert named_path(made, "a", "room:lone") == ["department:mzt", "room:lone"]
    assert named_path(made, "a", "a") == []
    assert named_path(graph(systems=systems("a", "b")), "a", "b") is None


# ---- groups ---------------------------------------------------------------------------------------------------------


def members(made: EstateGraph) -> list[set[str]]:
    return [{made.id(node) for node in item.members} for item in move_groups(made).groups]


def test_groups_are_cycles_of_hard_ordered_dependencies() -> None:
    made = graph(
        systems=[*systems("a", "b", "d", "e", "f", "g"), system("c", components=[{"id": "db"}])],
        dependencies=[
            needs("a", "b", **FIRST), needs("b", "c/db", **FIRST), needs("c", "a", **FIRST),
            needs("d", "e", **FIRST), needs("e", "d", hard=False, **FIRST),
            needs("f", "g", **FIRST), needs("g", "f"),
        ],
    )  # fmt: skip
    found = move_groups(made)
    assert members(made) == [{"a", "b", "c"}]
    assert found.alone == 4
    assert (len(found.groups[0].cut), found.groups[0].exact) == (1, True)


def test_observed_dependencies_bind_nothing_until_confirmed() -> None:
    def group_count(source: str) -> int:
        back = needs("b", "a", source=source, **FIRST)
        return len(members(graph(systems=systems("a", "b"), dependencies=[needs("a", "b", **FIRST), back])))

    assert (group_count("observed"), group_count("confirmed")) == (0, 1)


def test_together_binds_both_ways_and_declared_groups_bind_without_dependencies() -> None:
    made = graph(
        systems=systems("a", "b", "c", "d"),
        dependencies=[needs("a", "b", order="together"), needs("c", "b", **FIRST)],
        move_groups=[{"id": "m", "systems": ["c", "d", "gone"]}],
    )
    found = move_groups(made)
    assert members(made) == [{"a", "b"}, {"c", "d"}]
    assert found.alone == 0
    assert found.groups[0].cut == ("a>b:call",)
    assert (found.groups[1].cut, found.groups[1].declared) == ((), ("m",))


def test_declared_groups_and_cycles_join_and_the_cut_leaves_only_declared_members_together() -> None:
    made = graph(
        systems=systems("a", "b", "c"),
        dependencies=[needs("a", "b", **FIRST), needs("c", "a", **FIRST)],
        move_groups=[{"id": "m", "systems": ["b", "c"]}],
    )
    (found,) = move_groups(made).groups
    assert {made.id(node) for node in found.members} == {"a", "b", "c"}
    assert len(found.cut) == 1
    assert found.exact


def test_a_cycle_of_a_thousand_is_cut_at_one_place() -> None:
    names = [f"s{number}" for number in range(1000)]
    ring = [needs(one, other, **FIRST) for one, other in zip(names, names[1:] + names[:1], strict=True)]
    (found,) = move_groups(graph(systems=systems(*names), dependencies=ring)).groups
    assert (len(found.members), len(found.cut), found.exact) == (1000, 1, True)


ARCS = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda arc: arc[0] != arc[1]), st.integers(1, 3), max_size=12
)


@given(ARCS)
def test_a_cut_leaves_no_cycle_and_exact_means_smallest(weights: dict[tuple[int, int], int]) -> None:
    cut = cut_cycles(weights)

    def acyclic(without: set[tuple[int, int]]) -> bool:
        return nx.is_directed_acyclic_graph(nx.DiGraph([arc for arc in weights if arc not in without]))

    assert acyclic(set(cut.arcs))
    assert cut.weight == sum(weights[arc] for arc in cut.arcs)
    least = min(
        sum(weights[arc] for arc in chosen)
        for count in range(len(cut.arcs) + 1)
        for chosen in combinations(weights, count)
        if acyclic(set(chosen))
    ) if len(weights) <= 8 else cut.bound  # fmt: skip
    assert cut.bound <= least <= cut.weight
    assert not cut.exact or least == cut.weight


# ---- platforms and islands ------------------------------------------------------------------------------------------


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1]), max_size=25))
def test_transitive_dependents_are_the_ancestors(pairs: set[tuple[int, int]]) -> None:
    listed = [needs(f"s{client}", f"s{provider}") for client, provider in sorted(pairs)]
    made = graph(systems=systems(*(f"s{number}" for number in range(10))), dependencies=listed)
    layer = nx.DiGraph(sorted(pairs))
    found = {made.id(item.node): item for item in platforms(made)}
    assert set(found) == {f"s{provider}" for _, provider in pairs}
    for id, item in found.items():
        node = int(id[1:])
        assert (item.direct, item.transitive) == (layer.in_degree(node), len(nx.ancestors(layer, node)))


def test_platforms_tell_hard_from_soft_and_count_systems_once() -> None:
    made = graph(
        systems=[system("p"), system("a", components=[{"id": "web"}, {"id": "app"}]), system("b"), system("c")],
        external_objects=[{"id": "out"}],
        dependencies=[
            needs("a/web", "p"), needs("a/app", "p"), needs("b", "p", hard=False), needs("c", "a"),
            needs("c", "external_object:out"),
        ],
    )  # fmt: skip
    found = {made.names[item.node]: (item.direct, item.hard, item.transitive) for item in platforms(made)}
    assert found == {"system:p": (2, 1, 2), "system:a": (1, 1, 1), "external_object:out": (1, 1, 1)}
    assert made.names[platforms(made)[0].node] == "system:p"


def test_islands_of_systems_and_of_the_network() -> None:
    made = graph(
        systems=systems("a", "b", "c", "d", "e", "f"),
        external_objects=[{"id": "out"}],
        dependencies=[
            needs("a", "b", hard=False), needs("c", "external_object:out"), needs("d", "external_object:out"),
        ],
        move_groups=[{"id": "m", "systems": ["e", "f"]}],
        devices=[device("x"), device("y"), device("z")],
        links=[link("x", "y")],
    )  # fmt: skip
    found = islands(made)
    assert [[made.id(node) for node in part] for part in found.systems] == [["a", "b"], ["e", "f"]]
    assert [made.id(node) for node in found.alone] == ["c", "d"]
    assert [[made.id(node) for node in part] for part in found.network] == [["x", "y"], ["z"]]
