"""What ties cutovers: by dependencies, groups, and what is done."""

from __future__ import annotations

from typing import Any

import pytest

from migration.tracks.system_order import Bond, links_of, orders, tied, traffic, unions
from tests.migration.check.builder import Draft

SLOTS = 6


def bond(client: str, provider: str, *, together: bool = False) -> Bond:
    return Bond(f"{client}>{provider}", client, provider, together)


def mask(*slots: int) -> int:
    return sum(1 << slot for slot in slots)


def test_links_join_two_systems_by_themselves_or_their_parts() -> None:
    draft = Draft().system("a").system("b").add("external_object", id="x")
    draft.needs("a/app", "b").needs("a", "a/app").needs("external_object:x", "a").needs("b", "a", rejected=True)
    assert [(client, provider) for _, client, provider in links_of(draft.inventory())] == [("a", "b")]


@pytest.mark.parametrize(
    ("fields", "binds"),
    [
        ({}, True),
        ({"order": "together"}, True),
        ({"source": "confirmed"}, True),
        ({"source": "observed"}, False),
        ({"strength": "soft"}, False),
        ({"order": "none"}, False),
    ],
)
def test_hard_ordered_known_dependencies_bind(fields: dict[str, Any], binds: bool) -> None:
    inventory = Draft().system("a").system("b").needs("a", "b", **fields).inventory()
    assert [(one.client, one.provider, one.together) for one in orders(links_of(inventory))] == (
        [("a", "b", fields.get("order") == "together")] if binds else []
    )


def test_pairs_and_declared_groups_of_systems_that_move_share_a_slot() -> None:
    draft = Draft().system("a").system("b").system("c").add("move_group", id="g", systems=["b", "c", "stays", "b"])
    draft.add("move_group", id="alone", systems=["a", "stays"])
    bonds = [bond("a", "b", together=True), bond("c", "a")]
    assert unions(draft.inventory(), bonds, frozenset("abc"), {}) == [["a", "b"], ["b", "c"]]


def test_a_cycle_with_a_done_member_still_moves_at_once() -> None:
    bonds = [bond("a", "b"), bond("b", "c"), bond("c", "a"), bond("x", "a")]
    (found,) = unions(Draft().inventory(), bonds, frozenset("abcx"), {"a": 0})
    assert sorted(found) == ["a", "b", "c"]


def test_what_is_done_leaves_its_providers_the_past_and_its_clients_the_future() -> None:
    bonds = [bond("client", "done"), bond("done", "provider"), bond("other", "provider")]
    assert tied(bonds, [], {"done": 2}, SLOTS) == {"client": mask(2, 3, 4, 5), "provider": mask(0, 1, 2)}


def test_two_done_ends_leave_what_lies_between_them() -> None:
    bonds = [bond("late", "middle"), bond("middle", "early")]
    assert tied(bonds, [], {"early": 1, "late": 3}, SLOTS) == {"middle": mask(1, 2, 3)}


def test_a_group_follows_its_done_member_and_contradicting_ones_leave_nothing() -> None:
    assert tied([], [["a", "b", "c"]], {"a": 4}, SLOTS) == {"b": mask(4), "c": mask(4)}
    assert tied([], [["a", "b", "c"]], {"a": 4, "b": 3}, SLOTS) == {"c": 0}


def test_traffic_is_summed_by_pair_in_whole_megabits() -> None:
    draft = Draft().system("a").system("b").system("c")
    draft.needs("a", "b", traffic_mbps=1.2).needs("b", "a", traffic_mbps=3, order="none").needs("a", "c")
    number = {"a": 5, "b": 2}
    assert traffic(links_of(draft.inventory()), number) == [(2, 5, 2 + 3)]
