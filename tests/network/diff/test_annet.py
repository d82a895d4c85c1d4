"""Our patches beside annet's: where they differ, docs/platforms.md says why."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from network.config import ConfigTree
from network.diff import patch
from network.platforms import Platform, platform_of
from tests.network.configs import pair
from tests.network.diff.annet import MODELS, Step, steps
from tests.network.diff.device import heads

DOCS = Path(__file__).parents[3] / "docs" / "platforms.md"

# Side, steps by their views and command, and the row of the table in docs/platforms.md.
EXPLAINED = (
    ("annet", r"interface \S+ / undo ospfv3 cost \d+", "ospfv3-cost"),
    ("ours", r"interface \S+ / undo ospfv3 cost", "ospfv3-cost"),
    ("annet", r"interface \S+ / undo ipv6 mtu", "ipv6-mtu"),
    ("annet", r" / (?:undo )?(?:ip ipv6-prefix|ipv6 prefix-list) SITES index (?:99999999|65535)(?: .*)?", "stand-in"),
    ("ours", r" / (?:undo )?(?:ip ipv6-prefix|ipv6 prefix-list) SITES index (?:4294967295|65535)(?: .*)?", "stand-in"),
)


def ours(platform: Platform, before: ConfigTree, after: ConfigTree) -> list[Step]:
    """Our commands in our order, each with the heads of its views."""
    views = heads(before, after)
    path: list[str] = []
    found: list[Step] = []
    for command in patch(platform, before, after).commands:
        if command == "quit":
            path.pop()
        elif command in views or re.fullmatch(r"area \S+", command):
            path.append(command)
            found.append((tuple(path), ""))
        else:
            found.append((tuple(path), command))
    return found


def lines(found: list[Step]) -> Counter[str]:
    """Steps as text, without entering views, which an engine may do once or twice."""
    return Counter(
        f"{' / '.join(path)} / {command}" for path, command in found if command and not command.startswith("area ")
    )


@pytest.mark.parametrize("name", sorted(MODELS))
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("old", [False, True], ids=["bare", "former-plan"])
def test_differences_are_explained(name: str, seed: int, old: bool) -> None:
    platform = platform_of(name)
    case = pair(name, seed, interfaces=12, peers=6, rules=8, old=old)
    for before, after in ((case.running, case.intended), (case.intended, case.running)):
        theirs, own = lines(steps(platform, before, after)), lines(ours(platform, before, after))
        assert sum((theirs & own).values()) > 0.8 * sum(own.values())
        for side, rest in (("annet", theirs - own), ("ours", own - theirs)):
            for step in rest:
                assert any(side == where and re.fullmatch(form, step) for where, form, _ in EXPLAINED), (side, step)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_processes_go_after_their_interfaces_with_us(name: str) -> None:
    """Of the ways back, annet takes the OSPFv3 process first: the interfaces' lines would go with it or be refused."""
    platform = platform_of(name)
    case = pair(name, 3, interfaces=4, peers=2, rules=2)

    def places(found: list[Step]) -> tuple[int, int]:
        commands = [command for _, command in found]
        return commands.index("undo ospfv3 1"), commands.index("undo ospfv3 1 area 0.0.0.0")

    process, interface = places(ours(platform, case.intended, case.running))
    assert process > interface
    process, interface = places(steps(platform, case.intended, case.running))
    assert process < interface


def test_each_difference_has_its_row() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for row in {row for _, _, row in EXPLAINED} | {"process-order"}:
        assert f"| {row} |" in text, row
