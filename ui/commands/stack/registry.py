"""The group ``qianyun stack``, and the options that its commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ui.commanding import Group, argument, option

__all__ = ["group", "of_kept", "of_planned", "selection_options", "way_options"]

Function = Callable[..., Any]

group = Group("stack")


def selection_options(function: Function) -> Function:
    """Which stacks; none of these: all."""
    for add in (
        option("--stack", "stacks", multiple=True, metavar="STACK", key="stack.option.stack"),
        option("--system", "systems", multiple=True, metavar="SYSTEM", key="stack.option.system"),
        option("--wave", "waves", multiple=True, metavar="WAVE", key="stack.option.wave"),
        option("--cloud", "clouds", multiple=True, metavar="CLOUD", key="stack.option.cloud"),
    ):
        function = add(function)
    return function


def way_options(function: Function) -> Function:
    """Where stacks are kept, how the clouds are logged in to, how many at a time. No option takes a password."""
    for add in (
        option("--parallel", type=click.IntRange(1, 32), default=4, key="stack.option.parallel"),
        option("--backend", default="", metavar="URL", key="stack.option.backend"),
        option("--config", type=Path, metavar="FILE", key="run.option.config"),
    ):
        function = add(function)
    return function


def of_planned(function: Function) -> Function:
    """An estate and a plan, which of its stacks, and the way to them."""
    for add in (way_options, selection_options, argument("plan", type=Path), argument("estate", type=Path)):
        function = add(function)
    return function


def of_kept(function: Function) -> Function:
    """An estate, a plan where one is needed to choose, which of the stacks that there are, and the way to them."""
    plan = argument("plan", type=Path, required=False)
    for add in (way_options, selection_options, plan, argument("estate", type=Path)):
        function = add(function)
    return function
