"""GraphML, JSON, DOT and SVG."""

from __future__ import annotations

import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from migration.graph.errors import GraphError
from migration.graph.export import neighbourhood, write_dot, write_graphml, write_json
from migration.graph.model import EstateGraph
from migration.graph.picture import PICTURE_LIMIT, write_svg
from tests.migration.graph.estates import department, graph, needs, room, system

SVG = "{http://www.w3.org/2000/svg}"


def small() -> EstateGraph:
    return graph(
        departments=[department("mzt"), department("gat")],
        rooms=[room("r")],
        systems=[system("a", name='登记 <"A" & B>', runs_in="room:r"), system("b"), system("c", department="gat")],
        dependencies=[needs("a", "b", port=1), needs("a", "b", port=2), needs("b", "c", hard=False)],
    )


def test_graphml_is_read_back_by_networkx() -> None:
    made, out = small(), io.StringIO()
    write_graphml(made, out)
    read: Any = nx.read_graphml(io.BytesIO(out.getvalue().encode()))
    assert set(read.nodes) == set(made.names)
    assert read.nodes["system:a"]["name"] == '登记 <"A" & B>'
    assert read.number_of_edges() == len(made.edges)
    assert read.number_of_edges("system:a", "system:b") == 2
    assert [
        data["hard"] for _, _, data in read.out_edges("system:b", data=True) if data["relation"] == "depends_on"
    ] == [False]


def test_json_has_every_node_and_edge_with_its_record() -> None:
    made, out = small(), io.StringIO()
    write_json(made, out)
    read = json.loads(out.getvalue())
    assert read["format"] == 1
    assert [node["id"] for node in read["nodes"]] == list(made.names)
    assert {"from": "system:b", "to": "system:c", "kind": "depends_on", "hard": False, "record": "dependency:b>c:call",
            "origin": "?"} in read["edges"]  # fmt: skip
    assert len(read["edges"]) == len(made.edges)


def test_dot_quotes_what_has_quotes() -> None:
    made, out = small(), io.StringIO()
    write_dot(made, out)
    text = out.getvalue()
    assert '"system:a" [label="登记 <\\"A\\" & B>\\nsystem:a", shape=box];' in text
    assert '"system:a" -> "system:b" [label="depends_on", style=solid];' in text
    assert '"system:b" -> "system:c" [label="depends_on", style=dashed];' in text


def test_a_neighbourhood_follows_owners_only_from_its_centre() -> None:
    made = small()
    around = neighbourhood(made, made.resolve("mzt"), 1)
    assert {made.names[node] for node in around} == {"department:mzt", "system:a", "system:b", "room:r"}
    near = neighbourhood(made, made.resolve("a"), 2)
    assert {made.names[node] for node in near} == {
        "system:a", "system:b", "system:c", "room:r", "department:mzt",
    }  # fmt: skip
    assert [made.names[node] for node in neighbourhood(made, made.resolve("c"), 0)] == ["system:c"]


def test_a_part_has_only_the_edges_inside() -> None:
    made, out = small(), io.StringIO()
    write_json(made, out, [made.resolve("b"), made.resolve("c")])
    assert [edge["record"] for edge in json.loads(out.getvalue())["edges"]] == ["dependency:b>c:call"]


def test_the_picture_shows_every_object_and_relation_without_overlap() -> None:
    made, out = small(), io.StringIO()
    write_svg(made, out, range(len(made.names)), centre=made.resolve("a"))
    root = ET.fromstring(out.getvalue())
    boxes = [group.find(f"{SVG}rect") for group in root.iter(f"{SVG}g")]
    assert len(boxes) == len(made.names)
    places = {(box.get("x"), box.get("y")) for box in boxes if box is not None}
    assert len(places) == len(made.names)
    assert len(list(root.findall(f"{SVG}path"))) == len(made.edges)
    marked = [box for box in boxes if box is not None and box.get("stroke") == "#dc2626"]
    assert len(marked) == 1
    again = io.StringIO()
    write_svg(made, again, list(reversed(range(len(made.names)))), centre=made.resolve("a"))
    assert again.getvalue() == out.getvalue()


def test_a_picture_that_nobody_can_read_is_refused() -> None:
    made = graph(systems=[system(f"s{number}") for number in range(PICTURE_LIMIT + 1)])
    with pytest.raises(GraphError) as error:
        write_svg(made, io.StringIO(), range(PICTURE_LIMIT + 1))
    assert error.value.code == "graph-too-large"
    write_svg(made, io.StringIO(), range(PICTURE_LIMIT))
