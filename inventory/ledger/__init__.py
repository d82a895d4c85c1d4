"""Ledgers of departments (.xlsx, .xls, .csv) into an estate: read, understood, compared with what is there, written.

``plan_import`` reads and decides, ``apply_import`` writes; nothing is guessed silently.
"""

from inventory.ledger.apply import apply_import
from inventory.ledger.errors import LedgerError, MapError
from inventory.ledger.findings import Finding, Level
from inventory.ledger.mapping import LedgerMap, read_map
from inventory.ledger.memory import Memory, read_kept_map, read_memory
from inventory.ledger.plan import plan_import
from inventory.ledger.results import Action, Change, ImportPlan, ImportReport, RowResult, UnknownHeader, Verdict

__all__ = [
    "Action",
    "Change",
    "Finding",
    "ImportPlan",
    "ImportReport",
    "LedgerError",
    "LedgerMap",
    "Level",
    "MapError",
    "Memory",
    "RowResult",
    "UnknownHeader",
    "Verdict",
    "apply_import",
    "plan_import",
    "read_kept_map",
    "read_map",
    "read_memory",
]
