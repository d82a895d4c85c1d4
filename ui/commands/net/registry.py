"""The group ``qianyun net``, and the options that its commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from inventory.kinds.network import Ipv6Stage
from ui.commanding import Group, option

__all__ = ["STAGES", "device_options", "group", "journal_option", "push_options", "stage_option"]

Function = Callable[..., Any]

group = Group("net")
STAGES = tuple(
    stage.value
    for stage in (Ipv6Stage.ADDRESSED, Ipv6Stage.UNDERLAY, Ipv6Stage.ROUTING, Ipv6Stage.SERVICE, Ipv6Stage.SECURITY)
)
"""Stages that change devices."""


def stage_option(function: Function) -> Function:
    """``--stage``: up to which stage of the retrofit."""
    return option("--stage", required=True, type=click.Choice(STAGES), key="net.option.stage")(function)


def journal_option(function: Function) -> Function:
    """``--journal``: where pushes are on record."""
    return option("--journal", type=Path, metavar="FOLDER", key="net.option.journal")(function)


def device_options(function: Function) -> Function:
    """Which devices, and how they are logged in to. No option takes a password."""
    for add in (
        option("--threads", type=click.IntRange(1, 200), default=20, key="net.option.threads"),
        option("--ask-password", is_flag=True, key="net.option.ask-password"),
        option("--key", type=Path, metavar="FILE", key="net.option.key"),
        option("--user", default="", metavar="USER", key="net.option.user"),
        option("--config", type=Path, metavar="FILE", key="run.option.config"),
        option("--only", multiple=True, metavar="SELECTOR", key="net.option.only"),
    ):
        function = add(function)
    return function


def push_options(function: Function) -> Function:
    """How a push goes, and who has agreed to it."""
    for add in (
        option("--yes", metavar="HASH", key="net.option.yes"),
        option("--no-canary", is_flag=True, key="net.option.no-canary"),
        option("--error-budget", type=click.IntRange(0), default=0, key="net.option.error-budget"),
        option("--guard", type=click.IntRange(5), metavar="SECONDS", key="net.option.guard"),
    ):
        function = add(function)
    return function
