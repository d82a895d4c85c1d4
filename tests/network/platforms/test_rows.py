"""Rows of platforms: all readable, levels as promised, names that are nearly right."""

from __future__ import annotations

import re

import pytest

from network.errors import UnknownPlatformError
from network.platforms import GuardKind, Platform, Proof, platform_of, platforms

PROMISED = {
    "frr": Proof.PROVEN,
    "huawei_vrp8": Proof.SIMULATED,
    "h3c_comware7": Proof.SIMULATED,
    "huawei_vrp5": Proof.TEXT_ONLY,
    "h3c_comware5": Proof.TEXT_ONLY,
    "ruijie_rgos": Proof.TEXT_ONLY,
    "zte_zxros": Proof.TEXT_ONLY,
    "cisco_ios": Proof.TEXT_ONLY,
}
ALL = list(platforms().values())


def test_levels() -> None:
    assert {id: platform_of(id).proof for id in PROMISED} == PROMISED


def test_proven_ones_come_first() -> None:
    order = [row.proof for row in ALL]
    assert order == sorted(order, key=list(Proof).index)


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_a_guard_where_something_is_pushed_and_only_there(row: Platform) -> None:
    pushed = row.proof is not Proof.TEXT_ONLY
    assert (row.guard is not GuardKind.NONE) == pushed
    if pushed:
        shortest, longest = row.guard_seconds
        assert 0 < shortest < longest
        assert row.errors
        assert row.questions or row.id == "frr"


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.id)
def test_prompts_and_secrets(row: Platform) -> None:
    name = re.escape("核心SW-1")
    for pattern in (row.prompts.operational, row.prompts.configuration):
        assert re.compile(pattern.replace("{name}", name)).fullmatch(pattern) is None
    assert all("secret" in re.compile(pattern).groupindex for pattern in row.secrets)


@pytest.mark.parametrize(
    ("platform", "answer", "refused"),
    [
        ("huawei_vrp8", "                  ^\nError: Unrecognized command found at '^' position.", True),
        ("huawei_vrp8", "Error: The VPN instance does not exist.", True),
        ("huawei_vrp8", "Info: All IPv4 related configurations on this interface are removed!", False),
        ("h3c_comware7", " % Wrong parameter found at '^' position.", True),
        ("h3c_comware7", "Some configurations on the interface are removed.", False),
        ("frr", "% Unknown command: ipv6 adress", True),
        ("frr", "Note: this version of vtysh never writes vtysh.conf", False),
    ],
)
def test_refusals(platform: str, answer: str, refused: bool) -> None:
    assert platform_of(platform).is_refusal(answer) is refused


@pytest.mark.parametrize(
    ("platform", "mode", "prompt", "fits"),
    [
        ("huawei_vrp8", "operational", "<SW1>", True),
        ("huawei_vrp8", "configuration", "[~SW1]", True),
        ("huawei_vrp8", "configuration", "[*SW1-GigabitEthernet0/1/0]", True),
        ("huawei_vrp8", "configuration", "[~SW10]", False),
        ("h3c_comware7", "configuration", "[SW1-bgp-default-ipv6]", True),
        ("frr", "configuration", "SW1(config-if)#", True),
        ("frr", "operational", "SW1(config)#", False),
    ],
)
def test_prompt_patterns(platform: str, mode: str, prompt: str, fits: bool) -> None:
    pattern = getattr(platform_of(platform).prompts, mode).replace("{name}", "SW1")
    assert (re.fullmatch(pattern, prompt) is not None) is fits


def test_commands_are_filled_in() -> None:
    assert platform_of("huawei_vrp8").command("arm", seconds=120) == "commit trial 120"
    assert platform_of("h3c_comware7").command("arm", minutes=2) == "configuration commit delay 2"


@pytest.mark.parametrize(("written", "nearest"), [("huawei_vrp9", "huawei_vrp8"), ("comware7", "h3c_comware7")])
def test_an_unknown_platform_names_the_nearest(written: str, nearest: str) -> None:
    with pytest.raises(UnknownPlatformError) as caught:
        platform_of(written)
    assert nearest in caught.value.hint
    assert written in caught.value.message


def test_without_anything_near_all_are_named() -> None:
    with pytest.raises(UnknownPlatformError) as caught:
        platform_of("")
    assert all(id in caught.value.hint for id in PROMISED)
