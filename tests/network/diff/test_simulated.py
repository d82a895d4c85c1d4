"""Patches typed into the simulators of VRP 8 and Comware 7: taken in our order, refused in another."""

from __future__ import annotations

import random
import re

import pytest

from network.config import ConfigTree, normalised
from network.diff import neutral, patch, refused
from network.platforms import platform_of
from tests.network.diff.simulated import Step, commands_of, steps, typed
from tests.network.made_configs import MadeConfig, made_config, made_configs

SIMULATED = ("huawei_vrp8", "h3c_comware7")
CASES = [case for case in made_configs() if case.platform in SIMULATED]


def same(case: MadeConfig, one: ConfigTree, other: ConfigTree) -> bool:
    platform = platform_of(case.platform)
    return normalised(platform, one) == normalised(platform, other)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_there_and_back(case: MadeConfig) -> None:
    platform = platform_of(case.platform)
    forward = patch(platform, case.running, case.intended)
    assert neutral(platform, case.running, case.intended) == ()
    assert refused(platform, forward) == ()
    there = typed(case.platform, case.running, forward.commands)
    assert there.refused == 0, there.why
    assert same(case, there.reached, case.intended)
    back = typed(case.platform, there.reached, patch(platform, there.reached, case.running).commands)
    assert back.refused == 0, back.why
    assert same(case, back.reached, case.running)


# What has to stand before what: views and command of the first line; of the second, with the first's groups.
DEPENDENT = (
    (r"(interface \S+) / ipv6 enable", r"{0} / (?:ipv6 address .*|ipv6 mtu .*|ospfv3 \d+ area .*)"),
    (r"(bgp \d+) / peer (\S+) as-number .*", r"{0}(?: / .*)? / peer {1} (?!as-number).*"),
    (r"(ip vpn-instance \S+ / ipv6-family) / route-distinguisher .*", r"{0} / vpn-target .*"),
    (r"(interface \S+) / undo ipv6 (?:address|mtu).*", r"{0} / undo ipv6 enable"),
    (r"(interface \S+) / undo ospfv3 (\d+) area .*", r" / undo ospfv3 {1}"),
    (r"interface \S+ / undo (?:traffic-filter inbound acl|packet-filter) ipv6 (\d+).*", r" / undo acl ipv6 \w+ {0}"),
    (r"(interface \S+) / undo ospfv3 (?:cost|network-type)", r"{0} / undo ospfv3 \d+ area .*"),
)


def said(step: Step) -> str:
    return f"{' / '.join(step[0])} / {step[1]}"


def dependent(found: list[Step]) -> list[tuple[int, int]]:
    """Places of lines of which the second needs the first."""
    texts = [said(step) for step in found]
    pairs = []
    for first, text in enumerate(texts):
        for before, after in DEPENDENT:
            if match := re.fullmatch(before, text):
                pattern = re.compile(after.format(*(re.escape(group) for group in match.groups())))
                pairs += [(first, place) for place in range(first + 1, len(texts)) if pattern.fullmatch(texts[place])]
    return pairs


@pytest.mark.parametrize("name", SIMULATED)
def test_steps_are_the_commands(name: str) -> None:
    case = made_config(name, 8, 3)
    for before, after in ((case.running, case.intended), (case.intended, case.running)):
        commands = patch(platform_of(name), before, after).commands
        again = typed(name, before, commands_of(steps(name, before, commands)))
        assert again.refused == 0, again.why
        assert same(case, again.reached, after)


@pytest.mark.parametrize("name", SIMULATED)
def test_two_dependent_lines_swapped(name: str) -> None:
    """At least 90 of 100 mutations are refused."""
    random_ = random.Random(name)
    tried = taken = 0
    survivors = []
    for seed in range(10):
        case = made_config(name, 8, seed)
        for before, after in ((case.running, case.intended), (case.intended, case.running)):
            found = steps(name, before, patch(platform_of(name), before, after).commands)
            pairs = dependent(found)
            for first, second in random_.sample(pairs, min(12, len(pairs))):
                mutated = list(found)
                mutated[first], mutated[second] = found[second], found[first]
                tried += 1
                if not typed(name, before, commands_of(mutated)).refused:
                    taken += 1
                    survivors.append((said(found[first]), said(found[second])))
    assert tried >= 60
    assert taken <= 0.1 * tried, survivors
