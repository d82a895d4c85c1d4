"""Finds platforms by id."""

from __future__ import annotations

import functools
from importlib import resources

import yaml

from inventory.inventory import nearest_names
from network.errors import UnknownPlatformError
from network.platforms.model import Platform

__all__ = ["platform_of", "platforms"]


@functools.cache
def platforms() -> dict[str, Platform]:
    """All platforms by id: proven ones first, then simulated, then text only; by id within each."""
    folder = resources.files("network.platforms") / "tables"
    rows = [
        Platform.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    ]
    order = list(type(rows[0].proof))
    return {row.id: row for row in sorted(rows, key=lambda row: (order.index(row.proof), row.id))}


def platform_of(name: str) -> Platform:
    """The platform of an id; UnknownPlatformError with the nearest one."""
    known = platforms()
    if name not in known:
        raise UnknownPlatformError(
            "unknown-platform", platform=name or "-", nearest=nearest_names(name, known) or ", ".join(known)
        )
    return known[name]
