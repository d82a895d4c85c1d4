"""Simulated devices take what is rendered, stage by stage, end where it was intended, and go back."""

from __future__ import annotations

import pytest

from inventory.kinds.network import Ipv6Stage
from network.config import ConfigTree, normalised, parse, to_text
from network.diff import patch
from network.platforms import platform_of
from network.rendering import STAGES, intended
from network.testing.fake import FakeTransport
from network.testing.simulators import Simulator
from network.transport import Login, Target
from tests.network.made_configs import MadeConfig, made_config


@pytest.fixture(scope="module", params=[(id, seed) for id in ("huawei_vrp8", "h3c_comware7") for seed in (0, 1, 3)])
def made(request: pytest.FixtureRequest) -> MadeConfig:
    """6VPE, VRF lite and IS-IS on both platforms."""
    platform, seed = request.param
    return made_config(platform, 40, seed)


def type_in(device: Simulator, made: MadeConfig, before: ConfigTree, after: ConfigTree) -> list[str]:
    """The lines of a change that the device refuses, each with the answer."""
    platform = platform_of(made.platform)
    target = Target("hub", platform, "192.0.2.1", 22, "", "netops", "utf-8")
    with FakeTransport({"hub": device}).open(target, Login(password="Lab-Pass-1")) as session:
        session.enter()
        replies = [session.line(command) for command in patch(platform, before, after).commands]
        if platform.two_stage:
            replies.append(session.line("commit"))
        session.leave()
    return [f"{reply.line}: {reply.text}" for reply in replies if reply.refused]


def test_there_stage_by_stage_and_back_at_once(made: MadeConfig) -> None:
    platform = platform_of(made.platform)
    device = Simulator(made.platform, to_text(platform, made.running))
    tree = made.running
    for stage in STAGES:
        after = intended(made.intent, stage, made.running)
        assert type_in(device, made, tree, after) == [], stage
        tree = after
        assert normalised(platform, parse(platform, device.running)) == normalised(platform, after), stage
    assert tree == made.intended
    assert type_in(device, made, tree, made.running) == []
    assert normalised(platform, parse(platform, device.running)) == normalised(platform, made.running)


def test_what_is_read_back_needs_nothing_more(made: MadeConfig) -> None:
    platform = platform_of(made.platform)
    device = Simulator(made.platform, to_text(platform, made.intended))
    read = parse(platform, device.running)
    again = intended(made.intent, Ipv6Stage.VERIFIED, read)
    assert patch(platform, read, again).empty
