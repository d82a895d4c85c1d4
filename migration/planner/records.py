"""Named tuples as numba structures: passed by reference, so that compiled functions hand them on at no cost.

Imported only where numba is installed and wanted.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.experimental import structref

from migration.planner.improve import Sweep
from migration.planner.tables import State, Tables

__all__ = ["record"]


@structref.register
class TablesType(types.StructRef):
    """Tables in compiled code."""


@structref.register
class StateType(types.StructRef):
    """State in compiled code."""


@structref.register
class SweepType(types.StructRef):
    """Sweep in compiled code."""


class TablesRecord(structref.StructRefProxy):
    """Tables as compiled code takes them."""


class StateRecord(structref.StructRefProxy):
    """State as compiled code takes it."""


class SweepRecord(structref.StructRefProxy):
    """Sweep as compiled code takes it."""


structref.define_proxy(TablesRecord, TablesType, list(Tables._fields))  # type: ignore[no-untyped-call]
structref.define_proxy(StateRecord, StateType, list(State._fields))  # type: ignore[no-untyped-call]
structref.define_proxy(SweepRecord, SweepType, list(Sweep._fields))  # type: ignore[no-untyped-call]
_RECORDS: dict[type, Any] = {Tables: TablesRecord, State: StateRecord, Sweep: SweepRecord}


def record(values: Any) -> Any:
    """A named tuple of arrays and integers as a structure over the same arrays."""
    return _RECORDS[type(values)](*(value if isinstance(value, np.ndarray) else int(value) for value in values))
