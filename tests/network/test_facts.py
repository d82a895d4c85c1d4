"""The facts are well formed and sourced, and our patches do what they say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from network.config import parse
from network.diff import patch
from network.platforms import platform_of
from tests.network.facts import PLATFORMS, Fact, facts

DOCS = Path(__file__).parents[2] / "docs" / "platforms.md"
ALL = [fact for platform in PLATFORMS for fact in facts(platform)]

# Facts whose lines ours are not, and why.
OTHERWISE = {
    "comware-as-number-of-group": "what goes and what is new are two passes: the view is entered twice",
    "comware-node-changes-its-action": "the node is taken back as a whole, so that no line of it stays behind",
    "frr-no-remote-as-takes-the-neighbor": "the neighbour is taken back by its address",
    "frr-same-length-network-kept-once": "two spellings of one address are no difference",
    "vrp-undo-enable-takes-addresses": "unverified: the lines are taken back one by one",
    "vrp-undo-isis-values-before-enable": "the values in the other order",
    "vrp-undo-ospfv3-takes-interface-lines": "unverified: the interfaces' lines are taken back first",
}


def test_enough_of_each_platform() -> None:
    numbers = Counter(fact.platform for fact in ALL)
    assert numbers["huawei_vrp8"] >= 25
    assert numbers["h3c_comware7"] >= 25
    assert numbers["frr"] >= 10
    assert len({fact.id for fact in ALL}) == len(ALL)
    assert all(fact.platform == platform for platform in PLATFORMS for fact in facts(platform))


def test_most_are_shown_by_somebody() -> None:
    assert 3 * sum(fact.unverified for fact in ALL) <= len(ALL)
    for fact in ALL:
        if not fact.unverified:
            assert set(fact.source) in ({"manual", "release", "section"}, {"annet"}), fact.id


def test_the_unverified_are_listed_for_users() -> None:
    text = DOCS.read_text(encoding="utf-8")
    listed = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    assert {fact.id for fact in ALL if fact.unverified} <= listed
    assert not {fact.id for fact in ALL if not fact.unverified} & listed


@pytest.mark.parametrize("fact", [fact for fact in ALL if fact.running is not None], ids=lambda fact: fact.id)
def test_our_lines_are_the_facts_lines(fact: Fact) -> None:
    platform = platform_of(fact.platform)
    commands = patch(platform, parse(platform, fact.given), parse(platform, fact.running or "")).commands
    assert (commands == fact.commands) is (fact.id not in OTHERWISE)


@pytest.mark.parametrize("fact", [fact for fact in ALL if fact.refused_at], ids=lambda fact: fact.id)
def test_the_refused_line_is_one_of_the_fact(fact: Fact) -> None:
    assert 1 <= fact.refused_at <= len(fact.commands)
