"""The simulators against the facts about the makers' order, undo and refusal."""

from __future__ import annotations

import random

import pytest

from network.testing.simulators import Simulator
from network.testing.simulators.console import Console
from network.testing.simulators.tree import Line, read
from tests.network.facts import Fact, facts

SIMULATED = ("huawei_vrp8", "h3c_comware7")
FACTS = [fact for platform in SIMULATED for fact in facts(platform)]


def plain(line: Line) -> list[object]:
    """Order and empty views do not count: the facts say nothing of them."""
    return sorted(
        (
            [child.text, plain(child)]
            for child in line.children
            if child.children or not child.text.startswith("interface")
        ),
        key=str,
    )


def typed(fact: Fact) -> tuple[Console, int]:
    """The console after the commands, and the line that was refused; 0: none."""
    console = Console(Simulator(fact.platform, fact.given), "netops")
    console.submit("system-view")
    for number, line in enumerate(fact.commands, 1):
        answer = console.submit(line)
        assert not answer.asks, line
        if answer.text.lstrip().startswith(("Error", "%", "Permission")):
            return console, number
        assert not answer.text, (line, answer.text)
    return console, 0


@pytest.mark.parametrize("fact", FACTS, ids=[fact.id for fact in FACTS])
def test_facts(fact: Fact) -> None:
    console, refused = typed(fact)
    assert refused == fact.refused_at
    if fact.running is not None:
        if console.device.two_stage:
            assert console.submit("commit").text == ""
        assert plain(console.device.root) == plain(read(fact.running))


@pytest.mark.parametrize("platform", SIMULATED)
def test_a_printed_configuration_is_read_back_as_it_was(platform: str) -> None:
    chance = random.Random(platform)
    root = Line("")
    for number in range(40):
        line = Line(f"interface LoopBack{number}", [Line(f"description {chance.random()}")])
        root.children.append(line if chance.random() < 0.7 else Line(f"ip route-static 10.0.{number}.0 24 NULL0"))
    device = Simulator(platform, "sysname A\n")
    printed = device.printed(root)
    assert plain(read(printed.replace(" version 7.1.070, Release 6555P01\n", ""))) == plain(root)


def test_separators_in_views_keep_the_view() -> None:
    root = read(
        "#\nbgp 1\n peer 10.0.0.1 as-number 1\n #\n ipv4-family unicast\n  peer 10.0.0.1 enable\n#\n sysname A\n"
    )
    assert [one.text for one in root.children] == ["bgp 1", "sysname A"]
    assert [one.text for one in root.children[0].children] == ["peer 10.0.0.1 as-number 1", "ipv4-family unicast"]
