"""Shared by the tests of flows: the sample estate, and imports into a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from inventory.flows.load import FlowReport, import_flows
from inventory.inventory import Inventory
from inventory.kinds.systems import Dependency
from inventory.load import load_estate

DATA = Path(__file__).resolve().parents[2] / "data" / "flows"
HEADER = "source,target,port,bytes,first,last\n"


def new_estate(folder: Path) -> Path:
    """A copy of the sample estate."""
    return Path(shutil.copytree(DATA / "estate", folder / "estate"))


def load(estate: Path) -> Inventory:
    """The estate, which must have no error."""
    loaded = load_estate(estate, cache=False)
    assert loaded.errors == 0, loaded.problems
    return loaded.inventory


def bring_in(estate: Path, file: Path, **options: Any) -> FlowReport:
    """Import a file."""
    return import_flows(load(estate), file, **options)


def bring_lines(estate: Path, *lines: str) -> FlowReport:
    """Import a table of some lines below the usual header."""
    file = estate.parent / "lines.csv"
    file.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return bring_in(estate, file)


def dependency(estate: Path, id: str) -> Dependency:
    """One dependency as it is loaded now."""
    return load(estate).dependencies[id]
