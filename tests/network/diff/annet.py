"""annet's patches, for comparison: another engine with rule books of its own for Huawei and H3C."""

from __future__ import annotations

from functools import cache
from typing import Any

from network.config import ConfigTree, to_text
from network.platforms import Platform

MODELS = {"huawei_vrp8": "Huawei NE40E", "h3c_comware7": "H3C S6800"}

Step = tuple[tuple[str, ...], str]


@cache
def _ready() -> None:
    from annet.hardware import AnnetHardwareProvider, hardware_connector
    from annet.rulebook import DefaultRulebookProvider, rulebook_provider_connector

    hardware_connector.set(AnnetHardwareProvider)
    rulebook_provider_connector.set(DefaultRulebookProvider)


def steps(platform: Platform, before: ConfigTree, after: ConfigTree) -> list[Step]:
    """annet's commands in its order, each with the heads of its views."""
    from annet.annlib import patching
    from annet.annlib.netdev.views.hardware import HardwareView
    from annet.rulebook import get_rulebook
    from annet.vendors import registry_connector, tabparser

    _ready()
    hardware = HardwareView(MODELS[platform.id], "")
    book: Any = get_rulebook(hardware)
    formatter = registry_connector.get().match(hardware).make_formatter()
    trees: list[Any] = [tabparser.parse_to_tree(to_text(platform, tree), formatter.split) for tree in (before, after)]
    difference: Any = patching.make_diff(trees[0], trees[1], book, [])
    prepared: Any = patching.make_pre(difference)
    made = patching.make_patch(prepared, book, hardware, add_comments=False)
    found: list[Step] = []
    _walk(made, (), found)
    return found


def _walk(tree: Any, path: tuple[str, ...], found: list[Step]) -> None:
    for row, inner in tree.items():
        if inner is None:
            found.append((path, row))
        else:
            found.append(((*path, row), ""))  # entering is a step: a view may be empty
            _walk(inner, (*path, row), found)
