"""running + remediation = intended, and + rollback = running again."""

from __future__ import annotations

import pytest

from network.config import ConfigTree, normalised, parse, to_text
from network.diff import Patch, neutral, patch
from network.platforms import Platform, platform_of
from tests.network.configs import MAIN, Pair, pair
from tests.network.diff.device import Device, heads

# Interfaces, peers, rules: from some 500 to some 3,000 lines of the configuration that runs.
SIZES = ((50, 12, 40), (110, 20, 60), (200, 30, 80), (300, 40, 120), (330, 60, 300))
CASES = [(platform, seed, size) for platform in MAIN for seed, size in enumerate(SIZES)]


def typed(platform: Platform, before: ConfigTree, commands: Patch, views: set[str]) -> ConfigTree:
    """What a device that takes everything holds after the commands."""
    leave = "exit" if platform.undo == "no" else "quit"
    device = Device(before, views, platform.undo, leave)
    for command in commands.commands:
        device.type(command)
    return device.tree


def views_of(case: Pair) -> set[str]:
    return heads(case.running, case.intended)


def same(platform: Platform, one: ConfigTree, other: ConfigTree) -> bool:
    return normalised(platform, one) == normalised(platform, other)


@pytest.mark.parametrize("old", [False, True], ids=["bare", "former-plan"])
@pytest.mark.parametrize(("name", "seed", "size"), CASES)
def test_there_and_back(name: str, seed: int, size: tuple[int, int, int], old: bool) -> None:
    platform = platform_of(name)
    interfaces, peers, rules = size
    case = pair(name, seed, interfaces=interfaces, peers=peers, rules=rules, old=old)
    assert 400 <= case.running_text.count("\n") <= 3_200
    views = views_of(case)
    forward = patch(platform, case.running, case.intended)
    back = patch(platform, case.intended, case.running)
    reached = typed(platform, case.running, forward, views)
    assert same(platform, reached, case.intended)
    assert same(platform, typed(platform, reached, back, views), case.running)
    assert patch(platform, reached, case.intended).empty
    # The bare retrofit leaves IPv4 alone; printing and reading again changes nothing.
    assert old or neutral(platform, case.running, case.intended) == ()
    assert same(platform, parse(platform, to_text(platform, case.intended)), case.intended)


@pytest.mark.parametrize("name", MAIN)
def test_the_sizes_span_what_is_promised(name: str) -> None:
    lines = [pair(name, 0, interfaces=i, peers=p, rules=r).running_text.count("\n") for i, p, r in SIZES]
    assert min(lines) <= 520
    assert max(lines) >= 2_700


@pytest.mark.parametrize("name", MAIN)
def test_nothing_to_do(name: str) -> None:
    case = pair(name, 7)
    assert patch(platform_of(name), case.running, case.running).empty
    assert patch(
        platform_of(name), case.intended, parse(platform_of(name), to_text(platform_of(name), case.intended))
    ).empty
