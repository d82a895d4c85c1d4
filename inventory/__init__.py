"""What exists: the estate's records, how they are read, checked, selected and written.

``load_estate`` gives the ``Inventory`` of a folder and all problems found in it. This package imports nothing of ours.
The names below are imported when they are first used: the command line shows its help without loading any model.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inventory.errors import QianyunError
    from inventory.estate import Estate
    from inventory.inventory import Inventory
    from inventory.load import Loaded, load_estate, read_estate
    from inventory.problems import Origin, Problem, Severity

__all__ = [
    "Estate",
    "Inventory",
    "Loaded",
    "Origin",
    "Problem",
    "QianyunError",
    "Severity",
    "load_estate",
    "read_estate",
]

_HOMES = {
    "Estate": "inventory.estate",
    "Inventory": "inventory.inventory",
    "Loaded": "inventory.load",
    "Origin": "inventory.problems",
    "Problem": "inventory.problems",
    "QianyunError": "inventory.errors",
    "Severity": "inventory.problems",
    "load_estate": "inventory.load",
    "read_estate": "inventory.load",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'inventory' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
