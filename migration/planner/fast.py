"""The inner loop compiled with numba where the extra `fast` is installed; the same functions, the same results.

The functions of `moves` and `improve` see only integers in flat sequences. Here they are compiled as they stand, over
arrays instead of lists. numba is imported, and the loop compiled or read from numba's cache, only for a search long
enough to repay it.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import Any, cast

import numpy as np

__all__ = ["arrays", "available", "cached", "compiled", "lists", "record"]


def available() -> bool:
    """Whether numba is installed. It is not imported."""
    return find_spec("numba") is not None


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function compiled together with all functions of this package that it calls.

    Machine code is kept in the user's cache folder, under a name that changes with every source it was made from:
    numba itself looks at the source of the outermost function only.
    """
    import numba

    functions = _called(cast(FunctionType, function))
    numba.config.CACHE_DIR = str(_cache(functions))  # type: ignore[attr-defined]
    space: dict[str, Any] = {"__builtins__": builtins}
    for each in functions:
        space.update({name: each.__globals__[name] for name in _names(each, int)})
        copy = FunctionType(each.__code__, space, each.__name__)
        copy.__module__, copy.__qualname__ = each.__module__, each.__qualname__
        space[each.__name__] = numba.njit(cache=True)(copy)
    kernel: Callable[..., Any] = space[function.__name__]
    return kernel


def cached(function: Callable[..., Any]) -> bool:
    """Whether a function's machine code is in the cache, as far as can be told without numba."""
    return any(_cache(_called(cast(FunctionType, function))).rglob("*.nbi"))


def _cache(functions: list[FunctionType]) -> Path:
    from platformdirs import user_cache_path

    sources = sorted({each.__code__.co_filename for each in functions})
    stamp = sha256(b"".join(Path(source).read_bytes() for source in sources)).hexdigest()[:16]
    return user_cache_path("qianyun") / f"numba-{stamp}"


def _names(function: FunctionType, kind: type) -> list[str]:
    return [name for name in function.__code__.co_names if isinstance(function.__globals__.get(name), kind)]


def _called(function: FunctionType) -> list[FunctionType]:
    """A function and all it calls, each after those it calls itself."""
    found: list[FunctionType] = []
    for name in _names(function, FunctionType):
        found += [each for each in _called(function.__globals__[name]) if each not in found]
    return [*found, function]


def arrays(values: Any) -> Any:
    """A named tuple with its sequences as arrays: bytes stay bytes, all else becomes 64-bit integers."""
    return type(values)(*(_array(value) for value in values))


def _array(value: Any) -> Any:
    if isinstance(value, int):
        return value
    return np.frombuffer(value, np.uint8) if isinstance(value, bytearray) else np.array(value, np.int64)


def record(values: Any) -> Any:
    """A named tuple of arrays as the structure that compiled functions take; it shares the arrays."""
    from migration.planner.records import record as make

    return make(values)


def lists(values: Any) -> Any:
    """A named tuple of arrays with lists in their place."""
    return type(values)(*(value.tolist() for value in values))
