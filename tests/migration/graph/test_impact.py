"""What stops, what is cut off, what only loses redundancy."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from migration.graph.impact import Effect, impact
from migration.graph.model import EstateGraph
from tests.migration.graph.estates import department, device, graph, link, needs, room, system


def effects(made: EstateGraph, *names: str) -> dict[str, str]:
    """Name of each affected object but the ones asked for -> effect."""
    found = impact(made, [made.resolve(name) for name in names])
    return {made.names[item.node]: item.effect.value for item in found.affected if item.node not in found.asked}


def test_hard_dependencies_stop_transitively_and_soft_ones_weaken() -> None:
    made = graph(
        systems=[system(name) for name in ("a", "b", "c", "d", "e")],
        dependencies=[
            needs("b", "a"), needs("c", "b"), needs("d", "b", hard=False), needs("e", "d"),
            needs("e", "a", source="observed"),
        ],
    )  # fmt: skip
    assert effects(made, "a") == {
        "system:b": "stops", "system:c": "stops", "system:d": "weakened", "system:e": "weakened",
    }  # fmt: skip


def test_rejected_dependencies_do_not_exist() -> None:
    made = graph(systems=[system("a"), system("b")], dependencies=[needs("b", "a", rejected=True)])
    assert effects(made, "a") == {}


def test_a_component_takes_its_system_and_all_its_parts() -> None:
    made = graph(
        systems=[system("a", components=[{"id": "web"}, {"id": "db"}]), system("b")], dependencies=[needs("b", "a/db")]
    )
    assert effects(made, "component:a/web") == {"system:a": "stops", "component:a/db": "stops", "system:b": "stops"}


def test_a_room_takes_what_stands_and_runs_in_it() -> None:
    made = graph(
        rooms=[room("r1"), room("r2")],
        assets=[{"id": "x", "room": "r1"}],
        systems=[
            system("a", runs_in="room:r1"),
            system("b", runs_in="room:r2", components=[{"id": "app", "assets": ["x"]}]),
            system("c", runs_in="room:r1", components=[{"id": "app", "runs_in": "room:r2"}]),
            system("d", runs_in="room:r2"),
        ],
    )
    assert effects(made, "room:r1") == {
        "asset:x": "stops", "system:a": "stops", "component:b/app": "stops", "system:b": "stops",
    }  # fmt: skip


def test_a_component_survives_the_loss_of_one_of_two_servers_but_not_of_its_only_storage() -> None:
    made = graph(
        rooms=[room("r")],
        assets=[
            {"id": "s1", "room": "r"}, {"id": "s2", "room": "r"}, {"id": "disk", "room": "r", "role": "storage"},
        ],
        systems=[system("a", components=[{"id": "db", "assets": ["s1", "s2", "disk"]}])],
    )  # fmt: skip
    assert effects(made, "s1") == {"component:a/db": "loses_redundancy"}
    assert effects(made, "s1", "s2") == {"component:a/db": "stops", "system:a": "stops"}
    assert effects(made, "disk") == {"component:a/db": "stops", "system:a": "stops"}


def test_a_cloud_stops_with_its_last_pool_and_takes_all_pools() -> None:
    made = graph(
        clouds=[{"id": "c", "tier": "city", "division": "140000"}],
        pools=[{"id": "p1", "cloud": "c"}, {"id": "p2", "cloud": "c"}],
        systems=[system("a", runs_in="pool:p1"), system("b", runs_in="cloud:c")],
    )
    assert effects(made, "pool:p1") == {"system:a": "stops", "cloud:c": "loses_redundancy"}
    assert effects(made, "pool:p1", "pool:p2") == {"system:a": "stops", "cloud:c": "stops", "system:b": "stops"}
    assert effects(made, "cloud:c") == {
        "pool:p1": "stops", "pool:p2": "stops", "system:a": "stops", "system:b": "stops",
    }  # fmt: skip


RING: dict[str, list[dict[str, Any]]] = {
    "devices": [device("core", "core", "province"), device("a"), device("b"), device("tail")],
    "links": [link("core", "a"), link("a", "b"), link("b", "core"), link("b", "tail")],
    "departments": [department("mzt", "a", "b"), department("gat", "a"), department("jyt", "tail")],
}


def test_a_second_attachment_or_another_path_keeps_a_department() -> None:
    made = graph("core", **RING)
    assert effects(made, "device:a") == {
        "department:gat": "cut_off", "department:mzt": "loses_redundancy", "device:b": "loses_redundancy",
        "device:tail": "loses_redundancy", "department:jyt": "loses_redundancy",
    }  # fmt: skip
    assert effects(made, "device:b") == {
        "device:tail": "cut_off", "department:jyt": "cut_off", "department:mzt": "loses_redundancy",
        "device:a": "loses_redundancy", "department:gat": "loses_redundancy",
    }  # fmt: skip


def test_what_never_had_a_second_way_loses_none() -> None:
    made = graph("core", **RING)
    assert effects(made, "device:tail") == {"department:jyt": "cut_off"}
    assert effects(made, "department:jyt") == {}


def test_the_backup_at_the_core_itself_counts() -> None:
    made = graph(
        "core",
        devices=[device("core", "core", "province"), device("a")],
        links=[link("core", "a")],
        departments=[department("mzt", "a", "core")],
    )
    assert effects(made, "device:a") == {"department:mzt": "loses_redundancy"}


def test_the_loss_of_a_ring_link_only_costs_redundancy() -> None:
    made = graph("core", **RING)
    found = effects(made, "link:core-a")
    assert found["device:a"] == found["department:gat"] == "loses_redundancy"
    assert set(found.values()) == {"loses_redundancy"}


def test_one_of_two_parallel_links_costs_redundancy_both_cut_off() -> None:
    made = graph(
        "core",
        devices=[device("core", "core", "province"), device("a")],
        links=[link("core", "a", "l1"), link("a", "core", "l2")],
        departments=[department("mzt", "a")],
    )
    assert effects(made, "l1") == {"device:a": "loses_redundancy", "department:mzt": "loses_redundancy"}
    assert effects(made, "l1", "l2") == {"device:a": "cut_off", "department:mzt": "cut_off"}


def test_a_cut_off_room_stops_the_clients_of_what_runs_in_it() -> None:
    made = graph(
        "core",
        devices=[device("core", "core", "province"), device("a")],
        links=[link("core", "a")],
        departments=[department("mzt", "a")],
        rooms=[room("own"), room("far", "device:core")],
        systems=[system("x", runs_in="room:own"), system("y", runs_in="room:far")],
        dependencies=[needs("y", "x")],
    )
    assert effects(made, "device:a") == {
        "department:mzt": "cut_off", "room:own": "cut_off", "system:x": "cut_off", "system:y": "stops",
    }  # fmt: skip


def test_a_second_core_device_takes_over() -> None:
    devices = [device("c1", "core", "province"), device("c2", "core", "province"), device("a")]
    both = graph("c1", devices=devices, links=[link("c1", "c2"), link("a", "c1"), link("a", "c2")])
    assert effects(both, "device:c1") == {"device:a": "loses_redundancy"}
    one = graph("c1", devices=devices, links=[link("c1", "c2"), link("a", "c1")])
    assert effects(one, "device:c1") == {"device:a": "cut_off"}


def test_a_carrier_takes_its_links_and_lines() -> None:
    made = graph(
        "core",
        carriers=[{"id": "x"}],
        devices=[device("core", "core", "province"), device("a"), device("b")],
        links=[link("core", "a", carrier="x"), link("core", "b")],
        departments=[department("mzt", "a", "b"), department("gat", "a")],
    )
    assert effects(made, "carrier:x") == {
        "link:core-a": "stops", "device:a": "cut_off", "department:gat": "cut_off",
        "department:mzt": "loses_redundancy",
    }  # fmt: skip


LINE: dict[str, Any] = {"id": "l", "department": "mzt", "a": "room:r", "b": "device:core", "systems": ["x"]}


def test_systems_on_a_line_stop_unless_its_ends_are_joined_otherwise() -> None:
    parts: dict[str, Any] = {
        "devices": [device("core", "core", "province"), device("a")],
        "links": [link("core", "a")],
        "departments": [department("mzt")],
        "systems": [system("x", runs_in="room:r")],
    }
    only = graph("core", **parts, rooms=[room("r")], lines=[LINE])
    assert effects(only, "line:l") == {"room:r": "cut_off", "system:x": "stops"}
    backed = graph("core", **parts, rooms=[room("r", "device:a")], lines=[LINE])
    assert effects(backed, "line:l") == {"room:r": "loses_redundancy", "system:x": "loses_redundancy"}
    ended = graph("core", **parts, rooms=[room("r", "device:a")], lines=[{**LINE, "state": "terminated"}])
    assert effects(ended, "line:l") == {}


def test_a_line_to_a_room_never_carries_the_backbone() -> None:
    lines = [
        {"id": "l1", "department": "mzt", "a": "room:r", "b": "device:core"},
        {"id": "l2", "department": "mzt", "a": "room:r", "b": "device:b"},
    ]
    made = graph(
        "core",
        devices=[device("core", "core", "province"), device("b")],
        links=[link("core", "b")],
        departments=[department("mzt")],
        rooms=[room("r")],
        lines=lines,
    )
    found = effects(made, "link:core-b")
    assert found == {"device:b": "cut_off", "room:r": "loses_redundancy"}


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=14), st.integers(1, 7))
def test_what_is_cut_off_is_what_a_search_no_longer_finds(pairs: list[tuple[int, int]], lost: int) -> None:
    links = [link(f"d{a}", f"d{b}", f"l{number}") for number, (a, b) in enumerate(pairs) if a != b]
    made = graph(
        "d0", devices=[device(f"d{number}", "core" if number == 0 else "access") for number in range(8)], links=links
    )

    def reached(without: int) -> set[str]:
        found, waiting = {"d0"}, ["d0"]
        while waiting:
            here = waiting.pop()
            for entry in links:
                ends = (entry["a_device"], entry["b_device"])
                for one, other in (ends, ends[::-1]):
                    if one == here and other not in found and other != f"d{without}":
                        found.add(other)
                        waiting.append(other)
        return found

    expected = reached(-1) - reached(lost) - {f"d{lost}"}
    found = effects(made, f"device:d{lost}")
    assert {name for name, effect in found.items() if effect == "cut_off"} == {f"device:{id}" for id in expected}


def test_a_chain_of_five_thousand_and_a_cycle_of_a_thousand() -> None:
    chain = [needs(f"s{number + 1}", f"s{number}") for number in range(5000)]
    long = graph(systems=[system(f"s{number}") for number in range(5001)], dependencies=chain)
    assert len(impact(long, [long.resolve("s0")]).of(Effect.STOPS)) == 5001
    ring = [needs(f"s{(number + 1) % 1000}", f"s{number}") for number in range(1000)]
    round_ = graph(systems=[system(f"s{number}") for number in range(1000)], dependencies=ring)
    assert len(impact(round_, [round_.resolve("s7")]).of(Effect.STOPS)) == 1000
