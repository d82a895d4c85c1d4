"""What the program believes of FRR, typed into real FRR."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from network.config import ConfigTree, merge, normalised, parse, to_text
from network.diff import patch
from network.platforms import platform_of
from tests.network.configs import Pair, pair
from tests.network.diff.frr import Router, router
from tests.network.facts import Fact, facts
from tests.network.made_configs import made_config

pytestmark = [pytest.mark.component("frr"), pytest.mark.component("namespaces")]
FRR = platform_of("frr")


@pytest.fixture(scope="module")
def device() -> Iterator[Router]:
    with router() as made:
        yield made


def lines(tree: ConfigTree) -> set[str]:
    """Every line with the heads of its views, but for the name, which FRR takes from the machine."""
    found: set[str] = set()

    def walk(path: str, of: ConfigTree) -> None:
        for line in of.lines:
            if not line.text.startswith("hostname "):
                found.add(f"{path}/{line.text}")
            walk(f"{path}/{line.text}", ConfigTree(line.children))

    walk("", normalised(FRR, tree))
    return found


@pytest.mark.parametrize("fact", facts("frr"), ids=lambda fact: fact.id)
def test_facts(device: Router, fact: Fact) -> None:
    device.clear()
    assert device.type(fact.given.splitlines())[0] == 0
    refused, answer = device.type(fact.commands)
    assert refused == fact.refused_at, answer
    if fact.running is None:
        return
    given, expected, found = (lines(parse(FRR, text)) for text in (fact.given, fact.running, device.running()))
    leaves = {line for line in given | expected if not any(other.startswith(f"{line}/") for other in given | expected)}
    assert (expected & leaves) <= found
    assert not ((given - expected) & leaves) & found


def differences(device: Router, wanted: ConfigTree, folder: Path) -> str:
    """What FRR's own tool would change to reach a configuration."""
    path = folder / "wanted.conf"
    path.write_text(to_text(FRR, normalised(FRR, wanted)), encoding="utf-8")
    command = ["/usr/lib/frr/frr-reload.py", "--test", "--stdout", "--pathspace", device.name, str(path)]
    command += ["--confdir", "/etc/frr", "--rundir", "/var/run/frr"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout + done.stderr


@pytest.mark.parametrize("old", [False, True], ids=["bare", "former-plan"])
@pytest.mark.parametrize("seed", [1, 2])
def test_there_and_back(device: Router, tmp_path: Path, seed: int, old: bool) -> None:
    case = pair("frr", seed, interfaces=20, peers=8, rules=10, old=old)
    device.clear()
    before_text = to_text(FRR, case.running)
    refused, answer = device.type(
        [line for line in before_text.splitlines() if not line.startswith(("!", "end", "hostname "))]
    )
    assert refused == 0, answer
    before = parse(FRR, device.running())
    wanted = merge(parse(FRR, device.running()), case.fragment) if not old else _replaced(before, case)
    refused, answer = device.type(patch(FRR, before, wanted).commands)
    assert refused == 0, answer
    reached = parse(FRR, device.running())
    assert lines(reached) == lines(wanted)
    answer = differences(device, wanted, tmp_path)
    assert "Lines To" not in answer, answer
    refused, answer = device.type(patch(FRR, reached, before).commands)
    assert refused == 0, answer
    assert lines(parse(FRR, device.running())) == lines(before)


def _replaced(before: ConfigTree, case: Pair) -> ConfigTree:
    """The intended configuration with the lines that FRR prints by itself."""
    known = {line.text for tree in (case.running, case.intended) for line in normalised(FRR, tree).lines}
    own = (line for line in normalised(FRR, before).lines if line.text not in known)
    return ConfigTree((*own, *(line for line in case.intended.lines if not line.text.startswith("hostname "))))


def bare(tree: ConfigTree) -> ConfigTree:
    """Without the VRFs and those of interfaces, which FRR leaves out where the kernel has none."""
    kept = ConfigTree(tuple(line for line in tree.lines if line.children or not line.text.startswith("vrf ")))
    return parse(FRR, re.sub(r"^(interface \S+) vrf \S+$", r"\1", to_text(FRR, kept), flags=re.MULTILINE))


@pytest.mark.parametrize(("size", "seed"), [(6, 1), (8, 2)])
def test_what_is_rendered(device: Router, size: int, seed: int) -> None:
    case = made_config("frr", size, seed)
    device.clear()
    text = to_text(FRR, bare(case.running))
    refused, answer = device.type(
        [line for line in text.splitlines() if not line.startswith(("!", "end", "hostname "))]
    )
    assert refused == 0, answer
    before = parse(FRR, device.running())
    wanted = merge(before, bare(case.intended))
    refused, answer = device.type(patch(FRR, before, wanted).commands)
    assert refused == 0, answer
    reached = parse(FRR, device.running())
    assert lines(reached) == lines(wanted)
    refused, answer = device.type(patch(FRR, reached, before).commands)
    assert refused == 0, answer
    assert lines(parse(FRR, device.running())) == lines(before)
