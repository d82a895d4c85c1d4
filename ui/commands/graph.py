"""``qianyun graph``: impact, path, groups, platforms, islands, export."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from inventory.errors import InputError
from ui.commanding import Common, Group, argument, command, common, option
from ui.opening import open_estate
from ui.output import emit, say, table
from ui.texts import kind_word, text

if TYPE_CHECKING:
    from migration.graph.groups import SystemGroup
    from migration.graph.impact import Affected
    from migration.graph.model import Edge, EstateGraph

__all__ = ["group"]

T = TypeVar("T")
group = Group("graph")
LISTED = 20
"""Rows of a table without --all; the JSON answer has everything."""
NOTHING_FOUND = 1
_FIRST = ("system", "department", "room", "cloud", "pool", "line", "device", "link")


def _open(estate: Path, common: Common) -> EstateGraph:
    from migration.graph.build import build_graph

    return build_graph(open_estate(estate, common).inventory)


def _object(graph: EstateGraph, node: int) -> dict[str, Any]:
    return {"object": graph.names[node], "kind": graph.kind(node), "id": graph.id(node), "name": graph.label(node)}


def _relation(graph: EstateGraph, edge: Edge) -> dict[str, Any]:
    return {
        "kind": edge.kind.value,
        "hard": edge.hard,
        "record": f"{edge.record_kind}:{edge.record_id}",
        "origin": str(graph.origin(edge)),
    }


def _named(graph: EstateGraph, node: int) -> str:
    name = graph.label(node)
    return f"{graph.id(node)} {name}" if name else graph.id(node)


def _some(rows: Iterable[T], everything: bool) -> list[T]:
    listed = list(rows)
    return listed if everything else listed[:LISTED]


def _say_more(count: int, everything: bool) -> None:
    """Say below a list how much of it was left out."""
    if not everything and count > LISTED:
        say("graph.more", count=count - LISTED)


# ---- impact ---------------------------------------------------------------------------------------------------------


@command(
    group,
    "impact",
    example="qianyun graph impact examples/kaifeng room:410200-dsjj-jf-1\n"
    "qianyun graph impact examples/kaifeng device:410200-core-1 device:410200-core-2 --json",
)
@argument("estate", type=Path)
@argument("objects", nargs=-1, required=True, metavar="OBJECT...")
@option("--all", "everything", is_flag=True, key="graph.option.all")
@common()
def impact(common: Common, estate: Path, objects: tuple[str, ...], everything: bool) -> None:
    """What stops when all of the objects stop at once."""
    from migration.graph.impact import Effect
    from migration.graph.impact import impact as find_impact

    graph = _open(estate, common)
    found = find_impact(graph, [graph.resolve(name) for name in objects])
    asked = set(found.asked)
    by_node = {item.node: item for item in found.affected}
    causes = [(item, _cause(graph, item, by_node)) for item in found.affected]
    if common.json:
        counts = {effect.value: sum(item.node not in asked for item in found.of(effect)) for effect in Effect}
        emit(
            {
                "asked": [graph.names[node] for node in found.asked],
                "counts": counts,
                "affected": [_affected(graph, item, cause) for item, cause in causes if item.node not in asked],
            }
        )
        return
    for effect in Effect:
        items = [pair for pair in causes if pair[0].effect is effect and pair[0].node not in asked]
        if items:
            items.sort(key=lambda pair: _rank(graph.kind(pair[0].node)))
            rows = [_affected_row(graph, item, cause) for item, cause in _some(items, everything)]
            columns = [text(f"graph.column.{name}") for name in ("kind", "object", "because", "relation", "origin")]
            table(columns, rows, title=text(f"graph.effect.{effect.value}", count=len(items)))
            _say_more(len(items), everything)
    if len(found.affected) == len(asked):
        say("graph.nothing-affected")


def _rank(kind: str) -> int:
    """What people ask for first stands first: systems, who is cut off, then places, network and parts."""
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST)


def _cause(graph: EstateGraph, item: Affected, by_node: Mapping[int, Affected]) -> Affected:
    """Why something is affected; for a system that stops with one of its own components, why that component does."""
    if graph.kind(item.node) != "system" or graph.kind(item.because) != "component":
        return item
    part = by_node.get(item.because, item)
    return part if part.edge is not None else item


def _affected(graph: EstateGraph, item: Affected, cause: Affected) -> dict[str, Any]:
    return {
        **_object(graph, item.node),
        "effect": item.effect.value,
        "because": graph.names[cause.because],
        "relation": None if cause.edge is None else _relation(graph, cause.edge),
    }


def _affected_row(graph: EstateGraph, item: Affected, cause: Affected) -> tuple[str, ...]:
    relation = text(f"graph.edge.{cause.edge.kind.value}") if cause.edge else ""
    origin = str(graph.origin(cause.edge)) if cause.edge else ""
    kind = kind_word(graph.kind(item.node))
    return (kind, _named(graph, item.node), graph.names[cause.because], relation, origin)


# ---- path -----------------------------------------------------------------------------------------------------------


@command(
    group, "path", example="qianyun graph path examples/kaifeng system:410200-dsjj-0001 device:410200-core-1"
)  # fmt: skip
@argument("estate", type=Path)
@argument("start", metavar="FROM")
@argument("end", metavar="TO")
@common()
@click.pass_context
def path(context: click.Context, common: Common, estate: Path, start: str, end: str) -> None:
    """How two objects hang together; exit code 1 where they do not."""
    from migration.graph.path import find_path

    graph = _open(estate, common)
    first, last = graph.resolve(start), graph.resolve(end)
    steps = find_path(graph, first, last)
    if common.json:
        listed = [
            {"to": _object(graph, step.node), "forward": step.forward, "relation": _relation(graph, step.edge)}
            for step in steps or ()
        ]
        emit({"from": _object(graph, first), "to": _object(graph, last), "found": steps is not None, "steps": listed})
    elif steps is None:
        say("graph.no-path", start=graph.names[first], end=graph.names[last])
    else:
        sys.stdout.write(f"{graph.names[first]} {graph.label(first)}".rstrip() + "\n")
        for step in steps:
            relation = text(f"graph.edge.{step.edge.kind.value}")
            arrow = "──▶" if step.forward else "◀──"
            line = f"  {arrow} {relation}  {graph.names[step.node]} {graph.label(step.node)}".rstrip()
            sys.stdout.write(f"{line}  [{graph.origin(step.edge)}]\n")
    if steps is None:
        context.exit(NOTHING_FOUND)


# ---- groups, platforms, islands -------------------------------------------------------------------------------------


@command(group, "groups", example="qianyun graph groups examples/shanxi")
@argument("estate", type=Path)
@option("--all", "everything", is_flag=True, key="graph.option.all")
@common()
def groups(common: Common, estate: Path, everything: bool) -> None:
    """Systems that must move together, and what to relax so that they need not."""
    from migration.graph.groups import move_groups

    graph = _open(estate, common)
    found = move_groups(graph)
    if common.json:
        emit({"alone": found.alone, "groups": [_group_answer(graph, item) for item in found.groups]})
        return
    for number, item in enumerate(_some(found.groups, everything), start=1):
        declared = text("graph.declared", groups=", ".join(item.declared)) if item.declared else ""
        sys.stdout.write(text("graph.group", number=number, count=len(item.members)) + declared + "\n")
        sys.stdout.writelines(f"  {_named(graph, node)}\n" for node in _some(item.members, everything))
        if item.cut:
            key = "graph.cut-exact" if item.exact else "graph.cut-bound"
            sys.stdout.write("  " + text(key, count=len(item.cut), bound=item.bound) + "\n")
            for id in _some(item.cut, everything):
                sys.stdout.write(f"    {id}  [{graph.inventory.origin('dependency', id)}]\n")
            _say_more(len(item.cut), everything)
    _say_more(len(found.groups), everything)
    sys.stdout.write(text("graph.groups-sum", count=len(found.groups), alone=found.alone) + "\n")


def _group_answer(graph: EstateGraph, item: SystemGroup) -> dict[str, Any]:
    cut = [{"dependency": id, "origin": str(graph.inventory.origin("dependency", id))} for id in item.cut]
    return {
        "members": [graph.id(node) for node in item.members],
        "declared": list(item.declared),
        "dependencies": [_relation(graph, edge) for edge in item.edges],
        "cut": cut,
        "cut_exact": item.exact,
        "cut_bound": item.bound,
    }


@command(group, "platforms", example="qianyun graph platforms examples/shanxi")
@argument("estate", type=Path)
@option("--all", "everything", is_flag=True, key="graph.option.all")
@common()
def platforms(common: Common, estate: Path, everything: bool) -> None:
    """The systems that most others depend on."""
    from migration.graph.platforms import platforms as find_platforms

    graph = _open(estate, common)
    found = find_platforms(graph)
    if common.json:
        emit({"platforms": [
            {**_object(graph, item.node), "direct": item.direct, "hard": item.hard, "transitive": item.transitive}
            for item in found
        ]})  # fmt: skip
        return
    columns = [text(f"graph.column.{name}") for name in ("kind", "object", "direct", "hard", "transitive")]
    rows = [
        (kind_word(graph.kind(item.node)), _named(graph, item.node), item.direct, item.hard, item.transitive)
        for item in _some(found, everything)
    ]
    table(columns, rows, right=[2, 3, 4])
    _say_more(len(found), everything)


@command(group, "islands", example="qianyun graph islands examples/kaifeng")
@argument("estate", type=Path)
@option("--all", "everything", is_flag=True, key="graph.option.all")
@common()
def islands(common: Common, estate: Path, everything: bool) -> None:
    """What hangs together and with nothing else."""
    from migration.graph.islands import islands as find_islands

    graph = _open(estate, common)
    found = find_islands(graph)
    if common.json:
        emit({
            "systems": [[graph.id(node) for node in part] for part in found.systems],
            "alone": [graph.id(node) for node in found.alone],
            "network": [[graph.id(node) for node in part] for part in found.network],
        })  # fmt: skip
        return
    columns = [text("graph.column.size"), text("graph.column.members")]
    for key, parts in (("graph.islands-systems", found.systems), ("graph.islands-network", found.network)):
        rows = [(len(part), _members(graph, part)) for part in _some(parts, everything)]
        table(columns, rows, title=text(key, count=len(parts)), right=[0])
        _say_more(len(parts), everything)
    sys.stdout.write(text("graph.alone", count=len(found.alone)) + "\n")


def _members(graph: EstateGraph, part: tuple[int, ...]) -> str:
    shown = ", ".join(graph.id(node) for node in part[:5])
    return f"{shown} …" if len(part) > 5 else shown


# ---- export ---------------------------------------------------------------------------------------------------------


@command(
    group,
    "export",
    example="qianyun graph export examples/kaifeng -o kaifeng.graphml\n"
    "qianyun graph export examples/kaifeng -o dsjj.svg --around department:410200-dsjj --depth 1",
)
@argument("estate", type=Path)
@option("-o", "--output", type=Path, required=True, key="graph.option.output")
@option("--around", metavar="OBJECT", key="graph.option.around")
@option("--depth", type=click.IntRange(min=0), default=2, show_default=True, key="graph.option.depth")
@common()
def export(common: Common, estate: Path, output: Path, around: str | None, depth: int) -> None:
    """Write the graph or a neighbourhood; the ending of the file's name says the format."""
    from inventory.files import atomic_writer
    from migration.graph.export import neighbourhood, write_dot, write_graphml, write_json
    from migration.graph.picture import write_svg

    ending = output.suffix.lower()
    if ending not in (".graphml", ".json", ".dot", ".gv", ".svg"):
        raise InputError("bad-argument", argument=str(output), reason=text("graph.endings"))
    graph = _open(estate, common)
    centre = None if around is None else graph.resolve(around)
    nodes = None if centre is None else neighbourhood(graph, centre, depth)
    count = len(graph.names) if nodes is None else len(nodes)
    with atomic_writer(output) as file:
        out = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        if ending == ".svg":
            write_svg(graph, out, range(count) if nodes is None else nodes, centre=centre)
        else:
            {".graphml": write_graphml, ".json": write_json}.get(ending, write_dot)(graph, out, nodes)
        out.flush()
        out.detach()
    if common.json:
        emit({"path": str(output), "objects": count})
    else:
        say("graph.exported", path=output, count=count)
