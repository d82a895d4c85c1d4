"""The engine's wire protocol without the engine's whole Python SDK.

Importing ``pulumi`` also loads its Automation API, tracing and test helpers: twice the processor time of the messages
themselves, paid by every provider process that a preview starts. In the plug-in process empty parent packages stand in
for it.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from types import ModuleType

__all__ = ["stand_in"]


def stand_in() -> None:
    """Register ``pulumi``, ``pulumi.runtime`` and ``pulumi.runtime.proto`` as packages without contents.

    Only for a process that never needs the SDK itself; does nothing where it is loaded already or not installed.
    """
    if "pulumi" in sys.modules:
        return
    path: list[str] | None = None
    packages: dict[str, ModuleType] = {}
    for name in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.submodule_search_locations is None:
            return  # the import of the protocol says what is missing
        path = list(spec.submodule_search_locations)
        packages[name] = ModuleType(name)
        packages[name].__path__ = path
    sys.modules.update(packages)
